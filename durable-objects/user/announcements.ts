import type { AnnouncedStatus } from '../../src/messages'
import type { EventData, EventType } from '../../src/progress/events'
import { appendEvent } from './events'
import { ownerOf } from './owner'
import { all } from './rows'

/**
 * Tells the user something once, under a key of the teller's choice, however often it is said. False when it was told
 * before, or when nobody owns this object: an account that is gone.
 */
export function tellOnce(sql: SqlStorage, key: string, type: EventType, data: EventData, now: number): boolean {
  if (ownerOf(sql) === undefined) return false
  const isNew = all(
    sql,
    'INSERT INTO announcement(request_id, step, told_at) VALUES (?, 0, ?) ON CONFLICT DO NOTHING RETURNING step',
    ...[key, now],
  )
  if (isNew.length === 0) return false
  appendEvent(sql, type, null, data, now)
  return true
}

/** How far a request has come: nobody hears of an earlier step after a later one. Of the two ends a request has one. */
const STEP: Record<AnnouncedStatus, number> = { approved: 1, in_progress: 2, completed: 3, rejected: 3 }

export type RequestNews = { requestId: string; name: string; status: AnnouncedStatus; poseId: string | null }

/**
 * Tells the user what became of a pose request, once for each status, however often and late it is heard. False when that
 * was told before, or when nobody owns this object: an account that is gone.
 */
export function tellOfRequest(sql: SqlStorage, news: RequestNews, now: number): boolean {
  if (ownerOf(sql) === undefined) return false
  const isNew = all(
    sql,
    `INSERT INTO announcement(request_id, step, told_at) VALUES (?, ?, ?)
     ON CONFLICT(request_id) DO UPDATE SET step = excluded.step, told_at = excluded.told_at WHERE excluded.step > step
     RETURNING step`,
    ...[news.requestId, STEP[news.status], now],
  )
  if (isNew.length === 0) return false
  const { requestId, name, status, poseId } = news
  appendEvent(sql, 'pose_request_changed', null, { requestId, name, status, poseId }, now)
  return true
}
