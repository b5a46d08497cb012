// The local server as a child: `wrangler dev` with its whole process group, from free port to answered health check.
import { spawn } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { binDir, lastLines, root, seconds, toolEnv } from './child-process.mjs'

const host = '127.0.0.1'
const bootLimitMs = 120_000
const stopLimitMs = 5_000

/** Public health check of the API; 200 once the Worker and its bindings answer. */
export const healthPath = '/health'

/** Whether something accepts connections on a local port. */
export function isPortTaken(port) {
  return new Promise((done) => {
    const socket = connect({ port, host })
    socket.on('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.on('error', () => done(false))
  })
}

/** Whether a server at `origin` (`http://host:port`) answers its health check with 200 within `limitMs`. */
export async function isHealthy(origin, limitMs = 2000) {
  try {
    return (await fetch(origin + healthPath, { signal: AbortSignal.timeout(limitMs) })).status === 200
  } catch {
    return false
  }
}

function freePort() {
  return new Promise((done, failed) => {
    const server = createServer()
    server.on('error', failed)
    server.listen(0, host, () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
}

/**
 * Starts `wrangler dev` on `port` and waits for its health check.
 * `args` go to wrangler as they are; `verbose` shows all that it says, otherwise warnings and errors only.
 * `onChild({ stop, kill })` is called at once, before it is healthy: `stop()` ends the whole group and resolves when it
 * is gone, `kill()` ends it without waiting. `onWait(elapsedMs)` is called while it boots,
 * `onOutput(text)` with what it says (default: to stderr). Answers
 * `{ origin, stop, exited }`, `exited` a promise of the exit code. Throws when it dies or is not healthy in 2 minutes.
 */
export async function startServer({
  port,
  args = [],
  verbose = false,
  onWait = () => {},
  onChild = () => {},
  onOutput = (chunk) => process.stderr.write(chunk),
}) {
  const wranglerArgs = [
    ...['dev', '--port', String(port), '--ip', host, '--inspector-port', String(await freePort())],
    ...['--test-scheduled', '--show-interactive-dev-session=false', '--log-level', verbose ? 'log' : 'warn'],
    ...args,
  ]
  // Own process group: wrangler starts an inner node and workerd, and workerd goes on serving the port when only the
  // outer process is killed. stdin is closed so that no hot key can eat a Ctrl-C.
  const child = spawn(join(binDir, 'wrangler'), wranglerArgs, {
    cwd: root,
    env: toolEnv(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      said = (said + chunk).slice(-20_000)
      onOutput(chunk)
    })
  }
  const exited = new Promise((done) => child.on('close', (code) => done(code ?? 1)))
  const stop = () => stopGroup(child, exited)
  const kill = () => signalGroup(child.pid, 'SIGKILL')
  onChild({ stop, kill })

  const origin = `http://${host}:${port}`
  const startedMs = Date.now()
  let gone = false
  exited.then(() => {
    gone = true
  })
  while (!(await isHealthy(origin))) {
    if (gone) throw new Error(`The server stopped while starting.\n${verbose ? '' : lastLines(said)}`)
    if (Date.now() - startedMs > bootLimitMs) {
      await stop()
      throw new Error(`No answer from ${origin}${healthPath} in ${seconds(bootLimitMs)}. Try again with --verbose.`)
    }
    onWait(Date.now() - startedMs)
    await new Promise((done) => setTimeout(done, 300))
  }
  return { origin, stop, exited }
}

async function stopGroup(child, exited) {
  signalGroup(child.pid, 'SIGTERM')
  const killer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), stopLimitMs)
  await exited
  clearTimeout(killer)
  signalGroup(child.pid, 'SIGKILL') // whoever outlived the leader still holds the port
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error // ESRCH: the group is already gone, which is what was asked
  }
}
