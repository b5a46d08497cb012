import { encodeMask } from '../src/backgrounds/compose/mask-file'
import type { Ctx } from '../src/ctx'
import type { generatedPoses } from '../src/db/tables/generations'
import type { Recipe } from '../src/db/tables/recipe'
import type { Figure } from '../src/exports/types'
import { maskKey, masterKey, thumbnailKey } from '../src/generations/object-keys'
import type { JobParams, TaskPlan } from '../src/generations/types'
import { toAsciiJson } from '../src/kernel/ascii-json'
import type { PoseMessage } from '../src/messages'
import { markProvenance } from '../src/provenance/mark'
import type { ProvenanceFacts } from '../src/provenance/xmp'
import type { Pixels } from '../src/providers/contract'
import type { VerifiedImage } from '../src/providers/verify-image'
import { ImageError } from '../src/render/image/image-error'
import { createImageKernel } from '../src/render/image/kernel'
import { modules } from '../src/render/modules'
import { decodePicture } from '../src/uploads/decode-picture'

/** What is known of a picture once its bytes are in R2; kept with them, so that a crash after the put loses nothing. */
export type Stored = {
  widthPx: number
  heightPx: number
  sizeBytes: number
  provider: string
  model: string
  simulated: boolean
  seed: number
  generationMs: number
  poseMatch: number | null
  backgroundDone: boolean
  /** A mask lies beside it. */
  hasMask?: boolean
  costMicroUsd: number
  /** Null when it was too long to be kept with the bytes. */
  recipe: Recipe | null
}

/** R2 takes 8 KB of custom metadata with an object. */
const MAX_METADATA_CHARACTERS = 7_000

/**
 * The file as it is kept, and exported as `original`: what the provider sent, and in its metadata that AI made it. One that
 * was decoded but cannot be spliced is coded anew.
 */
export function markedMaster(image: VerifiedImage, facts: ProvenanceFacts): VerifiedImage {
  try {
    return { ...image, bytes: markProvenance(image.bytes, image.mime, facts) }
  } catch (error) {
    if (!(error instanceof ImageError)) throw error
    const { rgba, width, height } = image.pixels
    const png = createImageKernel(modules.image).encodePng(rgba, width, height)
    return { ...image, mime: 'image/png', bytes: markProvenance(png, 'image/png', facts) }
  }
}

/** Master and thumbnail, side by side; `findStored` mends what a crash between them leaves. */
export async function store(
  ctx: Ctx,
  message: PoseMessage,
  task: TaskPlan,
  image: VerifiedImage,
  stored: Stored,
): Promise<void> {
  const { userId, jobId } = message
  await Promise.all([
    ctx.env.MEDIA.put(masterKey(userId, jobId, task.variationKey), image.bytes, {
      httpMetadata: { contentType: image.mime },
      customMetadata: { stored: metadataOf(stored) },
    }),
    putThumbnail(ctx, message, task, image.pixels),
    ...(image.mask ? [putMask(ctx, maskKey(userId, jobId, task.variationKey), image.mask, image)] : []),
  ])
}

const putMask = (ctx: Ctx, key: string, mask: Uint8Array, { width, height }: { width: number; height: number }) =>
  ctx.env.MEDIA.put(key, encodeMask(createImageKernel(modules.image), mask, width, height), {
    httpMetadata: { contentType: 'image/png' },
  })

/** Without the recipe if that makes it too long. */
function metadataOf(stored: Stored): string {
  const whole = toAsciiJson(stored)
  return whole.length <= MAX_METADATA_CHARACTERS ? whole : toAsciiJson({ ...stored, recipe: null })
}

const putThumbnail = (ctx: Ctx, { userId, jobId }: PoseMessage, task: TaskPlan, pixels: Pixels) =>
  ctx.env.MEDIA.put(thumbnailKey(userId, jobId, task.variationKey), thumbnailOf(pixels), {
    httpMetadata: { contentType: 'image/jpeg' },
  })

/** The same pixels object (EMBEDDED_FIXED) has the same thumbnail. */
const thumbnails = new WeakMap<object, Uint8Array<ArrayBuffer>>()

function thumbnailOf({ rgba, width, height }: Pixels): Uint8Array<ArrayBuffer> {
  const known = thumbnails.get(rgba)
  if (known) return known
  const thumbnail = createImageKernel(modules.image).thumbnail(rgba, width, height)
  thumbnails.set(rgba, thumbnail)
  return thumbnail
}

/** What an earlier try has put, made whole: the provider is not called again for a picture that is there. */
export async function findStored(ctx: Ctx, message: PoseMessage, task: TaskPlan): Promise<Stored | null> {
  const { userId, jobId } = message
  const [master, thumbnail] = await Promise.all([
    ctx.env.MEDIA.get(masterKey(userId, jobId, task.variationKey)),
    ctx.env.MEDIA.head(thumbnailKey(userId, jobId, task.variationKey)),
  ])
  const stored = master?.customMetadata?.stored
  if (!master || !stored) return null
  if (!thumbnail) {
    const bytes = new Uint8Array(await master.arrayBuffer())
    await putThumbnail(ctx, message, task, await decodePicture(bytes))
  }
  const found = JSON.parse(stored) as Stored
  if (!found.hasMask || (await ctx.env.MEDIA.head(maskKey(userId, jobId, task.variationKey)))) return found
  return { ...found, hasMask: false }
}

/** A cut-out is never painted: it is a version of the picture (queues/stage-background.ts). */
const paintedMode = (background: JobParams['background']) =>
  background && background.mode !== 'transparent' ? background.mode : null

/** The picture's row in D1. */
export const toRow = (
  ctx: Ctx,
  { userId, jobId, position }: PoseMessage,
  { task, params }: { task: TaskPlan; params: JobParams },
  stored: Stored,
  figures: Figure[],
): typeof generatedPoses.$inferInsert => ({
  id: task.imageId,
  generationId: jobId,
  userId,
  variationKey: task.variationKey,
  position,
  poseId: task.poseId,
  outputKey: masterKey(userId, jobId, task.variationKey),
  thumbnailKey: thumbnailKey(userId, jobId, task.variationKey),
  sizeBytes: stored.sizeBytes,
  widthPx: stored.widthPx,
  heightPx: stored.heightPx,
  promptUsed: task.prompt,
  seedUsed: stored.seed,
  provider: stored.provider,
  model: stored.model,
  simulated: stored.simulated,
  generationMs: stored.generationMs,
  poseMatch: stored.poseMatch,
  backgroundMode: stored.backgroundDone ? paintedMode(params.background) : null,
  recipe: stored.recipe,
  figures,
  maskKey: stored.hasMask ? maskKey(userId, jobId, task.variationKey) : null,
  costMicroUsd: stored.costMicroUsd,
  createdAt: ctx.now(),
})
