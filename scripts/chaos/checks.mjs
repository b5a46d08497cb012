// What must be true after a restart, and at the end.
import { allItems } from './account.mjs'
import { sendGeneration } from './actions.mjs'
import { isConserved, readBooks } from './books.mjs'
import { dueCredits } from './gateways.mjs'
import { checkPictures, openJobs, sendPictures } from './pictures.mjs'
import { acknowledged, allEntries } from './seller.mjs'

const repeatsPerSeller = 3

/** After a restart: the seller's books, every acknowledged generation, and the latest keys once more. */
export async function checkSeller(seller, world) {
  const books = await checkBooks(seller, world)
  await checkAcknowledged(seller, world)
  for (const request of acknowledged(seller.generations).slice(-repeatsPerSeller))
    await sendGeneration(seller, world, request)
  for (const request of acknowledged(seller.requests).slice(-repeatsPerSeller))
    await sendPictures(seller, world, request)
  return books
}

/** The ledger as the product verifies it and as we add it up, within what the seller's own notes allow. */
async function checkBooks(seller, world) {
  const verification = await seller.account.must({ path: '/credits/statement/verify' })
  if (!verification.ok) world.broken('the ledger verifies', { checks: verification.checks.filter(({ ok }) => !ok) })
  const books = readBooks(await allEntries(seller))
  if (books.wrong.length > 0) world.broken('entries and running balances agree', { wrong: books.wrong.slice(0, 5) })
  if (!isConserved(books)) world.broken('credits are conserved', books)
  const paid = seller.orders.filter(({ wasPaid }) => wasPaid)
  const most = paid.reduce((sum, { credits }) => sum + credits, seller.welcome)
  if (books.brought > most || books.brought < seller.welcome)
    world.broken('no more credits than were paid for', { brought: books.brought, most })
  for (const id of books.orderIds) {
    const order = seller.orders.find((each) => each.id === id)
    const brought = books.broughtBy(id)
    if (!order?.wasPaid || brought < 0 || brought > order.credits)
      world.broken('an order brings what was paid for, once', { id, brought, paid: order?.wasPaid })
  }
  const asked = [...seller.generations, ...seller.requests].reduce((sum, { most: credits }) => sum + credits, 0)
  if (books.spent + books.held > asked)
    world.broken('no more is spent than was asked for', { spent: books.spent, held: books.held, asked })
  return books
}

const generationPath = (id) => `/apps/pose-generator/generations/${id}`

/** Every generation we were told of is there. Those seen ended are left to the end. */
async function checkAcknowledged(seller, world) {
  for (const { id } of acknowledged(seller.generations)) {
    if (seller.ended.has(id)) continue
    const answer = await seller.account.ask({ path: generationPath(id) })
    if (answer.status === 404) world.broken('an acknowledged generation exists', { id })
    if (answer.status === 200 && answer.body.generation.endedAt) seller.ended.add(id)
  }
}

/** How many of the seller's generations and orders are not where they must come to. */
export async function unfinished(seller) {
  await checkAcknowledged(seller, { broken() {} })
  const shoots = acknowledged(seller.generations).filter(({ id }) => !seller.ended.has(id)).length
  const open = shoots + (await openJobs(seller))
  const { held } = await seller.account.must({ path: '/credits' })
  const books = readBooks(await allEntries(seller))
  const orders = acknowledged(seller.orders).filter((order) => books.broughtBy(order.id) !== dueCredits(order))
  return { open, held, orders }
}

/** At the end, when nothing moves any more. Answers the sums for the table. */
export async function checkEnd(seller, world) {
  const books = await checkBooks(seller, world)
  const told = acknowledged(seller.generations)
  let pictures = 0
  let lost = 0
  let byQuota = 0
  for (const { id } of told) {
    const answer = await seller.account.ask({ path: generationPath(id) })
    if (answer.status !== 200) {
      lost++
      world.broken('an acknowledged generation exists', { id, status: answer.status })
      continue
    }
    const withBackground = told.some((request) => request.id === id && request.each > seller.prices.pose)
    const made = await checkGeneration(seller, world, books, answer.body.generation, withBackground)
    pictures += made
    if (answer.body.generation.fund === 'unlimited') byQuota += made
  }
  const { backgrounds, archives } = await checkPictures(seller, world, books)
  for (const id of books.generationIds)
    if (![...told, ...acknowledged(seller.requests)].some((request) => request.id === id))
      world.broken('nothing is held that nobody asked for', { id })
  for (const order of acknowledged(seller.orders)) {
    const brought = books.broughtBy(order.id)
    if (brought !== dueCredits(order))
      world.broken('every order has brought its credits exactly once', { ...order, brought, due: dueCredits(order) })
  }
  const { available, held, owed, unlimited } = await seller.account.must({ path: '/credits' })
  // Over midnight in Jakarta the counter is that of another day.
  if (unlimited && unlimited.resetsAt === seller.quota?.resetsAt && unlimited.used !== byQuota)
    world.broken('the quota is used by the pictures that came', { used: unlimited.used, byQuota })
  if (held !== 0) world.broken('nothing stays held', { held })
  if (available !== books.available || owed !== books.owed)
    world.broken('the balance is the sum of the entries', { available, owed, entries: books })
  return {
    ...books,
    generations: told.length,
    pictures,
    backgrounds,
    archives,
    byQuota,
    lost,
    orders: acknowledged(seller.orders),
  }
}

async function checkGeneration(seller, world, books, generation, withBackground) {
  const { id, totalExpectedPoses, posesCompleted, posesFailed, posesCancelled, creditCharged } = generation
  if (!generation.endedAt || posesCompleted + posesFailed + posesCancelled !== totalExpectedPoses)
    world.broken('every generation ends, with an end for every picture', generation)
  const results = await allItems(seller.account, `${generationPath(id)}/results`)
  const made = results.filter(({ status }) => status === 'completed')
  if (new Set(results.map(({ variationKey }) => variationKey)).size !== results.length)
    world.broken('no picture twice', { id })
  if (made.length !== posesCompleted || results.length !== totalExpectedPoses)
    world.broken('a picture for every one that was counted', { id, made: made.length, posesCompleted })
  const { background } = seller.prices
  const pose = generation.fund === 'unlimited' ? 0 : seller.prices.pose
  // Without one ordered, a background that is there is of a later job, which was charged for it.
  const changed = ({ backgroundChanged }) => withBackground && backgroundChanged
  const price = made.reduce((sum, picture) => sum + pose + (changed(picture) ? background : 0), 0)
  const settled = books.ofGeneration(id, 'settle')
  const held = books.ofGeneration(id, 'hold')
  if (creditCharged !== price || settled !== price)
    world.broken('each finished picture is charged once', { id, charged: creditCharged, settled, price })
  if (held !== settled + books.ofGeneration(id, 'release'))
    world.broken('a hold is charged or released to the last credit', { id, held, settled })
  return made.length
}
