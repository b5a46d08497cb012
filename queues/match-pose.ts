import type { Ctx } from '../src/ctx'
import { controlPose } from '../src/generations/picture-spec'
import type { JobParams, TaskPlan } from '../src/generations/types'
import { poseMatch } from '../src/poses/pose-match'
import { type ProviderCall, ProviderError } from '../src/providers/contract'
import { detectPose } from '../src/providers/detect-pose'
import type { VerifiedImage } from '../src/providers/verify-image'

/**
 * How well a picture holds its pose, 0..1: by the keypoints that its provider told, or those that the configured detector
 * finds; null when nobody looks. Throws POSE_MISMATCH below POSE_MATCH_MIN.
 */
export async function matchPose(
  ctx: Ctx,
  call: ProviderCall,
  { task, params }: { task: TaskPlan; params: JobParams },
  image: VerifiedImage,
): Promise<number | null> {
  const found = image.keypoints ?? (await lookFor(ctx, call, image))
  if (!found) return null
  const match = poseMatch((await controlPose(ctx, task, params)).people, found, image)
  const { POSE_MATCH_MIN: min } = ctx.config
  if (min !== null && match < min) throw new ProviderError('POSE_MISMATCH', `${match} of ${min}`)
  return match
}

/** A detector that is away measures nothing, and stops no picture that somebody waits for. */
async function lookFor(ctx: Ctx, call: ProviderCall, image: VerifiedImage) {
  try {
    return await detectPose(ctx.config, call, image)
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    ctx.log('warn', 'pose_not_measured', { code: error.code, detail: error.safeDetail })
    return null
  }
}
