import { nextExpiry } from './ledger'
import { DRAIN_LAG_MS } from './outbox'
import { number } from './rows'

/**
 * When the object next has something to do by itself, from what is written down; null when it may sleep.
 * D1 is not tried again before `projectNotBefore`.
 */
export function nextDue(sql: SqlStorage, projectNotBefore: number): number | null {
  const at = number(
    sql,
    `SELECT COALESCE(MIN(at), -1) FROM (
       SELECT MIN(due_at) AS at FROM task WHERE state IN ('queued', 'leased')
       UNION ALL SELECT MAX(MIN(project_due_at), ?2) FROM job WHERE project_due_at IS NOT NULL
       UNION ALL SELECT MIN(give_up_at) FROM job WHERE ended_at IS NULL
       UNION ALL SELECT MAX(MIN(at) + ?1, ?2) FROM entry WHERE seq > (SELECT MAX(mirrored_seq) FROM owner))`,
    DRAIN_LAG_MS,
    projectNotBefore,
  )
  const expiry = nextExpiry(sql)
  const due = [at, expiry ?? -1].filter((time) => time >= 0)
  return due.length > 0 ? Math.min(...due) : null
}
