import { basename, dirname, posix } from 'node:path'

/**
 * What is wrong with the list, one sentence each; empty when every row is proven by a test or says why it is not, and the
 * page says just that.
 * @param {{ groups: Group[] }} list
 * @param {{ path: string, title: string, ids: string[] }[]} tests
 * @param {string} [shown] the page as it is; left out, it has just been written
 */
export function problemsOf(list, tests, shown = pageOf(list, tests)) {
  const rows = list.groups.flatMap((group) => group.rows)
  const known = new Set(rows.map(({ id }) => id))
  const doubled = rows.filter(({ id }, index) => rows.findIndex((row) => row.id === id) !== index)
  return [
    ...doubled.map(({ id }) => `${id} is in the list twice`),
    ...list.groups.flatMap((group) =>
      group.rows.filter(({ id }) => !belongs(id, group)).map(({ id }) => `${id} is no id of group ${group.id}`),
    ),
    ...tests.flatMap(({ path, title, ids }) =>
      ids.filter((id) => !known.has(id)).map((id) => `${id} names no fault: "${title}" in ${path}`),
    ),
    ...rows.flatMap((row) => {
      const isProven = proofsOf(row, tests).length > 0
      if (isProven && row.why) return `${row.id} has both a test and a reason why it has none`
      return isProven || row.why ? [] : `${row.id} has neither a test nor a reason: ${row.fault}`
    }),
    ...(shown === pageOf(list, tests) ? [] : ['the page is not what the tests say: npm run faults writes it anew']),
  ]
}

/**
 * The page (Markdown), a table a group. Links name files without lines: the page must not be stale whenever a line moves.
 * @param {{ groups: Group[] }} list
 * @param {{ path: string, title: string, ids: string[] }[]} tests
 * @param {string} [folder] of the page, from the root of the project
 */
export function pageOf(list, tests, folder = 'docs') {
  const rows = list.groups.flatMap((group) => group.rows)
  const proven = rows.filter((row) => proofsOf(row, tests).length > 0)
  const reasoned = rows.filter(({ why }) => why)
  return [
    '# Faults',
    '',
    'Written by `npm run faults` from `docs/faults.json` and the titles of the tests: a test that proves a row ends its title',
    `with the row's id, \`(A1)\` or \`(A1, C3)\`. Of ${rows.length} rows ${proven.length} are proven, by ${tests.length} tests;`,
    `${reasoned.length} without a test, with the reason.`,
    ...list.groups.flatMap((group) => ['', ...table(group, tests, folder)]),
    '',
  ].join('\n')
}

const table = (group, tests, folder) => [
  `## ${group.id}. ${group.title}`,
  '',
  '| | fault | what must happen | proven by |',
  '|---|---|---|---|',
  ...group.rows.map((row) => `| ${row.id} | ${row.fault} | ${row.required} | ${proofCell(row, tests, folder)} |`),
]

/** Tests first, by file, then what else proves the row, such as a command that no test can replace. */
function proofCell(row, tests, folder) {
  if (row.why) return `no test: ${row.why}`
  const titles = new Map()
  for (const { path, title } of proofsOf(row, tests))
    titles.set(path, [...(titles.get(path) ?? []), `“${plain(title)}”`])
  const proofs = [...titles].map(
    ([path, titles]) => `[${nameOf(path)}](${posix.relative(folder, path)}): ${titles.join(', ')}`,
  )
  if (proofs.length === 0) return '**nothing yet**'
  return [...proofs, ...(row.also ? [`also ${row.also}`] : [])].join('<br>')
}

const proofsOf = (row, tests) => tests.filter(({ ids }) => ids.includes(row.id))

const belongs = (id, group) => new RegExp(`^${group.id}[1-9]\\d*$`).test(id)

/** `test/races/credits.test.ts` -> `races/credits`. */
const nameOf = (path) => `${basename(dirname(path))}/${basename(path, '.test.ts')}`

/** A title that Markdown shows as it is, in a cell. */
const plain = (text) =>
  text.replace(/[\\|<>*_[\]`]/g, (sign) => (sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : `\\${sign}`))

/**
 * @typedef {{ id: string, fault: string, required: string, why?: string, also?: string }} Row
 * All but `id` is Markdown. `why`: the sentence that stands for a test; `also`: what proves the row besides its tests.
 * @typedef {{ id: string, title: string, rows: Row[] }} Group
 */
