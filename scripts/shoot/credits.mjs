// What a shoot costs, and whether the account can pay for it.
import { randomUUID } from 'node:crypto'
import { UsageError } from './args.mjs'

/**
 * A binding quote for a start's body `params`. What a plan's quota of today does not cover is paid by credits as a whole.
 * Answers `{ quote, params }`, `params` with the fund that the quote is for.
 */
export async function quoteFor(api, params) {
  const quote = await api.post('/quotes', { app: 'pose-generator', params })
  const quota = quote.limits.find(({ limit }) => limit === 'dailyQuota')
  if (params.fund || !quota || quota.allowsPictures >= quote.lines[0].quantity) return { quote, params }
  return quoteFor(api, { ...params, fund: 'credits' })
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
  const enough = products.filter((product) => product.kind === 'pack' && product.credits >= missing)
  return enough.sort((a, b) => a.credits - b.credits)[0]
}

// The page where a person would press "pay" lies on the API's own origin; an address elsewhere is not followed.
async function confirmSimulated(api, redirectUrl) {
  const url = new URL(redirectUrl, api.origin)
  await api.post(url.pathname.replace(/^\/api\/v1/, '') + url.search)
}
