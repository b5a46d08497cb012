// After the battle: everybody asks again what got no answer, the cron rings, and the server is left to heal itself.
import { setTimeout as wait } from 'node:timers/promises'
import { sendGeneration, sendOrder, simulate, tellOrder } from './actions.mjs'
import { unfinished } from './checks.mjs'
import { sendPictures } from './pictures.mjs'

/** A message that every kill lost again is sent again after ten minutes at the latest (REDRIVE_MAX_MS); then it is made. */
const limitMs = 11 * 60_000
const lookEveryMs = 2_000

/** Resolves with the ms it took, when nothing is held or open and every order has its credits, or at the limit. */
export async function calmDown(world, sellers) {
  const startedMs = world.elapsedMs()
  for (const seller of sellers) await askAgain(world, seller)
  for (;;) {
    await world.server.cron()
    const left = await Promise.all(sellers.map(unfinished))
    const open = left.reduce((sum, seller) => sum + seller.open, 0)
    const held = left.reduce((sum, seller) => sum + seller.held, 0)
    const orders = left.flatMap((seller) => seller.orders)
    for (const [index, seller] of sellers.entries())
      for (const { id } of left[index].orders) await seller.account.ask({ path: `/payments/${id}` })
    const tookMs = world.elapsedMs() - startedMs
    world.history.write({ quiet: { open, held, orders: orders.map(({ id }) => id) } })
    world.show(`${open} generations open, ${orders.length} orders to settle`)
    if ((open === 0 && held === 0 && orders.length === 0) || tookMs > limitMs) return tookMs
    await wait(lookEveryMs)
  }
}

/** As clients do: the same key until somebody answers. The gateways tell again what nobody took. */
async function askAgain(world, seller) {
  const quiet = { ...world, sent() {} }
  for (const request of seller.generations)
    if (request.lost) await untilTold(request, () => sendGeneration(seller, quiet, request))
  for (const request of seller.requests)
    if (request.lost) await untilTold(request, () => sendPictures(seller, quiet, request))
  for (const order of seller.orders) {
    if (order.lost) await untilTold(order, () => sendOrder(seller, quiet, order))
    if (order.id === null || order.state === 'pending') continue
    if (order.gateway === 'simulated') await simulate(seller, quiet, order)
    else await tellOrder(quiet, order, 1)
  }
}

async function untilTold(request, send) {
  for (let tries = 0; request.lost && tries < 10; tries++) await send()
}
