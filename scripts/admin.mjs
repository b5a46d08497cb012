// `npm run admin`: what an operator does to the database itself, and what an admin does to the library of the site. Runs under the Node of node_modules/.bin.
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import { ulid } from 'ulid'
import { help, parseAdminArgs, UsageError } from './admin/args.mjs'
import { execute } from './admin/database.mjs'
import { siteCommands } from './admin/site.mjs'
import { addPrice, listAdmins, listPrices, listProducts, setProduct, setRole } from './admin/statements.mjs'
import { ApiFailure, createApi } from './shoot/client.mjs'

const iso = (ms) => new Date(ms).toISOString()
const print = (rows) => rows.forEach((columns) => void console.log(columns.join('\t')))

const commands = {
  help: () => console.log(help),
  'make-admin': (asked) => changeRole(asked, 'admin'),
  'remove-admin': (asked) => changeRole(asked, 'user'),
  admins: async ({ target }) => {
    const [admins] = await execute(target, listAdmins())
    if (admins.length === 0) console.log('nobody is an admin')
    print(admins.map(({ id, email, name, created_at }) => [email, id, name, `since ${iso(created_at)}`]))
  },
  prices: async ({ target }) => {
    const [prices] = await execute(target, listPrices(Date.now()))
    print(prices.map((row) => [row.app, row.action, `version ${row.version}`, credits(row), row.state, from(row)]))
  },
  'set-price': async ({ target, ...asked }) => {
    const [, , added] = await execute(target, addPrice(asked, operator()))
    if (added.length === 0)
      throw new UsageError(`There is no price for ${asked.app} ${asked.action} to change (npm run admin -- prices).`)
    const [row] = added
    console.log(`${row.app} ${row.action} costs ${credits(row)} ${from(row)} (version ${row.version})`)
  },
  products: async ({ target }) => {
    const [products] = await execute(target, listProducts())
    print(products.map((row) => [row.id, row.kind, `Rp ${row.amount_rupiah}`, buys(row), sale(row), row.name]))
  },
  'set-product': async ({ target, ...asked }) => {
    const [, , changed] = await execute(target, setProduct(asked, operator()))
    if (changed.length === 0) throw new UsageError(`There is no product ${asked.id} (npm run admin -- products).`)
    const [row] = changed
    if (row.amount_rupiah === 0 && asked.amountRupiah !== undefined)
      throw new UsageError(`${row.id} costs nothing and stays so; nothing is changed.`)
    console.log(`${row.id} costs Rp ${row.amount_rupiah} and is ${sale(row)}; orders made before keep their price`)
  },
}

async function changeRole({ target, email }, role) {
  const [, changed, found] = await execute(target, setRole({ email, role }, operator()))
  if (found.length === 0)
    throw new UsageError(`Nobody is registered as ${email} in this database (${target.join(' ')}).`)
  const now = role === 'admin' ? 'an admin' : 'a user'
  const when = role === 'admin' ? '; it takes effect when they sign in' : ''
  console.log(changed.length === 0 ? `${email} was ${now} already` : `${email} is now ${now}${when}`)
}

const credits = (row) => `${row.credits} credits`
const from = (row) => (row.effective_at === 0 ? 'from the beginning' : `from ${iso(row.effective_at)}`)
const sale = (row) => (row.is_on_sale ? 'on sale' : 'not on sale')
const buys = (row) => {
  const cycle = row.cycle_months === 0 ? '' : ` for ${row.cycle_months} month${row.cycle_months === 1 ? '' : 's'}`
  return (row.daily_quota > 0 ? `${row.daily_quota} pictures a day` : credits(row)) + cycle
}

/** The audit log tells an operator at a terminal from an admin of the site. */
const operator = () => ({ actor: `operator:${login()}`, requestId: `admin-${ulid()}`, nowMs: Date.now() })

function login() {
  try {
    return userInfo()
      .username.replaceAll(/[^A-Za-z0-9_-]/g, '-')
      .slice(0, 40)
  } catch {
    return 'unknown' // a container without an entry for its user
  }
}

async function main(argv) {
  const asked = parseAdminArgs(argv)
  await (asked.site ? onSite(asked) : commands[asked.command](asked))
}

async function onSite({ command, site, ...asked }) {
  const password = process.env.LUMIKU_PASSWORD
  if (!password) throw new UsageError('The password is read from LUMIKU_PASSWORD, which is empty.')
  const poses = command === 'import-poses' ? readPoses(asked.id) : undefined
  const api = createApi(site.url)
  try {
    await api.signIn({ email: site.email, password })
    const { lines, isWhole = true } = await siteCommands[command](api, { ...asked, ...(poses && { poses }) })
    print(lines)
    if (!isWhole) process.exitCode = 3
  } catch (error) {
    throw error instanceof ApiFailure && error.status < 500 ? new UsageError(error.message) : error
  }
}

/** The list in a file, whose path is one of where npm was called. */
function readPoses(path) {
  try {
    const { poses } = JSON.parse(readFileSync(resolve(process.env.INIT_CWD ?? '.', path), 'utf8'))
    if (Array.isArray(poses)) return poses
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error.message}`)
  }
  throw new UsageError(`${path} has no list "poses".`)
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message)
  process.exit(error instanceof UsageError ? 2 : 1)
})
