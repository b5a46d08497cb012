import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Ctx } from '../ctx'
import { appJobs } from '../db/tables/apps'
import { avatarProjects, avatars } from '../db/tables/avatars'
import { generatedPoses, generations } from '../db/tables/generations'
import { avatarDeletions, type DELETION_REASONS } from '../db/tables/likeness'
import { projects } from '../db/tables/projects'
import { uploads } from '../db/tables/uploads'
import { fail } from '../http/errors'
import { newId } from '../kernel/ids'
import { eraseNow } from '../likeness/erase-deletion'

/** Jobs that an answer names; there may be more. */
const MAX_NAMED_JOBS = 10

export type DeletionRow = typeof avatarDeletions.$inferSelect

/** What goes. `pictures`: also those that shoots made with these avatars. */
export type DeletionPlan = {
  id: string
  userId: string
  /** What was asked for: the id of an avatar, of a project, or of a picture. */
  subject: string
  reason: (typeof DELETION_REASONS)[number]
  avatarIds: string[]
  pictures: boolean
  /** Shoots whose pictures go although no avatar of these is known of them. */
  generationIds?: string[]
  /** Photos that go although no avatar was made from them. */
  uploadIds?: string[]
}

type OwnWish = { pictures: 'delete' | 'keep'; variations: 'delete' | 'keep' }

/**
 * Deletes an avatar of this person with its source photo and, unless they are to be kept, the pictures made with it. History,
 * ledger and consent stay without it. The same again, and two at once, get the one report. Throws NOT_FOUND; CONFLICT with the
 * jobs that use it and are open.
 */
export async function deleteAvatar(ctx: Ctx, userId: string, avatarId: string, wish: OwnWish): Promise<DeletionRow> {
  const avatarIds = await familyOf(ctx, userId, avatarId, wish.variations === 'delete' ? 'variations' : 'alone')
  return deleteOwn(ctx, {
    ...{ id: newId('avatarDeletion'), userId, subject: avatarId, reason: 'owner', avatarIds },
    pictures: wish.pictures === 'delete',
  })
}

/** The same for a project of this person with all its avatars: one report. */
export async function deleteAvatarProject(
  ctx: Ctx,
  userId: string,
  projectId: string,
  { pictures }: Pick<OwnWish, 'pictures'>,
): Promise<DeletionRow> {
  const rows = await ctx.db
    .select({ id: avatars.id })
    .from(avatars)
    .where(and(eq(avatars.projectId, projectId), eq(avatars.userId, userId)))
  return deleteOwn(ctx, {
    ...{ id: newId('avatarDeletion'), userId, subject: projectId, reason: 'project', pictures: pictures === 'delete' },
    avatarIds: rows.map(({ id }) => id),
  })
}

async function deleteOwn(ctx: Ctx, plan: DeletionPlan): Promise<DeletionRow> {
  const jobs = await openJobs(ctx, plan)
  if (jobs.length > 0)
    throw fail('CONFLICT', {
      reason: 'jobs that use it are running; cancel them first',
      jobs: jobs.slice(0, MAX_NAMED_JOBS),
    })
  const [first, ...rest] = deletionStatements(ctx, plan, sql`not exists (${openJobsOf(plan)})`)
  await ctx.db.batch([first, ...rest])
  const deletion = await findDeletion(ctx, plan)
  // Nothing was written: a job began in this very moment, or there is nothing of that name.
  if (!deletion && (await openJobs(ctx, plan)).length > 0)
    throw fail('CONFLICT', { reason: 'jobs that use it are running; cancel them first' })
  if (!deletion) throw fail('NOT_FOUND')
  return deletion.endedAt === null ? eraseNow(ctx, deletion) : deletion
}

/** The report of this deletion, or of the one that was faster. */
async function findDeletion({ db }: Ctx, { userId, subject }: DeletionPlan): Promise<DeletionRow | undefined> {
  const isOfIt = and(eq(avatarDeletions.userId, userId), eq(avatarDeletions.avatarId, subject))
  return (await db.select().from(avatarDeletions).where(isOfIt).orderBy(desc(avatarDeletions.id)).limit(1))[0]
}

/**
 * The avatar, with `variations` those made from it, or with `everybody` all that have its face: what it is a variation of, and
 * what was made from the same photograph. The photo, or the avatar between them, may be gone: a face has one seed, which
 * variations inherit and photos give (plan-avatar.ts). Empty when this person has no such avatar.
 */
export async function familyOf(
  { db }: Ctx,
  userId: string,
  avatarId: string,
  who: 'alone' | 'variations' | 'everybody',
): Promise<string[]> {
  const isRelated = {
    alone: sql`0`,
    variations: sql`a.parent_id = f.id`,
    everybody: sql`(a.parent_id = f.id or a.id = f.parent_id or a.upload_id = f.upload_id
      or (a.look_seed = f.look_seed and a.source_type in ${INHERITED} and f.source_type in ${INHERITED}))`,
  }[who]
  const rows = await db.all<{ id: string }>(sql`
    with recursive family(id, parent_id, upload_id, look_seed, source_type) as (
      select id, parent_id, upload_id, look_seed, source_type from avatars where id = ${avatarId} and user_id = ${userId}
      union select a.id, a.parent_id, a.upload_id, a.look_seed, a.source_type from family f join avatars a on a.user_id = ${userId} and ${isRelated})
    select id from family`)
  return rows.map(({ id }) => id)
}

/** Ways whose seed is that of a face which was there before. */
const INHERITED = sql`('uploaded', 'from_reference', 'variation')`

const listed = (values: string[]): SQL => sql`(select value from json_each(${JSON.stringify(values)}))`

const OPEN = sql`('pending', 'processing')`

/** Ids of open jobs that use what goes. */
function openJobsOf({ userId, avatarIds, subject, reason, generationIds = [] }: DeletionPlan): SQL {
  const ids = listed(avatarIds)
  const ofProject = sql`union all select ${appJobs.id} from ${appJobs}
    where ${appJobs.userId} = ${userId} and ${appJobs.status} in ${OPEN} and ${appJobs.projectId} = ${subject}
      and ${isNoneOf(appJobs.avatarId, ids)}`
  return sql`select id from (${shootsOf(userId, ids, generationIds)}) where status in ${OPEN}
    union all select id from (select ${appJobs.id} from ${appJobs}
      where +${appJobs.userId} = ${userId} and ${appJobs.status} in ${OPEN} and ${appJobs.avatarId} in ${ids}
    ${reason === 'project' ? ofProject : sql``})`
}

/** By the avatar, and not by the person, whose every shoot would be read: the + takes that index from the planner. */
const shootsOf = (userId: string, avatarIds: SQL, generationIds: string[]): SQL =>
  sql`select ${generations.id} as id, ${generations.status} as status from ${generations}
      where +${generations.userId} = ${userId} and ${generations.avatarId} in ${avatarIds}
    union all select ${generations.id}, ${generations.status} from ${generations}
      where +${generations.userId} = ${userId} and ${generations.id} in ${listed(generationIds)}
        and ${isNoneOf(generations.avatarId, avatarIds)}`

/** What the other part of the statement has not found yet. */
const isNoneOf = (column: SQLiteColumn, ids: SQL): SQL => sql`(${column} is null or ${column} not in ${ids})`

export const openJobs = async ({ db }: Ctx, plan: DeletionPlan): Promise<string[]> =>
  (await db.all<{ id: string }>(openJobsOf(plan))).map(({ id }) => id)

/**
 * What a deletion writes, for one batch: first the row that says what is to go from R2, written only while there is something
 * to delete and `condition` holds; then, when it was written, the rows go. So bytes are never without a row that remembers them.
 */
export function deletionStatements(ctx: Ctx, plan: DeletionPlan, condition: SQL) {
  const { db } = ctx
  const { id, userId, subject, reason, pictures } = plan
  // Of a project also those that came since it was looked at: they would go with it, and leave their files behind.
  const ids = sql`(select value from json_each(${JSON.stringify(plan.avatarIds)})
    union select ${avatars.id} from ${avatars} where ${avatars.projectId} = ${subject} and ${avatars.userId} = ${userId})`
  const isTheirs = and(sql`${avatars.id} in ${ids}`, eq(avatars.userId, userId))
  const shoots = sql`(select id from (${shootsOf(userId, ids, plan.generationIds ?? [])}))`
  // A photograph goes with the last that was made from it. Of a face that must not be there nothing stays.
  const isUsed = sql`exists (select 1 from ${avatars} where ${avatars.uploadId} = ${uploads.id} and ${avatars.id} not in ${ids})
    or (${reason} <> 'takedown' and exists (select 1 from ${projects} where ${projects.avatarUploadId} = ${uploads.id}))`
  const named = listed(plan.uploadIds ?? [])
  const photos = sql`${uploads.userId} = ${userId} and (${uploads.id} in ${named} or not (${isUsed}))
    and ${uploads.id} in (select ${avatars.uploadId} from ${avatars} where ${isTheirs} union select value from ${named})`
  const prefix = sql`'u/' || ${userId} || '/' ||`
  const ofShoots = pictures ? sql`select ${prefix} id || '/' as target from ${shoots} union all` : sql``
  const targets = sql`(select json_group_array(target) from (${ofShoots}
    select ${uploads.objectKey} as target from ${uploads} where ${photos}
    union all select ${prefix} ${avatars.id} || '/' from ${avatars} where ${isTheirs}))`
  const made = pictures
    ? sql`(select count(*) from ${generatedPoses} where ${generatedPoses.generationId} in ${shoots})`
    : sql`0`
  const isThere = sql`(exists (select 1 from ${avatars} where ${isTheirs})
    or exists (select 1 from ${avatarProjects} where ${avatarProjects.id} = ${subject} and ${avatarProjects.userId} = ${userId})
    or exists (select 1 from ${uploads} where ${uploads.userId} = ${userId} and ${uploads.id} in ${named})
    or exists (select 1 from ${generatedPoses} where ${generatedPoses.generationId} in ${listed(plan.generationIds ?? [])}))`
  const isDeleted = sql`exists (select 1 from ${avatarDeletions} where ${avatarDeletions.id} = ${id})`
  return [
    db.insert(avatarDeletions).select(sql`select ${id}, ${userId}, ${subject}, ${reason}, ${targets}, ${made},
      (select count(*) from ${shoots}), 0, ${ctx.now()}, null where ${isThere} and (${condition})`),
    db
      .delete(generatedPoses)
      .where(sql`${pictures ? 1 : 0} and ${generatedPoses.generationId} in ${shoots} and ${isDeleted}`),
    db.delete(uploads).where(sql`${photos} and ${isDeleted}`),
    db.delete(avatars).where(sql`${isTheirs} and ${isDeleted}`),
    db
      .delete(avatarProjects)
      .where(sql`${avatarProjects.id} = ${subject} and ${avatarProjects.userId} = ${userId} and ${isDeleted}`),
  ] as const
}
