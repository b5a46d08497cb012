import type { AvatarRef, JobParams, TaskPlan } from '../../generations/types'
import { newId } from '../../kernel/ids'
import type { Who } from '../contract'
import { personOf } from '../prompt/person-of'
import type { GenerateBody } from './params'
import { buildPrompt } from './prompt'

/** What a plan needs to know of a pose. */
export type PlannedPose = {
  /** Null for a pose that words described. */
  id: string | null
  /** Its place among the drafts then. */
  draft?: number
  name: string
  promptHint: string
  props?: string[]
}

/** The poses of a shoot and who poses. */
export type Cast = { poses: PlannedPose[]; avatar: AvatarRef | null }

/** What all pictures of the request share. An avatar comes before an uploaded picture. */
export const paramsOf = (body: GenerateBody, { avatarUploadId, avatar }: Who): JobParams => ({
  widthPx: body.width,
  heightPx: body.height,
  avatarUploadId: avatar ? null : avatarUploadId,
  ...(avatar && { avatar }),
  subject: {
    key: avatar?.id ?? avatarUploadId ?? body.projectId,
    words: body.generationType === 'TEXT_DESCRIPTION' ? body.textPrompt : body.prompt,
    ...(avatar && { person: avatar.words, attributes: avatar.attributes, seed: avatar.lookSeed }),
  },
  background: body.useBackgroundChanger ? backgroundOf(body) : null,
  outputFormats: body.outputFormats,
  ...(body.poseControl === 'preferred' && { looseControl: true }),
})

/** The background of the mode that was asked for: what a form sends along for the other modes counts for nothing. */
function backgroundOf(body: GenerateBody): JobParams['background'] {
  const { backgroundMode: mode, backgroundPrompt, backgroundColor, backgroundImageId } = body
  if (mode === 'ai_generate' && backgroundPrompt !== undefined) return { mode, prompt: backgroundPrompt }
  if (mode === 'solid_color' && backgroundColor !== undefined) return { mode, color: backgroundColor }
  if (mode === 'transparent') return { mode }
  if (mode === 'upload' && backgroundImageId !== undefined) return { mode, uploadId: backgroundImageId }
  return null
}

/**
 * The pictures of a request, in the order in which they are made: every pose once, then every pose again, so that a
 * cancelled shoot has as many different poses as possible. Seeds count up from `seed` (uint32, wrapping).
 */
export function planTasks(body: GenerateBody, { poses, avatar }: Cast, seed: number): TaskPlan[] {
  const background = body.useBackgroundChanger ? backgroundOf(body) : null
  const person = avatar && personOf(avatar)
  const text = body.generationType === 'TEXT_DESCRIPTION'
  const count = text ? body.variationCount : poses.length * body.batchSize
  return Array.from({ length: count }, (_, position) => {
    const pose = poses[position % poses.length]!
    const round = Math.floor(position / poses.length)
    const wanted = text ? body.textPrompt : body.prompt
    return {
      variationKey: text ? `text-v${position}` : `${pose.id}-v${round}`,
      imageId: newId('image'),
      name: pose.name,
      poseId: pose.id,
      draft: pose.draft ?? null,
      prompt: buildPrompt({ poseHint: pose.promptHint, wanted, background, props: pose.props ?? [], ...person }),
      seed: (seed + position) >>> 0,
    }
  })
}
