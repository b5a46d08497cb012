import { readdirSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { libraryStatements } from '../../scripts/seed/statements.mjs'

const schema = readdirSync('migrations')
  .filter((name) => name.endsWith('.sql'))
  .sort()
  .map((name) => readFileSync(`migrations/${name}`, 'utf8'))
  .join('\n')

function library() {
  const db = new DatabaseSync(':memory:')
  db.exec(`pragma foreign_keys = on; ${schema}`)
  for (const statement of libraryStatements({ limit: 60 })) db.exec(statement)
  db.exec(`insert into users (id, email, name, password_hash, created_at, updated_at)
    select 'u' || value, value || '@example.com', 'U', '', 1, 1 from json_each('[1,2,3]')`)
  return db
}

const rows = (db: DatabaseSync, query: string) =>
  db
    .prepare(query)
    .all()
    .map((row) => JSON.stringify(row))
    .sort()
const number = (db: DatabaseSync, query: string) => Number(Object.values(db.prepare(query).get() ?? {})[0])

/** What the triggers keep, and the same counted anew from the poses. */
const DERIVED: Record<string, [kept: string, counted: string]> = {
  members: [
    'select category_slug, display_order, pose_id from pose_category_members',
    `select distinct value as category_slug, display_order, poses.id as pose_id from poses, json_each(poses.category_path)
     where is_public and owner_id is null`,
  ],
  tags: [
    'select tag, display_order, pose_id from pose_tags',
    `select lower(value) as tag, display_order, poses.id as pose_id from poses, json_each(poses.tags_en)
       where is_public and owner_id is null
     union select lower(value), display_order, poses.id from poses, json_each(poses.tags_id) where is_public and owner_id is null`,
  ],
  props: [
    'select prop, display_order, pose_id from pose_props',
    `select distinct lower(value) as prop, display_order, poses.id as pose_id from poses, json_each(poses.props)
     where is_public and owner_id is null`,
  ],
  categories: [
    'select slug, pose_count as n from pose_categories',
    `select slug, (select count(*) from pose_category_members where category_slug = slug) as n from pose_categories`,
  ],
  facets: [
    `select category_slug, difficulty, gender, view, is_featured, sum(pose_count) as n from pose_facet_counts
     group by 1, 2, 3, 4, 5`,
    `select category_slug, difficulty, gender, view, is_featured, count(*) as n from poses
     where is_public and owner_id is null group by 1, 2, 3, 4, 5`,
  ],
  terms: [
    'select kind, term, pose_count as n from pose_term_counts where pose_count <> 0',
    `select 'tag_en' as kind, lower(value) as term, count(distinct poses.id) as n from poses, json_each(poses.tags_en)
       where is_public and owner_id is null group by 2
     union all select 'tag_id', lower(value), count(distinct poses.id) from poses, json_each(poses.tags_id)
       where is_public and owner_id is null group by 2
     union all select 'prop', lower(value), count(distinct poses.id) from poses, json_each(poses.props)
       where is_public and owner_id is null group by 2`,
  ],
  'search rows': [
    'select rowid as n from library_search',
    'select number as n from poses where is_public and owner_id is null',
  ],
  counts: [
    'select id, favorite_count as f, rating_sum as s, rating_count as r from poses where owner_id is null',
    `select id, (select count(*) from pose_favorites where pose_id = id) as f,
       (select coalesce(sum(stars), 0) from pose_ratings where pose_id = id) as s,
       (select count(*) from pose_ratings where pose_id = id) as r from poses where owner_id is null`,
  ],
}

const expectAgreement = (db: DatabaseSync) => {
  for (const [name, [kept, counted]] of Object.entries(DERIVED))
    expect([name, rows(db, kept)]).toEqual([name, rows(db, counted)])
}

/** A change as SQL; `n` picks the pose, `m` what it becomes. */
const CHANGES: ((id: string, m: number) => string)[] = [
  (id) => `update poses set is_public = 1 - is_public where id = '${id}'`,
  (id, m) => `update poses set name_en = 'Name ${m}', tags_en = '["Tag ${m}", "tag ${m}", "box"]' where id = '${id}'`,
  (id, m) => `update poses set props = '["Chair", "thing-${m}"]', is_featured = ${m % 2} where id = '${id}'`,
  (id, m) => `update poses set display_order = ${m}, difficulty = 'advanced' where id = '${id}'`,
  (
    id,
    m,
  ) => `update poses set category_slug = (select slug from pose_categories order by slug limit 1 offset ${m % 74}),
    category_path = json_array((select slug from pose_categories order by slug limit 1 offset ${m % 74})) where id = '${id}'`,
  (id) => `delete from poses where id = '${id}'`,
  (id, m) => `insert or ignore into pose_favorites select 'u${(m % 3) + 1}', id, 1 from poses where id = '${id}'`,
  (_id, m) => `delete from pose_favorites where user_id = 'u${(m % 3) + 1}'`,
  (id, m) => `insert into pose_ratings select id, 'u${(m % 3) + 1}', ${(m % 5) + 1}, 1 from poses where id = '${id}'
    on conflict do update set stars = excluded.stars`,
  (_id, m) => `delete from pose_ratings where user_id = 'u${(m % 3) + 1}'`,
  (id, m) => `create temp table copied as select * from poses where id = '${id}';
    update copied set id = 'copy-${m}', number = null, favorite_count = 0, rating_sum = 0, rating_count = 0,
      owner_id = ${m % 2 ? "'u1'" : 'null'};
    insert or ignore into poses select * from copied; drop table copied`,
]

describe('what repeats a pose', () => {
  test('agrees with the poses, whatever is done to them in whatever order (J9)', () => {
    const db = library()
    const ids = rows(db, 'select id from poses').map((row) => JSON.parse(row).id as string)
    expectAgreement(db)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(CHANGES.length - 1), fc.nat(ids.length - 1), fc.nat(200)), { maxLength: 25 }),
        (changes) => {
          db.exec('savepoint attempt')
          try {
            for (const [kind, n, m] of changes) db.exec(CHANGES[kind]!(ids[n]!, m))
            expectAgreement(db)
          } finally {
            db.exec('rollback to attempt; release attempt')
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  test('is found by the new name of its category, and no longer by the old one', () => {
    const db = library()
    const found = (word: string) =>
      number(db, `select count(*) from library_search where library_search match '${word}'`)
    const before = number(db, "select pose_count from pose_categories where slug = 'yoga'")
    db.exec("update pose_categories set name_en = 'Zorbing', name_id = 'Zorbing' where slug = 'yoga'")
    expect(found('{categories} : zorbing')).toBe(before)
    expect(found('{categories} : yoga')).toBe(0)
  })

  test('is written anew by one statement when the index of words was lost, as docs/recovery.md says', () => {
    const db = library()
    const words = 'select term, doc, cnt from library_vocabulary'
    const before = rows(db, words)
    db.exec("insert into library_search(library_search) values ('delete-all')")
    expect(rows(db, words)).toEqual([])
    db.exec('update poses set number = number where owner_id is null and is_public')
    expect(rows(db, words)).toEqual(before)
    expectAgreement(db)
  })

  test('changes the version only when lists change: an edit does, a favourite, a rating and a private pose do not', () => {
    const db = library()
    const version = () => number(db, 'select version from library_state')
    const changed = (sql: string) => {
      const before = version()
      db.exec(sql)
      return version() > before
    }
    const one = '(select id from poses where is_public limit 1)'
    expect(changed(`update poses set name_en = 'New' where id = ${one}`)).toBe(true)
    expect(changed(`update poses set popularity = 9 where id = ${one}`)).toBe(true)
    expect(changed(`insert into pose_favorites values ('u1', ${one}, 1)`)).toBe(false)
    expect(changed(`insert into pose_ratings values (${one}, 'u1', 5, 1)`)).toBe(false)
    expect(changed(`update poses set usage_count = usage_count + 1 where id = ${one}`)).toBe(false)
    expect(changed("update pose_categories set icon = 'box' where slug = 'yoga'")).toBe(true)
    db.exec(`create temp table mine as select * from poses limit 1;
      update mine set id = 'mine', number = null, owner_id = 'u1', is_public = 0`)
    expect(changed('insert into poses select * from mine')).toBe(false)
    expect(changed("update poses set name_en = 'Mine' where id = 'mine'")).toBe(false)
    expect(number(db, "select number is null from poses where id = 'mine'")).toBe(1)
  })
})
