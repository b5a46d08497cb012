import type { UnlimitedView } from '../../src/credits/types'
import { WIB_OFFSET_MS } from '../../src/kernel/calendar'
import { FOREVER } from './plan-periods'
import { quotaInForce } from './plans'
import { first, number } from './rows'

const DAY_MS = 24 * 3_600_000

/** Number of the WIB day that `now` (ms) falls in; a day starts at 17:00 UTC. */
export const wibDay = (now: number): number => Math.floor((now + WIB_OFFSET_MS) / DAY_MS)

const startOfDay = (day: number): number => day * DAY_MS - WIB_OFFSET_MS

/**
 * The day that quota is taken from: today, or the latest day already used when the clock stepped back.
 * So no clock can give a second quota for the same day.
 */
export const quotaDay = (sql: SqlStorage, now: number): number =>
  Math.max(wibDay(now), number(sql, 'SELECT COALESCE(MAX(day), 0) FROM quota_day'))

/** The best plan's quota and today's use, or null for somebody who never had one. Poses held count as used. */
export function unlimitedView(sql: SqlStorage, now: number): UnlimitedView | null {
  const quota = quotaInForce(sql, now)
  if (!quota) return null
  const day = quotaDay(sql, now)
  const used = number(sql, 'SELECT COALESCE(SUM(used + held), 0) FROM quota_day WHERE day = ?', day)
  return {
    active: quota.active,
    dailyQuota: quota.dailyQuota,
    used,
    remaining: Math.max(0, quota.dailyQuota - used),
    resetsAt: startOfDay(day + 1),
    expiresAt: quota.expiresAt === FOREVER ? null : quota.expiresAt,
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
