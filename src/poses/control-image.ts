import type { PosePerson } from '../db/tables/poses'
import { controlMapPng } from '../render/control-map'
import { createImageKernel, type ImageKernel } from '../render/image/kernel'
import { modules } from '../render/modules'

let kernel: ImageKernel | undefined

/** R2 key of a control map. `contentKey` is its SHA-256 (controlMapKey), so that a key never has two contents. */
export const controlImageKey = (contentKey: string): string => `control/${contentKey}.png`

/**
 * The control map of a pose as PNG: read from R2, or drawn once and put there. `contentKey` names people and size
 * (controlMapKey). Two first requests at once may both draw; the put is create-only, and both drew the same bytes.
 */
export async function controlImage(
  media: R2Bucket,
  contentKey: string,
  people: PosePerson[],
  widthPx: number,
  heightPx: number,
): Promise<ReadableStream | Uint8Array<ArrayBuffer>> {
  const key = controlImageKey(contentKey)
  const kept = await media.get(key)
  if (kept) return kept.body
  kernel ??= createImageKernel(modules.image)
  const png = controlMapPng(kernel, people, widthPx, heightPx)
  await media.put(key, png, {
    httpMetadata: { contentType: 'image/png' },
    onlyIf: { etagDoesNotMatch: '*' },
  })
  return png
}
