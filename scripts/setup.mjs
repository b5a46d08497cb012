// What every command needs before it can work: packages, secrets, tables, poses. Each step is done once and then
// recognised by a hash, so that a second start takes seconds. Node 18, built-ins only.
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { binDir, installerEnv, mustRun, root, run, seconds } from './child-process.mjs'

/** Secrets without which a deploy is refused and signing in and media answer 503: `[secrets] required` in wrangler.toml. */
export const requiredSecrets = ['JWT_SECRET', 'MEDIA_SIGNING_SECRET']

/** Where a local server differs from production, the default of wrangler.toml. */
const localVars = { ENVIRONMENT: 'development' }

/** Where wrangler keeps the local D1, R2, queues and objects unless `--persist-to` says otherwise. */
export const defaultPersistDir = '.wrangler/state'

const say = (line) => console.error(line)

/** Packages and secrets: all that checks and tests need. */
export async function prepareTools() {
  await ensureInstalled()
  ensureDevVars()
}

/** Everything that a local server needs. `persistTo`: folder of the local data, as for `wrangler dev --persist-to`. */
export async function prepareServer(persistTo) {
  await prepareTools()
  await migrateLocal(persistTo)
  await seedLibrary(persistTo)
}

/**
 * Installs the locked packages with `npm ci` unless node_modules already holds exactly those.
 * Throws with npm's own words when the install fails, or when the lockfile does not fit package.json.
 */
export async function ensureInstalled() {
  const lockfile = readFileSync(join(root, 'package-lock.json'), 'utf8')
  if (isInstalled(lockfile)) return
  const startedMs = Date.now()
  say('Installing the locked packages (once, 1-2 minutes)')
  await installLocked()
  if (!isInstalled(lockfile)) {
    throw new Error(
      'npm finished, but packages are missing. Are install scripts switched off (npm config get ignore-scripts)?',
    )
  }
  say(`Installed in ${seconds(Date.now() - startedMs)}`)
}

async function installLocked() {
  const flags = ['--no-audit', '--no-fund', '--loglevel', 'error'] // error: engine warnings concern the Node we replace
  const options = { env: installerEnv(), onTick: (elapsedMs) => say(`  … ${seconds(elapsedMs)}`) }
  const { code, output } = await run('npm', ['ci', ...flags], options)
  if (code !== 0) throw new Error(`npm ci failed:\n${output.slice(0, 4000)}`) // npm says why first
}

function isInstalled(lockfile) {
  const stamp = join(root, 'node_modules', '.package-lock.json')
  const commands = ['node', 'wrangler', 'vitest', 'biome', 'tsc'].map((name) => join(binDir, name))
  if (![stamp, ...commands].every((path) => existsSync(path))) return false
  return lockMatches(lockfile, readFileSync(stamp, 'utf8'))
}

/**
 * Whether the packages that npm says it installed are those of the lockfile. Both are npm lockfiles of version 3 as
 * text: `package-lock.json`, and the hidden `node_modules/.package-lock.json` that npm writes when an install is whole
 * (npm's documentation of package-lock.json, "Hidden Lockfiles"). Optional packages of other platforms are rightly
 * absent.
 */
export function lockMatches(lockfileText, installedText) {
  const wanted = JSON.parse(lockfileText).packages ?? {}
  const installed = JSON.parse(installedText).packages ?? {}
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    const found = installed[path]
    if (!found) return Boolean(entry.optional || entry.devOptional)
    return found.version === entry.version && found.integrity === entry.integrity
  })
}

/**
 * Writes `.dev.vars` (mode 600) with a random value for each required secret that it does not have yet. What stands
 * there is kept: a new JWT_SECRET would sign everybody out, a new MEDIA_SIGNING_SECRET would break links in use.
 */
export function ensureDevVars(path = join(root, '.dev.vars')) {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const after = completeDevVars(before, () => randomBytes(32).toString('base64url'))
  if (after !== before) {
    writeFileSync(path, after, { mode: 0o600 })
    say(`Wrote random secrets to ${relative(root, path)}`)
  }
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
}

/**
 * `text` of a `.dev.vars` file with what it lacks appended: `ENVIRONMENT="development"`, without which a local server
 * is a production one, and `NAME="<newSecret()>"` for each required secret.
 */
export function completeDevVars(text, newSecret) {
  const hasValue = (name) => new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=[ \\t]*(?!""|'')\\S`, 'm').test(text)
  const wanted = [
    ...Object.entries(localVars).map(([name, value]) => ({ name, value: () => value })),
    ...requiredSecrets.map((name) => ({ name, value: newSecret })),
  ]
  const missing = wanted.filter(({ name }) => !hasValue(name))
  const head = text === '' || text.endsWith('\n') ? text : `${text}\n`
  return head + missing.map(({ name, value }) => `${name}="${value()}"\n`).join('')
}

/**
 * `wrangler.toml` as the developer's own server reads it, without `[secrets]`: with that table wrangler drops each line of
 * `.dev.vars` that neither it nor `[vars]` names, and so the key of a provider or gateway, without a word.
 */
export const localConfig = (toml) => toml.replace(/^\[secrets\]\n(?:[^[\n].*\n)+/m, '')

/** Writes it beside wrangler.toml, because its paths are relative; answers its path. */
export function writeLocalConfig() {
  const path = join(root, '.wrangler.local.toml')
  const config = localConfig(readFileSync(join(root, 'wrangler.toml'), 'utf8'))
  if (!existsSync(path) || readFileSync(path, 'utf8') !== config) writeFileSync(path, config)
  return path
}

/** Applies the D1 migrations to the local database. Skipped when these very files were applied to this folder before. */
export async function migrateLocal(persistTo = defaultPersistDir) {
  await once(persistTo, 'migrations', migrationsHash(), 'Preparing the database', () =>
    mustRun('Applying the migrations', 'wrangler', [
      ...['d1', 'migrations', 'apply', 'DB', '--local'],
      ...['--persist-to', resolve(root, persistTo)],
    ]),
  )
}

/** Fills the local pose library through scripts/seed.mjs. Skipped when the same library stands in the same tables. */
export async function seedLibrary(persistTo = defaultPersistDir) {
  const seedFiles = readdirSync(join(root, 'scripts')).filter((name) => name.startsWith('seed'))
  const library = hashFiles(['data/poses', 'data/avatars', ...seedFiles.map((name) => `scripts/${name}`)])
  await once(persistTo, 'library', `${library}-${migrationsHash()}`, 'Filling the pose library', () =>
    mustRun('Filling the library', 'node', ['scripts/seed.mjs', '--local', '--persist-to', resolve(root, persistTo)]),
  )
}

const migrationsHash = () => hashFiles(['migrations'])

// The stamp lives beside wrangler's own files (DIR/v3), so that whoever deletes the data deletes the claim about it.
async function once(persistTo, step, hash, title, work) {
  const path = join(resolve(root, persistTo), 'v3', 'lumiku-setup.json')
  const done = readStamp(path)
  if (done[step] === hash) return
  const startedMs = Date.now()
  say(title)
  const output = await work()
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify({ ...readStamp(path), [step]: hash })}\n`)
  const lastLine = step === 'library' ? output.trim().split('\n').at(-1) : undefined
  say(`  done in ${seconds(Date.now() - startedMs)}${lastLine ? ` (${lastLine})` : ''}`)
}

function readStamp(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return {} // absent, or cut short by a crash: the steps are idempotent, doing them again is safe
  }
}

/**
 * SHA-256 (hex) over the names and contents of files and folders below the repository. Pictures count by size only:
 * reading hundreds of them would cost more than the start that the hash shortens.
 */
export function hashFiles(paths, base = root) {
  const hash = createHash('sha256')
  for (const path of paths.flatMap((entry) => filesBelow(join(base, entry))).sort()) {
    hash.update(`${relative(base, path)}\0`)
    hash.update(/\.(webp|png|jpe?g)$/.test(path) ? String(statSync(path).size) : readFileSync(path))
  }
  return hash.digest('hex')
}

function filesBelow(path) {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name)))
}
