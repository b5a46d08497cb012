// A server of this run's own with fake gateways beside it, from any copy of the source tree.
import { appendFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startMoney } from '../chaos/gateways.mjs'
import { REFUSED_WORD, readShop } from './shop.mjs'

const vars = {
  EMBEDDED_FIXED: '1',
  EMBEDDED_LATENCY_MS: '5',
  EMBEDDED_MODERATE: REFUSED_WORD,
  WELCOME_CREDITS: '200',
  LIMIT_GENERATES_PER_MINUTE: '1000000',
  LIMIT_POSES_PER_HOUR: '10000000',
}

/**
 * Starts the server whose sources stand in `tree` on `port`. Answers `{ origin, shop, money, remove }`. `onEnd(end)` is
 * given what ends the server at once and deletes its data, as soon as there is a server.
 */
export async function startWorld({ tree, port, onEnd }) {
  const folder = join(tree, '.wrangler', 'prove-http', String(process.pid))
  const dir = join(folder, 'data')
  const forget = () => rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  // The tree's own scripts: they start what stands beside them.
  const own = (name) => import(pathToFileURL(join(tree, 'scripts', name)).href)
  const { prepareServer } = await own('setup.mjs')
  const { startServer } = await own('server.mjs')
  await prepareServer(dir)
  const money = await startMoney()
  const server = await startServer({
    port,
    args: [
      ...['--persist-to', dir],
      ...Object.entries({ ...vars, ...money.vars }).flatMap(([name, value]) => ['--var', `${name}:${value}`]),
    ],
    onOutput: (chunk) => appendFileSync(join(folder, 'server.log'), chunk),
    onChild: ({ kill }) =>
      onEnd(() => {
        kill()
        forget()
      }),
  })
  return {
    origin: server.origin,
    shop: await readShop(server.origin),
    money,
    async remove() {
      await server.stop()
      await money.stop()
      forget()
    },
  }
}
