// Commands about money: orders, payments, refunds, and notices true and false.
import { ask } from '../chaos/ask.mjs'
import { dueCredits } from './model.mjs'
import { pick } from './pictures.mjs'

/** Orders of one user that may wait for money. */
const mostPending = 20

const isPending = ({ state }) => state === 'pending'
const isPaid = ({ state }) => state === 'paid' || state === 'partially_refunded'
const atGateway = ({ gateway }) => gateway !== 'simulated'

/** Posts a notice as it is; answers the status. */
async function post(life, order, { contentType, body }) {
  const path = `/api/v1/payments/callback/${order.gateway}`
  const answer = await ask(life.world.origin, { method: 'POST', path, raw: { contentType, body } })
  return answer.status ?? answer.lost
}

/** A true notice in letters that were not sent before: gateways add fields that nobody signs. */
async function newNotice(life, order, options) {
  const { contentType, body } = await life.world.money.notice(order, options)
  const nonce = life.newKey()
  const fresh = contentType.includes('json') ? JSON.stringify({ ...JSON.parse(body), nonce }) : `${body}&nonce=${nonce}`
  return { contentType, body: fresh }
}

/** Moves an order where its money is and has it told `copies` times at once; then the order has what it is due. */
async function move(life, order, change, copies) {
  Object.assign(order, change)
  const { state, refundedRupiah } = order
  if (atGateway(order)) {
    await life.world.money.put(order, { state, refundedRupiah })
    const notice = await newNotice(life, order)
    const statuses = await Promise.all(Array.from({ length: copies }, () => post(life, order, notice)))
    life.expect(`notices of ${order.gateway}`, statuses, Array(copies).fill(200))
  } else {
    const json = { status: state, ...(state === 'partially_refunded' && { refundedRupiah }) }
    const path = `/payments/${order.id}/simulation`
    const answers = await Promise.all(
      Array.from({ length: copies }, () => life.account.ask({ method: 'POST', path, json })),
    )
    life.expect(
      'simulated payments',
      answers.map(({ status }) => status),
      Array(copies).fill(200),
    )
  }
  order.keptRupiah = isPaid(order) ? order.amountRupiah - order.refundedRupiah : 0
  const due = dueCredits(order)
  life.model.converge(order.brought, due)
  order.brought = due
}

/** How a notice may lie: `[options of the notice, edit of its letters, status it must get]`. */
const LIES = [
  [{ key: 'not-the-key-of-the-gateway' }, (body) => body, 401],
  [{}, (body, { amountRupiah }) => body.replace(String(amountRupiah), `${amountRupiah}0`), 401],
  [{}, () => 'nonsense', 400],
  // Rightly signed and for another amount: kept for an admin, never credited.
  [{ amount: '12345' }, (body) => body, 200],
  [{ merchant: 'D99999' }, (body) => body, 401],
]

export const ORDERS = {
  async order(life, { product, gateway }) {
    const { shop } = life.world
    const { id: productId, amountRupiah, credits } = pick(shop.products, product)
    const json = { productId, gateway: pick(shop.gateways, gateway) }
    const key = life.newKey()
    const { status, body } = await life.account.ask({ method: 'POST', path: '/payments', key, json })
    const isTooMany = life.orders.filter(isPending).length >= mostPending
    life.expect('an order', status, isTooMany ? 429 : 201)
    if (isTooMany) return
    const bought = { credits, amountRupiah, keptRupiah: 0, refundedRupiah: 0, brought: 0 }
    life.orders.push({ key, json, id: body.payment.id, gateway: json.gateway, state: 'pending', ...bought })
  },

  async orderAgain(life, { which }) {
    const order = pick(life.orders, which)
    if (!order) return
    const { key, json } = order
    const { status, body } = await life.account.ask({ method: 'POST', path: '/payments', key, json })
    life.expect('an order again', [status, body.payment?.id], [201, order.id])
  },

  async pay(life, { which, copies }) {
    const order = pick(life.orders.filter(isPending), which) ?? pick(life.orders, which)
    if (order) await move(life, order, isPending(order) ? { state: 'paid' } : {}, copies)
  },

  async forge(life, { which, how }) {
    const order = pick(life.orders.filter(atGateway), which)
    if (!order) return
    const [options, edit, status] = LIES[how]
    const { contentType, body } = await life.world.money.notice(order, { kind: 'paid', ...options })
    const lie = { contentType, body: edit(body, order) }
    life.expect(`a false notice of ${order.gateway} (${how})`, await post(life, order, lie), status)
  },

  async outOfOrder(life, { which, tells }) {
    const order = pick(life.orders.filter(atGateway), which)
    if (!order) return
    const kind = ['pending', 'paid', 'expired', 'failed'][tells]
    life.expect('a notice out of order', await post(life, order, await newNotice(life, order, { kind })), 200)
  },

  async refundPart(life, { which, tenths, copies }) {
    const order = pick(
      life.orders.filter((each) => isPaid(each) && each.gateway !== 'duitku'),
      which,
    )
    if (!order) return
    const asked = Math.floor((order.amountRupiah * tenths) / 10)
    const refundedRupiah = Math.max(order.refundedRupiah, asked)
    await move(life, order, { state: 'partially_refunded', refundedRupiah }, copies)
  },

  async refundAll(life, { which, copies }) {
    const order = pick(life.orders.filter(isPaid), which)
    if (!order) return
    // Duitku tells no refunds: there the payment came to nothing after all. Midtrans also takes back by chargeback.
    const state = order.gateway === 'duitku' ? 'failed' : which % 2 === 0 ? 'refunded' : 'charged_back'
    await move(life, order, { state }, copies)
  },
}
