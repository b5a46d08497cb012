import type { Outcome } from '../durable-objects/user/tasks'
import { lookSeedOf } from '../src/apps/avatar-creator/plan'
import { faceOfKeypoints } from '../src/avatars/face-of-keypoints'
import { findKeptAvatar, type KeptAvatar, keepAvatar } from '../src/avatars/kept-avatar'
import { avatarPictureKey, avatarThumbnailKey } from '../src/avatars/object-keys'
import { makePortrait } from '../src/avatars/portrait/make-portrait'
import { recordAvatar } from '../src/avatars/record-avatar'
import type { Ctx } from '../src/ctx'
import { oneAtATime, TASK_WAIT_MS } from '../src/exports/one-at-a-time'
import type { JobParams } from '../src/generations/types'
import { eventImage } from '../src/media/event-image'
import type { PoseMessage } from '../src/messages'
import { ImageError } from '../src/render/image/image-error'
import { createImageKernel } from '../src/render/image/kernel'
import { modules } from '../src/render/modules'
import { findUpload } from '../src/uploads/find-upload'
import { type Made, runProvider } from './run-provider'
import type { Claimed } from './run-task'
import { markedMaster } from './stored-picture'

type Work = { ctx: Ctx; message: PoseMessage; claim: Claimed<'avatar-creator'> }

/**
 * Makes one avatar: a photograph is cropped, anything else comes from a provider; then R2, then D1. Every step finds what
 * an earlier try of it left, so a crash at any point costs at most one call of the provider.
 */
export async function makeAvatar(ctx: Ctx, message: PoseMessage, claim: Claimed<'avatar-creator'>): Promise<Outcome> {
  const work = { ctx, message, claim }
  // Only a try that ended badly can have left anything.
  const earlier = claim.tries > 0 ? await findKeptAvatar(ctx, placeOf(work)) : null
  const kept = earlier ?? (await (claim.params.picture ? draw(work, claim.params.picture) : cropPhoto(work)))
  return 'kind' in kept ? kept : record(work, kept)
}

const placeOf = ({ message, claim }: Work) => ({ userId: message.userId, avatarId: claim.task.imageId })

/** The seller's photograph with its face in the right place. */
async function cropPhoto(work: Work): Promise<KeptAvatar | Outcome> {
  const { ctx, message, claim } = work
  const { uploadId, face } = claim.params
  const upload = uploadId === null ? undefined : await findUpload(ctx.db, message.userId, uploadId)
  if (!upload) return { kind: 'failed', code: 'INVALID' }
  const crop = async (): Promise<KeptAvatar | Outcome> => {
    const object = await ctx.env.MEDIA.get(upload.objectKey)
    if (!object) return { kind: 'failed', code: 'INVALID' }
    const kernel = createImageKernel(modules.image)
    const photo = kernel.decodePng(new Uint8Array(await object.arrayBuffer()))
    const portrait = makePortrait(kernel, photo, face ?? undefined)
    const { rgba, width, height } = portrait.picture
    const picture = kernel.encodePng(rgba, width, height)
    const kept = {
      ...{ widthPx: width, heightPx: height, sizeBytes: picture.byteLength },
      ...{ face: portrait.face, palette: portrait.palette, made: null },
    }
    await keepAvatar(ctx, placeOf(work), { picture, contentType: 'image/png', thumbnail: portrait.thumbnail }, kept)
    return kept
  }
  try {
    // A photograph of 8 megapixels is 32 MB of the isolate's 128 while it is decoded.
    return await oneAtATime(crop, { owner: message.userId, maxWaitMs: TASK_WAIT_MS })
  } catch (error) {
    if (error instanceof ImageError) return { kind: 'failed', code: 'INVALID' }
    throw error
  }
}

/** A picture of a person who is to be seen again in every later one. */
async function draw(work: Work, picture: JobParams): Promise<KeptAvatar | Outcome> {
  const { ctx, message, claim } = work
  const subject = { ...picture.subject, key: claim.task.imageId, seed: lookSeedOf(claim.params, message.position) }
  const made = await runProvider(ctx, message, { ...claim, params: { ...picture, subject } })
  return made.kind === 'made' ? keep(work, made) : made
}

async function keep(work: Work, { image: verified, provider, tookMs, submissions }: Made): Promise<KeptAvatar> {
  const { ctx, claim } = work
  const { task, createdAt } = claim
  const { simulated } = provider
  const image = markedMaster(verified, { imageId: task.imageId, simulated, createdAt })
  const { width, height, pixels, providerId, model, upstreamId, settings, degraded, costMicroUsd } = image
  const [person] = image.keypoints ?? []
  const portrait = makePortrait(
    createImageKernel(modules.image),
    pixels,
    (person && faceOfKeypoints(person, image)) ?? undefined,
  )
  // The picture is kept as it came; a face that a crop would have moved is where it was only when nothing was cropped.
  const isWhole = portrait.picture.width === width && portrait.picture.height === height
  const kept: KeptAvatar = {
    ...{ widthPx: width, heightPx: height, sizeBytes: image.bytes.byteLength },
    ...{ face: isWhole ? portrait.face : null, palette: image.palette ?? portrait.palette },
    made: {
      ...{ provider: providerId, model, simulated, seed: image.seed, prompt: task.prompt },
      ...{ generationMs: tookMs, costMicroUsd },
      recipe: { provider: providerId, model, upstreamId, settings, degraded, submissions, costMicroUsd },
    },
  }
  const files = { picture: image.bytes, contentType: image.mime, thumbnail: portrait.thumbnail }
  await keepAvatar(ctx, placeOf(work), files, kept)
  return kept
}

async function record(work: Work, kept: KeptAvatar): Promise<Outcome> {
  const { ctx, message, claim } = work
  const { userId, jobId: generationId, position } = message
  const { task, params, projectId } = claim
  if (!(await recordAvatar(ctx, { userId, projectId, generationId, position, task, params, kept }))) {
    await ctx.env.MEDIA.delete([avatarPictureKey(userId, task.imageId), avatarThumbnailKey(userId, task.imageId)])
    return { kind: 'failed', code: 'INVALID' }
  }
  return { kind: 'done', backgroundDone: false, image: await eventImage(ctx, { id: task.imageId, poseId: null }) }
}
