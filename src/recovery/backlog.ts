import { and, asc, eq, gt, isNull, lt, lte, sql } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { appJobs } from '../db/tables/apps'
import { generations } from '../db/tables/generations'
import { avatarDeletions, avatarReports } from '../db/tables/likeness'
import { creditAdjustments, type NOTICE_STATES, paymentNotices, payments, subscriptions } from '../db/tables/money'
import { deadLetters } from '../db/tables/operations'
import { pictureJobs } from '../db/tables/pictures'
import { ID_PREFIXES } from '../kernel/ids'
import { isOpen, isOpenAppJob, isOpenJob, STALE_AFTER_MS } from './wake-stale'

/** Rows looked at of each kind; beyond that the number does not matter to whoever was woken by it. */
const MAX_COUNTED = 1_000
const LIMIT = MAX_COUNTED + 1

/** How much of something waits, and since when (ms); `isMore` when there is more than was counted. */
export type Heap = { count: number; isMore: boolean; oldestAt: number | null }
export type DeadHeap = { queue: string; kind: string; count: number; oldestAt: number; newestAt: number }

/** Everything that waits for somebody, by indexes alone and at most MAX_COUNTED rows each. */
export async function readBacklog(ctx: Ctx) {
  const now = ctx.now()
  const [staleGenerations, stalePictureJobs, staleAppJobs] = await Promise.all([
    staleGenerationTimes(ctx, now),
    stalePictureJobTimes(ctx, now),
    staleAppJobTimes(ctx, now),
  ])
  const [avatarReportsOpen, avatarDeletionsOpen] = await Promise.all([reportTimes(ctx), deletionTimes(ctx, now)])
  const [paymentChecks, planChanges, adjustmentsAwaiting, dead] = await Promise.all([
    paymentCheckTimes(ctx, now),
    planChangeTimes(ctx, now),
    adjustmentTimes(ctx),
    deadLettersByAge(ctx),
  ])
  const [received, failed, quarantined] = await Promise.all([
    noticeTimes(ctx, 'received'),
    noticeTimes(ctx, 'failed'),
    noticeTimes(ctx, 'quarantined'),
  ])
  return {
    staleGenerations: heapOf(staleGenerations),
    stalePictureJobs: heapOf(stalePictureJobs),
    staleAppJobs: heapOf(staleAppJobs),
    avatarReportsOpen: heapOf(avatarReportsOpen),
    avatarDeletionsOpen: heapOf(avatarDeletionsOpen),
    paymentChecks: heapOf(paymentChecks),
    planChanges: heapOf(planChanges),
    adjustmentsAwaiting: heapOf(adjustmentsAwaiting),
    notices: { received: heapOf(received), failed: heapOf(failed), quarantined: heapOf(quarantined) },
    deadLetters: { isMore: dead.length > MAX_COUNTED, heaps: byQueueAndKind(dead.slice(0, MAX_COUNTED)) },
  }
}

type Time = { at: number }

const staleGenerationTimes = ({ db }: Ctx, now: number): Promise<Time[]> =>
  db
    .select({ at: generations.createdAt })
    .from(generations)
    .where(and(isOpen, lt(generations.createdAt, now - STALE_AFTER_MS)))
    .orderBy(asc(generations.createdAt))
    .limit(LIMIT)

const stalePictureJobTimes = ({ db }: Ctx, now: number): Promise<Time[]> =>
  db
    .select({ at: pictureJobs.createdAt })
    .from(pictureJobs)
    .where(and(isOpenJob, lt(pictureJobs.createdAt, now - STALE_AFTER_MS)))
    .orderBy(asc(pictureJobs.createdAt))
    .limit(LIMIT)

const staleAppJobTimes = ({ db }: Ctx, now: number): Promise<Time[]> =>
  db
    .select({ at: appJobs.createdAt })
    .from(appJobs)
    .where(and(isOpenAppJob, lt(appJobs.createdAt, now - STALE_AFTER_MS)))
    .orderBy(asc(appJobs.createdAt))
    .limit(LIMIT)

const paymentCheckTimes = ({ db }: Ctx, now: number): Promise<Time[]> =>
  db
    .select({ at: sql<number>`${payments.nextCheckAt}` })
    .from(payments)
    .where(lte(payments.nextCheckAt, now))
    .orderBy(asc(payments.nextCheckAt))
    .limit(LIMIT)

const planChangeTimes = ({ db }: Ctx, now: number): Promise<Time[]> =>
  db
    .select({ at: sql<number>`${subscriptions.nextChangeAt}` })
    .from(subscriptions)
    .where(lte(subscriptions.nextChangeAt, now))
    .orderBy(asc(subscriptions.nextChangeAt))
    .limit(LIMIT)

const adjustmentTimes = ({ db }: Ctx): Promise<Time[]> =>
  db
    .select({ at: creditAdjustments.createdAt })
    .from(creditAdjustments)
    .where(eq(creditAdjustments.state, 'awaiting_approval'))
    .orderBy(asc(creditAdjustments.id))
    .limit(LIMIT)

const reportTimes = ({ db }: Ctx): Promise<Time[]> =>
  db
    .select({ at: avatarReports.createdAt })
    .from(avatarReports)
    .where(eq(avatarReports.status, 'open'))
    .orderBy(asc(avatarReports.id))
    .limit(LIMIT)

const deletionTimes = ({ db }: Ctx, now: number): Promise<Time[]> =>
  db
    .select({ at: avatarDeletions.createdAt })
    .from(avatarDeletions)
    .where(and(isNull(avatarDeletions.endedAt), lte(avatarDeletions.createdAt, now)))
    .orderBy(asc(avatarDeletions.createdAt))
    .limit(LIMIT)

const noticeTimes = ({ db }: Ctx, state: (typeof NOTICE_STATES)[number]): Promise<Time[]> =>
  db
    .select({ at: paymentNotices.receivedAt })
    .from(paymentNotices)
    .where(eq(paymentNotices.state, state))
    .orderBy(asc(paymentNotices.id))
    .limit(LIMIT)

type DeadLetter = Time & { queue: string; kind: string }

const deadLettersByAge = ({ db }: Ctx): Promise<DeadLetter[]> =>
  db
    .select({
      queue: deadLetters.queue,
      // A body that was cut is no JSON any more.
      kind: sql<string>`coalesce(case when json_valid(${deadLetters.body}) then ${deadLetters.body} ->> '$.type' end, 'unreadable')`,
      at: deadLetters.createdAt,
    })
    .from(deadLetters)
    // Ids are in the order of time; this bound makes the statement a search instead of a scan.
    .where(gt(deadLetters.id, ID_PREFIXES.deadLetter))
    .orderBy(asc(deadLetters.id))
    .limit(LIMIT)

function heapOf(times: Time[]): Heap {
  const counted = times.slice(0, MAX_COUNTED).map(({ at }) => at)
  return {
    count: counted.length,
    isMore: times.length > MAX_COUNTED,
    oldestAt: counted.length > 0 ? Math.min(...counted) : null,
  }
}

/** Whichever of two heaps has waited longer; an empty one has not. */
export const oldestOf = (a: Heap, b: Heap): Heap => ((a.oldestAt ?? Infinity) <= (b.oldestAt ?? Infinity) ? a : b)

function byQueueAndKind(letters: DeadLetter[]): DeadHeap[] {
  const heaps = new Map<string, DeadHeap>()
  for (const { queue, kind, at } of letters) {
    const key = JSON.stringify([queue, kind])
    const heap = heaps.get(key) ?? { queue, kind, count: 0, oldestAt: at, newestAt: at }
    const { count, oldestAt, newestAt } = heap
    heaps.set(key, { ...heap, count: count + 1, oldestAt: Math.min(oldestAt, at), newestAt: Math.max(newestAt, at) })
  }
  return [...heaps.values()]
}
