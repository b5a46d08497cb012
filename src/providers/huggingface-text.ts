import { textToImage } from '@huggingface/inference'
import { z } from 'zod'
import type { Config } from '../config'
import type { ImageProvider, Settings } from './contract'
import { readAnswer } from './handle'
import { fromBase64 } from './http'
import { inferenceError, inferenceFetch } from './huggingface-client'
import { isInWords, madePicture } from './made-picture'
import type { MakeProvider } from './registry'

/** Steps, guidance and micro-USD per megapixel at Together (third-party list of May 2026). */
const MODELS: Readonly<Record<string, { steps: number; guidance: number | null; microUsdPerMegapixel: number }>> = {
  'black-forest-labs/FLUX.1-schnell': { steps: 4, guidance: null, microUsdPerMegapixel: 2_700 },
  'black-forest-labs/FLUX.1-dev': { steps: 28, guidance: 3.5, microUsdPerMegapixel: 15_400 },
}
const DEAREST = MODELS['black-forest-labs/FLUX.1-dev']!

const NO_CONTROL = ['no-control'] as const
const NO_REFERENCE = ['no-reference'] as const

const Answer = z.object({ id: z.string().nullish(), data: z.array(z.object({ b64_json: z.string().min(1) })).min(1) })

/**
 * FLUX.1 at Together through Hugging Face's router, by words alone: for sellers who said that the pose may be loose. One
 * request answers with the picture.
 */
export const huggingFaceTextProvider: MakeProvider = (config) => (config.HF_TOKEN ? provider(config) : null)

const provider = (config: Config): ImageProvider => {
  const model = config.HF_TEXT_MODEL
  const { steps, guidance, microUsdPerMegapixel } = MODELS[model] ?? DEAREST
  const priceOf = ({ width, height }: { width: number; height: number }): number =>
    Math.ceil(Math.max(1, (width * height) / 1e6) * microUsdPerMegapixel)
  return {
    id: 'huggingface-text',
    model,
    simulated: false,
    capabilities: {
      control: 'none',
      maxReferences: 0,
      backgrounds: true,
      plates: true,
      minSidePx: 256,
      maxSidePx: 1_792,
    },
    timeouts: { submitMs: 90_000, pollMs: 0, jobMs: 90_000 },
    limits: { slots: 4, perMinute: 60, dailyMicroUsd: 10_000_000 },
    estimateMicroUsd: priceOf,
    async submit(spec, call) {
      const { prompt, seed, width, height } = spec
      const settings: Settings = {
        prompt,
        negativePrompt: null,
        seed,
        width,
        height,
        steps,
        guidance,
        control: null,
        referenceSha256: [],
      }
      const json = await textToImage(
        {
          ...{ accessToken: config.HF_TOKEN, provider: 'together', model, inputs: prompt },
          parameters: {
            width,
            height,
            seed,
            num_inference_steps: steps,
            ...(guidance !== null && { guidance_scale: guidance }),
          },
        },
        {
          // JSON, because the client labels every picture image/jpeg; and it would repeat a 503 without delay or end.
          ...{ outputType: 'json', retry_on_error: false, signal: call.signal, fetch: inferenceFetch(config, call) },
          ...(config.HF_BILL_TO && { billTo: config.HF_BILL_TO }),
        },
      ).catch((error: unknown) => {
        throw inferenceError(call, error)
      })
      const { id, data } = readAnswer(Answer, json)
      return {
        kind: 'done',
        image: madePicture(fromBase64(data[0]!.b64_json), {
          ...{ providerId: 'huggingface-text', model, upstreamId: id ?? null, settings },
          degraded: [...(spec.control ? NO_CONTROL : []), ...(spec.reference ? NO_REFERENCE : [])],
          nsfw: null,
          costMicroUsd: priceOf(spec),
          backgroundDone: isInWords(spec.background),
        }),
      }
    },
  }
}
