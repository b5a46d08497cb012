import { type ControlPerson, controlMapPng } from '../../render/control-map'
import { createImageKernel, type ImageKernel } from '../../render/image/kernel'
import { modules } from '../../render/modules'
import { ASPECT_SIZES } from './control-image-sizes'

/**
 * Sizes that models are trained at, and those of the aspects. Only these are kept: the route is public, and 6,561 sizes of 811 poses would let
 * anybody fill the bucket. Other sizes are drawn each time, the largest in some 50 ms.
 */
const KEPT_SIZES = new Set(
  ['512x512', '768x768', '1024x1024', '1536x1536', '1024x1536', '1536x1024']
    .concat(['832x1216', '1216x832', '768x1344', '1344x768', '896x1152', '1152x896'])
    .concat(['576x1024', '1024x576'])
    .concat(Object.values(ASPECT_SIZES).map(({ widthPx, heightPx }) => `${widthPx}x${heightPx}`)),
)

/** Whether a map of this size is drawn once and kept. */
export const isKeptSize = (widthPx: number, heightPx: number): boolean => KEPT_SIZES.has(`${widthPx}x${heightPx}`)

let kernel: ImageKernel | undefined

/** R2 key of a control map. `contentKey` is its SHA-256 (controlMapKey), so that a key never has two contents. */
export const controlImageKey = (contentKey: string): string => `control/${contentKey}.png`

/**
 * The control map of a pose as PNG: read from R2, or drawn once and put there (sizes of KEPT_SIZES). `contentKey` names people and size
 * (controlMapKey). Two first requests at once may both draw; the put is create-only, and both drew the same bytes.
 */
export async function controlImage(
  media: R2Bucket,
  contentKey: string,
  people: readonly ControlPerson[],
  widthPx: number,
  heightPx: number,
): Promise<ReadableStream | Uint8Array<ArrayBuffer>> {
  const key = controlImageKey(contentKey)
  const keep = isKeptSize(widthPx, heightPx)
  const kept = keep ? await media.get(key) : null
  if (kept) return kept.body
  kernel ??= createImageKernel(modules.image)
  const png = controlMapPng(kernel, people, widthPx, heightPx)
  if (!keep) return png
  await media.put(key, png, {
    httpMetadata: { contentType: 'image/png' },
    onlyIf: { etagDoesNotMatch: '*' },
  })
  return png
}
