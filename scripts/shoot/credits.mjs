// What a shoot costs, and whether the account can pay for it.
import { randomUUID } from 'node:crypto'
import { UsageError } from './args.mjs'

/** Price of a shoot by the public price list: `{ each, total }` in credits, `each` for one picture. */
export async function priceOf(api, { pictures, background }) {
  const { items } = await api.get('/prices')
  const creditsOf = (id) => {
    const item = items.find((price) => price.id === id)
    if (!item) throw new Error(`The price list lacks "${id}".`)
    return item.credits
  }
  const each = creditsOf('pose') + (background ? creditsOf('background') : 0)
  return { each, total: each * pictures }
}

/**
 * The fund that pays: `{ fund: 'credits' | 'unlimited', available }`, `available` in credits or in pictures left today.
 * The unlimited tier pays when it is active and has room, as the server decides it.
 */
export async function balanceOf(api, pictures) {
  const { available, unlimited } = await api.get('/credits')
  if (unlimited?.active && unlimited.remaining >= pictures) return { fund: 'unlimited', available: unlimited.remaining }
  return { fund: 'credits', available }
}

/**
 * Buys the smallest pack that covers what is missing, through the simulated gateway of a development server.
 * Answers the product bought. Throws UsageError, saying how many credits are missing, where credits cost real money.
 */
export async function buyMissing(api, missing) {
  const { items, gateways } = await api.get('/payments/products')
  if (!gateways.includes('simulated')) {
    throw new UsageError(`${missing} credits are missing: buy some first (here they cost real money).`)
  }
  const product = smallestPack(items, missing)
  if (!product) throw new UsageError(`${missing} credits are missing, more than the largest pack has.`)
  const order = await api.post('/payments', { productId: product.id, gateway: 'simulated' }, { key: randomUUID() })
  await confirmSimulated(api, order.redirectUrl)
  return product
}

/** The pack with the fewest credits that still has `missing`; undefined when none has. */
export function smallestPack(products, missing) {
  const enough = products.filter((product) => product.credits >= missing)
  return enough.sort((a, b) => a.credits - b.credits)[0]
}

// The page where a person would press "pay" lies on the API's own origin; an address elsewhere is not followed.
async function confirmSimulated(api, redirectUrl) {
  const url = new URL(redirectUrl, api.origin)
  await api.post(url.pathname.replace(/^\/api\/v1/, '') + url.search)
}
