// npm test: every gate that a change must pass, in the order in which they fail fastest. Node 18, built-ins only.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { lastLines, root, run, seconds } from './child-process.mjs'
import { prepareTools } from './setup.mjs'

const help = `npm test [-- paths]

Runs, stopping at the first that fails: format and lint (Biome), types, generated files, tests in workerd, and a
deploy without deploying (size of the Worker).

  npm test -- test/rules      only the tests below these paths, without the other gates
  npm run check               only format, lint and types
  --help                      this text`

/**
 * Gzipped size that the Worker may have. The platform allows 3 MiB on the free plan and 10 MiB on the paid one; what is
 * spent here is start-up time, which it limits to one second. 296 KiB of it code pictures, 128 of these the WebP coder;
 * 20 are the middles of the cells of nearest poses.
 */
const gzipBudgetKiB = 850

const reportPath = join(root, '.wrangler', 'test-report.json')

async function main(argv) {
  if (argv.includes('--help') || argv.includes('-h')) return console.log(help)
  const startedMs = Date.now()
  await prepareTools()

  if (argv.length > 0) {
    await runTests(argv)
    return closing(readReport())
  }
  await gate('format and lint', 'biome', ['check', '--error-on-warnings'], 'npm run format mends most of it')
  await gate('types', 'tsc', ['--noEmit'])
  await gate('binding types', 'wrangler', ['types', '--check'], 'npx wrangler types writes them anew')
  for (const script of generators) {
    if (script.optional && !existsSync(join(root, script.path))) continue
    await gate(script.title, 'node', [script.path, '--check'], `${script.rebuild} writes it anew`)
  }
  await runTests([])
  await checkBundle()
  console.log(`All gates passed (${seconds(Date.now() - startedMs)})`)
  closing(readReport())
}

// Each writes files that are committed; --check says whether those still follow from their source.
const generators = [
  { title: 'mannequin wasm', path: 'scripts/build-mannequin.mjs', rebuild: 'npm run build:wasm' },
  { title: 'image kernel wasm', path: 'scripts/build-image-kernel.mjs', rebuild: 'npm run build:wasm' },
  { title: 'openapi.json', path: 'scripts/openapi.mjs', rebuild: 'npm run openapi', optional: true },
  { title: 'faults page', path: 'scripts/faults.mjs', rebuild: 'npm run faults' },
]

async function gate(title, command, args, hint) {
  const startedMs = Date.now()
  const { code, output } = await run(command, args)
  if (code !== 0) throw new GateFailed(title, `${lastLines(output, 80)}${hint ? `\n\n${hint}` : ''}`)
  passed(title, startedMs)
  return output
}

async function runTests(paths) {
  const startedMs = Date.now()
  mkdirSync(join(root, '.wrangler'), { recursive: true })
  rmSync(reportPath, { force: true }) // a report of an earlier run must not speak for this one
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${relative(root, reportPath)}`]
  const { code } = await run('vitest', ['run', ...reporters, ...paths], { stream: true })
  const report = readReport()
  if (code !== 0) throw new GateFailed('tests', 'The failing tests are named above.', report)
  if (report.passed === 0) throw new GateFailed('tests', 'No test ran.')
  if (report.skipped > 0) throw new GateFailed('tests', `${report.skipped} skipped. Mend them or delete them.`)
  passed('tests', startedMs)
}

function readReport() {
  if (!existsSync(reportPath)) return { passed: 0, failed: 0, skipped: 0 }
  const report = JSON.parse(readFileSync(reportPath, 'utf8'))
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

async function checkBundle() {
  const output = await gate('deploy, dry run', 'wrangler', ['deploy', '--dry-run', '--outdir', 'dist'])
  const gzipKiB = gzipSizeKiB(output)
  if (gzipKiB > gzipBudgetKiB) {
    throw new GateFailed('Worker size', `${gzipKiB} KiB gzipped, the budget is ${gzipBudgetKiB} KiB (scripts/test.mjs)`)
  }
  console.log(`ok    Worker size        ${gzipKiB} of ${gzipBudgetKiB} KiB gzipped`)
}

function gzipSizeKiB(output) {
  const found = /gzip:\s*([\d.]+)\s*KiB/.exec(output)
  if (!found) throw new GateFailed('Worker size', `wrangler did not say it:\n${lastLines(output)}`)
  return Number(found[1])
}

const passed = (title, startedMs) => console.log(`ok    ${title.padEnd(18)} ${seconds(Date.now() - startedMs)}`)

const closing = (report) => console.log(`${report.passed} passed, ${report.failed} failed`)

/** The reason first and the gate last, because the end is what a terminal still shows. */
class GateFailed extends Error {
  constructor(title, reason, report) {
    super(`${reason}\n\nFAIL  ${title}${report ? `: ${report.passed} passed, ${report.failed} failed` : ''}`)
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof GateFailed ? error.message : `FAIL  ${error.message}`)
  process.exit(1)
})
