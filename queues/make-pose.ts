import { eq } from 'drizzle-orm'
import type { Outcome } from '../durable-objects/user/tasks'
import { findAvatar } from '../src/avatars/find-avatar'
import { recordVersion } from '../src/backgrounds/versions'
import type { Ctx } from '../src/ctx'
import { generatedPoses } from '../src/db/tables/generations'
import { figuresOf } from '../src/exports/figures'
import type { Figure } from '../src/exports/types'
import { jobPrefix } from '../src/generations/object-keys'
import { controlPose } from '../src/generations/picture-spec'
import { recordPicture } from '../src/generations/record-picture'
import { eventImage } from '../src/media/event-image'
import type { PoseMessage } from '../src/messages'
import { type Keypoints, ProviderError } from '../src/providers/contract'
import { askAhead } from './build-variants'
import { type Made, runProvider } from './run-provider'
import type { Claimed } from './run-task'
import { findStaged, isStaged, stageBackground } from './stage-background'
import { findStored, markedMaster, type Stored, store, toRow } from './stored-picture'

/**
 * Makes one picture: provider, R2, D1. Every step finds what an earlier try of it left, so a crash at any point costs at
 * most one call of the provider.
 */
export async function makePose(ctx: Ctx, message: PoseMessage, claim: Claimed<'pose-generator'>): Promise<Outcome> {
  // Only a try that ended badly can have left a picture: a first one, and one that waited, do not pay for the look.
  const earlier = claim.tries > 0 ? await findStored(ctx, message, claim.task) : null
  if (earlier) return record(ctx, message, claim, earlier, null)
  const { background } = claim.params
  // What is put behind the person afterwards is none of the provider's business: it makes the picture in the studio.
  const asked = isStaged(ctx.config, background) ? { ...claim, params: { ...claim.params, background: null } } : claim
  const made = await runProvider(ctx, message, asked)
  return made.kind === 'made' ? keep(ctx, message, claim, made) : made
}

async function keep(ctx: Ctx, message: PoseMessage, claim: Claimed<'pose-generator'>, made: Made): Promise<Outcome> {
  const { provider } = made
  // Of the job's own time: a second try makes the same bytes.
  const { createdAt, task } = claim
  const image = markedMaster(made.image, { imageId: task.imageId, simulated: provider.simulated, createdAt })
  const stored: Stored = {
    widthPx: image.width,
    heightPx: image.height,
    sizeBytes: image.bytes.byteLength,
    provider: image.providerId,
    model: image.model,
    simulated: provider.simulated,
    seed: image.seed,
    generationMs: made.tookMs,
    poseMatch: made.poseMatch,
    backgroundDone:
      claim.params.background !== null && !isStaged(ctx.config, claim.params.background) && image.backgroundDone,
    hasMask: image.mask !== undefined,
    costMicroUsd: image.costMicroUsd,
    recipe: {
      ...{ provider: image.providerId, model: image.model, upstreamId: image.upstreamId },
      ...{ settings: image.settings, degraded: image.degraded },
      ...{ submissions: made.submissions, costMicroUsd: image.costMicroUsd },
    },
  }
  await store(ctx, message, claim.task, image, stored)
  return record(ctx, message, claim, stored, image.keypoints)
}

async function record(
  ctx: Ctx,
  message: PoseMessage,
  claim: Claimed<'pose-generator'>,
  stored: Stored,
  keypoints: Keypoints[] | null,
): Promise<Outcome> {
  const figures = await findFigures(ctx, claim, stored, keypoints)
  const row = toRow(ctx, message, claim, stored, figures)
  const { task, params, run, createdAt } = claim
  const { background } = params
  const picture = { ...row, simulated: stored.simulated, figures, createdAt }
  // A try that died behind the row has left the version: it is there, and paid, whether or not it could be made again.
  const known =
    claim.tries > 0 && isStaged(ctx.config, background) ? await findStaged(ctx, background, task.imageId) : undefined
  const staged =
    !known && isStaged(ctx.config, background)
      ? await stageBackground(ctx, { message, background, picture, run, tries: claim.tries })
      : null
  if (staged?.kind === 'retry') return staged
  // One step in D1: the picture is never seen without the background that comes with it.
  const version = known ?? (staged && (await recordVersion(ctx, staged.made, row)))
  if (!staged) await recordPicture(ctx.db, row)
  // Whoever deletes an avatar deletes the pictures that he finds: one that came after him goes as it came.
  if (params.avatar && !(await findAvatar(ctx.db, message.userId, params.avatar.id))) return forget(ctx, message, row)
  await askAhead(ctx, message, claim)
  const backgroundDone = version ? true : stored.backgroundDone
  return {
    kind: 'done',
    backgroundDone,
    image: await eventImage(ctx, { id: task.imageId, poseId: task.poseId }, version?.id),
  }
}

/** Of an avatar that was deleted meanwhile there is no picture, and nothing of one; its credits return. */
async function forget(ctx: Ctx, { userId, jobId }: PoseMessage, { id, variationKey }: PictureKey): Promise<Outcome> {
  await ctx.db.delete(generatedPoses).where(eq(generatedPoses.id, id))
  const { objects } = await ctx.env.MEDIA.list({ prefix: `${jobPrefix(userId, jobId)}${variationKey}_` })
  if (objects.length > 0) await ctx.env.MEDIA.delete(objects.map(({ key }) => key))
  return { kind: 'failed', code: 'INVALID' }
}

type PictureKey = Pick<typeof generatedPoses.$inferInsert, 'id' | 'variationKey'>

/** Where the people are, for crops; nobody for a pose that is gone by now: no reason to lose the picture. */
async function findFigures(
  ctx: Ctx,
  { task, params }: Claimed<'pose-generator'>,
  { widthPx: width, heightPx: height }: Stored,
  keypoints: Keypoints[] | null,
): Promise<Figure[]> {
  try {
    return figuresOf(await controlPose(ctx, task, params), { width, height }, keypoints ?? undefined)
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    return []
  }
}
