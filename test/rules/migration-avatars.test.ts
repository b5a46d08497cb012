import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe, expect, test } from 'vitest'

const migration = (name: string): string[] =>
  readFileSync(join(import.meta.dirname, `../../migrations/${name}.sql`), 'utf8').split('--> statement-breakpoint')

const BEFORE = ['0000_init', '0001_pose_search', '0002_money', '0003_recipes', '0004_exports', '0005_library']
const SHOOTS = 1_000

/** A database as it was before: somebody with a project, shoots, a picture, an upload and a change of backgrounds. */
function usedDatabase() {
  const db = new DatabaseSync(':memory:')
  db.exec('pragma foreign_keys = on')
  for (const statement of BEFORE.flatMap(migration)) db.exec(statement)
  db.exec(`
    insert into users (id, email, name, password_hash, created_at, updated_at) values ('usr_1', 'a@b.example', 'A', 'x', 1, 1);
    insert into uploads (id, user_id, object_key, size_bytes, width_px, height_px, created_at)
      values ('upl_1', 'usr_1', 'u/usr_1/uploads/upl_1.png', 1, 1, 1, 1);
    insert into projects (id, user_id, name, description, avatar_source, avatar_upload_id, status, created_at, updated_at)
      values ('prj_1', 'usr_1', 'P', '', 'UPLOAD', 'upl_1', 'active', 1, 1);
    insert into generations (id, user_id, project_id, type, status, fund, poses_total, poses_completed, poses_failed,
      poses_cancelled, credits_held, credits_charged, credits_released, version, created_at)
      select 'gen_' || value, 'usr_1', 'prj_1', 'GALLERY_REFERENCE', 'completed', 'credits', 1, 1, 0, 0, 30, 30, 0, 3, value
      from json_each('${JSON.stringify(Array.from({ length: SHOOTS }, (_, n) => n))}');
    insert into generated_poses (id, generation_id, user_id, variation_key, position, pose_id, output_key, thumbnail_key,
      size_bytes, width_px, height_px, prompt_used, seed_used, provider, model, simulated, generation_ms, created_at)
      values ('img_1', 'gen_1', 'usr_1', 'v1', 0, null, 'o', 't', 1, 1, 1, 'p', 1, 'embedded', 'm', 1, 1, 1);
    insert into picture_jobs (id, user_id, app, status, total, completed, failed, cancelled, credits_charged, version, created_at)
      values ('bgj_1', 'usr_1', 'backgrounds', 'processing', 2, 1, 0, 0, 10, 2, 1);`)
  return db
}

const db = usedDatabase()
const rows = (query: string, ...values: string[]) =>
  db
    .prepare(query)
    .all(...values)
    .map((row) => Object.values(row))
const TABLES = ['users', 'uploads', 'generated_poses', 'picture_jobs', 'prices']
const BEFORE_COLUMNS = 'id, user_id, status, poses_completed, credits_charged, version'
const unchanged = () => [
  ...TABLES.map((table) =>
    rows(`select * from ${table} where true ${table === 'prices' ? "and app <> 'avatar-creator'" : ''}`),
  ),
  rows(`select ${BEFORE_COLUMNS} from generations order by id`),
  rows('select id, name, avatar_source, avatar_upload_id from projects'),
]
const before = unchanged()

beforeAll(() => {
  for (const statement of migration('0006_avatars')) db.exec(statement)
})

/** As the Worker of before writes every job that is no shoot (durable-objects/user/project.ts of then). */
const OLD_UPSERT = `
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
const job = { status: 'completed', total: 2, completed: 2, failed: 0, cancelled: 0, createdAt: 1, endedAt: 9 }
const asTheWorkerOfBefore = (...jobs: object[]) => rows(OLD_UPSERT, 'usr_1', JSON.stringify(jobs))

describe('avatars come to a database that is in use', () => {
  test('no row is lost, none points at nothing, and nobody had an avatar (K9)', () => {
    expect(unchanged()).toEqual(before)
    expect(rows('select count(*), count(avatar_id) from generations')).toEqual([[SHOOTS, 0]])
    expect(rows('pragma foreign_key_check')).toEqual([])
    expect(rows('select count(*) from avatar_usages')).toEqual([[0]])
  })

  test('one shoot is one use, however often it is written, and both stay when the avatar goes', () => {
    db.exec(`
      insert into avatar_projects (id, user_id, name, created_at, updated_at) values ('avp_1', 'usr_1', 'K', 1, 1);
      insert into avatars (id, user_id, project_id, generation_id, position, name, source_type, look_seed, object_key,
        thumbnail_key, size_bytes, width_px, height_px, palette, created_at, updated_at)
        values ('avt_1', 'usr_1', 'avp_1', 'avg_1', 0, 'S', 'uploaded', 1, 'o', 't', 1, 1, 1, '{}', 1, 1);`)
    const shoot = (
      avatarId: string,
    ) => `insert into generations (id, user_id, project_id, type, status, fund, poses_total,
      poses_completed, poses_failed, poses_cancelled, credits_held, credits_charged, credits_released, version, created_at, avatar_id)
      values ('gen_new', 'usr_1', 'prj_1', 'GALLERY_REFERENCE', 'pending', 'credits', 4, 0, 0, 0, 120, 0, 0, 1, 5, '${avatarId}')
      on conflict (id) do update set version = version + 1`
    db.exec(shoot('avt_1'))
    db.exec(shoot('avt_1'))
    expect(rows('select reference_id, pictures from avatar_usages')).toEqual([['gen_new', 4]])
    expect(rows('select usage_count, last_used_at from avatars')).toEqual([[1, 5]])
    db.exec("delete from avatars where id = 'avt_1'")
    expect(rows("select avatar_id, poses_total from generations where id = 'gen_new'")).toEqual([[null, 4]])
    expect(rows('select avatar_id, reference_id from avatar_usages')).toEqual([[null, 'gen_new']])
  })

  test('after a rollback a job of avatars keeps no other job out of its user’s lists, and is brought up to date itself (K9)', () => {
    db.exec(`insert into app_jobs (id, user_id, app, project_id, type, status, total, completed, failed, cancelled,
      credits_charged, version, created_at) values ('avg_1', 'usr_1', 'avatar-creator', 'avp_1', 'uploaded', 'processing', 2, 0, 0, 0, 0, 2, 1)`)
    const avatars = { ...job, id: 'avg_1', app: 'avatar-creator', creditsCharged: 20, version: 4 }
    asTheWorkerOfBefore(avatars, { ...job, id: 'bgj_1', app: 'backgrounds', creditsCharged: 20, version: 3 })
    asTheWorkerOfBefore({ ...avatars, status: 'processing', version: 3 })
    expect(rows('select id, status, credits_charged from picture_jobs')).toEqual([['bgj_1', 'completed', 20]])
    expect(rows('select status, completed, credits_charged, version, ended_at from app_jobs')).toEqual([
      ['completed', 2, 20, 4, 9],
    ])
  })
})
