// npm run deploy: checks first, then tables, poses and Worker, then a look whether it answers. docs/deploy.md says how
// the account is set up. Node 18, built-ins only.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { mustRun, root, run } from './child-process.mjs'
import { healthPath } from './server.mjs'
import { ensureInstalled } from './setup.mjs'

const help = `npm run deploy -- --url https://lumiku.example [options]

  --url URL       where people reach the Worker: the allowed origin of browsers, and the address of the health check
  --dry-run       only the checks, and what would be run
  --skip-tests    when npm test was green for this very commit
  --help          this text`

const healthLimitMs = 60_000
const placeholderId = '00000000-0000-0000-0000-000000000000'

async function main(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      url: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      'skip-tests': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return console.log(help)
  if (!/^https:\/\/[^/]/.test(values.url ?? ''))
    throw new Error('Say where it will be reached: --url https://lumiku.example')
  const origin = new URL(values.url).origin
  await ensureInstalled()

  const problems = await findProblems()
  for (const problem of problems) console.error(`not ready  ${problem}`)
  if (problems.length > 0 && !values['dry-run']) throw new Error('Nothing was changed.')

  for (const { title, command, args } of stepsFor(origin, values['skip-tests'])) {
    console.log(`${values['dry-run'] ? 'would run  ' : ''}${title}: ${command} ${args.join(' ')}`)
    if (!values['dry-run']) await mustRun(title, command, args, { stream: true })
  }
  if (values['dry-run']) {
    if (problems.length > 0) throw new Error('Not ready to deploy.')
    return
  }
  await waitForHealth(origin)
  await expectApps(origin)
  console.log(`${origin} answers. To go back: docs/deploy.md, "Rollback".`)
}

async function findProblems() {
  const problems = []
  const git = await run('git', ['status', '--porcelain'])
  if (git.code !== 0) problems.push('this is no git checkout: a deploy must be a commit that can be found again')
  else if (git.output.trim() !== '') problems.push('there are uncommitted changes (git status)')
  if (readFileSync(join(root, 'wrangler.toml'), 'utf8').includes(placeholderId)) {
    problems.push('wrangler.toml has no database_id yet (docs/deploy.md, "Once for an account")')
  }
  const account = await run('wrangler', ['whoami'])
  if (account.code !== 0 || /not authenticated/i.test(account.output)) {
    problems.push('wrangler is not signed in (npx wrangler login, or CLOUDFLARE_API_TOKEN)')
  }
  return problems
}

// Tables before code: migrations only add, so the old Worker runs on the new tables, never the new Worker on old ones.
function stepsFor(origin, skipTests) {
  const vars = ['--var', `ALLOWED_ORIGINS:${origin}`, '--var', `PUBLIC_URL:${origin}`]
  return [
    ...(skipTests ? [] : [{ title: 'Tests', command: 'node', args: ['scripts/test.mjs'] }]),
    { title: 'Tables', command: 'wrangler', args: ['d1', 'migrations', 'apply', 'DB', '--remote'] },
    { title: 'Poses', command: 'node', args: ['scripts/seed.mjs', '--remote'] },
    { title: 'Worker', command: 'wrangler', args: ['deploy', ...vars] },
  ]
}

async function waitForHealth(origin) {
  const deadlineMs = Date.now() + healthLimitMs
  let last = ''
  while (Date.now() < deadlineMs) {
    try {
      const response = await fetch(origin + healthPath, { signal: AbortSignal.timeout(5000) })
      if (response.status === 200) return
      last = `status ${response.status}`
    } catch (error) {
      last = error.cause?.message ?? error.message
    }
    await wait(2000)
  }
  throw new Error(`Deployed, but ${origin}${healthPath} does not answer (${last}). Roll back: docs/deploy.md.`)
}

// The Worker starts without a binding or a secret, and its health check is green: what is lacking shows in its apps.
async function expectApps(origin) {
  const response = await fetch(`${origin}/api/v1/apps`, { signal: AbortSignal.timeout(5000) })
  if (response.status !== 200)
    throw new Error(`Deployed, but the list of apps is a ${response.status}. Roll back: docs/deploy.md.`)
  const { items } = await response.json()
  const lacking = items.filter(({ status }) => status === 'unavailable').map(({ id }) => id)
  if (lacking.length > 0)
    throw new Error(`Deployed, but unavailable: ${lacking.join(', ')} (switched off, or part_missing in the log).`)
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message)
  process.exit(1)
})
