import type { Who } from '../apps/contract'
import { poseGenerator } from '../apps/pose-generator/app'
import type { Ctx } from '../ctx'
import type { generatedPoses } from '../db/tables/generations'
import { ApiError } from '../http/errors'
import { userObject } from '../objects'
import { findProject } from '../projects/find-project'
import { choices } from '../providers/choose'
import { imageProviders } from '../providers/registry'
import { findUpload } from '../uploads/find-upload'
import { choosePoses } from './choose-poses'
import { hasReference } from './has-reference'
import type { Again, Difference } from './recipe'
import type { DraftPose, JobParams } from './types'
import { whoPoses } from './who-poses'

type Row = typeof generatedPoses.$inferSelect
type Picture = Pick<Row, 'userId' | 'generationId' | 'poseId' | 'promptUsed' | 'provider' | 'model'>

/**
 * What would not be the same if the picture were asked for again now: `again` is planned like any start and compared with
 * what was made. `isPossible` is false when the start would be refused, for want of the pose or the background picture.
 */
export async function compareAgain(
  ctx: Ctx,
  picture: Picture,
  params: JobParams,
  { request, requestedAs }: Again,
): Promise<{ isPossible: boolean; differences: Difference[] }> {
  const uploadId = params.background?.uploadId
  const [chosen, made, cast, backdrop] = await Promise.all([
    posesOf(ctx, picture.userId, request),
    picture.poseId === null ? userObject(ctx.env, picture.userId).jobDrafts(picture.generationId) : [],
    castOf(ctx, picture.userId, request),
    uploadId === undefined ? null : findUpload(ctx.db, picture.userId, uploadId),
  ])
  const who = cast ?? { avatarUploadId: null, avatar: null }
  const now = poseGenerator.params(request, who)
  const { avatar } = who
  const plan = chosen ? poseGenerator.plan(request, { poses: chosen.poses, avatar }, request.seed ?? 0) : []
  const position = plan.findIndex(({ variationKey }) => variationKey === requestedAs)
  const task = plan[position]
  const draft = task && task.draft !== null ? chosen?.drafts?.[task.draft] : undefined
  const differences: Difference[] = []
  if (!task || (draft && !isSame(draft, made[position % made.length]))) differences.push('pose')
  if (task && task.prompt !== picture.promptUsed) differences.push('words')
  if (!isSamePerson(now, params)) differences.push('avatar')
  if (backdrop === undefined) differences.push('background')
  if (!isFirstChoice(ctx, picture, params)) differences.push('provider')
  return { isPossible: task !== undefined && backdrop !== undefined && cast !== null, differences }
}

/** The poses that the request comes to today; null when it would be refused for them. */
async function posesOf(ctx: Ctx, userId: string, request: Again['request']) {
  try {
    return await choosePoses(ctx, { body: request, userId, seed: request.seed ?? 0, language: 'en' })
  } catch (error) {
    if (error instanceof ApiError) return null
    throw error
  }
}

/** Who would pose today; null when the project or the avatar of the request is gone. */
async function castOf(ctx: Ctx, userId: string, request: Again['request']): Promise<Who | null> {
  const project = await findProject(ctx.db, userId, request.projectId)
  if (!project) return null
  try {
    return await whoPoses(ctx, userId, project, request)
  } catch (error) {
    if (error instanceof ApiError) return null
    throw error
  }
}

const isSamePerson = (a: JobParams, b: JobParams): boolean =>
  a.avatarUploadId === b.avatarUploadId &&
  a.subject.key === b.subject.key &&
  JSON.stringify(a.avatar ?? null) === JSON.stringify(b.avatar ?? null)

/** Of a draft all but its names is drawn. */
const isSame = (a: DraftPose, b: DraftPose | undefined): boolean =>
  b !== undefined && JSON.stringify([a.geometry, a.props, a.words]) === JSON.stringify([b.geometry, b.props, b.words])

function isFirstChoice(ctx: Ctx, { provider: id, model }: Picture, params: JobParams): boolean {
  const [first] = choices(imageProviders(ctx.config, ctx.env), {
    hasReference: hasReference(params),
    looseControl: params.looseControl ?? false,
    widthPx: params.widthPx,
    heightPx: params.heightPx,
  })
  return first?.provider.id === id && first.provider.model === model
}
