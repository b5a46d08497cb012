import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { type FaultList, pageOf, problemsOf, type Row } from '../../scripts/faults/page.mjs'
import { taggedTests } from '../../scripts/faults/scan.mjs'

/** The tags are put in here, so that this file itself names no fault. */
const sourceOf = (code: string, ids: string): string => code.replace('#', `(${ids})`)

const scan = (code: string, ids = 'A1') =>
  taggedTests([{ path: 'test/races/credits.test.ts', text: sourceOf(code, ids) }]).map(({ title, ids }) => [title, ids])

const row = (id: string, more: Partial<Row> = {}): Row => ({ id, fault: `fault ${id}`, required: 'nothing', ...more })
const listOf = (...rows: Row[]): FaultList => ({ groups: [{ id: 'A', title: 'Credits', rows }] })
const proof = (...ids: string[]) => ({ path: 'test/races/credits.test.ts', title: 'one wins', ids })

describe('a test proves a fault by the end of its title', () => {
  it.each([
    ["test('one wins #', async () => {", 'A1', ['A1']],
    ["  it('one wins #', () => {})", 'A1, C28', ['A1', 'C28']],
    ['test("one wins #", () => {', 'A1,B2', ['A1', 'B2']],
    ['test(`one wins #`, () => {', 'B9', ['B9']],
    ["test(\n  'one wins #',\n  async () => {", 'A1', ['A1']],
    ["test.each([1, 2])('one wins #', (n) => {", 'A1', ['A1']],
    ["test.each([\n  'a',\n])('one wins #', (n) =>", 'A1', ['A1']],
    ["test.each(names(all))('one wins #', () => {", 'A1', ['A1']],
    ["test.for(all)('one wins #', () => {", 'A1', ['A1']],
    ["  ['one wins #', { cost: 1 }],", 'A1', ['A1']],
    ["  { title: 'one wins #', cost: 1 },", 'A1', ['A1']],
    ["first => [`one wins #`, 'x']", 'A1', ['A1']],
  ])('%s', (code, ids, named) => {
    expect(scan(code, ids)).toEqual([['one wins', named]])
  })

  it('with quotes and placeholders as they are read', () => {
    expect(scan("test('the day\\'s %s (all) #', () => {")).toEqual([["the day's %s (all)", ['A1']]])
    expect(scan('test.each(rows)(`$title of $' + '{n} #`, () => {')).toEqual([['$title of $' + '{n}', ['A1']]])
  })

  it('and by nothing else', () => {
    for (const code of [
      "test('one wins', () => { // #",
      "test('# one wins', () => {",
      "test('one wins#', () => {",
      "  // test('one wins #', () => {",
      "test.skip('one wins #', () => {",
      "test.todo('one wins #')",
      "expect(text).toBe('one wins #')",
      "const title = 'one wins #'",
    ])
      expect([code, scan(code)]).toEqual([code, []])
    for (const ids of ['a1', 'A', '1', 'A1 and A2', 'R-01', ''])
      expect([ids, scan("test('one wins #', () => {", ids)]).toEqual([ids, []])
  })
})

describe('the list is whole', () => {
  test('when every row has a test or a reason', () => {
    expect(problemsOf(listOf(row('A1'), row('A2', { why: 'no such call' })), [proof('A1')])).toEqual([])
  })

  test('not with a row that has neither', () => {
    expect(problemsOf(listOf(row('A1'), row('A2')), [proof('A1')])).toEqual([
      'A2 has neither a test nor a reason: fault A2',
    ])
  })

  test('not with a row that has both', () => {
    expect(problemsOf(listOf(row('A1', { why: 'no such call' })), [proof('A1')])).toEqual([
      'A1 has both a test and a reason why it has none',
    ])
  })

  test('not when a test names a row that is not there', () => {
    expect(problemsOf(listOf(row('A1')), [proof('A1', 'A31')])).toEqual([
      'A31 names no fault: "one wins" in test/races/credits.test.ts',
    ])
  })

  test('not with a row twice or in the wrong group', () => {
    expect(problemsOf(listOf(row('A1'), row('A1')), [proof('A1')])).toEqual(['A1 is in the list twice'])
    expect(problemsOf(listOf(row('B1')), [proof('B1')])).toEqual(['B1 is no id of group A'])
  })
})

describe('the page', () => {
  test('shows each row with its tests, with its reason, or with the gap', () => {
    const list = listOf(row('A1', { also: '`npm run x`' }), row('A2', { why: 'no such call' }), row('A3'))
    const tests = [
      proof('A1'),
      { path: 'test/rules/ledger.test.ts', title: 'a | b <c> `d`', ids: ['A1'] },
      { ...proof('A1'), title: 'the others lose' },
    ]
    const page = pageOf(list, tests)
    expect(page).toContain('Of 3 rows 1 are proven, by 3 tests;\n1 without a test, with the reason.')
    expect(page.split('\n').filter((line) => line.startsWith('| A'))).toEqual([
      `| A1 | fault A1 | nothing | ${[
        '[races/credits](../test/races/credits.test.ts): “one wins”, “the others lose”',
        '[rules/ledger](../test/rules/ledger.test.ts): “a \\| b &lt;c&gt; \\`d\\`”',
        'also `npm run x`',
      ].join('<br>')} |`,
      '| A2 | fault A2 | nothing | no test: no such call |',
      '| A3 | fault A3 | nothing | **nothing yet** |',
    ])
  })

  test('is stale as soon as a test or a row says something else', () => {
    const [list, tests] = [listOf(row('A1')), [proof('A1')]]
    const stale = ['the page is not what the tests say: npm run faults writes it anew']
    const page = pageOf(list, tests)
    expect(problemsOf(list, tests, page)).toEqual([])
    expect(problemsOf(list, tests, '')).toEqual(stale)
    expect(problemsOf(list, [{ ...proof('A1'), title: 'two win' }], page)).toEqual(stale)
    expect(problemsOf(list, [...tests, { ...proof('A1'), title: 'the others lose' }], page)).toEqual(stale)
    expect(problemsOf(listOf(row('A1', { required: 'something' })), tests, page)).toEqual(stale)
  })

  test('has all faults of credits, quota, payments, prompts, providers and the library', () => {
    const { groups } = JSON.parse(readFileSync('docs/faults.json', 'utf8')) as FaultList
    expect(groups.map(({ id, rows }) => [id, rows.length])).toEqual([
      ['A', 30],
      ['B', 9],
      ['C', 28],
      ['G', 9],
      ['H', 6],
      ['I', 2],
      ['J', 15],
      ['K', 10],
    ])
    for (const { rows } of groups) expect(rows.map(({ id }) => Number(id.slice(1)))).toEqual(rows.map((_, n) => n + 1))
  })
})
