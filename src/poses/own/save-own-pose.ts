import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import type { Ctx } from '../../ctx'
import { type PoseGeometry, poseCategories, poseGeometry, poseShapes, poses } from '../../db/tables/poses'
import type { Caller } from '../../http/access-token'
import { fail, invalidField } from '../../http/errors'
import { WIB_OFFSET_MS } from '../../kernel/calendar'
import { sha256Hex } from '../../kernel/hash'
import { newPoseId } from '../../kernel/ids'
import { HOUR_MS } from '../../kernel/limits'
import { attemptsObject } from '../../objects'
import type { PoseRow } from '../pose-card'
import { refusePremium } from '../premium'
import { findTooNear } from '../shape/nearest-poses'
import { shapeRowsOf } from '../shape/shape-rows'
import { rowWhen } from './row-when'

/** Living ones; a geometry is 4 KB. */
export const MAX_OWN_POSES = 500
/** Of a WIB day, deleted ones too: the day's work for the database and the renderer is bounded by it. */
export const MAX_NEW_OWN_POSES_PER_DAY = 100
const DAY_MS = 24 * HOUR_MS
/** Refused ones count too: lifting a pose into space takes some 50 ms. */
const TRIES_PER_MINUTE = { max: 20, windowMs: 60_000 }

/** What is taken of the known pose that an own one is most like, where its owner says nothing. */
export type Likeness = Pick<PoseRow, 'categorySlug' | 'difficulty' | 'stance' | 'view'>

export type NewOwnPose = {
  name: string
  description?: string | undefined
  category?: string | undefined
  tags?: string[] | undefined
  allowSimilar: boolean
  source: 'import' | 'draft'
  geometry: PoseGeometry
  props: string[]
  /** English words for the prompt, besides the name. */
  promptHint: string
  like: Likeness
}

/** Called before anything is read. Throws RATE_LIMITED. */
export async function takeOwnPoseSlot(ctx: Ctx, userId: string): Promise<void> {
  const slot = await attemptsObject(ctx.env, `own-poses:${userId}`).takeSlot(TRIES_PER_MINUTE)
  if (!slot.ok) throw fail('RATE_LIMITED', undefined, Math.ceil(slot.retryAfterMs / 1_000))
}

/**
 * Writes a private pose with its geometry and its rows of the index of nearest poses, in one batch. The limits are part of
 * the insert itself. Throws POSE_TOO_NEAR with the pose that is nearly the same, and always for one that is the same to the
 * digit under the same name, so that a request which is sent again makes no second pose; PREMIUM_POSE for a copy of one that
 * the caller's plan does not have; QUOTA_EXCEEDED for the day, CONFLICT for too many living ones, 422 for a category that is
 * not there.
 */
export async function saveOwnPose(ctx: Ctx, caller: Caller, wish: NewOwnPose): Promise<PoseRow> {
  const { db } = ctx
  const { userId } = caller
  const { geometry } = wish
  const slug = wish.category ?? wish.like.categorySlug
  const categoryPath = await pathOf(ctx, slug)
  if (!categoryPath) throw invalidField('category', `there is no category ${slug}`)
  if (!wish.allowSimilar) {
    const near = await findTooNear(db, geometry.people, { ownerId: userId })
    if (near) throw fail('POSE_TOO_NEAR', near)
  } else await refusePremiumCopy(ctx, caller, geometry)
  const id = newPoseId()
  const [now, revision] = [ctx.now(), (await sha256Hex(JSON.stringify(geometry))).slice(0, 12)]
  const description = wish.description ?? ''
  const row: typeof poses.$inferInsert = {
    ...{ id, basePose: id, ownerId: userId, isPublic: false, categorySlug: slug, categoryPath, revision },
    ...{ nameEn: wish.name, nameId: wish.name, descriptionEn: description, descriptionId: description },
    ...{ tagsEn: wish.tags ?? [], tagsId: wish.tags ?? [], difficulty: wish.like.difficulty, gender: 'unisex' },
    ...{ peopleCount: geometry.people.length, stance: wish.like.stance, view: wish.like.view },
    ...{ framing: framingOf(geometry), props: wish.props, promptHint: wish.promptHint, displayOrder: 0, addedAt: now },
    ...{ source: wish.source, license: 'LicenseRef-Private', credit: null },
  }
  const same = and(
    ...[eq(poses.ownerId, userId), isNull(poses.deletedAt), eq(poses.revision, revision), eq(poses.nameEn, wish.name)],
  ) as SQL
  const dayStart = Math.floor((now + WIB_OFFSET_MS) / DAY_MS) * DAY_MS - WIB_OFFSET_MS
  const living = sql`select count(*) from ${poses} where ${poses.ownerId} = ${userId} and ${poses.deletedAt} is null`
  const today = sql`select count(*) from ${poses} where ${poses.ownerId} = ${userId} and ${poses.addedAt} >= ${dayStart}`
  const allowed = sql`(${living}) < ${MAX_OWN_POSES} and (${today}) < ${MAX_NEW_OWN_POSES_PER_DAY}
    and not exists (select 1 from ${poses} where ${same})
    and exists (select 1 from ${poseCategories} where ${poseCategories.slug} = ${slug})`
  const written = sql`exists (select 1 from ${poses} where ${poses.id} = ${id})`
  await db.batch([
    db.insert(poses).select(rowWhen(poses, row, allowed)),
    db.insert(poseGeometry).select(rowWhen(poseGeometry, { poseId: id, geometry }, written)),
    ...shapeRowsOf(id, userId, geometry.people).map((shape) =>
      db.insert(poseShapes).select(rowWhen(poseShapes, shape, written)),
    ),
  ])
  const [saved] = await db.select().from(poses).where(eq(poses.id, id))
  if (saved) return saved
  const [twin] = await db.select({ poseId: poses.id }).from(poses).where(same)
  if (twin) throw fail('POSE_TOO_NEAR', { poseId: twin.poseId, distance: 0, mirrored: false })
  // An admin has removed it since.
  if (!(await pathOf(ctx, slug))) throw invalidField('category', `there is no category ${slug}`)
  const [counts] = await db.all<{ living: number }>(sql`select (${living}) as living`)
  if (counts && counts.living >= MAX_OWN_POSES)
    throw fail('CONFLICT', { reason: `at most ${MAX_OWN_POSES} own poses; delete some first` })
  throw fail('QUOTA_EXCEEDED', {
    limit: MAX_NEW_OWN_POSES_PER_DAY,
    resetsAt: new Date(dayStart + DAY_MS).toISOString(),
  })
}

/** Everybody may read a premium pose, and so could bring it back as a pose of his own that costs no plan. */
async function refusePremiumCopy(ctx: Ctx, caller: Caller, { people }: PoseGeometry): Promise<void> {
  const near = await findTooNear(ctx.db, people, {})
  if (!near) return
  const { id, isPremium } = poses
  await refusePremium(ctx, caller, await ctx.db.select({ id, isPremium }).from(poses).where(eq(id, near.poseId)))
}

/** Slugs from the main category down; null when there is none of this name. */
export async function pathOf({ db }: Pick<Ctx, 'db'>, slug: string): Promise<string[] | null> {
  const rows = await db.select({ slug: poseCategories.slug, parent: poseCategories.parentSlug }).from(poseCategories)
  const parents = new Map(rows.map((row) => [row.slug, row.parent]))
  if (!parents.has(slug)) return null
  const path: string[] = []
  for (let at: string | null = slug; at !== null && !path.includes(at); at = parents.get(at) ?? null) path.unshift(at)
  return path
}

/** How much of a body is drawn, in the library's words. */
function framingOf({ people }: PoseGeometry): string {
  const isDrawn = (...joints: number[]) =>
    people.some(({ keypoints2d }) => joints.some((joint) => keypoints2d[joint * 3 + 2]))
  if (isDrawn(10, 13)) return 'full'
  if (isDrawn(9, 12)) return 'three-quarter'
  return isDrawn(8, 11) ? 'half' : 'portrait'
}
