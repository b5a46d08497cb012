import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { help, parseAdminArgs, UsageError } from '../../scripts/admin/args.mjs'
import { addPrice, listPrices, setProduct, setRole, text } from '../../scripts/admin/statements.mjs'

const folder = mkdtempSync(join(tmpdir(), 'lumiku-admin-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const node = (args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
    execFile(process.execPath, args, (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
const admin = (...args: string[]) => node(['scripts/admin.mjs', ...args])
const adminHere = (...args: string[]) => admin(...args, '--persist-to', folder)

/** Long after the commands of these tests, and each time a moment later: the log's order is that of time. */
let clockMs = Date.parse('2127-01-15T08:00:00Z')
const operator = () => ({ actor: 'operator:test', requestId: 'admin-test', nowMs: clockMs++ })

/** Runs statements on the local D1, the file that it is, as one transaction; the rows of each. */
function perform(statements: string[]): Record<string, unknown>[][] {
  const name = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) =>
    /[0-9a-f]{64}\.sqlite$/.test(path),
  )
  const database = new DatabaseSync(join(folder, name ?? 'no database'))
  try {
    database.exec('begin')
    const answers = statements.map((statement) => database.prepare(statement).all())
    database.exec('commit')
    return answers
  } finally {
    database.close()
  }
}

const audit = () =>
  perform(['select action, subject, details, actor_id as actor from audit_log order by created_at, id'])[0]!.map(
    ({ action, subject, details, actor }) => ({ action, subject, actor, ...(JSON.parse(String(details)) as object) }),
  )

describe('the command line', () => {
  const NOW = Date.parse('2026-11-21T00:00:00Z')
  const parse = (line: string) => parseAdminArgs(line.split(' '), NOW)

  test('the help names every command and every option', () => {
    const source = readFileSync('scripts/admin/args.mjs', 'utf8')
    const named = [...source.matchAll(/^ {2}'?([a-z-]+)'?: \{ (?:words|type): /gm)].map(([, name = '']) => name)
    expect(named.length).toBe(38)
    for (const name of named) expect(help).toContain(name)
    expect(parseAdminArgs([])).toEqual({ command: 'help' })
  })

  test('a report is decided as an admin, with a reason', () => {
    expect(parse('uphold-report rpt_1 --notes Gone --email a@b.id')).toMatchObject({ id: 'rpt_1', notes: 'Gone' })
    expect(parse('avatar-reports --status open --email a@b.id')).toMatchObject({ status: 'open' })
    for (const line of ['dismiss-report rpt_1 --notes No', 'uphold-report --email a@b.id', 'show-report a b'])
      expect(() => parse(line)).toThrow(UsageError)
  })

  test.each([
    ['enabled no', { enabled: false }],
    ['beta yes', { beta: true }],
    ['order 0', { order: 0 }],
    ['minTier pro', { minTier: 'pro' }],
    ['allowedRoles user,admin', { allowedRoles: ['user', 'admin'] }],
    ['comingSoon default', { comingSoon: null }],
  ])('set-app avatar-creator %s', (typed, change) => {
    const line = `set-app avatar-creator ${typed} --email a@b.id`
    expect(parse(line)).toMatchObject({ command: 'set-app', id: 'avatar-creator', change })
  })

  test.each([...['sleepy yes', 'enabled off', 'order 1001', 'order -1', 'allowedRoles ,']])(
    'set-app avatar-creator %s is a typing error',
    (typed) => {
      expect(() => parse(`set-app avatar-creator ${typed} --email a@b.id`)).toThrow(UsageError)
    },
  )

  test('what is typed is read in the form that is stored', () => {
    expect(parseAdminArgs(['make-admin', ' ＳARI@Example.TEST '])).toMatchObject({ email: 'sari@example.test' })
    expect(parse('set-price pose-generator pose 35')).toMatchObject({ credits: 35, fromMs: NOW, target: ['--local'] })
    expect(parse('set-price pose-generator pose 35 --from 2027-01-01T00:00+07:00')).toMatchObject({
      fromMs: Date.parse('2026-12-31T17:00:00Z'),
    })
    expect(parse('set-product credits-1500 --amount 120000 --on-sale no --remote')).toMatchObject({
      ...{ id: 'credits-1500', amountRupiah: 120_000, isOnSale: false, target: ['--remote'] },
    })
  })

  test.each([
    ...['make-admin', 'make-admin sari', 'make-admin a@b', 'make-admin a@b.co c@d.co', 'make-admin --amount 1 a@b.co'],
    ...["make-admin x';drop--@b.co", 'make-admin a@b.co;', 'promote a@b.co', 'toString a@b.co', '__proto__'],
    ...['set-price pose-generator pose', 'set-price pose-generator pose 0', 'set-price pose-generator pose 10001'],
    ...['set-price pose-generator pose 1.5', 'set-price pose-generator pose -5', 'set-price pose-generator pose 1e3'],
    ...["set-price pose-generator pose' 30", 'set-price Pose pose 30', 'set-price pose-generator pose 30 --on-sale no'],
    ...['set-price pose-generator pose 30 --from tomorrow', 'set-price pose-generator pose 30 --from 2026-11-22'],
    ...['set-price pose-generator pose 30 --from 2026-11-20T00:00Z', 'prices 1', 'admins --from 2027-01-01T00:00Z'],
    ...['set-product credits-1500', 'set-product credits-1500 --on-sale maybe', 'set-product --amount 120000'],
    ...['set-product credits-1500 --amount 999', 'set-product credits-1500 --amount 100000001'],
    ...['set-product credits-1500 --amount 100000.5', 'set-product credits-1500 --amount 2^53'],
    ...['poses', 'poses --email sari', 'poses --email a@b.co --remote', 'poses box --email a@b.co'],
    ...['poses --email a@b.co --url http://lumiku.example', 'poses --email a@b.co --url ftp://127.0.0.1'],
    ...['publish-pose --email a@b.co', 'hide-pose box --notes no --email a@b.co', 'admins --email a@b.co'],
    ...['complete-request req_1 --email a@b.co', 'import-poses --email a@b.co', 'requests --search x --email a@b.co'],
    ...['admins --local --remote', 'admins --remote --persist-to x', 'admins --persist-to', 'admins --quickly'],
  ])('%s is refused before anything is asked', (line) => {
    expect(() => parse(line)).toThrow(/\w{3}/)
  })

  test('what an admin of the site does goes to the server of the site, in clear text only on this machine', () => {
    const site = { url: 'http://127.0.0.1:8787', email: 'sari@b.co' }
    expect(parse('hide-pose yoga-tree --email Sari@b.co')).toEqual({ command: 'hide-pose', site, id: 'yoga-tree' })
    expect(parse('complete-request req_1 yoga-tree --notes done --email sari@b.co --url https://a.example/x')).toEqual({
      ...{ command: 'complete-request', site: { ...site, url: 'https://a.example' }, id: 'req_1', poseId: 'yoga-tree' },
      notes: 'done',
    })
    expect(parse('import-poses a.json --dry-run --email sari@b.co')).toMatchObject({ id: 'a.json', dryRun: true })
  })

  test('the password is no word of the command line, and without one nothing is sent', async () => {
    const { code, stderr } = await admin('poses', '--email', 'sari@b.co')
    expect([code, stderr]).toEqual([2, 'The password is read from LUMIKU_PASSWORD, which is empty.\n'])
    expect(help).not.toContain('--password')
  })

  test('a text in SQL stays a text', () => {
    expect(text("o'brien@example.test'; drop table users; --")).toBe("'o''brien@example.test''; drop table users; --'")
    expect(() => text('a\0b')).toThrow('NUL')
  })

  test('says how to be called, and leaves with 2 when it was called wrongly', async () => {
    expect(await admin('--help')).toMatchObject({ code: 0, stdout: `${help}\n` })
    const { code, stdout, stderr } = await admin('make-admin', 'sari')
    expect([code, stdout, stderr]).toEqual([2, '', '"sari" is no e-mail address.\n'])
  })
})

describe('on a database of its own', () => {
  beforeAll(async () => {
    const tooEarly = await adminHere('admins')
    expect(tooEarly.code).toBe(1)
    expect(tooEarly.stderr).toContain('wrangler d1 migrations apply DB --local')
    const migrate = ['node_modules/wrangler/bin/wrangler.js', 'd1', 'migrations', 'apply', 'DB', '--local']
    expect((await node([...migrate, '--persist-to', folder])).code).toBe(0)
    const user = (id: string, email: string) => `('${id}', '${email}', 'Row', 'none', 1, 1)`
    perform([
      `insert into users (id, email, name, password_hash, created_at, updated_at)
       values ${user('usr_1', 'sari@example.test')}, ${user('usr_2', "o''brien@example.test")}`,
    ])
  }, 120_000)

  test('the commands, as they are typed', { timeout: 240_000 }, async () => {
    for (const [line, code, says] of [
      [
        "make-admin O'Brien@example.test",
        0,
        "o'brien@example.test is now an admin; it takes effect when they sign in\n",
      ],
      ["make-admin o'brien@example.test", 0, "o'brien@example.test was an admin already\n"],
      ['admins', 0, /^o'brien@example\.test\tusr_2\tRow\tsince 1970-01-01T00:00:00\.001Z\n$/],
      ['make-admin nobody@example.test', 2, /^Nobody is registered as nobody@example\.test in this database/],
      ['set-price pose-generator pose 31', 0, /^pose-generator pose costs 31 credits from \S+Z \(version 2\)\n$/],
      ['set-price pose-generator poze 31', 2, /^There is no price for pose-generator poze/],
      ['prices', 0, /\tpose\tversion 2\t31 credits\tin force\t/],
      ['set-product credits-4000 --on-sale no', 0, /^credits-4000 costs Rp 250000 and is not on sale/],
      ['set-product credits-1 --on-sale no', 2, /^There is no product credits-1 /],
      ['set-product free-forever --amount 5000', 2, /^free-forever costs nothing and stays so/],
      ['products', 0, /^credits-4000\tpack\tRp 250000\t4000 credits\tnot on sale\t4\.000 kredit$/m],
    ] as const) {
      const { code: ended, stdout, stderr } = await adminHere(...line.split(' '))
      expect([line, ended]).toEqual([line, code])
      expect(code === 0 ? stdout : stderr).toMatch(says)
    }
    expect(audit()).toMatchObject([
      { action: 'user.role_changed', actor: expect.stringMatching(/^operator:\S+$/) },
      { action: 'price.added', subject: 'pose-generator:pose' },
      { action: 'product.changed', subject: 'credits-4000' },
    ])
  })

  test('somebody becomes an admin, and a user again; what changes nothing is not on record', () => {
    const before = audit().length
    const role = (email: string, role: 'admin' | 'user') => perform(setRole({ email, role }, operator()))[2]
    for (const wanted of ['admin', 'admin', 'user', 'user'] as const)
      expect(role('sari@example.test', wanted)).toMatchObject([{ id: 'usr_1', role: wanted }])
    for (const nobody of ["x' or '1'='1", '%', 'SARI@example.test']) expect(role(nobody, 'admin')).toEqual([])
    const changed = { action: 'user.role_changed', actor: 'operator:test', subject: 'usr_1' }
    expect(audit().slice(before)).toEqual([
      { ...changed, before: 'user', after: 'admin' },
      { ...changed, before: 'admin', after: 'user' },
    ])
  })

  test('a new price is a new version, now or later; the old one stays on record', () => {
    const nowMs = clockMs
    const add = (action: string, credits: number, fromMs = nowMs) =>
      perform(addPrice({ app: 'shop', action, credits, fromMs }, operator()))[2]
    const listed = () =>
      perform(listPrices(nowMs))[0]!.flatMap(({ app, action, version, credits, state }) =>
        app === 'shop' ? `${action} ${version}: ${credits}, ${state}` : [],
      )
    perform(["insert into prices values ('shop', 'pose', 1, 30, 0), ('shop', 'background', 1, 10, 0)"])
    const before = audit().length
    expect(add('background', 12)).toMatchObject([{ version: 2, credits: 12 }])
    expect(add('pose', 35, nowMs + 1)).toMatchObject([{ version: 3 }])
    expect(add('poze', 35)).toEqual([])
    expect(listed()).toEqual([
      ...['background 1: 10, past', 'background 2: 12, in force'],
      ...['pose 1: 30, in force', 'pose 3: 35, planned'],
    ])
    expect(add('pose', 31)).toMatchObject([{ version: 4, effective_at: nowMs }])
    expect(listed().slice(2)).toEqual(['pose 1: 30, past', 'pose 3: 35, never', 'pose 4: 31, in force'])
    expect(audit().slice(before)).toMatchObject([
      { action: 'price.added', subject: 'shop:background', credits: 12, version: 2 },
      { subject: 'shop:pose', credits: 35, version: 3, effectiveAt: nowMs + 1 },
      { subject: 'shop:pose', credits: 31, version: 4 },
    ])
  })

  test('a product changes its price and leaves the shelf, and the log has both numbers', () => {
    const before = audit().length
    const set = (change: { amountRupiah?: number; isOnSale?: boolean }) =>
      perform(setProduct({ id: 'credits-1500', ...change }, operator()))[2]
    expect(set({ amountRupiah: 120_000 })).toMatchObject([{ amount_rupiah: 120_000, is_on_sale: 1 }])
    expect(set({ isOnSale: false })).toMatchObject([{ amount_rupiah: 120_000, is_on_sale: 0 }])
    expect(set({ isOnSale: false })).toMatchObject([{ is_on_sale: 0 }])
    expect(audit().slice(before)).toMatchObject([
      { subject: 'credits-1500', before: { amountRupiah: 100_000 }, after: { amountRupiah: 120_000, isOnSale: 1 } },
      { subject: 'credits-1500', before: { isOnSale: 1 }, after: { amountRupiah: 120_000, isOnSale: 0 } },
    ])
    expect(perform(setProduct({ id: 'credits-1', isOnSale: false }, operator()))[2]).toEqual([])
  })

  test('what costs nothing never costs something, because nobody could make it free again', () => {
    const before = audit().length
    const set = (change: { amountRupiah?: number; isOnSale?: boolean }) =>
      perform(setProduct({ id: 'free-forever', ...change }, operator()))[2]
    expect(set({ amountRupiah: 5_000, isOnSale: false })).toMatchObject([{ amount_rupiah: 0, is_on_sale: 1 }])
    expect(audit().length).toBe(before)
    expect(set({ isOnSale: false })).toMatchObject([{ amount_rupiah: 0, is_on_sale: 0 }])
  })
})
