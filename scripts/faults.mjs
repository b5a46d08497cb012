// Writes docs/faults.md: what could go wrong with money, what must happen then, and the tests that prove it.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './child-process.mjs'
import { pageOf, problemsOf } from './faults/page.mjs'
import { taggedTests } from './faults/scan.mjs'

const help = `npm run faults [-- --check]

Writes docs/faults.md from the rows of docs/faults.json and the tests that name them: a test proves a row when its title
ends with the row's id, as in 'a forged callback changes nothing (C1)' or '... (A1, C3)'.

Fails when a row has neither a test nor a reason ("why" in docs/faults.json), when it has both, or when a test names a
row that is not there.

  --check    writes nothing; fails also when docs/faults.md is not what would be written
  --help     this text`

const options = { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } }
const listPath = 'docs/faults.json'
const pagePath = 'docs/faults.md'

function main(argv) {
  const { values } = parseArgs({ args: argv, options })
  if (values.help) return console.log(help)

  const list = JSON.parse(read(listPath))
  const tests = taggedTests(testFiles('test').map((path) => ({ path, text: read(path) })))
  // The page is written in spite of problems, because it shows best what is missing; the exit code tells of them.
  if (!values.check) writeFileSync(join(root, pagePath), pageOf(list, tests))

  const problems = problemsOf(list, tests, existsSync(join(root, pagePath)) ? read(pagePath) : '')
  if (problems.length > 0) throw new Error(`${problems.join('\n')}\n\n${problems.length} to mend`)
  const rows = list.groups.reduce((sum, group) => sum + group.rows.length, 0)
  console.log(`${pagePath} ${values.check ? 'is up to date' : 'written'}: ${rows} faults, ${tests.length} tests`)
}

const read = (path) => readFileSync(join(root, path), 'utf8')

/** By name, so that the page does not depend on the file system's order. */
const testFiles = (folder) =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name)
      if (entry.isDirectory()) return testFiles(path)
      return entry.name.endsWith('.test.ts') ? [path] : []
    })

try {
  main(process.argv.slice(2))
} catch (error) {
  console.error(error.message)
  process.exit(1)
}
