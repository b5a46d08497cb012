import type { Entry } from '../../src/credits/types'
import type { JobView } from '../../src/generations/types'
import { entriesAfter } from './entries'
import { type JobRow, viewJob } from './jobs'
import { all, number } from './rows'

const MAX_JOBS_PER_DRAIN = 20
const MAX_ENTRIES_PER_DRAIN = 500
/** D1 may show a running job, and the ledger, this much late: changes wait for company. Ends are written at once. */
export const DRAIN_LAG_MS = 1_000

/** What D1 does not have yet. `version` and `mirroredSeq` say how far; sending it twice is harmless. */
export type Projection = {
  jobs: { view: JobView; version: number; poseIds: string[]; avatarId: string | null }[]
  entries: Entry[]
}

/**
 * The outbox needs no rows of its own: a job carries its version, the ledger its sequence, and both remember how far
 * D1 has them. Null when there is nothing due at `now`.
 */
export function dueProjection(sql: SqlStorage, now: number): Projection | null {
  const rows = all<JobRow>(
    sql,
    'SELECT * FROM job WHERE project_due_at <= ? ORDER BY project_due_at LIMIT ?',
    now,
    MAX_JOBS_PER_DRAIN,
  )
  const entries = entriesAfter(sql, mirroredSeq(sql), MAX_ENTRIES_PER_DRAIN)
  if (rows.length === 0 && (entries[0]?.at ?? Infinity) + DRAIN_LAG_MS > now) return null
  const jobs = rows.map((row) => ({
    view: viewJob(sql, row, now),
    version: row.version,
    // The poses of a job never change: they go with its first version, and with its end in case D1 never saw the first.
    poseIds: row.version === 1 || row.ended_at !== null ? poseIds(sql, row.id) : [],
    avatarId: avatarId(sql, row.id),
  }))
  return { jobs, entries }
}

/** The avatar that a job uses, whatever its app: `avatar.id` of its params (JobWork). */
const avatarId = (sql: SqlStorage, jobId: string): string | null =>
  all<{ id: string | null }>(sql, "SELECT params ->> '$.avatar.id' AS id FROM job WHERE id = ?", jobId)[0]!.id

const poseIds = (sql: SqlStorage, jobId: string): string[] =>
  all<{ pose_id: string }>(
    sql,
    'SELECT DISTINCT pose_id FROM task WHERE job_id = ? AND pose_id IS NOT NULL',
    jobId,
  ).map(({ pose_id }) => pose_id)

/** Number of the last entry that D1 has for sure. */
export const mirroredSeq = (sql: SqlStorage): number => number(sql, 'SELECT COALESCE(MAX(mirrored_seq), 0) FROM owner')

/** D1 has it. A job that changed meanwhile stays due; the others are done until they change. */
export function markProjected(sql: SqlStorage, projection: Projection, now: number): void {
  for (const { view, version } of projection.jobs)
    sql.exec(
      `UPDATE job SET project_due_at =
         CASE WHEN version = ?1 THEN NULL WHEN ended_at IS NULL THEN ?2 + ?3 ELSE ?2 END WHERE id = ?4`,
      ...[version, now, DRAIN_LAG_MS, view.id],
    )
  const last = projection.entries.at(-1)
  if (last) sql.exec('UPDATE owner SET mirrored_seq = MAX(mirrored_seq, ?)', last.seq)
}

/** When D1 is to hear of a changed job; far away when of none. */
export const dueProjectionAt = (sql: SqlStorage): number =>
  number(sql, 'SELECT COALESCE(MIN(project_due_at), 9007199254740991) FROM job WHERE project_due_at IS NOT NULL')
