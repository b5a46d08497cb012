import { readdirSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { libraryStatements, libraryVersion } from '../../scripts/seed/statements.mjs'

const POSES = 811
const schema = readdirSync('migrations')
  .filter((name) => name.endsWith('.sql'))
  .sort()
  .map((name) => readFileSync(`migrations/${name}`, 'utf8'))
  .join('\n')

/** An empty database with all migrations, foreign keys on as in D1. */
function emptyDatabase() {
  const db = new DatabaseSync(':memory:')
  db.exec('pragma foreign_keys = on')
  db.exec(schema)
  return db
}
const run = (db: DatabaseSync, statements: string[]) => {
  for (const statement of statements) db.exec(statement)
}
const number = (db: DatabaseSync, query: string) => Number(Object.values(db.prepare(query).get() ?? {})[0])

const LIBRARY_TABLES = [
  'pose_categories',
  'poses',
  'pose_geometry',
  'pose_category_members',
  'pose_tags',
  'pose_props',
  'pose_facet_counts',
  '(select * from pose_term_counts where pose_count > 0)',
  'library_vocabulary',
  '(select pose_id, cell, person, hex(descriptor) as d from pose_shapes)',
]
/** All rows of the library, without the times at which they were written, and the numbers that say in which order. */
const contents = (db: DatabaseSync) =>
  LIBRARY_TABLES.map((table) =>
    db
      .prepare(`select * from ${table}`)
      .all()
      .map(({ added_at: _, number: __, ...row }) => JSON.stringify(row))
      .sort(),
  )

const statements = libraryStatements()
const whole = emptyDatabase()
run(whole, statements)

describe('the statements', () => {
  test('are small enough for D1 and end with the version', () => {
    expect(Math.max(...statements.map((statement) => Buffer.byteLength(statement)))).toBeLessThan(90_000)
    expect(statements.filter((statement) => statement.includes('library_versions'))).toEqual([statements.at(-1)])
    expect(statements.at(-1)).toContain(libraryVersion())
    expect(libraryVersion()).toMatch(/^[0-9a-f]{64}$/)
    expect(libraryStatements()).toEqual(statements)
  })

  test('write what the data says', () => {
    expect(number(whole, 'select count(*) from poses where is_public = 1')).toBe(POSES)
    expect(number(whole, 'select count(*) from pose_geometry')).toBe(POSES)
    expect(number(whole, 'select count(*) from library_search')).toBe(POSES)
    expect(number(whole, 'select count(distinct base_pose) from poses')).toBe(654)
    const { categories } = JSON.parse(readFileSync('data/poses/categories.json', 'utf8'))
    for (const { slug, poseCount } of categories) {
      expect([slug, number(whole, `select pose_count from pose_categories where slug = '${slug}'`)]).toEqual([
        slug,
        poseCount,
      ])
    }
  })

  test('put the hands and props of props.json into the geometry', () => {
    const geometryOf = (id: string) =>
      JSON.parse(String(whole.prepare('select geometry from pose_geometry where pose_id = ?').get(id)?.geometry))
    const holding = geometryOf('carry-box-chest')
    expect(holding.propShapes[0]).toMatchObject({
      kind: 'parcel',
      at: [expect.any(Number), expect.any(Number), expect.any(Number)],
    })
    expect(holding.people[0].handLeft.shape).toEqual(expect.any(String))
    expect(geometryOf('stand-neutral').propShapes).toEqual([])
  })

  test('keep quotes and other letters as they are', () => {
    const name = whole.prepare("select name_en from poses where id = 'yoga-childs-pose'").get()?.name_en
    expect(name).toContain("'")
    const geometry = whole.prepare("select geometry from pose_geometry where pose_id = 'duo-handshake'").get()?.geometry
    expect(JSON.parse(String(geometry)).people).toHaveLength(2)
  })
})

describe('a second run', () => {
  test('leaves every row as it was', () => {
    const before = contents(whole)
    run(whole, statements)
    expect(contents(whole)).toEqual(before)
  })

  test('completes a run that was cut short after any statement (J13)', () => {
    const complete = contents(whole)
    const db = emptyDatabase()
    for (let done = 0; done < statements.length; done += 5) run(db, statements.slice(0, done))
    expect(number(db, 'select count(*) from library_versions')).toBe(0)
    run(db, statements)
    expect(contents(db)).toEqual(complete)
    expect(number(db, 'select count(*) from library_versions')).toBe(2)
  })

  test('keeps what the product counted and when a pose was added', () => {
    const db = emptyDatabase()
    run(db, statements)
    db.exec(
      "update poses set usage_count = 7, favorite_count = 3, added_at = 5, name_en = 'Old' where id = 'yoga-tree'",
    )
    run(db, statements)
    const pose = db
      .prepare("select usage_count, favorite_count, added_at, name_en from poses where id = 'yoga-tree'")
      .get()
    expect(pose).toEqual({ usage_count: 7, favorite_count: 3, added_at: 5, name_en: expect.not.stringMatching('Old') })
  })

  test('leaves alone what an admin edited by hand (J13)', () => {
    const db = emptyDatabase()
    run(db, statements)
    db.exec("update poses set name_en = 'Edited', is_public = 0, edited_at = 5 where id = 'yoga-tree'")
    db.exec("update pose_geometry set geometry = '{}' where pose_id = 'yoga-tree'")
    run(db, statements)
    const pose = db.prepare("select name_en, is_public from poses where id = 'yoga-tree'").get()
    expect(pose).toEqual({ name_en: 'Edited', is_public: 0 })
    expect(db.prepare("select geometry from pose_geometry where pose_id = 'yoga-tree'").get()).toEqual({
      geometry: '{}',
    })
  })

  test('leaves a category where an admin put it, and its poses with it (J13)', () => {
    const db = emptyDatabase()
    run(db, statements)
    db.exec(
      "update pose_categories set parent_slug = 'ecommerce', level = 2, name_en = 'Moved', edited_at = 5 where slug = 'yoga'",
    )
    db.exec(`update poses set category_path = '["ecommerce","yoga"]' where category_slug = 'yoga'`)
    run(db, statements)
    expect(db.prepare("select parent_slug, name_en from pose_categories where slug = 'yoga'").get()).toEqual({
      ...{ parent_slug: 'ecommerce', name_en: 'Moved' },
    })
    const paths = db.prepare("select distinct category_path from poses where category_slug = 'yoga'").all()
    expect(paths).toEqual([{ category_path: '["ecommerce","yoga"]' }])
    const members =
      "select count(*) from pose_category_members where category_slug = 'ecommerce' and pose_id = 'yoga-tree'"
    expect(number(db, members)).toBe(1)
  })

  test('hides poses that left the data with their tags and counts, and leaves foreign poses alone', () => {
    const db = emptyDatabase()
    run(db, statements)
    const copy = (id: string, source: string) =>
      db.exec(`create temp table copied as select * from poses where id = 'yoga-tree';
        update copied set id = '${id}', source = '${source}', number = null; insert into poses select * from copied; drop table copied`)
    copy('retired', 'original')
    copy('made-by-an-admin', 'admin')
    expect(number(db, "select pose_count from pose_categories where slug = 'yoga'")).toBe(23)
    run(db, statements)
    expect(number(db, "select is_public from poses where id = 'retired'")).toBe(0)
    const found = "select count(*) from library_search where rowid = (select number from poses where id = 'retired')"
    expect(number(db, found)).toBe(0)
    expect(number(db, "select is_public from poses where id = 'made-by-an-admin'")).toBe(1)
    expect(number(db, "select count(*) from pose_tags where pose_id = 'retired'")).toBe(0)
    expect(number(db, "select pose_count from pose_categories where slug = 'duo'")).toBe(28)
    expect(number(db, "select pose_count from pose_categories where slug = 'yoga'")).toBe(22)
  })
})

describe('a subset for tests', () => {
  const db = emptyDatabase()
  run(db, libraryStatements({ limit: 60 }))
  const total = number(db, 'select count(*) from poses')

  test('has something of every category, the boxes, two people and back views', () => {
    expect(total).toBeLessThan(100)
    expect(number(db, 'select min(pose_count) from pose_categories')).toBeGreaterThan(0)
    expect(number(db, "select count(*) from poses where category_slug = 'box'")).toBe(23)
    expect(number(db, 'select count(*) from poses where people_count = 2')).toBeGreaterThanOrEqual(4)
    expect(number(db, "select count(*) from poses where view = 'back'")).toBeGreaterThanOrEqual(2)
    expect(number(db, 'select sum(pose_count) from pose_categories where level = 1')).toBe(total)
  })

  test('has as many poses as were asked for, and never passes for the whole library', () => {
    expect(libraryStatements({ limit: 300 }).at(-1)).toContain(`${libraryVersion()}:300`)
    expect(libraryStatements({ limit: POSES })).toEqual(statements)
    expect(libraryStatements({ limit: 60 }).at(-1)).toContain(`${libraryVersion()}:${total}`)
  })

  test('is completed by the whole library, and back', () => {
    run(db, statements)
    expect(contents(db)).toEqual(contents(whole))
    run(db, libraryStatements({ limit: 60 }))
    expect(number(db, 'select count(*) from poses where is_public = 1')).toBe(total)
  })

  test.each([0, -1, 1.5, Number.NaN])('refuses %s poses', (limit) => {
    expect(() => libraryStatements({ limit })).toThrow('Not a number of poses')
  })
})
