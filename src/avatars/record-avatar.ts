import { and, eq } from 'drizzle-orm'
import { lookSeedOf } from '../apps/avatar-creator/plan'
import type { Ctx } from '../ctx'
import { avatarPresets, avatarProjects, avatars } from '../db/tables/avatars'
import { avatarConsents } from '../db/tables/likeness'
import { uploads } from '../db/tables/uploads'
import type { AvatarParams, TaskPlan } from '../generations/types'
import { consentRow } from '../likeness/policy'
import { toColumns } from './fields'
import type { KeptAvatar } from './kept-avatar'
import { avatarPictureKey, avatarThumbnailKey } from './object-keys'

type Made = {
  userId: string
  projectId: string
  generationId: string
  position: number
  task: TaskPlan
  params: AvatarParams
  kept: KeptAvatar
}

/**
 * Writes an avatar's row, and with it what its owner declared of the face. Twice is once: its id was chosen when the job
 * started. False when its project is gone, or the photo or the avatar whose face it has: then there is no row. Looked at
 * before and after, because whoever takes down a face removes what he finds, and this may come behind him.
 */
export async function recordAvatar(ctx: Ctx, made: Made): Promise<boolean> {
  const { userId, generationId, params, task } = made
  const before = await basisOf(ctx, made)
  if (!before.isWhole) return false
  const { presetId, parentId } = before
  const row = { ...toRow(made, ctx.now()), uploadId: params.uploadId, presetId, parentId }
  const avatar = ctx.db.insert(avatars).values(row).onConflictDoNothing()
  const { consent } = params
  if (consent) {
    const declared = consentRow({ userId, generationId, avatarId: task.imageId, consent, now: ctx.now() })
    await ctx.db.batch([avatar, ctx.db.insert(avatarConsents).values(declared).onConflictDoNothing()])
  } else await avatar
  if ((await basisOf(ctx, made)).isWhole) return true
  await ctx.db.delete(avatars).where(eq(avatars.id, task.imageId))
  return false
}

/** What is left of what it is made from. A preset that is gone is only not named; of another person's looks likewise. */
async function basisOf({ db }: Ctx, { userId, projectId, params }: Made) {
  const { uploadId, presetId, avatar, picture } = params
  const [project, upload, preset, parent] = await db.batch([
    db
      .select({ id: avatarProjects.id })
      .from(avatarProjects)
      .where(and(eq(avatarProjects.id, projectId), eq(avatarProjects.userId, userId))),
    db
      .select({ id: uploads.id })
      .from(uploads)
      .where(eq(uploads.id, uploadId ?? '')),
    db
      .select({ id: avatarPresets.id })
      .from(avatarPresets)
      .where(eq(avatarPresets.id, presetId ?? '')),
    db
      .select({ id: avatars.id })
      .from(avatars)
      .where(eq(avatars.id, avatar?.id ?? '')),
  ])
  const hasPhoto = uploadId === null || upload.length > 0
  const hasFace = picture?.avatar === undefined || parent.length > 0
  return {
    isWhole: project.length > 0 && hasPhoto && hasFace,
    ...{ presetId: preset[0]?.id ?? null, parentId: parent[0]?.id ?? null },
  }
}

function toRow(
  { userId, projectId, generationId, position, task, params, kept }: Made,
  now: number,
): typeof avatars.$inferInsert {
  const { widthPx, heightPx, sizeBytes, face, palette, made } = kept
  return {
    ...{ id: task.imageId, userId, projectId, generationId, position, name: task.name, sourceType: params.way },
    ...toColumns(params.attributes, params.persona),
    ...{ words: params.words, lookSeed: lookSeedOf(params, position) },
    ...{ widthPx, heightPx, sizeBytes, face, palette },
    ...{ objectKey: avatarPictureKey(userId, task.imageId), thumbnailKey: avatarThumbnailKey(userId, task.imageId) },
    ...(made && {
      ...{ provider: made.provider, model: made.model, simulated: made.simulated, recipe: made.recipe },
      ...{ promptUsed: made.prompt, seedUsed: made.seed },
      ...{ costMicroUsd: made.costMicroUsd, generationMs: made.generationMs },
    }),
    ...{ createdAt: now, updatedAt: now },
  }
}
