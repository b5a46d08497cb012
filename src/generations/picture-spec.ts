import { findAvatar } from '../avatars/find-avatar'
import { findFace } from '../avatars/portrait/find-face'
import type { Ctx } from '../ctx'
import { oneAtATime, TASK_WAIT_MS } from '../exports/one-at-a-time'
import { loadPoses, type PoseRecord } from '../poses/load-pose'
import { type ControlPose, type GenSpec, type Pixels, ProviderError, type Reference } from '../providers/contract'
import { createImageKernel } from '../render/image/kernel'
import { modules } from '../render/modules'
import { decodePicture } from '../uploads/decode-picture'
import { findUpload } from '../uploads/find-upload'
import { paletteBesides } from './said-colors'
import type { AvatarRef, JobParams, Subject, TaskPlan } from './types'

/** Decoded pictures kept per isolate: all pictures of a job share one avatar and one background. 2 x 9 MB at most. */
const MAX_CACHED_PICTURES = 2
/** No picture is made larger than this, so nothing kept needs to be: 8 megapixels are 32 MB of the isolate's 128. */
const MAX_KEPT_SIDE = 1536
const MAX_CACHED_POSES = 100
/** An edited pose is seen by running jobs after this. */
const POSE_CACHE_MS = 10 * 60_000

const pictures = new Map<string, Pixels>()
const poses = new Map<string, { pose: PoseRecord; readAt: number }>()

/**
 * Everything that a provider gets for one picture; a plate is a place without people, and has no pose. Throws ProviderError
 * INVALID when a part of it is gone.
 */
export async function pictureSpec(
  ctx: Ctx,
  user: { userId: string; jobId: string },
  task: TaskPlan,
  params: JobParams,
  { isPlate = false } = {},
): Promise<GenSpec> {
  const { background } = params
  const [pose, reference, backdrop] = await Promise.all([
    isPlate ? null : controlPose(ctx, task, params),
    referenceOf(ctx, user.userId, params),
    background?.uploadId ? uploadPixels(ctx, user.userId, background.uploadId) : null,
  ])
  return {
    jobId: `${user.jobId}:${task.variationKey}`,
    prompt: task.prompt,
    subject: params.subject,
    seed: task.seed,
    width: params.widthPx,
    height: params.heightPx,
    control: pose && { kind: 'openpose', pose },
    reference,
    background: backdrop
      ? { kind: 'image', pixels: backdrop }
      : background?.mode === 'solid_color' && background.color
        ? { kind: 'color', color: background.color }
        : background?.mode === 'ai_generate' && background.prompt
          ? { kind: 'prompt', prompt: background.prompt }
          : { kind: 'studio' },
  }
}

/** The picture of the person: the avatar's, or an uploaded one. */
async function referenceOf(
  ctx: Ctx,
  userId: string,
  { avatar, avatarUploadId, findFace: isLookedFor, subject }: JobParams,
): Promise<Reference | null> {
  if (avatar) return avatarReference(ctx, userId, avatar, subject)
  if (avatarUploadId === null) return null
  const pixels = await uploadPixels(ctx, userId, avatarUploadId)
  return isLookedFor ? { ...pixels, face: findFace(createImageKernel(modules.image), pixels) } : pixels
}

/**
 * An avatar's picture with its face and its colours. Its row is asked for each time, whatever is remembered: of an avatar
 * that was deleted nobody makes another picture. Throws ProviderError INVALID then. See `uploadPixels` for the rest.
 */
async function avatarReference(ctx: Ctx, userId: string, avatar: AvatarRef, subject: Subject): Promise<Reference> {
  const row = await findAvatar(ctx.db, userId, avatar.id)
  if (!row) throw new ProviderError('INVALID', 'the avatar is gone')
  const pixels = await keptPixels(ctx, userId, avatar.id, row.objectKey)
  return { ...pixels, face: row.face, palette: paletteBesides(row.palette, avatar, subject) }
}

/** The pose of a picture: of its job's own, or of the library. Throws ProviderError INVALID when it is gone. */
export async function controlPose(ctx: Ctx, { poseId, draft }: TaskPlan, { drafts }: JobParams): Promise<ControlPose> {
  const drafted = draft === null ? undefined : drafts?.[draft]
  if (drafted) return { ...drafted.geometry, props: drafted.props, words: drafted.words }
  if (poseId === null) throw new ProviderError('INVALID', 'a picture without a pose')
  const known = poses.get(poseId)
  const fresh = known && known.readAt > ctx.now() - POSE_CACHE_MS ? known : null
  const pose = fresh?.pose ?? (await loadPoses(ctx.db, [poseId])).get(poseId)
  if (!pose) throw new ProviderError('INVALID', 'the pose is gone')
  keep(poses, poseId, { pose, readAt: fresh?.readAt ?? ctx.now() }, MAX_CACHED_POSES)
  const words = [pose.nameEn, pose.promptHint, ...pose.tagsEn].join(' ')
  return { ...pose.geometry, props: pose.props, words }
}

/**
 * An uploaded picture, decoded, at most 1536 pixels a side. Its row is asked for each time, as with avatars: a face that was
 * deleted or taken down is not used because somebody remembers it. Throws ProviderError INVALID when it is gone. Not to be called
 * within `oneAtATime`: four pictures begin at once, each perhaps with another upload of 40 MB, so that is where they are
 * read; who asks for the same meanwhile finds it there.
 */
export async function uploadPixels(ctx: Ctx, userId: string, uploadId: string): Promise<Pixels> {
  const upload = await findUpload(ctx.db, userId, uploadId)
  if (!upload) throw new ProviderError('INVALID', 'an uploaded picture is gone')
  return keptPixels(ctx, userId, uploadId, upload.objectKey)
}

async function keptPixels(ctx: Ctx, userId: string, id: string, objectKey: string): Promise<Pixels> {
  // The owner is part of the key: what one user's job has loaded answers nobody else's.
  const key = `${userId}/${id}`
  const read = async () => pictures.get(key) ?? loadPixels(ctx, objectKey)
  const pixels = pictures.get(key) ?? (await oneAtATime(read, { owner: userId, maxWaitMs: TASK_WAIT_MS }))
  keep(pictures, key, pixels, MAX_CACHED_PICTURES)
  return pixels
}

async function loadPixels(ctx: Ctx, objectKey: string): Promise<Pixels> {
  const object = await ctx.env.MEDIA.get(objectKey)
  if (!object) throw new ProviderError('INVALID', 'a picture of the person or the place is gone')
  const kernel = createImageKernel(modules.image)
  const { rgba, width, height } = await decodePicture(new Uint8Array(await object.arrayBuffer()))
  const scale = MAX_KEPT_SIDE / Math.max(width, height)
  if (scale >= 1) return { rgba, width, height }
  const [outWidth, outHeight] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))]
  const kept = kernel.resize(rgba, width, height, { x: 0, y: 0, width, height }, outWidth, outHeight)
  return { rgba: kept, width: outWidth, height: outHeight }
}

/** Least recently used goes first: a Map remembers the order of insertion. */
function keep<V>(cache: Map<string, V>, key: string, value: V, max: number): void {
  cache.delete(key)
  cache.set(key, value)
  if (cache.size > max) cache.delete(cache.keys().next().value!)
}
