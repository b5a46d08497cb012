import type { UnlimitedView } from '../../src/credits/types'
import { assert } from '../../src/kernel/assert'
import { first, number } from './rows'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Western Indonesian Time is UTC+7 all year. */
const WIB_OFFSET_MS = 7 * HOUR_MS

/** Number of the WIB day that `now` (ms) falls in; a day starts at 17:00 UTC. */
export const wibDay = (now: number): number => Math.floor((now + WIB_OFFSET_MS) / DAY_MS)

const startOfDay = (day: number): number => day * DAY_MS - WIB_OFFSET_MS

/**
 * The day that quota is taken from: today, or the latest day already used when the clock stepped back.
 * So no clock can give a second quota for the same day.
 */
export const quotaDay = (sql: SqlStorage, now: number): number =>
  Math.max(wibDay(now), number(sql, 'SELECT COALESCE(MAX(day), 0) FROM quota_day'))

type Tier = { daily_quota: number; expires_at: number | null }

/** Turns the unlimited tier on until `expiresAt` (ms; null = no end), or changes it. What today has used stays used. */
export function setUnlimited(sql: SqlStorage, tier: { dailyQuota: number; expiresAt: number | null }): void {
  assert(Number.isSafeInteger(tier.dailyQuota) && tier.dailyQuota > 0, 'a daily quota is a positive whole number')
  sql.exec(
    `INSERT INTO unlimited(only, daily_quota, expires_at) VALUES (1, ?, ?)
     ON CONFLICT(only) DO UPDATE SET daily_quota = excluded.daily_quota, expires_at = excluded.expires_at`,
    tier.dailyQuota,
    tier.expiresAt,
  )
}

/** The tier and today's use, or null for somebody who never had it. Poses held count as used. */
export function unlimitedView(sql: SqlStorage, now: number): UnlimitedView | null {
  const tier = first<Tier>(sql, 'SELECT daily_quota, expires_at FROM unlimited')
  if (!tier) return null
  const day = quotaDay(sql, now)
  const used = number(sql, 'SELECT COALESCE(SUM(used + held), 0) FROM quota_day WHERE day = ?', day)
  return {
    active: tier.expires_at === null || tier.expires_at > now,
    dailyQuota: tier.daily_quota,
    used,
    remaining: Math.max(0, tier.daily_quota - used),
    resetsAt: startOfDay(day + 1),
    expiresAt: tier.expires_at,
  }
}

/** Reserves `poses` of today's quota for a job that has its hold row. The caller has checked that they remain. */
export function holdQuota(sql: SqlStorage, jobId: string, poses: number, now: number): void {
  const day = quotaDay(sql, now)
  sql.exec(
    'INSERT INTO quota_day(day, used, held) VALUES (?1, 0, ?2) ON CONFLICT(day) DO UPDATE SET held = held + ?2',
    day,
    poses,
  )
  sql.exec('UPDATE hold SET quota_day = ?, quota_poses = ? WHERE job_id = ?', day, poses, jobId)
}

/** Ends the reservation of `poses`: used up, or given back to the very day they were reserved in. */
export function settleQuota(sql: SqlStorage, jobId: string, poses: number, outcome: 'used' | 'released'): void {
  const hold = first<{ quota_day: number }>(sql, 'SELECT quota_day FROM hold WHERE job_id = ?', jobId)!
  const used = outcome === 'used' ? poses : 0
  sql.exec('UPDATE quota_day SET held = held - ?, used = used + ? WHERE day = ?', poses, used, hold.quota_day)
  sql.exec('UPDATE hold SET quota_poses = quota_poses - ? WHERE job_id = ?', poses, jobId)
}
