// What each command does: the request goes out, and the answer, or its loss, goes into the seller's notebook.
import { notePictures, pathOfJob, sendPictures } from './pictures.mjs'
import { acknowledged, eachIn, noteGeneration, noteOrder, noteRetry, pick, pickRecent } from './seller.mjs'

/**
 * `act(command)` for one seller. `world` is `{ money, server, sent(kind), broken(rule, facts) }`: `sent` tells the
 * nemesis that a request of that kind is on its way, `broken` records a broken promise. Answers what to write into the
 * history.
 */
export const actionsOf = (seller, world) => (command) => ACTIONS[command.kind](seller, world, command)

const cutOf = ({ lose, cutMs }) => (lose === 0 ? cutMs : undefined)

const ACTIONS = {
  async generate(seller, world, command) {
    const request = noteGeneration(seller, command)
    if (command.quote === 0) await quote(seller, world, request)
    return sendGeneration(seller, world, request, cutOf(command))
  },

  async again(seller, world, command) {
    const request = pick([...seller.generations, ...seller.orders, ...seller.requests], command.which)
    if (!request) return 'nothing yet'
    if (request.kind) return told(await sendPictures(seller, world, request, cutOf(command)))
    return request.path
      ? sendGeneration(seller, world, request, cutOf(command))
      : sendOrder(seller, world, request, cutOf(command))
  },

  async cancel(seller, world, command) {
    const all = command.pictures === 0 ? seller.requests : seller.generations
    const generation = pickRecent(acknowledged(all), command.which)
    if (!generation) return 'nothing yet'
    const self = generation.kind ? pathOfJob(generation) : `/apps/pose-generator/generations/${generation.id}`
    const path = `${self}/cancellation`
    const pending = seller.account.ask({ method: 'POST', path, cutAfterMs: cutOf(command) })
    world.sent('cancel')
    const answer = await pending
    if (answer.status === 404) world.broken('an acknowledged generation exists', { id: generation.id })
    return told(answer)
  },

  async retry(seller, world, command) {
    const generation = pickRecent(acknowledged(seller.generations), command.which)
    if (!generation) return 'nothing yet'
    const request = noteRetry(seller, command.number, generation)
    return sendGeneration(seller, world, request, cutOf(command))
  },

  async background(seller, world, command) {
    const request = await notePictures(seller, command)
    return request ? told(await sendPictures(seller, world, request, cutOf(command))) : 'no pictures yet'
  },

  async export(seller, world, command) {
    const request = await notePictures(seller, command)
    return request ? told(await sendPictures(seller, world, request, cutOf(command))) : 'no pictures yet'
  },

  order(seller, world, command) {
    return sendOrder(seller, world, noteOrder(seller, command), cutOf(command))
  },

  async pay(seller, world, command) {
    const order = pickRecent(acknowledged(seller.orders), command.which)
    if (!order) return 'nothing yet'
    if (order.state === 'pending') await moveOrder(seller, world, order, { state: 'paid' }, cutOf(command))
    return tellOrder(world, order, command.notices)
  },

  async giveBack(seller, world, command) {
    const order = pickRecent(acknowledged(seller.orders), command.which)
    if (!order || !isPaid(order)) return 'nothing paid'
    const refundedRupiah = Math.max(order.refundedRupiah, Math.floor((order.amountRupiah * command.tenths) / 10))
    const all = refundedRupiah === order.amountRupiah
    // Duitku knows no refunds; a payment that came to nothing after all is one that failed.
    if (order.gateway === 'duitku' && !all) return 'not with this gateway'
    const state = order.gateway === 'duitku' ? 'failed' : all ? 'refunded' : 'partially_refunded'
    await moveOrder(seller, world, order, { state, refundedRupiah: order.gateway === 'duitku' ? 0 : refundedRupiah })
    return tellOrder(world, order, command.notices)
  },

  async notice(seller, world, command) {
    const order = pick(
      acknowledged(seller.orders).filter(({ gateway }) => gateway !== 'simulated'),
      command.which,
    )
    return order ? tellOrder(world, order, 1, command.telling) : 'nothing yet'
  },

  async look(seller, world) {
    const answer = await seller.account.ask({ path: '/credits' })
    if (answer.status !== 200) return told(answer)
    const { available, held, owed } = answer.body
    if (available < 0 || held < 0 || owed < 0 || (owed > 0 && available > 0))
      world.broken('no balance is below zero, and who owes has nothing', { available, held, owed })
    return { available, held, owed }
  },
}

const isPaid = ({ state }) => state === 'paid' || state === 'partially_refunded'

async function quote(seller, world, request) {
  const json = { app: 'pose-generator', params: request.body }
  const answer = await seller.account.ask({ method: 'POST', path: '/quotes', json })
  if (answer.status !== 201) return
  const price = request.pictures * eachIn(seller, request, answer.body.fund)
  if (answer.body.credits !== price) world.broken('a quote names the price', { quoted: answer.body.credits, price })
  request.body = { ...request.body, quoteId: answer.body.id }
}

/** Sends a request for pictures. Its key gives one generation: whatever comes back later must name the same one. */
export async function sendGeneration(seller, world, request, cutAfterMs) {
  const { path, key, body: json } = request
  const pending = seller.account.ask({ method: 'POST', path, key, json, cutAfterMs })
  world.sent('generate')
  const answer = await pending
  if (answer.lost) request.lost = true
  else if (answer.status === 202) {
    const { id, fund } = answer.body.generation
    if (request.id !== null && request.id !== id)
      world.broken('one key gives one generation', { key, first: request.id, second: id })
    const { totalPosesExpected: pictures, creditCharged: held } = answer.body
    if (request.pictures !== null && request.pictures !== pictures)
      world.broken('a generation has the pictures that were asked for', { id, pictures, asked: request.pictures })
    const price = pictures * eachIn(seller, request, fund)
    if (held !== price) world.broken('a generation holds its price', { id, held, price })
    Object.assign(request, { id, pictures, most: price })
    request.lost = false
  } else if (request.id !== null && answer.status < 500)
    world.broken('an acknowledged generation is acknowledged again', { key, id: request.id, now: told(answer) })
  // A refusal changed nothing, and says that no earlier try did either.
  else if (answer.status < 500) request.lost = false
  return told(answer)
}

/** Orders a product. The same key names the same order. */
export async function sendOrder(seller, world, order, cutAfterMs) {
  const { key, body: json } = order
  const pending = seller.account.ask({ method: 'POST', path: '/payments', key, json, cutAfterMs })
  world.sent('order')
  const answer = await pending
  if (answer.lost) order.lost = true
  else if (answer.status === 201) {
    const { id } = answer.body.payment
    if (order.id !== null && order.id !== id)
      world.broken('one key gives one order', { key, first: order.id, second: id })
    order.id = id
    order.lost = false
  } else if (order.id !== null && answer.status < 500)
    world.broken('an acknowledged order is acknowledged again', { key, id: order.id, now: told(answer) })
  return told(answer)
}

/** Moves an order where its money is: at its gateway. A simulated one is moved through the API, which settles it too. */
export async function moveOrder(seller, world, order, change, cutAfterMs) {
  Object.assign(order, change)
  if (order.state === 'paid') order.wasPaid = true
  if (order.gateway === 'simulated') return simulate(seller, world, order, cutAfterMs)
  const { state, refundedRupiah } = order
  return world.money.put(order, { state, refundedRupiah })
}

/** Plays a simulated order's customer up to what the notebook says; asked twice it is the same. */
export async function simulate(seller, world, order, cutAfterMs) {
  const { state: status, refundedRupiah } = order
  const json = { status, ...(status === 'partially_refunded' && { refundedRupiah }) }
  const path = `/payments/${order.id}/simulation`
  const pending = seller.account.ask({ method: 'POST', path, json, cutAfterMs })
  world.sent('pay')
  const answer = await pending
  return told(answer)
}

/** Has the gateway tell of an order, `times` at once. */
export async function tellOrder(world, order, times, telling) {
  if (order.gateway === 'simulated') return `simulated ${order.state}`
  const pending = Array.from({ length: times }, () => world.money.send(world.server.origin, order, telling))
  if (times > 0) world.sent('notice')
  return { state: order.state, notices: await Promise.all(pending) }
}

const idIn = (body) => (body?.generation ?? body?.job ?? body?.export)?.id

/** An answer in a line of the history. */
export const told = ({ lost, status, body }) =>
  lost ? { lost } : { status, ...(body?.error && { code: body.error.code }), ...(idIn(body) && { id: idIn(body) }) }
