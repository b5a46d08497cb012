import { desc, eq } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { uploads } from '../db/tables/uploads'
import { oneAtATime } from '../exports/one-at-a-time'
import { type ErrorCode, fail, type Language } from '../http/errors'
import { newId } from '../kernel/ids'
import { MAX_UPLOAD_BYTES } from '../kernel/limits'
import { describeError } from '../kernel/log'
import { createImageKernel } from '../render/image/kernel'
import { modules } from '../render/modules'
import { decodeUpload } from './decode'
import { findSimilar, type Similar } from './find-similar'
import { uploadKey } from './object-key'
import { perceptualHash } from './perceptual-hash'
import type { Refusal } from './refusal'
import {
  fitsStorage,
  insertWithinStorage,
  readStorage,
  type Storage,
  storageFull,
  toStorage,
  type UploadRow,
} from './storage'

export type StoredUpload = { ok: true; row: UploadRow; colorConverted: boolean | null; similar: Similar[] }

/** What is to be known of a user's uploads before another comes: what they take, and what they look like. */
export type Earlier = { storage: Storage; pictures: { id: string; phash: string | null }[] }

/** Throws STORAGE_FULL when not one more upload fits: then its body need not be read. */
export async function readEarlier(ctx: Ctx, userId: string): Promise<Earlier> {
  const pictures = await ctx.db
    .select({ id: uploads.id, phash: uploads.phash, sizeBytes: uploads.sizeBytes })
    .from(uploads)
    .where(eq(uploads.userId, userId))
    .orderBy(desc(uploads.id))
    .limit(ctx.config.LIMIT_UPLOADS)
  const usedBytes = pictures.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const storage = toStorage(ctx.config, usedBytes, pictures.length)
  if (!fitsStorage(storage, 1)) throw storageFull(storage)
  return { storage, pictures }
}

/**
 * Decodes, codes anew as PNG and stores an upload, or says why not. The bytes go first and the row after them: a crash in
 * between leaves bytes that nobody sees and that reapOrphans finds, never a row that shows a picture which is not there.
 * The same picture again is another upload, so that deleting the one leaves the other; the answer names what it looks like.
 * Throws STORAGE_FULL when it does not fit, UNAVAILABLE when too many pictures wait for their turn.
 */
export async function storeUpload(
  ctx: Ctx,
  userId: string,
  earlier: Earlier,
  { bytes, declaredType }: { bytes: Uint8Array; declaredType: string },
): Promise<StoredUpload | Refusal> {
  const id = newId('upload')
  const objectKey = uploadKey(userId, id)
  // The put is part of the turn: a PNG of 8 megapixels may have 20 MB, and the next one needs that room.
  const put = await oneAtATime(
    async () => {
      const kernel = createImageKernel(modules.image)
      const decoders = { kernel, modules: { jpeg: modules.jpegDecoder, webp: modules.webpDecoder } }
      const decoded = await decodeUpload(decoders, bytes, declaredType)
      if (!decoded.ok) return decoded
      const { rgba, width: widthPx, height: heightPx, colorConverted } = decoded
      const hash = perceptualHash(kernel, decoded)
      const png = kernel.encodePng(rgba, widthPx, heightPx)
      if (!fitsStorage(earlier.storage, png.byteLength)) throw storageFull(earlier.storage, png.byteLength)
      await ctx.env.MEDIA.put(objectKey, png, { httpMetadata: { contentType: 'image/png' } })
      return { ok: true as const, widthPx, heightPx, sizeBytes: png.byteLength, hash, colorConverted }
    },
    { owner: userId },
  )
  if (!put.ok) return put
  const { hash, colorConverted, widthPx, heightPx, sizeBytes } = put
  const size = { widthPx, heightPx, sizeBytes }
  const row = { id, userId, objectKey, ...size, phash: hash?.hash ?? null, createdAt: ctx.now() }
  if (!(await insertWithinStorage(ctx, row))) {
    await eraseBytes(ctx, objectKey)
    throw storageFull(await readStorage(ctx, userId), sizeBytes)
  }
  return { ok: true, row, colorConverted, similar: findSimilar(earlier.pictures, hash) }
}

/** Forgets an upload that turned out to be for nothing. */
export async function dropUpload(ctx: Ctx, { id, objectKey }: UploadRow): Promise<void> {
  await ctx.db.delete(uploads).where(eq(uploads.id, id))
  await eraseBytes(ctx, objectKey)
}

const REFUSAL_CODES: Record<Refusal['status'], ErrorCode> = {
  ...{ 413: 'TOO_LARGE', 415: 'UNSUPPORTED_TYPE', 422: 'INVALID_IMAGE' },
}

/** What a client is told of a picture that was not stored. */
export const uploadRefused = ({ status, code, message }: Refusal, language: Language) =>
  fail(REFUSAL_CODES[status], { reason: code, message: message[language], maxBytes: MAX_UPLOAD_BYTES })

/** Bytes that no row names any more. When R2 is away, reapOrphans deletes them a day later. */
export const eraseBytes = (ctx: Ctx, objectKey: string): Promise<void> =>
  ctx.env.MEDIA.delete(objectKey).catch((error) =>
    ctx.log('warn', 'upload_bytes_kept', { objectKey, error: describeError(error) }),
  )
