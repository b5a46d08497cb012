// What the seller's commands need of the shop: prices, products, poses that come out and poses that do not.
import { ask } from '../chaos/ask.mjs'

/** Pictures whose prompt has this word are refused by the renderer: failures that can be foretold. */
export const REFUSED_WORD = 'box'
const poseCount = 40

/** `{ price: {pose, background}, products, freePlan, gateways, poses, refusedPoses }` of the server at `origin`. */
export async function readShop(origin) {
  const read = async (path) => {
    const answer = await ask(origin, { path: `/api/v1${path}` })
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status ?? answer.lost}`)
    return answer.body
  }
  const { items } = await read('/prices')
  const { items: products, gateways } = await read('/payments/products')
  const library = '/apps/pose-generator/library'
  const searched = await read(`${library}?search=${REFUSED_WORD}&limit=${poseCount}`)
  const listed = await read(`${library}?limit=${poseCount}`)
  const hints = new Map()
  for (const { id } of [...searched.items, ...listed.items]) {
    if (!hints.has(id)) hints.set(id, (await read(`${library}/${id}`)).promptHint.toLowerCase())
  }
  const ids = (isRefused) =>
    [...hints].filter(([, hint]) => hint.includes(REFUSED_WORD) === isRefused).map(([id]) => id)
  return {
    price: Object.fromEntries(items.map(({ id, credits }) => [id, credits])),
    products: products.filter(({ credits, amountRupiah }) => credits > 0 && amountRupiah > 0),
    freePlan: products.find(({ dailyQuota, amountRupiah }) => dailyQuota > 0 && amountRupiah === 0),
    gateways,
    poses: ids(false),
    refusedPoses: ids(true),
  }
}
