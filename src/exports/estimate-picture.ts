import type { Ctx } from '../ctx'
import type { PictureRow } from '../generations/find-pictures'
import { fail } from '../http/errors'
import { ImageError } from '../render/image/image-error'
import { createImageKernel } from '../render/image/kernel'
import { isOpaque } from '../render/image/pixels'
import { modules } from '../render/modules'
import { createWebpEncoder, type WebpEncoder } from '../render/webp/encode'
import { takeBuild, unlessGone } from './ensure-variant'
import { estimateBytes } from './estimate-bytes'
import { oneAtATime } from './one-at-a-time'
import { loadSource } from './source'
import type { FormatId } from './types'

const WHITE = 0xffffff

/**
 * How large the files of a picture, as it is shown now, would be in these formats. Costs about as much as building a few, so it
 * counts as a build: throws `RATE_LIMITED`, `UNAVAILABLE`, `NOT_FOUND` and `INVALID_IMAGE` as building does.
 */
export async function estimatePicture(
  ctx: Ctx,
  picture: PictureRow,
  formats: readonly FormatId[],
): Promise<Map<FormatId, number>> {
  if (formats.length === 0) return new Map()
  await takeBuild(ctx, picture.userId)
  try {
    return await unlessGone(
      ctx,
      picture,
      oneAtATime(() => estimateSource(ctx, picture, formats), { owner: picture.userId }),
    )
  } catch (error) {
    if (error instanceof ImageError) throw fail('INVALID_IMAGE', { reason: 'UNUSABLE_PICTURE' })
    throw error
  }
}

async function estimateSource(ctx: Ctx, picture: PictureRow, formats: readonly FormatId[]) {
  const { pixels, figures, bytes } = await loadSource(ctx, picture, picture.backgroundId)
  const kernel = createImageKernel(modules.image)
  let encoder: Promise<WebpEncoder> | undefined
  const webp = () => (encoder ??= createWebpEncoder(modules.webpEncoder))
  const flat = isOpaque(pixels.rgba) ? pixels : { ...pixels, rgba: kernel.overColor(pixels, WHITE) }
  return estimateBytes({ kernel, webp }, { pixels: flat, figures, sizeBytes: bytes.length }, formats)
}
