import { env } from 'cloudflare:workers'
import { is } from 'drizzle-orm'
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { beforeAll, describe, expect, test } from 'vitest'
import * as apps from '../../src/db/tables/apps'
import * as avatars from '../../src/db/tables/avatars'
import * as collections from '../../src/db/tables/collections'
import * as generations from '../../src/db/tables/generations'
import * as likeness from '../../src/db/tables/likeness'
import * as money from '../../src/db/tables/money'
import * as operations from '../../src/db/tables/operations'
import * as pictures from '../../src/db/tables/pictures'
import * as poses from '../../src/db/tables/poses'
import * as projects from '../../src/db/tables/projects'
import * as requests from '../../src/db/tables/requests'
import * as uploads from '../../src/db/tables/uploads'
import * as users from '../../src/db/tables/users'
import {
  appJobRow,
  appSettingRow,
  avatarDeletionRow,
  avatarProjectRow,
  avatarReportRow,
  avatarRow,
  consentRow,
} from '../support/avatars'
import { presetRow } from '../support/presets'
import {
  adjustmentRow,
  backgroundRow,
  db,
  generationRow,
  noticeRow,
  ownTables,
  paymentRow,
  pictureJobRow,
  pictureRow,
  poseRow,
  projectRow,
  requestRow,
  userRow,
  variantRow,
} from '../support/rows'

const tables = [
  ...[apps, avatars, collections, generations, likeness, money, operations, pictures, poses, projects],
  ...[requests, uploads, users],
]
  .flatMap((file) => Object.values(file) as unknown[])
  .filter((value): value is SQLiteTable => is(value, SQLiteTable))
  .map(getTableConfig)

const createdBy = async (name: string): Promise<string> =>
  (await env.DB.prepare('select sql from sqlite_master where name = ?').bind(name).first<string>('sql')) ?? ''

describe('migrations', () => {
  test('make the tables of src/db/tables, all of them and no others', async () => {
    expect(await ownTables()).toEqual(tables.map(({ name }) => name).sort())
  })

  test.each(tables.map((table) => [table.name, table] as const))(
    '%s has the columns that the code reads',
    async (name, table) => {
      const { results } = await env.DB.prepare(`pragma table_info("${name}")`).all<{ name: string; notnull: number }>()
      const found = results.map((column) => [column.name, column.notnull === 1])
      expect(found.sort()).toEqual(table.columns.map((column) => [column.name, column.notNull]).sort())
    },
  )

  test('are recorded, so that a second run does nothing', async () => {
    const { results } = await env.DB.prepare('select name from d1_migrations order by id').all<{ name: string }>()
    expect(results.map(({ name }) => name)).toEqual(env.TEST_MIGRATIONS.map(({ name }) => name))
  })

  /** Rows of geometry are large: without a rowid they would be stored inside the pages of the key. Uses are numbered. */
  const WITH_ROWID = ['pose_geometry', 'avatar_usages']
  test('tables with a text key have no rowid, which would cost one more row for each write', async () => {
    for (const { name } of tables)
      expect([name, (await createdBy(name)).includes('WITHOUT ROWID')]).toEqual([name, !WITH_ROWID.includes(name)])
  })

  test('foreign keys are enforced', async () => {
    expect(await env.DB.prepare('pragma foreign_keys').first('foreign_keys')).toBe(1)
    await expect(projectRow('usr_01J00000000000000000000000')).rejects.toThrow()
    const { results } = await env.DB.prepare('pragma foreign_key_check').all()
    expect(results).toEqual([])
  })
})

const deadLetter = (id: string) => ({
  id,
  queue: 'q',
  messageId: 'row',
  body: '{}',
  error: 'x',
  attempts: 1,
  createdAt: 1,
})

/** A plan that nobody sells. */
const PLAN = 'row-plan'

/** One row in every table that has a column with fixed values, and which row that is. */
const rows: Record<string, { key: string; id: string }> = {}
beforeAll(async () => {
  const user = await userRow()
  const project = await projectRow(user)
  const generation = await generationRow(user, project)
  const picture = await pictureRow(user, generation)
  const entry = { seq: 1, kind: 'grant' as const, fromAccount: 'source:welcome', toAccount: 'available', credits: 1 }
  await db.insert(money.creditEntries).values({ ...entry, userId: user, reference: 'row', createdAt: 1 })
  await db.insert(operations.deadLetters).values(deadLetter('dlq_row'))
  const payment = await paymentRow(user)
  await db.insert(money.simulatedOrders).values({ paymentId: payment, status: 'pending' })
  const plan = { kind: 'quota_plan' as const, name: 'Row', amountRupiah: 1, dailyQuota: 1, cycleMonths: 1 }
  await db.insert(money.products).values({ ...plan, id: PLAN, isOnSale: false })
  const period = { status: 'active' as const, startedAt: 1, periodEndsAt: 2, graceUntil: 3, updatedAt: 1 }
  await db.insert(money.subscriptions).values({ ...period, userId: user, productId: PLAN })
  await db.insert(poses.poseTermCounts).values({ kind: 'prop', term: 'row-term', poseCount: 0 })
  const avatar = await avatarRow(user, await avatarProjectRow(user))
  const [preset, setting, report] = [
    await presetRow({ isPublic: false }),
    await appSettingRow(),
    await avatarReportRow(avatar),
  ]
  const id = (key: string, value: string) => ({ key, id: value })
  Object.assign(rows, {
    users: id('id', user),
    projects: id('id', project),
    generations: id('id', generation),
    generated_poses: id('id', picture),
    picture_backgrounds: id('id', await backgroundRow(picture)),
    export_variants: id('id', await variantRow(picture)),
    picture_jobs: id('id', await pictureJobRow(user)),
    credit_entries: id('user_id', user),
    payments: id('id', payment),
    payment_notices: id('id', await noticeRow(payment)),
    simulated_orders: id('payment_id', payment),
    products: id('id', PLAN),
    subscriptions: id('user_id', user),
    credit_adjustments: id('id', await adjustmentRow(user)),
    poses: id('id', await poseRow()),
    pose_requests: id('id', await requestRow(user)),
    pose_term_counts: id('term', 'row-term'),
    app_jobs: id('id', await appJobRow(user)),
    app_settings: id('app_id', setting),
    avatars: id('id', avatar),
    avatar_presets: id('id', preset),
    avatar_consents: id('id', await consentRow(user, avatar)),
    avatar_deletions: id('id', await avatarDeletionRow(user)),
    avatar_reports: id('id', report),
  })
  return async () => {
    await env.DB.prepare("delete from dead_letters where id = 'dlq_row'").run()
    await env.DB.prepare('delete from poses where id = ?').bind(rows.poses!.id).run()
    await env.DB.prepare("delete from pose_term_counts where term = 'row-term'").run()
    await env.DB.prepare('delete from users where id = ?').bind(user).run()
    await env.DB.prepare('delete from payment_notices where payment_id = ?').bind(payment).run()
    await env.DB.prepare('delete from products where id = ?').bind(PLAN).run()
    await env.DB.prepare('delete from avatar_presets where id = ?').bind(preset).run()
    await env.DB.prepare('delete from app_settings where app_id = ?').bind(setting).run()
    await env.DB.prepare('delete from avatar_reports where id = ?').bind(report).run()
  }
})

const set = (table: string, column: string, value: unknown) =>
  env.DB.prepare(`update "${table}" set "${column}" = ? where "${rows[table]!.key}" = ?`)
    .bind(value, rows[table]!.id)
    .run()

describe('columns with fixed values', () => {
  const enums = tables.flatMap((table) =>
    table.columns
      .filter((column) => column.enumValues !== undefined && column.enumValues.length > 0)
      .map((column) => [`${table.name}.${column.name}`, table.name, column] as const),
  )

  test('there are some in twenty-four tables', () => {
    expect(new Set(enums.map(([, table]) => table))).toEqual(new Set(Object.keys(rows)))
  })

  test.each(enums)('%s takes each of its values and no other', async (name, table, column) => {
    // A pack has no period: the plan takes the other two kinds.
    const values = column.enumValues!.filter((value: string) => !(name === 'products.kind' && value === 'pack'))
    for (const value of values) expect((await set(table, column.name, value)).meta.changes).toBe(1)
    for (const value of ['', 'unknown', `${column.enumValues![0]}X`, ' ', 1])
      await expect(set(table, column.name, value)).rejects.toThrow(/CHECK constraint failed/)
    if (column.notNull) await expect(set(table, column.name, null)).rejects.toThrow(/NOT NULL constraint failed/)
  })
})

describe('amounts and ranges', () => {
  test.each([
    ['payments', 'amount_rupiah', [0, -1]],
    ['payments', 'credits', [0, -5]],
    ['payments', 'refunded_rupiah', [-1, 2]],
    ['credit_entries', 'credits', [0, -1]],
    ['credit_adjustments', 'credits', [0]],
    ['credit_adjustments', 'approved_by', ['usr_row']],
    ['products', 'amount_rupiah', [-1]],
    ['products', 'daily_quota', [0, -1]],
    ['products', 'cycle_months', [0]],
    ['products', 'kind', ['pack']],
    ['generated_poses', 'pose_match', [-0.1, 1.1]],
    ['poses', 'people_count', [0, 3]],
    ['projects', 'name', ['', 'x'.repeat(101)]],
    ['pose_requests', 'name', ['', 'x'.repeat(101)]],
    ['avatars', 'name', ['', 'x'.repeat(101)]],
    ['avatars', 'persona_age', [17, 101, 0, -1]],
    ['avatars', 'persona_personality', ['{}', '1', 'null']],
    ['avatar_presets', 'persona_age', [17, 101]],
    ['avatar_presets', 'persona_personality', ['{}']],
    ['avatar_deletions', 'targets', ['{}', '"u/"']],
  ])('%s.%s refuses %j', async (table, column, values) => {
    for (const value of values) await expect(set(table, column, value)).rejects.toThrow(/CHECK constraint failed/)
  })

  test('a rating has 1 to 5 stars, a category one of three levels', async () => {
    const rate = (stars: number) =>
      env.DB.prepare('insert into pose_ratings values (?, ?, ?, 1)').bind(rows.poses!.id, rows.users!.id, stars).run()
    for (const stars of [0, 6, -1]) await expect(rate(stars)).rejects.toThrow(/CHECK constraint failed/)
    await rate(5)
    const level = (value: number) => env.DB.prepare('update pose_categories set level = ? where 1').bind(value).run()
    for (const value of [0, 4]) await expect(level(value)).rejects.toThrow(/CHECK constraint failed/)
  })

  test('an e-mail has one account, a message one dead letter, a picture one place in its generation', async () => {
    const email = `twice-${crypto.randomUUID()}@example.test`
    await userRow({ email })
    await expect(userRow({ email })).rejects.toThrow()
    await expect(db.insert(operations.deadLetters).values(deadLetter('dlq_other'))).rejects.toThrow()
    await expect(pictureRow(rows.users!.id, rows.generations!.id)).rejects.toThrow()
  })
})
