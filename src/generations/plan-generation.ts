import { poseGenerator } from '../apps/pose-generator/app'
import type { GenerateBody } from '../apps/pose-generator/params'
import type { Ctx } from '../ctx'
import type { Caller } from '../http/access-token'
import { fail, type Language } from '../http/errors'
import { fingerprint } from '../http/idempotency'
import { refuseMinors } from '../likeness/minors'
import { refuseUnsafe } from '../moderation/refuse-unsafe'
import { findProject } from '../projects/find-project'
import { requireUpload } from '../uploads/find-upload'
import { choosePoses } from './choose-poses'
import type { JobParams, TaskPlan } from './types'
import { whoPoses } from './who-poses'

/** What a request comes to. `fingerprint` is that of the request without its quote: what a quote is bound to. */
export type GenerationPlan = { params: JobParams; tasks: TaskPlan[]; fingerprint: string }

/**
 * The pictures that a caller asks for, counted the same for a quote and for the start. Throws 404 for a project, an
 * avatar or an upload that is not the caller's, 422 for a pose that is not there or for words that no picture may show; all name the
 * field. The words come first: what is refused has touched nothing.
 */
export async function planGeneration(
  ctx: Ctx,
  caller: Caller,
  body: GenerateBody,
  language: Language,
): Promise<GenerationPlan> {
  const { backgroundPrompt } = body
  const wanted = body.generationType === 'TEXT_DESCRIPTION' ? { textPrompt: body.textPrompt } : { prompt: body.prompt }
  await refuseUnsafe(ctx, caller, { ...wanted, backgroundPrompt })
  const project = await findProject(ctx.db, caller.userId, body.projectId)
  if (!project) throw fail('NOT_FOUND', { field: 'projectId' })
  if (body.backgroundImageId) await requireUpload(ctx.db, caller.userId, body.backgroundImageId, 'backgroundImageId')
  const who = await whoPoses(ctx, caller.userId, project, body)
  // Of a face that is somebody's no younger picture is made; of whom words alone draw, the lists of moderation judge.
  if (who.avatar || who.avatarUploadId !== null) refuseMinors({ story: wanted })
  const seed = body.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!
  const { poses, drafts } = await choosePoses(ctx, {
    ...{ body, seed, language, userId: caller.userId, tier: caller.tier },
  })
  return {
    params: { ...poseGenerator.params(body, who), ...(drafts && { drafts }) },
    tasks: poseGenerator.plan(body, { poses, avatar: who.avatar }, seed),
    fingerprint: await fingerprint('POST', `/apps/${poseGenerator.id}`, { ...body, quoteId: undefined }),
  }
}
