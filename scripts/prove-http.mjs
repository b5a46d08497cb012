// npm run prove:http: random lives of sellers over HTTP, compared with plain arithmetic after every command.
import { randomInt } from 'node:crypto'
import { root, seconds } from './child-process.mjs'
import { readOptions, stop, whole } from './options.mjs'
import { BUGS, makeBrokenTree } from './prove-http/broken-tree.mjs'
import { proveHttp } from './prove-http/run.mjs'
import { startWorld } from './prove-http/world.mjs'
import { isPortTaken } from './server.mjs'
import { ensureDevVars } from './setup.mjs'

const help = `npm run prove:http -- [options]

  --commands N      commands to give, at least (default 2000)
  --seed N          the same commands as an earlier run
  --bug NAME        makes a mistake in a copy of the core and must find it; one of: ${Object.keys(BUGS).join(', ')}
  --port N          port of the server (default 8793)
  --help            this text

Starts its own server over its own data and fake payment gateways beside it; nothing else on this machine is touched.
Exit code 0: server and model agree (with --bug: the mistake was found); 1: not so.
`

const values = readOptions({
  commands: { type: 'string', default: '2000' },
  seed: { type: 'string', default: String(randomInt(1, 1_000_000)) },
  bug: { type: 'string' },
  port: { type: 'string', default: '8793' },
  help: { type: 'boolean', default: false },
})
if (values.help) {
  process.stdout.write(help)
  process.exit(0)
}

const commands = whole(values, 'commands', 1, 1_000_000)
const seed = whole(values, 'seed', 0, 0xffffffff)
const port = whole(values, 'port', 1024, 65_535)
if (values.bug !== undefined && !Object.hasOwn(BUGS, values.bug))
  stop(`--bug is one of: ${Object.keys(BUGS).join(', ')}.`)
if (await isPortTaken(port)) stop(`Port ${port} is taken. Choose another with --port.`)
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    console.error(`\nstopped; --seed ${seed} starts the same run again`)
    process.exit(130)
  })

ensureDevVars()
const { tree, remove } = values.bug ? makeBrokenTree(values.bug) : { tree: root, remove() {} }
process.once('exit', remove)
console.log(`seed ${seed}${values.bug ? `, with the mistake: ${values.bug}` : ''}`)
const world = await startWorld({ tree, port, onEnd: (end) => process.once('exit', end) })
const proof = await proveHttp(world, { commands, seed, output: process.stderr }).finally(() => world.remove())
report(proof)
process.exit((proof.failure !== null) === Boolean(values.bug) ? 0 : 1)

function report({ commands: given, lives, mix, tookMs, failure }) {
  const perSecond = (given / (tookMs / 1000)).toFixed(1)
  console.log(`${given} commands in ${lives} lives, ${seconds(tookMs)}, ${perSecond} commands/s`)
  console.log([...mix].map(([kind, count]) => `${kind} ${count}`).join(', '))
  if (!failure) return console.log(values.bug ? 'The mistake was NOT found.' : '0 violations: server and model agree')
  console.log(`${values.bug ? 'The mistake was found' : 'NOT TRUE'}: ${failure.reason}`)
  console.log(`shortest counterexample, after ${failure.tries} times shortening:`)
  for (const command of failure.commands) console.log(`  ${command}`)
  if (!values.bug) console.log(`again: --seed ${seed}`)
}
