import type { AppId } from '../../src/generations/types'
import type { Projection } from './outbox'

const UPSERT_GENERATIONS = `
  INSERT INTO generations(id, user_id, project_id, type, status, text_prompt, fund, poses_total, poses_completed,
    poses_failed, poses_cancelled, credits_held, credits_charged, credits_released, version, created_at, ended_at,
    avatar_id)
  SELECT value ->> 'id', ?1, value ->> 'projectId', value ->> 'type', value ->> 'status', value ->> 'textPrompt',
    value ->> 'fund', value ->> 'total', value ->> 'completed', value ->> 'failed', value ->> 'cancelled',
    value ->> 'creditsHeld', value ->> 'creditsCharged', value ->> 'creditsReleased', value ->> 'version',
    value ->> 'createdAt', value ->> 'endedAt', (SELECT id FROM avatars WHERE avatars.id = value ->> 'avatarId')
  FROM json_each(?2) WHERE EXISTS (SELECT 1 FROM projects WHERE projects.id = value ->> 'projectId')
  ON CONFLICT(id) DO UPDATE SET status = excluded.status, poses_completed = excluded.poses_completed,
    poses_failed = excluded.poses_failed, poses_cancelled = excluded.poses_cancelled,
    credits_charged = excluded.credits_charged, credits_released = excluded.credits_released,
    version = excluded.version, ended_at = excluded.ended_at
  WHERE excluded.version > generations.version`

const UPSERT_PICTURE_JOBS = `
  INSERT INTO picture_jobs(id, user_id, app, status, total, completed, failed, cancelled, credits_charged, version,
    created_at, ended_at)
  SELECT value ->> 'id', ?1, value ->> 'app', value ->> 'status', value ->> 'total', value ->> 'completed',
    value ->> 'failed', value ->> 'cancelled', value ->> 'creditsCharged', value ->> 'version', value ->> 'createdAt',
    value ->> 'endedAt'
  FROM json_each(?2) WHERE EXISTS (SELECT 1 FROM users WHERE users.id = ?1)
  ON CONFLICT(id) DO UPDATE SET status = excluded.status, completed = excluded.completed, failed = excluded.failed,
    cancelled = excluded.cancelled, credits_charged = excluded.credits_charged, version = excluded.version,
    ended_at = excluded.ended_at
  WHERE excluded.version > picture_jobs.version`

const UPSERT_APP_JOBS = `
  INSERT INTO app_jobs(id, user_id, app, project_id, avatar_id, type, status, total, completed, failed, cancelled,
    credits_charged, version, created_at, ended_at)
  SELECT value ->> 'id', ?1, value ->> 'app', value ->> 'projectId',
    (SELECT id FROM avatars WHERE avatars.id = value ->> 'avatarId'), value ->> 'type', value ->> 'status',
    value ->> 'total', value ->> 'completed', value ->> 'failed', value ->> 'cancelled', value ->> 'creditsCharged',
    value ->> 'version', value ->> 'createdAt', value ->> 'endedAt'
  FROM json_each(?2) WHERE EXISTS (SELECT 1 FROM users WHERE users.id = ?1)
  ON CONFLICT(id) DO UPDATE SET status = excluded.status, completed = excluded.completed, failed = excluded.failed,
    cancelled = excluded.cancelled, credits_charged = excluded.credits_charged, version = excluded.version,
    ended_at = excluded.ended_at
  WHERE excluded.version > app_jobs.version`

/** Who has a read model of its own. Another app needs no line here. */
const READ_MODELS: Partial<Record<AppId, string>> = {
  'pose-generator': UPSERT_GENERATIONS,
  backgrounds: UPSERT_PICTURE_JOBS,
  exports: UPSERT_PICTURE_JOBS,
}

const INSERT_SELECTIONS = `
  INSERT INTO pose_selections(generation_id, pose_id)
  SELECT value ->> 0, value ->> 1 FROM json_each(?1)
  WHERE EXISTS (SELECT 1 FROM generations WHERE generations.id = value ->> 0)
    AND EXISTS (SELECT 1 FROM poses WHERE poses.id = value ->> 1)
  ON CONFLICT DO NOTHING`

const INSERT_ENTRIES = `
  INSERT INTO credit_entries(user_id, seq, kind, from_account, to_account, credits, reference, created_at)
  SELECT ?1, value ->> 'seq', value ->> 'kind', value ->> 'from', value ->> 'to', value ->> 'credits',
    value ->> 'reference', value ->> 'at' FROM json_each(?2)
  WHERE EXISTS (SELECT 1 FROM users WHERE users.id = ?1) ON CONFLICT DO NOTHING`

/**
 * Writes what D1 does not have yet, atomically. Twice is once; late never overwrites newer. A project or user deleted
 * meanwhile takes nothing down: its rows are skipped.
 */
export async function writeProjection(d1: D1Database, userId: string, projection: Projection): Promise<void> {
  const statements: D1PreparedStatement[] = []
  const rows = Map.groupBy(projection.jobs, ({ view }) => READ_MODELS[view.app] ?? UPSERT_APP_JOBS)
  for (const [upsert, jobs] of rows)
    statements.push(
      d1.prepare(upsert).bind(userId, JSON.stringify(jobs.map(({ view, ...rest }) => ({ ...view, ...rest })))),
    )
  const selections = projection.jobs.flatMap(({ view, poseIds }) => poseIds.map((poseId) => [view.id, poseId]))
  if (selections.length > 0) statements.push(d1.prepare(INSERT_SELECTIONS).bind(JSON.stringify(selections)))
  if (projection.entries.length > 0)
    statements.push(d1.prepare(INSERT_ENTRIES).bind(userId, JSON.stringify(projection.entries)))
  if (statements.length > 0) await d1.batch(statements)
}
