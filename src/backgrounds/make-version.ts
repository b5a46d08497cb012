import type { Ctx } from '../ctx'
import type { BackgroundWish, pictureBackgrounds } from '../db/tables/pictures'
import { oneAtATime, TASK_WAIT_MS } from '../exports/one-at-a-time'
import { decodeMaster } from '../exports/render-decode'
import { checkMemoryPlan, countHoldings } from '../exports/render-memory'
import type { PictureRow } from '../generations/find-pictures'
import { backgroundKey, backgroundThumbnailKey } from '../generations/object-keys'
import { uploadPixels } from '../generations/picture-spec'
import { newId } from '../kernel/ids'
import { HOUR_MS } from '../kernel/limits'
import { markProvenance } from '../provenance/mark'
import { ImageError } from '../render/image/image-error'
import { createImageKernel } from '../render/image/kernel'
import type { Pixels } from '../render/image/pixels'
import { modules } from '../render/modules'
import { type Backdrop, composeBackground } from './compose/compose-background'
import { decodeMask } from './compose/mask-file'
import { type FoundMask, findMask, type MaskedPicture } from './find-mask'

/** What a version is made from; a row of D1 has it all, also one that is not written yet. */
export type VersionSource = MaskedPicture & Pick<PictureRow, 'id' | 'outputKey' | 'figures' | 'createdAt'>

/** The place that somebody made for `ai_generate`. */
export type Plate = {
  bytes: Uint8Array<ArrayBuffer>
  provider: string
  model: string
  simulated: boolean
  costMicroUsd: number
}

type Ask = { picture: VersionSource; wish: BackgroundWish; hash: string; plate: Plate | null; madeBy: string }
/** `row.costMicroUsd` counts the mask, which was `maskMicroUsd`. */
export type MadeVersion = { row: typeof pictureBackgrounds.$inferInsert; maskKey: string; maskMicroUsd: number }

/** A drawn mask knows every edge to the pixel's share. */
const DRAWN_MASK_ERROR = 0.01
const WHITE = 0xffffff

/**
 * Puts another background behind the people of a picture, and the file with its thumbnail into R2: the same wish again finds
 * the same file. The row is the caller's to write. Null when there is no mask and nobody to make one, `gone` when the picture
 * itself is. Throws ProviderError for a matting service that fails or an upload that is gone, ImageError for pixels that
 * cannot be used.
 */
export async function makeVersion(ctx: Ctx, ask: Ask): Promise<MadeVersion | 'gone' | null> {
  const { picture, wish, hash, plate, madeBy } = ask
  const object = await ctx.env.MEDIA.get(picture.outputKey)
  if (!object) return 'gone'
  const master = new Uint8Array(await object.arrayBuffer())
  const mask = await findMask(ctx, picture, async () => master)
  if (!mask) return null
  const upload = wish.uploadId ? await uploadPixels(ctx, picture.userId, wish.uploadId) : null
  const { png, thumbnail } = await oneAtATime(() => compose(ask, master, mask, upload), {
    owner: picture.userId,
    maxWaitMs: TASK_WAIT_MS,
  })
  const key = backgroundKey(picture.outputKey, hash)
  const thumbnailKey = backgroundThumbnailKey(picture.outputKey, hash)
  const [sizeBytes] = await Promise.all([
    putOnce(ctx, key, png),
    ctx.env.MEDIA.put(thumbnailKey, thumbnail, { httpMetadata: { contentType: 'image/jpeg' } }),
  ])
  const row = {
    ...{ id: newId('background'), imageId: picture.id, wishHash: hash, mode: wish.mode, wish, madeBy },
    ...{ objectKey: key, thumbnailKey, sizeBytes, createdAt: ctx.now() },
    ...{ provider: plate?.provider ?? null, model: plate?.model ?? null },
    costMicroUsd: (plate?.costMicroUsd ?? 0) + mask.costMicroUsd,
  }
  return { row, maskKey: mask.key, maskMicroUsd: mask.costMicroUsd }
}

/** Far below the age at which uploads/reap-orphans.ts takes an object without a row. */
const OLD_MS = HOUR_MS

/**
 * Two jobs with the same wish may both come here: the first file stays, and both tell its size. What a ZIP says of a file is
 * read from the row, long after.
 */
async function putOnce({ env, now }: Ctx, key: string, png: Uint8Array<ArrayBuffer>): Promise<number> {
  const httpMetadata = { contentType: 'image/png' }
  const put = await env.MEDIA.put(key, png, { httpMetadata, onlyIf: new Headers({ 'if-none-match': '*' }) })
  if (put) return put.size
  const kept = await env.MEDIA.get(key)
  const bytes = kept ? await kept.arrayBuffer() : png
  // What a crash left long ago has no row yet, and might be swept away before it gets one: put again, it is young.
  if (!kept || now() - kept.uploaded.getTime() > OLD_MS) await env.MEDIA.put(key, bytes, { httpMetadata })
  return bytes.byteLength
}

async function compose(
  { picture, wish, plate }: Ask,
  master: Uint8Array<ArrayBuffer>,
  mask: FoundMask,
  upload: Pixels | null,
): Promise<{ png: Uint8Array<ArrayBuffer>; thumbnail: Uint8Array<ArrayBuffer> }> {
  const kernel = createImageKernel(modules.image)
  const { pixels } = await decodeMaster(modules, master)
  const coverage = decodeMask(kernel, mask.png)
  const backdrop = await backdropOf(wish, plate, upload)
  const composed = composeBackground(pixels, coverage.mask, backdrop, {
    ...{ kernel, figures: picture.figures ?? [], withShadow: wish.shadow },
    ...(picture.simulated && !mask.isMatted && { maskError: DRAWN_MASK_ERROR }),
  })
  const { width, height } = composed
  const facts = {
    imageId: picture.id,
    simulated: picture.simulated || (plate?.simulated ?? false),
    // Of the picture, not of the change: a second try makes the same bytes.
    createdAt: picture.createdAt,
  }
  const png = markProvenance(kernel.encodePng(composed.rgba, width, height), 'image/png', facts)
  const opaque = wish.mode === 'transparent' ? kernel.overColor(composed, WHITE) : composed.rgba
  const buffers = {
    ...{ master, pixels: pixels.rgba, mask: coverage.mask, person: pixels.rgba, result: composed.rgba, file: png },
    ...(plate && { place: plate.bytes }),
    ...(backdrop.kind === 'image' && { backdrop: backdrop.pixels.rgba }),
  }
  const held = countHoldings()
  held.note([
    { name: 'kernel', kind: 'wasm', bytes: kernel.memoryBytes },
    ...Object.entries(buffers).map(([name, { length: bytes }]) => ({ name, kind: 'buffer' as const, bytes })),
  ])
  checkMemoryPlan(picture.id, held)
  return { png, thumbnail: kernel.thumbnail(opaque, width, height) }
}

async function backdropOf(wish: BackgroundWish, plate: Plate | null, upload: Pixels | null): Promise<Backdrop> {
  switch (wish.mode) {
    case 'transparent':
      return { kind: 'transparent' }
    case 'solid_color':
      return { kind: 'color', rgb: Number.parseInt((wish.color ?? '').slice(1), 16) }
    case 'upload':
      if (!upload) throw new ImageError('invalid', 'a background without its picture')
      return { kind: 'image', pixels: upload }
    case 'ai_generate':
      if (!plate) throw new ImageError('invalid', 'a background without its place')
      return { kind: 'image', pixels: (await decodeMaster(modules, plate.bytes)).pixels }
  }
}
