// npm run chaos: kills a real server again and again while sellers work, and looks whether any promise about their
// money broke.
import { randomInt } from 'node:crypto'
import { table } from './chaos/report.mjs'
import { runChaos } from './chaos/run.mjs'
import { readOptions, stop, whole } from './options.mjs'
import { isPortTaken } from './server.mjs'

const help = `npm run chaos -- [options]

  --kills N           kill -9 of the whole process group, this often (default 20)
  --seed N            replays the commands and the kills of an earlier run; how requests and kills meet is up to the
                      machine, so the same seed may end otherwise
  --users N           sellers who work at the same time (default 4)
  --limit-seconds N   no further kill after this long (default 600)
  --port N            port of the server (default 8792)
  --help              this text

Starts its own server over its own data in .wrangler/chaos/ and fake payment gateways beside it; nothing else on this
machine is touched. Exit code 0: every promise held; 1: one broke, and the history says how; 2: time was up before all
kills were done.
`

const values = readOptions({
  kills: { type: 'string', default: '20' },
  seed: { type: 'string', default: String(randomInt(1, 1_000_000)) },
  users: { type: 'string', default: '4' },
  'limit-seconds': { type: 'string', default: '600' },
  port: { type: 'string', default: '8792' },
  help: { type: 'boolean', default: false },
})
if (values.help) {
  process.stdout.write(help)
  process.exit(0)
}

const options = {
  kills: whole(values, 'kills', 1, 1000),
  seed: whole(values, 'seed', 0, 0xffffffff),
  users: whole(values, 'users', 1, 20),
  limitSeconds: whole(values, 'limit-seconds', 10, 86_400),
  port: whole(values, 'port', 1024, 65_535),
}
if (await isPortTaken(options.port)) stop(`Port ${options.port} is taken. Choose another with --port.`)
console.log(`seed ${options.seed}`)
const run = await runChaos(options, {
  output: process.stderr,
  onWorld(world) {
    process.once('exit', () => world.end())
    for (const signal of ['SIGINT', 'SIGTERM'])
      process.once(signal, () => {
        console.error(`\nstopped; --seed ${options.seed} starts the same run again`)
        process.exit(130)
      })
  },
})
console.log(table(run, options))
process.exit(run.violations.length > 0 ? 1 : run.counts.kills < options.kills ? 2 : 0)
