import type { Config } from '../config'
import { askPicture } from './http'
import type { Segmenter } from './segment'

/**
 * A service of one's own at MATTING_URL (docs/providers.md): the picture is posted as it is, the answer is a grey mask or a
 * cut-out with alpha, PNG, WebP or JPEG. What it costs is the operator's to know.
 */
export const httpMatting = ({ MATTING_URL: url, MATTING_TOKEN: token }: Config): Segmenter | null =>
  url === ''
    ? null
    : {
        id: 'matting',
        async segment(picture, call) {
          const headers = { 'content-type': picture.mime, ...(token !== '' && { authorization: `Bearer ${token}` }) }
          const file = await askPicture(call, url, { method: 'POST', headers, body: picture.bytes })
          return { file, costMicroUsd: 0 }
        },
      }
