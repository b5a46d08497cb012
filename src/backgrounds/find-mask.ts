import type { Ctx } from '../ctx'
import { oneAtATime } from '../exports/one-at-a-time'
import { decodeMaster } from '../exports/render-decode'
import type { PictureRow } from '../generations/find-pictures'
import { maskKey } from '../generations/object-keys'
import { type ProviderCall, ProviderError } from '../providers/contract'
import { readMask } from '../providers/matting-mask'
import { MATTING_MS, segmenterOf } from '../providers/segment'
import { createImageKernel } from '../render/image/kernel'
import { modules } from '../render/modules'
import { sniffType } from '../uploads/sniff'
import { cleanMask } from './compose/clean-mask'
import { encodeMask } from './compose/mask-file'

/** Of a picture as far as its mask goes. */
export type MaskedPicture = Pick<
  PictureRow,
  'userId' | 'generationId' | 'variationKey' | 'widthPx' | 'heightPx' | 'simulated'
>

/** A mask as a file (compose/mask-file.ts); micro-USD that it cost us when it was made. */
export type FoundMask = { png: Uint8Array<ArrayBuffer>; key: string; isMatted: boolean; costMicroUsd: number }

/** Whether a mask of this picture can be had: it has one, or somebody is set up who cuts pictures out. */
export const canBeCutOut = ({ config }: Pick<Ctx, 'config'>, { maskKey: key }: Pick<PictureRow, 'maskKey'>): boolean =>
  key !== null || segmenterOf(config) !== null

/**
 * The mask of a picture: the one that lies beside it, else what the matting service makes of `master`, which is kept there
 * for the next change. Null when nobody can make one. Throws ProviderError for a service that fails.
 */
export async function findMask(
  ctx: Ctx,
  picture: MaskedPicture,
  master: () => Promise<Uint8Array<ArrayBuffer>>,
): Promise<FoundMask | null> {
  const key = maskKey(picture.userId, picture.generationId, picture.variationKey)
  const kept = await ctx.env.MEDIA.get(key)
  if (kept) {
    const { matted, cost } = kept.customMetadata ?? {}
    const png = new Uint8Array(await kept.arrayBuffer())
    return { png, key, isMatted: matted === '1', costMicroUsd: Number(cost ?? 0) }
  }
  const segmenter = segmenterOf(ctx.config)
  if (!segmenter) return null
  const bytes = await master()
  const type = sniffType(bytes)
  if (!type) throw new ProviderError('INVALID', 'a picture that cannot be read')
  const size = { width: picture.widthPx, height: picture.heightPx }
  const { file, costMicroUsd } = await segmenter.segment({ bytes, mime: `image/${type}`, ...size }, callOf(ctx))
  // The service may take its time; the turn is for the work on pixels alone. It is paid: what it said is waited for longest.
  const png = await oneAtATime(() => maskFile(file, bytes, size), { owner: picture.userId })
  await ctx.env.MEDIA.put(key, png, {
    httpMetadata: { contentType: 'image/png' },
    customMetadata: { matted: '1', cost: String(costMicroUsd) },
  })
  return { png, key, isMatted: true, costMicroUsd }
}

async function maskFile(
  file: Uint8Array<ArrayBuffer>,
  master: Uint8Array<ArrayBuffer>,
  size: { width: number; height: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height } = size
  const { mask, isCoarse } = await readMask(file, size)
  const clean = isCoarse
    ? cleanMask(mask, width, height, { edges: 'rough', picture: (await decodeMaster(modules, master)).pixels })
    : cleanMask(mask, width, height, { edges: 'soft' })
  return encodeMask(createImageKernel(modules.image), clean, width, height)
}

const callOf = (ctx: Ctx): ProviderCall => ({
  fetch: (input, init) => fetch(input, init),
  signal: AbortSignal.timeout(MATTING_MS),
  now: ctx.now,
  requestId: ctx.requestId,
})
