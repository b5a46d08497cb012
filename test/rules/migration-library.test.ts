import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe, expect, test } from 'vitest'

const migration = (name: string): string[] =>
  readFileSync(join(import.meta.dirname, `../../migrations/${name}.sql`), 'utf8').split('--> statement-breakpoint')

const BEFORE = ['0000_init', '0001_pose_search', '0002_money', '0003_recipes', '0004_exports']
/** 24 November 2025, 23:59 and a minute later in Jakarta. */
const [EVENING, MIDNIGHT] = [Date.UTC(2025, 10, 24, 16, 59), Date.UTC(2025, 10, 24, 17)]
const DAY = Math.floor((EVENING + 7 * 3_600_000) / 86_400_000)

const pose = (
  id: string,
  order: number,
  isPublic = 1,
) => `('${id}', '${id}', 'boxes', '["shop","boxes"]', 'Box ${order}',
  'Kotak ${order}', 'Holds it', 'Memegangnya', '["Box"]', '["kotak"]', 'beginner', 'unisex', 1, 'standing', 'full', 'front', '["box"]', '',
  ${isPublic}, ${order}, 1, 'r${order}', 'lumiku', 'CC0')`
const picture = (n: number, userId: string, poseId: string | null, match: number | null, at: number) =>
  `('img_${n}', 'gen_1', '${userId}', 'v${n}', ${n}, ${poseId === null ? 'null' : `'${poseId}'`}, 'o', 't', 1, 1, 1, 'p', 1,
    'embedded', 'm', 1, 1, ${match}, ${at})`

/** A database as it was before, used by two people and one who left. */
function usedDatabase() {
  const db = new DatabaseSync(':memory:')
  db.exec('pragma foreign_keys = on')
  for (const statement of BEFORE.flatMap(migration)) db.exec(statement)
  db.exec(`
    insert into users (id, email, name, password_hash, created_at, updated_at) values
      ('usr_1', 'a@b.example', 'A', 'x', 1, 1), ('usr_2', 'b@b.example', 'B', 'x', 1, 1);
    insert into pose_categories (slug, parent_slug, name_en, name_id, level, display_order, pose_count) values
      ('shop', null, 'Shop', 'Toko', 1, 1, 2), ('boxes', 'shop', 'Boxes', 'Kardus', 2, 1, 2);
    insert into poses (id, base_pose, category_slug, category_path, name_en, name_id, description_en, description_id, tags_en,
      tags_id, difficulty, gender, people_count, stance, framing, view, props, prompt_hint, is_public, display_order, added_at,
      revision, source, license) values ${pose('box-high', 1)}, ${pose('box-low', 0)}, ${pose('box-gone', 2, 0)};
    insert into pose_category_members values ('shop', 'box-high'), ('boxes', 'box-high');
    insert into pose_search (pose_id, names, tags, categories, descriptions) values
      ('box-low', 'Box 0 Kotak 0', 'box kotak', 'Shop', 'Holds it'), ('box-high', 'Box 1 Kotak 1', 'box kotak', 'Shop', 'Holds it');
    insert into projects (id, user_id, name, description, avatar_source, status, created_at, updated_at)
      values ('prj_1', 'usr_1', 'P', '', 'UPLOAD', 'active', 1, 1);
    insert into generations (id, user_id, project_id, type, status, fund, poses_total, poses_completed, poses_failed,
      poses_cancelled, credits_held, credits_charged, credits_released, version, created_at)
      values ('gen_1', 'usr_1', 'prj_1', 'GALLERY_REFERENCE', 'completed', 'credits', 6, 6, 0, 0, 0, 180, 0, 1, 1);
    insert into generated_poses (id, generation_id, user_id, variation_key, position, pose_id, output_key, thumbnail_key,
      size_bytes, width_px, height_px, prompt_used, seed_used, provider, model, simulated, generation_ms, pose_match, created_at)
      values ${[
        picture(0, 'usr_1', 'box-low', 0.5, EVENING),
        picture(1, 'usr_1', 'box-low', 1, MIDNIGHT),
        picture(2, 'usr_2', 'box-low', null, EVENING),
        picture(3, 'usr_1', 'box-gone', null, EVENING),
        picture(4, 'usr_1', null, 0.9, EVENING),
        picture(5, 'usr_left', 'box-high', null, EVENING),
      ]};
    insert into pose_favorites values ('usr_1', 'box-low', 1), ('usr_2', 'box-low', 1), ('usr_2', 'box-gone', 1);
    insert into pose_ratings values ('box-low', 'usr_1', 5, 1), ('box-low', 'usr_2', 2, 1);
    insert into pose_requests (id, user_id, name, description, use_case, status, created_at) values
      ('req_1', 'usr_1', 'Nampan', 'D', 'social', 'pending', 1), ('req_2', 'usr_1', 'Payung', 'D', 'social', 'rejected', 7);
    insert into pose_request_votes values ('req_1', 'usr_1', 1), ('req_1', 'usr_2', 1);`)
  return db
}

const db = usedDatabase()
const rows = (query: string) =>
  db
    .prepare(query)
    .all()
    .map((row) => Object.values(row))
/** Tables that no new column or count of the library concerns. */
const UNTOUCHED = [
  'users',
  'projects',
  'generations',
  'generated_poses',
  'pose_favorites',
  'pose_ratings',
  'pose_request_votes',
]
const unchanged = () => UNTOUCHED.map((table) => rows(`select * from ${table}`))
const before = unchanged()

beforeAll(() => {
  for (const statement of migration('0005_library')) db.exec(statement)
})

describe('the library counts itself from a day on which it was used already', () => {
  test('no row is lost, and none points at nothing (J14)', () => {
    expect(unchanged()).toEqual(before)
    expect(rows('select count(*) from poses')).toEqual([[3]])
    expect(rows('pragma foreign_key_check')).toEqual([])
  })

  test('pictures, favourites, ratings and votes from before are counted, of people who left too (J14)', () => {
    const counted = 'select id, usage_count, favorite_count, rating_sum, rating_count from poses order by id'
    expect(rows(counted)).toEqual([
      ['box-gone', 1, 1, 0, 0],
      ['box-high', 1, 0, 0, 0],
      ['box-low', 3, 2, 7, 2],
    ])
    expect(rows('select id, votes_count from pose_requests order by id')).toEqual([
      ['req_1', 2],
      ['req_2', 0],
    ])
  })

  test('who used what, and on which day in Jakarta', () => {
    expect(rows('select * from pose_uses order by 1, 2')).toEqual([
      ['usr_1', 'box-gone', 1, EVENING],
      ['usr_1', 'box-low', 2, MIDNIGHT],
      ['usr_2', 'box-low', 1, EVENING],
    ])
    expect(rows('select * from pose_daily_uses order by 1, 2')).toEqual([
      ['box-gone', DAY, 1, 0, 0],
      ['box-high', DAY, 1, 0, 0],
      ['box-low', DAY, 2, 0.5, 1],
      ['box-low', DAY + 1, 1, 1, 1],
    ])
  })

  test('what is public is found and filtered, in its order; what is hidden is not', () => {
    const found =
      "select poses.id from library_search join poses on number = library_search.rowid where library_search match 'kotak'"
    expect(rows(`${found} order by number`)).toEqual([['box-low'], ['box-high']])
    expect(rows("select pose_id from pose_tags where tag = 'box'")).toEqual([['box-low'], ['box-high']])
    expect(rows("select pose_id from pose_category_members where category_slug = 'shop'")).toEqual([
      ['box-low'],
      ['box-high'],
    ])
    expect(rows('select slug, pose_count from pose_categories order by slug')).toEqual([
      ['boxes', 2],
      ['shop', 2],
    ])
    expect(rows('select sum(pose_count) from pose_facet_counts')).toEqual([[2]])
  })

  test('a request that was refused long ago is not announced now', () => {
    const due = "select id from pose_requests where status in ('completed', 'rejected') and announced_at is null"
    expect(rows(due)).toEqual([])
  })

  test('the Worker of before, which runs for minutes on the new tables, searches and filters as it did (J15)', () => {
    const asBefore = (
      where: string,
    ) => `select poses.id from poses inner join pose_search on pose_search.pose_id = poses.id
      where pose_search match 'kot*' and poses.is_public ${where} order by bm25(pose_search, 0, 10, 5, 3, 1), display_order`
    expect(rows(asBefore(''))).toEqual([['box-low'], ['box-high']])
    const [member, tag] = ['pose_category_members where category_slug', 'pose_tags where tag'].map(
      (table) => `and poses.id in (select pose_id from ${table} = `,
    )
    expect(rows(asBefore(`${member}'shop') ${tag}'box')`))).toEqual([['box-low'], ['box-high']])
    expect(rows("select term from pose_vocabulary where term = 'kotak'")).toEqual([['kotak']])
  })

  test('no count looks through all pictures or favourites once for each pose: D1 ends a statement after 30 seconds', () => {
    const counts = migration('0005_library').filter((statement) => /^\s*(--.*\s+)*(INSERT|UPDATE)/.test(statement))
    expect(counts.length).toBeGreaterThan(6)
    for (const statement of counts) {
      const plan = db.prepare(`explain query plan ${statement.replace(/^\s*(--.*\n)*/, '')}`).all() as {
        id: number
        parent: number
        detail: string
      }[]
      const perRow = plan.filter(({ detail }) => detail.startsWith('CORRELATED')).map(({ id }) => id)
      const scans = plan.filter(({ parent, detail }) => perRow.includes(parent) && /^SCAN/.test(detail))
      expect(scans).toEqual([])
    }
  })
})
