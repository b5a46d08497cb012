// A run of chaos from an empty data folder to the table at its end.
import { ask } from './ask.mjs'
import { battle } from './battle.mjs'
import { calmDown } from './calm.mjs'
import { checkEnd } from './checks.mjs'
import { newSeller } from './seller.mjs'
import { makeWorld } from './world.mjs'

const cronEveryMs = 5_000

/**
 * Runs `{ kills, seed, users, limitSeconds, port }`. Answers `{ violations, counts, ends, quietMs, tookMs, folder }`,
 * where `ends` are the sums of each seller. `onWorld(world)` gets the world as soon as something of it must be ended.
 */
export async function runChaos(options, { output, onWorld }) {
  const world = await makeWorld(options, output)
  onWorld(world)
  const cron = setInterval(() => void world.server.cron(), cronEveryMs)
  const ends = []
  let quietMs = null
  try {
    world.show('starting')
    await world.server.start()
    const sellers = await signUp(world, options)
    world.history.write({ options })
    await battle(world, sellers, options)
    // With a promise broken on the way, the end would only break it again.
    if (world.violations.length === 0) {
      quietMs = await calmDown(world, sellers)
      for (const seller of sellers) ends.push(await checkEnd(seller, world))
    }
  } catch (error) {
    world.broken('the run comes to its end', { error: error.stack })
  } finally {
    clearInterval(cron)
    await world.remove()
  }
  const { violations, counts, folder } = world
  return { violations, counts, ends, quietMs, tookMs: world.elapsedMs(), folder }
}

async function signUp({ server }, { users, seed }) {
  const read = async (path) => (await ask(server.origin, { path: `/api/v1${path}` })).body
  const { items } = await read('/prices')
  const prices = Object.fromEntries(items.map(({ id, credits }) => [id, credits]))
  const products = await read('/payments/products')
  const sellers = []
  for (let index = 0; index < users; index++) sellers.push(await newSeller({ seed, index, server, prices, products }))
  return sellers
}
