import { readdirSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { libraryStatements, presetsVersion } from '../../scripts/seed/statements.mjs'

const schema = readdirSync('migrations')
  .filter((name) => name.endsWith('.sql'))
  .sort()
  .map((name) => readFileSync(`migrations/${name}`, 'utf8'))
  .join('\n')
const statements = libraryStatements({ limit: 60 })
const ofPresets = statements.filter((statement) => /avatar_presets|library_versions/.test(statement))

function seeded(): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  db.exec('pragma foreign_keys = on')
  db.exec(schema)
  for (const statement of statements) db.exec(statement)
  return db
}
/** Runs the statements about presets; answers how many rows they wrote. */
const seedAgain = (db: DatabaseSync): number =>
  ofPresets.reduce((sum, statement) => sum + Number(db.prepare(statement).run().changes), 0)
const preset = (db: DatabaseSync, id: string) => db.prepare('select * from avatar_presets where id = ?').get(id)

test('a seed writes every preset of the data in its order, and which data it was', () => {
  const db = seeded()
  const { presets } = JSON.parse(readFileSync('data/avatars/presets.json', 'utf8'))
  const ids = db.prepare('select id from avatar_presets where is_public order by position').all()
  expect(ids.map(({ id }) => id)).toEqual(presets.map(({ id }: { id: string }) => id))
  const versions = db.prepare("select version from library_versions where name = 'presets'").all()
  expect(versions).toEqual([{ version: presetsVersion() }])
  expect(preset(db, 'madurese-stripes')).toMatchObject({
    ...{ category: 'traditional', name_id: 'Pesa’an Madura', region: 'Jawa Timur', age_range: '55-64' },
    ...{ persona_personality: '["bold","frank","hardworking"]', usage_count: 0 },
    revision: expect.stringMatching(/^[0-9a-f]{12}$/),
  })
})

test('a second seed writes nothing', () => {
  const db = seeded()
  expect(ofPresets.length).toBeGreaterThanOrEqual(3)
  expect(seedAgain(db)).toBe(0)
})

test('a seed mends what differs from the data, and keeps how often a preset was used', () => {
  const db = seeded()
  db.exec("update avatar_presets set usage_count = 7, name_en = 'Old', is_public = 0 where id = 'barista'")
  expect(seedAgain(db)).toBe(1)
  expect(preset(db, 'barista')).toMatchObject({ usage_count: 7, name_en: 'Barista', is_public: 1 })
})

test('a preset that left the data is hidden, and its avatars keep its name', () => {
  const db = seeded()
  db.exec(`create temp table copied as select * from avatar_presets where id = 'barista';
    update copied set id = 'retired', usage_count = 3; insert into avatar_presets select * from copied`)
  expect(seedAgain(db)).toBe(1)
  expect(preset(db, 'retired')).toMatchObject({ is_public: 0, usage_count: 3 })
  expect(seedAgain(db)).toBe(0)
})

test('every preset has a revision of its own, so that no picture is taken for that of another', () => {
  const db = seeded()
  const [row] = db
    .prepare('select count(*) as all_of_them, count(distinct revision) as different from avatar_presets')
    .all()
  expect(row?.different).toBe(row?.all_of_them)
})
