import type { AppId } from '../../src/generations/types'
import { MAX_PICTURES_PER_GENERATION } from '../../src/kernel/limits'
import { all, number } from './rows'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/**
 * What a job weighs: a picture that was begun and not paid (called off, indecent) costs us as much as one that was, so it
 * counts as ten. Otherwise starting and cancelling would burn a provider's money for nothing.
 */
const WEIGHT = '(total + 9 * wasted)'

/** Each app has windows of its own: files of pictures and new backgrounds are no shoots. */
const RECENT = 'created_at > ?1 AND app = ?2'

/** `picturesPerDay`: in 24 hours, for apps that have such a limit. */
export type RateLimits = { posesPerHour: number; generatesPerMinute: number; picturesPerDay?: number }

/** Which limit said no, what is left of it, and when enough of it is free again (ms from now). */
export type RateRefusal = {
  limit: 'posesPerHour' | 'generatesPerMinute' | 'picturesPerDay'
  max: number
  remaining: number
  retryAfterMs: number
}

/**
 * Sliding windows over the user's own jobs, weighted by pictures: no counter of their own to drift or to reset.
 * Only accepted requests count, so a refusal never makes the next one worse.
 */
export function rateRefusal(
  sql: SqlStorage,
  poses: number,
  limits: RateLimits,
  now: number,
  app: AppId = 'pose-generator',
): RateRefusal | null {
  const requests = number(sql, `SELECT COUNT(*) FROM job WHERE ${RECENT}`, now - MINUTE_MS, app)
  if (requests >= limits.generatesPerMinute) {
    const freed = requests - limits.generatesPerMinute
    const { created_at } = all<{ created_at: number }>(
      sql,
      `SELECT created_at FROM job WHERE ${RECENT} ORDER BY created_at LIMIT 1 OFFSET ?3`,
      now - MINUTE_MS,
      app,
      freed,
    )[0] ?? { created_at: now }
    const max = limits.generatesPerMinute
    return { limit: 'generatesPerMinute', max, remaining: 0, retryAfterMs: created_at + MINUTE_MS - now }
  }
  const { posesPerHour, picturesPerDay } = limits
  const hour: Window = { limit: 'posesPerHour', max: posesPerHour, windowMs: HOUR_MS }
  const byHour = () => windowRefusal(sql, poses, hour, now, app)
  if (picturesPerDay === undefined) return byHour()
  // The longer wait first: who is told to come back in an hour must not hear then of the day.
  const day: Window = { limit: 'picturesPerDay', max: picturesPerDay, windowMs: DAY_MS }
  return windowRefusal(sql, poses, day, now, app) ?? byHour()
}

type Window = { limit: 'posesPerHour' | 'picturesPerDay'; max: number; windowMs: number }

function windowRefusal(
  sql: SqlStorage,
  poses: number,
  { limit, max, windowMs }: Window,
  now: number,
  app: AppId,
): RateRefusal | null {
  const used = number(sql, `SELECT COALESCE(SUM(${WEIGHT}), 0) FROM job WHERE ${RECENT}`, now - windowMs, app)
  if (used + poses <= max) return null
  let excess = used + poses - max
  let retryAfterMs = windowMs
  const recent = `SELECT created_at, ${WEIGHT} AS total FROM job WHERE ${RECENT} ORDER BY created_at`
  for (const job of all<{ created_at: number; total: number }>(sql, recent, now - windowMs, app)) {
    excess -= job.total
    retryAfterMs = job.created_at + windowMs - now
    if (excess <= 0) break
  }
  return { limit, max, remaining: Math.max(0, max - used), retryAfterMs }
}

/** How many pictures each window would let through now, and when it is wholly free again. */
export function allowedByRate(sql: SqlStorage, limits: RateLimits, now: number, app: AppId) {
  const { remaining, resetMs } = rateState(sql, limits, now, app)
  const minute = `SELECT COUNT(*) FROM job WHERE ${RECENT}`
  const requestsLeft = limits.generatesPerMinute - number(sql, minute, now - MINUTE_MS, app)
  const allowsPictures = requestsLeft > 0 ? MAX_PICTURES_PER_GENERATION : 0
  return [
    { limit: 'posesPerHour' as const, allowsPictures: remaining, resetsAt: now + resetMs },
    { limit: 'generatesPerMinute' as const, allowsPictures, resetsAt: requestsLeft > 0 ? null : now + MINUTE_MS },
    ...(limits.picturesPerDay === undefined ? [] : [dayOf(sql, limits.picturesPerDay, now, app)]),
  ]
}

function dayOf(sql: SqlStorage, max: number, now: number, app: AppId) {
  const used = number(sql, `SELECT COALESCE(SUM(${WEIGHT}), 0) FROM job WHERE ${RECENT}`, now - DAY_MS, app)
  const earliest = `SELECT COALESCE(MIN(created_at), ?3) FROM job WHERE ${RECENT}`
  const oldest = number(sql, earliest, now - DAY_MS, app, now)
  return { limit: 'picturesPerDay' as const, allowsPictures: Math.max(0, max - used), resetsAt: oldest + DAY_MS }
}

/** What is left of the hour's poses, and when the oldest of them is free again: for RateLimit headers. */
export type RateState = { limit: number; remaining: number; resetMs: number }

export function rateState(sql: SqlStorage, limits: RateLimits, now: number, app: AppId = 'pose-generator'): RateState {
  const used = number(sql, `SELECT COALESCE(SUM(${WEIGHT}), 0) FROM job WHERE ${RECENT}`, now - HOUR_MS, app)
  const earliest = `SELECT COALESCE(MIN(created_at), ?3) FROM job WHERE ${RECENT}`
  const oldest = number(sql, earliest, now - HOUR_MS, app, now)
  return {
    limit: limits.posesPerHour,
    remaining: Math.max(0, limits.posesPerHour - used),
    resetMs: oldest + HOUR_MS - now,
  }
}
