// What each command does, and what the model says must come of it.
import { checkBooks } from './check-books.mjs'
import { ORDERS } from './orders.mjs'
import { askFor, awaitEnd, expectStart, pick, requestOf, START, settleModel } from './pictures.mjs'

const missingId = 'gen_00000000000000000000000000'
const endedPath = (id, verb) => `/apps/pose-generator/generations/${id}/${verb}`

/** Commands by name: `(life, command)`. Each leaves nothing running. */
export const ACTIONS = {
  ...START,
  ...ORDERS,

  async cancel(life, { poses, batch }) {
    const request = requestOf(life, { poses, batch, background: 0 })
    const key = life.newKey()
    const started = await askFor(life, request, key)
    const terms = expectStart(life, started, request)
    if (!terms) return
    const { id } = started.body.generation
    const answer = await life.account.ask({ method: 'POST', path: endedPath(id, 'cancellation') })
    const generation = await awaitEnd(life, id)
    // Whoever was faster: what had come by then is charged, and a generation that had ended cannot be cancelled.
    const wasLate = generation.posesCancelled === 0 && answer.status === 409
    life.expect('status of a cancellation', answer.status, wasLate ? 409 : 200)
    settleModel(life, request, generation, generation.posesCompleted, terms)
    const isCancelled = answer.status === 200
    life.generations.push({ ...request, id, key, fund: terms.fund, failed: generation.posesFailed, isCancelled })
  },

  async cancelEnded(life, { which }) {
    const generation = pick(life.generations, which)
    const path = endedPath(generation?.id ?? missingId, 'cancellation')
    const { status } = await life.account.ask({ method: 'POST', path })
    life.expect('cancelling what has ended', status, !generation ? 404 : generation.isCancelled ? 200 : 409)
  },

  async retry(life, { which }) {
    const earlier = pick(life.generations, which)
    if (!earlier) return
    const key = life.newKey()
    const answer = await life.account.ask({ method: 'POST', path: endedPath(earlier.id, 'retry'), key })
    if (earlier.failed === 0) return life.expect('a retry of nothing', answer.status, 409)
    // What was refused once is refused again. What credits paid for, credits pay for again, a plan since then or not.
    const request = { ...earlier, pictures: earlier.failed, good: 0, byCredits: earlier.fund === 'credits' }
    const terms = expectStart(life, answer, request)
    if (!terms) return
    const { id } = answer.body.generation
    settleModel(life, request, await awaitEnd(life, id), 0, terms)
    const path = endedPath(earlier.id, 'retry')
    life.generations.push({ ...request, id, key, path, fund: terms.fund, body: undefined, isCancelled: false })
  },

  async startPlan(life) {
    const { id: productId, dailyQuota } = life.world.shop.freePlan
    const { status } = await life.account.ask({ method: 'POST', path: '/subscriptions', json: { productId } })
    life.expect('a plan that costs nothing', status, 201)
    Object.assign(life.model.quota, { isActive: true, perDay: dailyQuota })
  },

  async endPlan(life) {
    const path = `/subscriptions/${life.world.shop.freePlan.id}/cancellation`
    const { status } = await life.account.ask({ method: 'POST', path })
    life.expect('the end of a plan', status, life.model.quota.isActive ? 200 : 409)
    life.model.quota.isActive = false
  },

  async statement(life) {
    await checkBooks(life)
    const statement = await life.account.must({ path: '/credits/statement' })
    const { opening, closing } = statement
    const change = statement.totals.reduce((sum, total) => sum + total.change, 0)
    life.expect('opening and changes are closing', opening.credits + change, closing.credits)
    const { available, held, owed } = closing
    life.expect('closing balance', { available, held, owed }, life.model.balances)
  },
}
