// npm start: the whole product on this machine, with no account, key or network. Node 18, built-ins only.
import { seconds } from './child-process.mjs'
import { demoLogin } from './demo-login.mjs'
import { isHealthy, isPortTaken, startServer } from './server.mjs'
import { defaultPersistDir, prepareServer, writeLocalConfig } from './setup.mjs'

const help = `npm start [-- options]

Installs what is missing, prepares the local database and the pose library, and serves Lumiku on this machine.

  --verbose            show everything that wrangler says, each request too
  --help               this text
  anything else        goes to \`wrangler dev\`: --persist-to DIR, --var NAME:VALUE, ...

  PORT=8080 npm start  another port than 8787`

const defaultPort = 8787

async function main(argv) {
  const { wantsHelp, verbose, port, persistTo, args } = readArgs(argv, process.env.PORT)
  if (wantsHelp) return console.log(help)
  const origin = `http://127.0.0.1:${port}`
  if (await isPortTaken(port)) {
    const who = (await isHealthy(origin)) ? `Lumiku already runs at ${origin}` : `Port ${port} is in use`
    throw new Error(`${who}. Stop it, or choose another port: PORT=${port + 1} npm start`)
  }

  // Registered before the long steps: a Ctrl-C at any time must leave no server behind.
  let stop = async () => {}
  let stopping = false
  const onSignal = async () => {
    if (stopping) return
    stopping = true
    console.error('\nStopping')
    await stop()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal)

  await prepareServer(persistTo)
  console.error(`Starting on port ${port}`)
  const startedMs = Date.now()
  let saidMs = 0
  const server = await startServer({
    port,
    args: ['--config', writeLocalConfig(), ...args],
    verbose,
    onChild: (child) => {
      stop = child.stop
    },
    onWait: (elapsedMs) => {
      if (elapsedMs - saidMs < 5000) return
      saidMs = elapsedMs
      console.error(`  … ${seconds(elapsedMs)}`)
    },
  })
  const login = await demoLogin(server.origin)
  console.log(welcome(server.origin, port, login, Date.now() - startedMs))
  const code = await server.exited
  if (!stopping) throw new Error(`The server stopped by itself (exit ${code}).`)
}

/** Splits our own options from those for wrangler. `PORT` or `--port` must be 1..65535. */
function readArgs(argv, portText) {
  const args = []
  let port = portText ?? defaultPort
  let persistTo = defaultPersistDir
  let verbose = false
  let wantsHelp = false
  const rest = [...argv]
  const take = (name, inline) => {
    const value = inline ?? rest.shift()
    if (value === undefined) throw new Error(`${name} needs a value`)
    return value
  }
  while (rest.length > 0) {
    const arg = rest.shift()
    const [name, inline] = arg.startsWith('--') ? splitOnce(arg) : [arg]
    if (name === '--verbose') verbose = true
    else if (name === '--help' || name === '-h') wantsHelp = true
    else if (name === '--port') port = take(name, inline)
    else if (name === '--persist-to') persistTo = take(name, inline)
    else args.push(arg)
  }
  const number = Number(port)
  if (!Number.isInteger(number) || number < 1 || number > 65535) throw new Error(`Not a port: ${port}`)
  return { wantsHelp, verbose, port: number, persistTo, args: ['--persist-to', persistTo, ...args] }
}

function splitOnce(arg) {
  const at = arg.indexOf('=')
  return at < 0 ? [arg] : [arg.slice(0, at), arg.slice(at + 1)]
}

function welcome(origin, port, login, bootMs) {
  const env = port === defaultPort ? '' : ` --url ${origin}`
  return `
Lumiku is ready (${seconds(bootMs)}): ${origin}

  demo login   ${login.email}
  password     ${login.password}

Three things to try:
  1. open ${origin} in a browser
  2. npm run shoot --${env} --poses "holding box" --count 8
  3. curl "${origin}/api/v1/apps/pose-generator/library?search=kopi&limit=3"

Ctrl-C stops it; the data stays.`
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message)
  process.exit(1)
})
