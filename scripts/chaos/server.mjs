// A real server over one data folder that is killed and started again.
import { appendFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { startServer } from '../server.mjs'

const cronLimitMs = 20_000

/**
 * The server of `dir` on `port`. `start()` resolves when it is healthy, `kill()` ends its whole process group with
 * SIGKILL and resolves when it is gone, `killWhileStarting(delayMs)` starts one and kills it after so long, healthy or
 * not. What it says goes to `logPath`.
 */
export function killableServer({ dir, port, vars, logPath }) {
  const args = ['--persist-to', dir, ...Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}:${value}`])]
  const onOutput = (chunk) => appendFileSync(logPath, chunk)
  let child
  let server

  const launch = () =>
    startServer({
      port,
      args,
      onOutput,
      onChild: (started) => {
        child = started
      },
    })

  const end = () => {
    child?.kill()
    child = undefined
  }

  return {
    origin: `http://127.0.0.1:${port}`,
    async start() {
      server = await launch()
    },
    async kill() {
      end()
      await server?.exited
      server = undefined
    },
    async killWhileStarting(delayMs) {
      // Dying is what it is meant to do; whether it had got up before makes no difference.
      const launched = launch().catch(() => undefined)
      await wait(delayMs)
      end()
      await (await launched)?.exited
    },
    /** Ends it at once, for exits that cannot wait. */
    end,
    async stop() {
      await child?.stop()
      child = undefined
    },
    /** Rings the cron, which local servers do not ring by themselves. True when the Worker was there to hear it. */
    async cron() {
      try {
        const url = `http://127.0.0.1:${port}/cdn-cgi/handler/scheduled?cron=*+*+*+*+*`
        return (await fetch(url, { signal: AbortSignal.timeout(cronLimitMs) })).ok
      } catch {
        return false
      }
    },
  }
}
