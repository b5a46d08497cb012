import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { adjust } from '../../durable-objects/user/adjustments'
import { grant } from '../../durable-objects/user/ledger'
import { dueProjection, markProjected } from '../../durable-objects/user/outbox'
import { writeProjection } from '../../durable-objects/user/project'
import { userObject } from '../../src/objects'
import { expectJson, requestAs, signUp } from '../support/app'
import { DAY_MS } from '../support/jobs'
import type { Person } from '../support/people'
import { ended, startShoot } from '../support/shoots'
import { errorOf } from '../support/walk'

type Balance = { available: number; held: number; owed: number; credits: number; rupiah: number }
type Item = { seq: number; kind: string; credits: number; change: number; availableAfter: number; createdAt: string }
type Statement = {
  from: string
  to: string
  rupiahPerCredit: number
  opening: Balance
  closing: Balance
  count: number
  totals: { kind: string; count: number; credits: number; change: number; changeRupiah: number }[]
  items: Item[]
  page: { nextCursor: string | null; limit: number }
}

const PATH = '/credits/statement'
const statementOf = (person: Person, query = ''): Promise<Statement> =>
  expectJson(requestAs(person, `${PATH}${query}`), 200)

const inLedger = <R>(person: Person, work: (sql: SqlStorage) => R | Promise<R>): Promise<R> =>
  runInDurableObject(userObject(env, person.user.id), (_object, { storage }) => work(storage.sql))

/** Gifts of one credit each, at `at`. */
const gifts = (person: Person, count: number, at: number, name = 'gift'): Promise<void> =>
  inLedger(person, (sql) => {
    const gift = { source: 'promo', category: 'promo', credits: 1, expiresAt: null } as const
    for (let n = 0; n < count; n++) grant(sql, { ...gift, key: `${name}-${n}` }, at)
  })

/** All pages of a statement, one after the other. */
async function pagesOf(person: Person, query: string, between: () => Promise<unknown> = async () => {}) {
  const pages: Statement[] = []
  for (let cursor: string | null = null; ; ) {
    const page = await statementOf(person, `?${query}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`)
    pages.push(page)
    cursor = page.page.nextCursor
    if (cursor === null) return pages
    await between()
  }
}

/** RFC 4180, as a spreadsheet reads it. */
function readCsv(text: string): string[][] {
  const cells = [...text.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/g)]
  expect(cells.map(([all]) => all).join('')).toBe(text)
  const rows: string[][] = [[]]
  for (const [, cell = '', end] of cells) {
    rows.at(-1)!.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell)
    if (end === '\r\n') rows.push([])
  }
  return rows.slice(0, -1)
}

async function csvOf(person: Person, query = ''): Promise<{ answer: Response; text: string; rows: string[][] }> {
  const answer = await requestAs(person, `${PATH}?format=csv${query}`)
  expect(answer.status).toBe(200)
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await answer.arrayBuffer())
  return { answer, text, rows: readCsv(text.slice(1)) }
}

describe('GET /credits/statement (showStatement)', () => {
  test('this month: what there was, what came and went, what there is, in credits and rupiah', async () => {
    const sari = await signUp()
    const { generation } = await startShoot(sari)
    await ended(sari, generation.id)
    const { items, totals, page, ...head } = await statementOf(sari)
    expect(head).toMatchObject({
      rupiahPerCredit: 100,
      opening: { available: 0, held: 0, owed: 0, credits: 0, rupiah: 0 },
      closing: { available: 270, held: 0, owed: 0, credits: 270, rupiah: 27_000 },
      count: 3,
    })
    // A month of Jakarta begins at 17:00 UTC of the day before.
    expect([head.from, head.to].every((at) => at.endsWith('T17:00:00.000Z'))).toBe(true)
    expect(items.map(({ seq, kind, change }) => [seq, kind, change])).toEqual([
      [1, 'grant', 300],
      [2, 'hold', 0],
      [3, 'settle', -30],
    ])
    expect(totals).toEqual([
      { kind: 'grant', count: 1, credits: 300, change: 300, changeRupiah: 30_000 },
      { kind: 'hold', count: 1, credits: 30, change: 0, changeRupiah: 0 },
      { kind: 'settle', count: 1, credits: 30, change: -30, changeRupiah: -3_000 },
    ])
    expect(page).toEqual({ nextCursor: null, limit: 24 })
  })

  test('one day opens with what the day before closed with', async () => {
    const sari = await signUp()
    const today = Date.parse((await statementOf(sari)).items[0]!.createdAt)
    await gifts(sari, 3, today + DAY_MS, 'tomorrow')
    await gifts(sari, 2, today + 2 * DAY_MS, 'after')
    const day = (n: number) => new Date(today + n * DAY_MS + 7 * 3_600_000).toISOString().slice(0, 10)
    const statements = []
    for (const n of [0, 1, 2]) statements.push(await statementOf(sari, `?from=${day(n)}&to=${day(n)}`))
    expect(statements.map(({ opening, closing, count }) => [opening.credits, count, closing.credits])).toEqual([
      [0, 1, 300],
      [300, 3, 303],
      [303, 2, 305],
    ])
  })

  test('its pages are of one statement, although credits move while it is read', async () => {
    const sari = await signUp()
    await gifts(sari, 6, Date.now())
    let late = 0
    const pages = await pagesOf(sari, 'limit=2', () => gifts(sari, 1, Date.now(), `late-${late++}`))
    expect(pages.flatMap(({ items }) => items.map(({ seq }) => seq))).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(late).toBe(3)
    const [first, ...rest] = pages.map(({ items: _items, page: _page, ...head }) => head)
    expect(first).toMatchObject({ count: 7, closing: { credits: 306 } })
    for (const head of rest) expect(head).toEqual(first)
    expect(await statementOf(sari)).toMatchObject({ count: 10, closing: { credits: 309 } })
  })

  test('a cursor carries its period: the same pages with and without from and to', async () => {
    const sari = await signUp()
    await gifts(sari, 4, Date.now())
    const { page, from, to } = await statementOf(sari, '?limit=2')
    const cursor = encodeURIComponent(page.nextCursor!)
    const plain = await statementOf(sari, `?limit=2&cursor=${cursor}`)
    expect(await statementOf(sari, `?limit=2&cursor=${cursor}&from=${from}&to=${to}`)).toEqual(plain)
    expect(plain.items.map(({ seq }) => seq)).toEqual([3, 4])
  })

  test('shows nobody but its owner, whatever the cursor says', async () => {
    const [sari, budi] = [await signUp(), await signUp()]
    await gifts(sari, 5, Date.now())
    const { page } = await statementOf(sari, '?limit=2')
    const theirs = await statementOf(budi, `?cursor=${encodeURIComponent(page.nextCursor!)}`)
    expect(theirs).toMatchObject({ count: 1, closing: { credits: 300 }, items: [] })
  })

  test.each([
    ['from=2026-11-02&to=2026-11-01', 'to'],
    ['from=2024-01-01&to=2025-01-01', 'to'],
    ['from=2026-02-30', 'from'],
    ['from=2026-11-01T00:00:00', 'from'],
    ['to=yesterday', 'to'],
    ['from=2026-13-01&format=csv', 'from'],
    ['format=pdf', 'format'],
    ['cursor=9', 'cursor'],
    ['cursor=0:1:2:x', 'cursor'],
  ])('%s is a 422 that names %s', async (query, field) => {
    const sari = await signUp()
    const { statusCode, issues } = await errorOf(await requestAs(sari, `${PATH}?${query}`))
    expect([statusCode, ...issues.map((issue) => issue.field)]).toEqual([422, field])
  })
})

describe('the statement as a file', () => {
  test('says the same as the pages, to the last entry', async () => {
    const sari = await signUp()
    await gifts(sari, 1_300, Date.now())
    const pages = await pagesOf(sari, 'limit=100')
    const { answer, text, rows } = await csvOf(sari)
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="lumiku-credits_\d{4}-\d\d-01_\d{4}-\d\d-\d\d\.csv"$/,
    )
    expect(text.startsWith('\uFEFF')).toBe(true)
    expect(new Set(rows.map((row) => row.length)).size).toBe(1)
    const table = rows.findIndex(([name]) => name === 'seq')
    const cells = rows.slice(table + 1).map(([seq, , kind, , , , credits, change, , available]) => ({
      ...{ seq: Number(seq), kind, credits: Number(credits), change: Number(change) },
      availableAfter: Number(available),
    }))
    expect(cells).toEqual(
      pages.flatMap(({ items }) =>
        items.map(({ seq, kind, credits, change, availableAfter }) => ({ seq, kind, credits, change, availableAfter })),
      ),
    )
    expect(cells).toHaveLength(1_301)
  })

  test('opens and closes with balances that its own changes explain', async () => {
    const sari = await signUp()
    const { generation } = await startShoot(sari)
    await ended(sari, generation.id)
    const { rows } = await csvOf(sari)
    const balance = (name: string) => rows.find(([cell]) => cell === name)!
    const changes = rows.slice(rows.findIndex(([name]) => name === 'seq') + 1).map((row) => Number(row[7]))
    const [opening, closing] = [balance('opening balance'), balance('closing balance')]
    expect(Number(opening[6]) + changes.reduce((sum, change) => sum + change, 0)).toBe(Number(closing[6]))
    expect(closing.slice(6, 12)).toEqual(['270', '', '27000', '270', '0', '0'])
    expect(balance('entries')[1]).toBe('3')
  })

  test('speaks Indonesian, with the semicolons that an Indonesian spreadsheet expects', async () => {
    const sari = await signUp()
    const headers = { 'accept-language': 'id-ID' }
    const text = await (await requestAs(sari, `${PATH}?format=csv`, { headers })).text()
    const rows = text
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(';'))
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([13]))
    expect(rows[0]![0]).toBe('Laporan kredit Lumiku')
    expect(rows.find(([name]) => name === 'saldo akhir')!.slice(6, 12)).toEqual(['300', '', '30000', '300', '0', '0'])
    expect(rows.at(-1)!.slice(2, 3)).toEqual(['penambahan'])
  })

  test('a reason that is a formula does not run in a spreadsheet, and does not break a line', async () => {
    const sari = await signUp()
    const reason = '=HYPERLINK("http://127.0.0.1/?"&A1,"Refund, click")\r\n+1'
    await inLedger(sari, (sql) =>
      adjust(sql, { key: 'adj_1', credits: 5, memo: { actor: 'usr_a', requestId: 'req_1', reason } }, Date.now()),
    )
    const { rows, text } = await csvOf(sari)
    expect(rows.at(-1)!.at(-1)).toBe(`'${reason}`)
    expect(text).not.toContain('usr_a')
  })
})

type Verification = {
  ok: boolean
  entries: number
  headHash: string
  balances: object
  checks: { id: string; claim: string; ok: boolean; detail: string | null }[]
}

const verify = (person: Person): Promise<Verification> =>
  expectJson(requestAs(person, '/credits/statement/verify'), 200)
const brokenOf = async (person: Person): Promise<[string, string | null][]> => {
  const { ok, checks } = await verify(person)
  const broken = checks.filter((check) => !check.ok)
  expect(ok).toBe(broken.length === 0)
  return broken.map(({ id, detail }) => [id, detail])
}

/** Brings D1's copy up to date now. */
const copy = (person: Person): Promise<void> =>
  inLedger(person, async (sql) => {
    const later = Date.now() + DAY_MS
    for (let due = dueProjection(sql, later); due && due.entries.length > 0; due = dueProjection(sql, later)) {
      await writeProjection(env.DB, person.user.id, due)
      markProjected(sql, due, Date.now())
    }
  })

const inCopy = (person: Person, statement: string) => env.DB.prepare(statement).bind(person.user.id).run()

describe('GET /credits/statement/verify (verifyStatement)', () => {
  test('a ledger in order keeps every promise, also in its copy', async () => {
    const sari = await signUp()
    const { generation } = await startShoot(sari)
    await ended(sari, generation.id)
    await copy(sari)
    const { checks, headHash, ...rest } = await verify(sari)
    expect(rest).toEqual({ ok: true, entries: 3, balances: { available: 270, held: 0, owed: 0 } })
    expect(headHash).toMatch(/^[0-9a-f]{64}$/)
    expect(checks.map(({ id }) => id)).toEqual(expect.arrayContaining(['I1', 'I2', 'I8', 'I13', 'I15', 'I17']))
    expect(checks.filter(({ ok, detail }) => !ok || detail !== null)).toEqual([])
  })

  test('a copy that is late is no fault', async () => {
    const sari = await signUp()
    await copy(sari)
    await gifts(sari, 3, Date.now())
    expect(await brokenOf(sari)).toEqual([])
  })

  test.each([
    [
      'a row with other credits',
      'update credit_entries set credits = 900 where user_id = ? and seq = 2',
      'entry 2 differs',
    ],
    [
      'a row of another thing',
      "update credit_entries set reference = 'x' where user_id = ?1 and seq = 3",
      'entry 3 differs',
    ],
    [
      'a row that is gone',
      'delete from credit_entries where user_id = ? and seq = 2',
      'entry 2 is missing in the copy',
    ],
    [
      'a row that the ledger does not have, as after its end was cut off',
      `insert into credit_entries select user_id, 5, kind, from_account, to_account, credits, reference, created_at
       from credit_entries where user_id = ? and seq = 4`,
      'entry 5 is in the copy only',
    ],
  ])('a copy with %s is found (A27)', async (_title, statement, detail) => {
    const sari = await signUp()
    await gifts(sari, 3, Date.now())
    await copy(sari)
    expect(await brokenOf(sari)).toEqual([])
    await inCopy(sari, statement)
    expect(await brokenOf(sari)).toEqual([['I15', detail]])
  })

  test('a forged ledger is found, and said to be (A27)', async () => {
    const sari = await signUp()
    await gifts(sari, 2, Date.now())
    await copy(sari)
    await inLedger(sari, (sql) => {
      sql.exec('DROP TRIGGER entry_no_update')
      sql.exec("UPDATE entry SET reference = 'nobody' WHERE seq = 2")
    })
    expect(await brokenOf(sari)).toEqual([
      ['I13', 'entry 2'],
      ['I15', 'entry 2 differs'],
    ])
  })
})
