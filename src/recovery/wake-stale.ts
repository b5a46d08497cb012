import { and, lt, sql } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { appJobs } from '../db/tables/apps'
import { generations } from '../db/tables/generations'
import { pictureJobs } from '../db/tables/pictures'
import { describeError } from '../kernel/log'
import { userObject } from '../objects'

/** A generation that D1 shows as open for this long gets its object woken: the second net under a lost alarm. */
export const STALE_AFTER_MS = 15 * 60_000
const MAX_WOKEN = 100

/** D1's open generations, its open changes of backgrounds and exports, and its open jobs of other apps. The statuses are literals, because a partial index serves no bound values. */
export const isOpen = sql`${generations.status} in ('pending', 'processing')`
export const isOpenJob = sql`${pictureJobs.status} in ('pending', 'processing')`
export const isOpenAppJob = sql`${appJobs.status} in ('pending', 'processing')`

/** Wakes the objects of generations that have been open for too long. Answers how many people, and how many did not wake. */
export async function wakeStale(ctx: Ctx, now: number): Promise<{ woken: number; failed: number }> {
  const found = await Promise.all([staleShooters(ctx, now), staleOthers(ctx, now), staleAppUsers(ctx, now)])
  const stale = [...new Set(found.flat().map(({ userId }) => userId))]
  // A call of any kind is enough: the object's constructor arms the alarm that its rows ask for.
  const woken = await Promise.allSettled(stale.map((userId) => userObject(ctx.env, userId).credits()))
  const failures = woken.filter((result) => result.status === 'rejected')
  for (const { reason } of failures) ctx.log('error', 'wake_failed', { error: describeError(reason) })
  return { woken: woken.length - failures.length, failed: failures.length }
}

const staleShooters = ({ db }: Ctx, now: number) =>
  db
    // The plus keeps SQLite from walking the index by user for the sake of DISTINCT: so this reads what is open.
    .selectDistinct({ userId: sql<string>`+${generations.userId}` })
    .from(generations)
    .where(and(isOpen, lt(generations.createdAt, now - STALE_AFTER_MS)))
    .limit(MAX_WOKEN)

/** People whose background changes or exports have been open for too long. */
const staleOthers = ({ db }: Ctx, now: number) =>
  db
    .selectDistinct({ userId: sql<string>`+${pictureJobs.userId}` })
    .from(pictureJobs)
    .where(and(isOpenJob, lt(pictureJobs.createdAt, now - STALE_AFTER_MS)))
    .limit(MAX_WOKEN)

/** People whose jobs of other apps have been open for too long. */
const staleAppUsers = ({ db }: Ctx, now: number) =>
  db
    .selectDistinct({ userId: sql<string>`+${appJobs.userId}` })
    .from(appJobs)
    .where(and(isOpenAppJob, lt(appJobs.createdAt, now - STALE_AFTER_MS)))
    .limit(MAX_WOKEN)
