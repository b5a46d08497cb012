// The command line of `npm run admin`.
import { parseArgs } from 'node:util'

/** What `npm run admin -- --help` prints. */
export const help = `npm run admin -- <command> [options]

Who may see and change users' money
  make-admin EMAIL            makes an account an admin; it signs in again to see it
  remove-admin EMAIL          makes it a user again; it changes nothing from now on
  admins                      lists them

What things cost
  prices                      lists all versions, and which are in force
  set-price APP ACTION CREDITS [--from TIME]
                              adds a version, in force now or from TIME (as 2027-01-31T17:00:00Z); 1..10000 credits
  products                    lists what rupiah buy
  set-product ID [--amount RUPIAH] [--on-sale yes|no]
                              changes it for orders to come; 1000..100000000 rupiah. What is free stays free

The library and what people ask for, as an admin of the site
  poses [--status published|hidden|deleted] [--search WORDS]
                              lists them, the newest first
  publish-pose ID, hide-pose ID
  feature-pose ID, unfeature-pose ID
  import-poses FILE [--dry-run]
                              adds what is new and good of {"poses": [...]} and says of each what became of it; 100 poses of
                              FILE at a time
  requests [--status pending|approved|in_progress|completed|rejected]
                              lists them, the most wanted first
  approve-request ID [--notes TEXT] [--seen TIME]
                              TIME, as requests lists it, says which picture was looked at
  start-request ID [--notes TEXT]
  complete-request ID POSE [--notes TEXT]
                              everybody who asked or voted is told
  reject-request ID [--notes TEXT]
  avatar-reports [--status open|upheld|dismissed]
                              lists what people reported of avatars, the newest first
  show-report ID              with the link of the picture, for 15 minutes, and what its owner declared
  uphold-report ID --notes TEXT
                              everything with that face goes for good, and its owner is told
  dismiss-report ID --notes TEXT
  apps                        lists the apps: how each does, and what of it is not as it ships
  set-app ID SETTING VALUE    SETTING: enabled, beta, comingSoon, requiresSubscription (yes|no), order (0..1000),
                              minTier (free|basic|pro|enterprise), allowedRoles (user,admin); or VALUE default: as it ships
  --url URL                   the server (default http://127.0.0.1:8787)
  --email EMAIL               whose account; its password is read from LUMIKU_PASSWORD

Where the others look
  --local                     the database on this machine (default)
  --persist-to DIR            its folder, as for wrangler dev
  --remote                    the database of the account that wrangler is signed in to
  --help                      this text

Every change is a row of the audit log. Exit code: 0 done, 1 database or server did not answer, 2 nothing done (typing error,
nobody of that name, refused), 3 some of a file could not be imported.`

/** Something that the person at the terminal can put right; ends the command with exit code 2. */
export class UsageError extends Error {}

const options = {
  local: { type: 'boolean' },
  remote: { type: 'boolean' },
  'persist-to': { type: 'string' },
  from: { type: 'string' },
  amount: { type: 'string' },
  'on-sale': { type: 'string' },
  status: { type: 'string' },
  search: { type: 'string' },
  notes: { type: 'string' },
  seen: { type: 'string' },
  'dry-run': { type: 'boolean' },
  url: { type: 'string' },
  email: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
}

/** Words after each command, and the options that only it takes. */
const commands = {
  'make-admin': { words: ['EMAIL'], own: [] },
  'remove-admin': { words: ['EMAIL'], own: [] },
  admins: { words: [], own: [] },
  prices: { words: [], own: [] },
  'set-price': { words: ['APP', 'ACTION', 'CREDITS'], own: ['from'] },
  products: { words: [], own: [] },
  'set-product': { words: ['ID'], own: ['amount', 'on-sale'] },
  poses: { words: [], own: ['status', 'search'], onSite: true },
  'publish-pose': { words: ['ID'], own: [], onSite: true },
  'hide-pose': { words: ['ID'], own: [], onSite: true },
  'feature-pose': { words: ['ID'], own: [], onSite: true },
  'unfeature-pose': { words: ['ID'], own: [], onSite: true },
  'import-poses': { words: ['FILE'], own: ['dry-run'], onSite: true },
  requests: { words: [], own: ['status'], onSite: true },
  'approve-request': { words: ['ID'], own: ['notes', 'seen'], onSite: true },
  'start-request': { words: ['ID'], own: ['notes'], onSite: true },
  'complete-request': { words: ['ID', 'POSE'], own: ['notes'], onSite: true },
  'reject-request': { words: ['ID'], own: ['notes'], onSite: true },
  'avatar-reports': { words: [], own: ['status'], onSite: true },
  'show-report': { words: ['ID'], own: [], onSite: true },
  'uphold-report': { words: ['ID'], own: ['notes'], onSite: true },
  'dismiss-report': { words: ['ID'], own: ['notes'], onSite: true },
  apps: { words: [], own: [], onSite: true },
  'set-app': { words: ['ID', 'SETTING', 'VALUE'], own: [], onSite: true },
}
/** Where a command of the site is sent, and those of the database. */
const ON_SITE = ['url', 'email']
const ON_DATABASE = ['local', 'remote', 'persist-to']

const MAX_PRICE_CREDITS = 10_000
const MIN_AMOUNT_RUPIAH = 1_000
const MAX_AMOUNT_RUPIAH = 100_000_000

/**
 * Reads the command line into `{ command, target, ...values }`; `{ command: 'help' }` when help was asked for. `target`
 * are wrangler's own options for the database. Throws UsageError, naming what is wrong and what would be right.
 */
export function parseAdminArgs(argv, nowMs = Date.now()) {
  const { values, positionals } = read(argv)
  const [command, ...words] = positionals
  if (values.help || command === undefined) return { command: 'help' }
  if (!Object.hasOwn(commands, command)) throw new UsageError(`There is no command "${command}" (see --help).`)
  const expected = commands[command]
  if (words.length !== expected.words.length)
    throw new UsageError(`It is: npm run admin -- ${[command, ...expected.words].join(' ')} (see --help)`)
  const allowed = [...expected.own, ...(expected.onSite ? ON_SITE : ON_DATABASE)]
  for (const name of Object.keys(values))
    if (!allowed.includes(name)) throw new UsageError(`--${name} does not belong to ${command}.`)
  if (expected.onSite) {
    const read = command === 'set-app' ? readSetting(words) : readSiteWords(words, values)
    return { command, site: siteOf(values), ...read }
  }
  return { command, target: targetOf(values), ...readWords(command, words, values, nowMs) }
}

function siteOf(values) {
  if (values.email === undefined) throw new UsageError('Say as whom: --email, with the password in LUMIKU_PASSWORD.')
  return { url: address(values.url ?? 'http://127.0.0.1:8787'), email: email(values.email) }
}

/** What the commands of the site take; what their ids and texts may be is the server's to judge. */
function readSiteWords([first, second], { status, search, notes, seen, 'dry-run': dryRun }) {
  return {
    ...(first !== undefined && { id: first }),
    ...(second !== undefined && { poseId: second }),
    ...(status !== undefined && { status }),
    ...(search !== undefined && { search }),
    ...(notes !== undefined && { notes }),
    ...(seen !== undefined && { seen }),
    ...(dryRun && { dryRun }),
  }
}

/** Settings of an app, and how their values are typed. */
const SETTINGS = {
  ...{ enabled: flag, beta: flag, comingSoon: flag, requiresSubscription: flag },
  order: (text) => wholeNumber('order', text, 0, 1_000),
  minTier: (text) => name('minTier', text),
  allowedRoles: (text) => text.split(',').map((role) => name('allowedRoles', role)),
}

function readSetting([id, setting, text]) {
  if (!Object.hasOwn(SETTINGS, setting))
    throw new UsageError(`SETTING is one of ${Object.keys(SETTINGS).join(', ')}, not "${setting}".`)
  return { id: name('ID', id), change: { [setting]: text === 'default' ? null : SETTINGS[setting](text) } }
}

function read(argv) {
  try {
    return parseArgs({ args: argv, options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(`${error.message} (see --help)`)
  }
}

function targetOf(values) {
  if (values.local && values.remote) throw new UsageError('Say either --local or --remote.')
  const folder = values['persist-to']
  if (values.remote && folder !== undefined) throw new UsageError('--persist-to belongs to --local.')
  if (folder === '') throw new UsageError('--persist-to takes a folder.')
  return values.remote ? ['--remote'] : ['--local', ...(folder === undefined ? [] : ['--persist-to', folder])]
}

function readWords(command, words, values, nowMs) {
  if (command === 'make-admin' || command === 'remove-admin') return { email: email(words[0]) }
  if (command === 'set-price') {
    const [app, action, credits] = words
    return {
      app: name('APP', app),
      action: name('ACTION', action),
      credits: wholeNumber('CREDITS', credits, 1, MAX_PRICE_CREDITS),
      fromMs: values.from === undefined ? nowMs : instant(values.from, nowMs),
    }
  }
  if (command === 'set-product') {
    if (values.amount === undefined && values['on-sale'] === undefined)
      throw new UsageError('Say what changes: --amount RUPIAH, --on-sale yes or --on-sale no.')
    return {
      id: name('ID', words[0]),
      amountRupiah:
        values.amount === undefined
          ? undefined
          : wholeNumber('--amount', values.amount, MIN_AMOUNT_RUPIAH, MAX_AMOUNT_RUPIAH),
      isOnSale: values['on-sale'] === undefined ? undefined : yesOrNo(values['on-sale']),
    }
  }
  return {}
}

/** In the form that is stored: NFKC, lower case, trimmed. */
function email(text) {
  const stored = text.normalize('NFKC').trim().toLowerCase()
  if (stored.length > 254 || !/^[^\s@"\\;,<>()[\]\p{Cc}]+@[a-z0-9.-]+\.[a-z0-9-]+$/u.test(stored))
    throw new UsageError(`"${text}" is no e-mail address.`)
  return stored
}

function name(what, text) {
  if (!/^[a-z0-9][a-z0-9-]{0,59}$/.test(text))
    throw new UsageError(`${what} is a name such as credits-1500, not "${text}".`)
  return text
}

function wholeNumber(what, text, min, max) {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= min && value <= max))
    throw new UsageError(`${what} takes a whole number from ${min} to ${max}, not "${text}".`)
  return value
}

/** A time with its zone, not in the past: what was charged by then was charged at the price of then. */
function instant(text, nowMs) {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms))
    throw new UsageError(`--from takes a time with its zone, as 2027-01-31T17:00:00Z, not "${text}".`)
  if (ms < nowMs) throw new UsageError(`--from lies in the past: ${new Date(ms).toISOString()}.`)
  return ms
}

/** A password goes to this machine or over TLS, nowhere else. */
function address(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isHere = url?.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname)
  if (!isHere && url?.protocol !== 'https:')
    throw new UsageError(`--url takes https://..., or http:// on this machine, not "${text}".`)
  return url.origin
}

function flag(text) {
  if (text !== 'yes' && text !== 'no') throw new UsageError(`It takes yes, no or default, not "${text}".`)
  return text === 'yes'
}

function yesOrNo(text) {
  if (text !== 'yes' && text !== 'no') throw new UsageError(`--on-sale takes yes or no, not "${text}".`)
  return text === 'yes'
}
