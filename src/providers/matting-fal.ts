import { z } from 'zod'
import type { Config } from '../config'
import { explainFal } from './fal-errors'
import { readAnswer } from './handle'
import { askJson, downloadPicture, toBase64 } from './http'
import type { Segmenter } from './segment'

const MODEL = 'fal-ai/birefnet/v2'
/** fal bills seconds of the machine: about four of them for two megapixels (2026-11-21, as others measured it). */
const MICRO_USD = 3_000

const Answer = z.object({ image: z.object({ url: z.string().min(1) }) })

/** BiRefNet at fal, which answers at once. `mask_only`: the picture that comes back is the mask. */
export const falMatting = ({ FAL_KEY, FAL_RUN_URL, FAL_RESULT_HOSTS }: Config): Segmenter | null =>
  FAL_KEY === ''
    ? null
    : {
        id: 'fal',
        async segment(picture, call) {
          const { json } = await askJson(call, `${FAL_RUN_URL}/${MODEL}`, {
            method: 'POST',
            headers: { authorization: `Key ${FAL_KEY}`, 'content-type': 'application/json' },
            body: JSON.stringify({
              image_url: `data:${picture.mime};base64,${toBase64(picture.bytes)}`,
              model: 'General Use (Heavy)',
              operating_resolution: Math.max(picture.width, picture.height) > 1_024 ? '2048x2048' : '1024x1024',
              ...{ mask_only: true, refine_foreground: false, output_format: 'png', sync_mode: true },
            }),
            explain: explainFal,
          })
          const { url } = readAnswer(Answer, json).image
          const file = await downloadPicture(call, url, { baseUrl: FAL_RUN_URL, hosts: FAL_RESULT_HOSTS })
          return { file, costMicroUsd: MICRO_USD }
        },
      }
