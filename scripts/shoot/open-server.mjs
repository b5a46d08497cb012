// The server that a shoot talks to: one that runs, or one of its own for as long as the shoot lasts.
import { isHealthy, startServer } from '../server.mjs'
import { prepareServer, writeLocalConfig } from '../setup.mjs'
import { UsageError } from './args.mjs'

/**
 * Makes sure that a server answers at `url`. None there and no address asked for: sets one up and starts it on that
 * port. Answers `{ stop }`. Throws UsageError when an address that was asked for does not answer.
 */
export async function openServer({ url, urlGiven }, say) {
  if (await isHealthy(url, 10_000)) return { stop: async () => {} }
  if (urlGiven) throw new UsageError(`No Lumiku answers at ${url}.`)
  say('No server runs here: starting one for this shoot')
  await prepareServer()
  let kill
  const server = await startServer({
    port: Number(new URL(url).port),
    args: ['--config', writeLocalConfig()],
    onChild: (child) => {
      // A second Ctrl-C leaves without waiting; the server has its own process group and must not outlive us.
      kill = child.kill
      process.once('exit', kill)
    },
  })
  return {
    async stop() {
      process.off('exit', kill)
      await server.stop()
    },
  }
}
