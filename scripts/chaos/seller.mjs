// A seller: what it asked for, what it was told, and what it therefore knows.
import { allItems, newAccount } from './account.mjs'

const generatePath = '/apps/pose-generator/generate'
const poseCount = 12
/** Every so many sellers have the plan that costs nothing: their poses come out of a daily quota. */
const planEvery = 4

/**
 * Signs up seller number `index` with a project and poses to choose from. The notebook: `generations` are requests
 * `{ key, path, body, most, id, lost }` (`most` credits at most; `id` once it was acknowledged; `lost` when an answer
 * was), `orders` are `{ key, body, id, credits, amountRupiah, state, refundedRupiah, wasPaid }`,
 * `requests` are those about pictures that are there (pictures.mjs).
 */
export async function newSeller({ seed, index, server, prices, products }) {
  const account = newAccount(() => server.origin, `chaos-${seed}-${index}@lumiku.test`)
  await account.join()
  const project = await account.must(
    { method: 'POST', path: '/apps/pose-generator/projects', json: { projectName: `Chaos ${index}` } },
    201,
  )
  const { items } = await account.must({ path: `/apps/pose-generator/library?limit=${poseCount}` })
  if (index % planEvery === planEvery - 1) await startFreePlan(account, products)
  const { available: welcome, unlimited } = await account.must({ path: '/credits' })
  return {
    name: `s${index}`,
    account,
    prices,
    products: { ...products, items: products.items.filter(({ credits, amountRupiah }) => credits * amountRupiah > 0) },
    quota: unlimited,
    projectId: project.id,
    poseIds: items.map(({ id }) => id),
    welcome,
    generations: [],
    orders: [],
    requests: [],
    /** Generations and other jobs that were seen at their end. */
    ended: new Set(),
  }
}

async function startFreePlan(account, { items }) {
  const free = items.find(({ amountRupiah, dailyQuota }) => amountRupiah === 0 && dailyQuota > 0)
  if (free) await account.must({ method: 'POST', path: '/subscriptions', json: { productId: free.id } }, 201)
}

/** Credits that a picture costs in the fund it is paid from: a quota covers the pose, never the background. */
export const eachIn = (seller, request, fund) => request.each - (fund === 'unlimited' ? seller.prices.pose : 0)

/** A new request for pictures, in the notebook before it is sent. */
export function noteGeneration(seller, { number, poses, batch, background }) {
  const selectedPoseIds = Array.from({ length: poses }, (_, n) => seller.poseIds[(number + n) % seller.poseIds.length])
  const each = seller.prices.pose + (background === 0 ? seller.prices.background : 0)
  const request = {
    key: `${seller.name}-generate-${number}`,
    path: generatePath,
    body: {
      projectId: seller.projectId,
      generationType: 'GALLERY_REFERENCE',
      selectedPoseIds,
      batchSize: batch,
      width: 256,
      height: 256,
      seed: number,
      ...(background === 0 && {
        useBackgroundChanger: true,
        backgroundMode: 'solid_color',
        backgroundColor: '#ffffff',
      }),
    },
    each,
    pictures: poses * batch,
    most: poses * batch * each,
    id: null,
    lost: false,
  }
  seller.generations.push(request)
  return request
}

/** The failed pictures of a generation once more. */
export function noteRetry(seller, number, of) {
  const path = `/apps/pose-generator/generations/${of.id}/retry`
  const key = `${seller.name}-retry-${number}`
  const request = { key, path, body: undefined, each: of.each, pictures: null, most: of.most, id: null, lost: false }
  seller.generations.push(request)
  return request
}

/** A new order of one of the products that bring credits. */
export function noteOrder(seller, { number, product, gateway }) {
  const { id: productId, amountRupiah, credits } = seller.products.items[product % seller.products.items.length]
  const gateways = seller.products.gateways
  const body = { productId, gateway: gateways[gateway % gateways.length] }
  const order = {
    key: `${seller.name}-order-${number}`,
    body,
    gateway: body.gateway,
    ...{ id: null, lost: false, credits, amountRupiah, refundedRupiah: 0, state: 'pending', wasPaid: false },
  }
  seller.orders.push(order)
  return order
}

/** One of `list` that `choice` (any whole number) names; undefined when there is none. */
export const pick = (list, choice) => (list.length === 0 ? undefined : list[choice % list.length])

/** The last ones first: `choice` 0 is the newest. */
export const pickRecent = (list, choice) =>
  list.length === 0 ? undefined : list[list.length - 1 - (choice % list.length)]

/** Those that the server has told us of. */
export const acknowledged = (list) => list.filter(({ id }) => id !== null)

/** The whole ledger of a seller, oldest first. */
export const allEntries = async (seller) => (await allItems(seller.account, '/credits/entries')).reverse()
