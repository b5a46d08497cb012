// npm run prove:providers: a real server against fake providers on loopback, and what it claims to do when they misbehave.
import { parseArgs } from 'node:util'
import { stop, whole } from './options.mjs'
import { failedClaims, newClaims, table } from './prove-providers/claims.mjs'
import { loopbackProviders, scenarios } from './prove-providers/scenarios.mjs'
import { posesAndBatch } from './prove-providers/seller.mjs'
import { prepareWorlds } from './prove-providers/world.mjs'
import { isPortTaken } from './server.mjs'

const help = `npm run prove:providers -- [scenario...] [options]

${Object.entries(scenarios)
  .map(([name, { about }]) => `  ${name.padEnd(12)} ${about}`)
  .join('\n')}

Without a name: all of them, in this order.

  --pictures N    pictures of a shoot, in place of the scenario's own number (pictures, mixed, dead, kill)
  --provider ID   only this provider (pictures)
  --seed N        which submissions meet which fault (mixed; default 1). Who submits first is up to the machine
  --port N        port of the server (default 8794)
  --keep          keeps data and logs also when every claim holds
  --help          this text

Starts its own server over its own data in .wrangler/prove-providers/ and the fake providers of test/providers/servers beside
it; nothing else on this machine is touched, and nothing leaves it. Exit code 0: every claim holds; 1: one does not.
`

const { values, positionals: names } = readWords()
if (values.help) {
  process.stdout.write(help)
  process.exit(0)
}
const unknown = names.find((name) => !Object.hasOwn(scenarios, name))
if (unknown !== undefined) stop(`There is no scenario ${unknown}: ${Object.keys(scenarios).join(', ')} (see --help).`)
const options = {
  ...(values.pictures !== undefined && { pictures: whole(values, 'pictures', 1, 500) }),
  ...(values.provider !== undefined && { provider: values.provider }),
  seed: whole(values, 'seed', 0, 0xffffffff),
}
if (options.provider !== undefined && !loopbackProviders.includes(options.provider))
  stop(`--provider is one of: ${loopbackProviders.join(', ')}.`)
// Two sellers share the pictures of one scenario.
if (options.pictures && [1, 2].some((sellers) => !posesAndBatch(Math.ceil(options.pictures / sellers))))
  stop('--pictures is a number that poses in up to 10 variations can make, such as 100, 200 or 500.')
const port = whole(values, 'port', 1024, 65_535)
if (await isPortTaken(port)) stop(`Port ${port} is taken. Choose another with --port.`)

const worlds = await prepareWorlds({ port, output: process.stderr })
process.once('exit', () => worlds.end())
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    console.error('\nstopped')
    worlds.end()
    worlds.forget()
    process.exit(130)
  })
await worlds.begin()
const done = []
for (const name of names.length > 0 ? names : Object.keys(scenarios)) done.push(await prove(name))
const failed = done.flatMap(({ rows }) => failedClaims(rows))
await worlds.remove({ keep: values.keep || failed.length > 0 })
console.log(table(done))
console.log(failed.length === 0 ? 'every claim holds' : `${failed.length} NOT TRUE; data and logs: ${worlds.folder}`)
process.exit(failed.length === 0 ? 0 : 1)

async function prove(name) {
  const startedMs = performance.now()
  const claims = newClaims()
  try {
    await scenarios[name].prove(worlds, claims, options)
  } catch (error) {
    claims.claim('the scenario comes to its end', error.stack, false)
  }
  const scenario = { name, tookMs: performance.now() - startedMs, rows: claims.rows }
  console.error(table([scenario]))
  return scenario
}

function readWords() {
  const text = { type: 'string' }
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        ...{ pictures: text, provider: text, seed: { ...text, default: '1' }, port: { ...text, default: '8794' } },
        ...{ keep: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
      },
    })
  } catch (error) {
    return stop(`${error.message} (see --help)`)
  }
}
