import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DAY_MS, done, failed, MINUTE_MS, SECOND_MS, SESSION, startAsk } from '../../support/jobs'
import { type OpenUser, openUser, startFor } from '../../support/queue'

/** 20 November 2027, noon in Jakarta: far enough ahead that no alarm rings by itself. */
const NOON = Date.UTC(2027, 10, 20, 5)
const BASIC = { productId: 'plan-basic', dailyQuota: 50, amountRupiah: 99_000 }
const PRO = { productId: 'plan-pro', dailyQuota: 100, amountRupiah: 299_000 }
type Plan = typeof BASIC

beforeEach(() => void vi.setSystemTime(NOON))
afterEach(() => void vi.useRealTimers())

let orders = 0

/** What the gateway's news about an order do: paid in full, or given back. */
async function settle(user: OpenUser, paymentId: string, plan: Plan, paid: boolean): Promise<void> {
  const turn = await user.object().beginCheck(paymentId, 20 * SECOND_MS)
  if (!turn.go) throw new Error('somebody is asking already')
  const answer = await user.object().converge({
    ...{ ...plan, paymentId, checkNo: turn.checkNo, gateway: 'simulated', credits: 0, cycleMonths: 1, source: 'plan' },
    keptRupiah: paid ? plan.amountRupiah : 0,
    memo: { actor: 'gateway:simulated', requestId: 'req_test', reason: paid ? 'paid' : 'refunded' },
  })
  expect(answer).toMatchObject({ stale: false })
}

async function buy(user: OpenUser, plan: Plan): Promise<string> {
  const paymentId = `pay_${++orders}`
  await settle(user, paymentId, plan, true)
  return paymentId
}

const quotaOf = async (user: OpenUser) => (await user.object().credits()).unlimited
/** Somebody who has no plan left has no quota to show. */
const isActive = async (user: OpenUser) => (await quotaOf(user))?.active ?? false

/** Asks for `poses` pictures; 0 or what was accepted. */
const take = async (user: OpenUser, poses: number): Promise<number> =>
  (await user.object().start(startAsk({ projectId: user.projectId, poses }))).ok ? poses : 0

test('up to the larger plan and back ten times a day: never more than its hundred pictures (B9)', async () => {
  const user = await openUser({ credits: 0 })
  await buy(user, BASIC)
  let taken = 0
  for (let turn = 0; turn < 10; turn++) {
    const pro = await buy(user, PRO)
    taken += await take(user, 30)
    await settle(user, pro, PRO, false)
    taken += await take(user, 30)
    await user.object().cancelPlan({ productId: BASIC.productId, sessionId: SESSION })
    await buy(user, BASIC)
  }
  expect(taken).toBe(90)
  expect(await quotaOf(user)).toMatchObject({ active: true, dailyQuota: 50, used: 90, remaining: 0 })
  await buy(user, PRO)
  expect(await quotaOf(user)).toMatchObject({ dailyQuota: 100, used: 90, remaining: 10 })
  expect([await take(user, 11), await take(user, 10), await take(user, 1)]).toEqual([0, 10, 0])
  expect(await user.object().verify()).toMatchObject({ ok: true })
})

test('a free plan started again and again is one quota a day (B9)', async () => {
  const user = await openUser({ credits: 0 })
  const free = { productId: 'plan-free', sessionId: SESSION }
  let taken = 0
  for (let turn = 0; turn < 10; turn++) {
    await user.object().startFreePlan({ ...free, dailyQuota: 10 })
    taken += await take(user, 3)
    await user.object().cancelPlan(free)
  }
  expect(taken).toBe(9)
  expect(await isActive(user)).toBe(false)
})

test('a plan that ends, or is paid back, in the middle of a shoot still finishes it; the next one needs credits (B8)', async () => {
  for (const paidBack of [true, false]) {
    vi.setSystemTime(NOON)
    const user = await openUser({ credits: 30 })
    const order = await buy(user, BASIC)
    await user.object().cancelPlan({ productId: BASIC.productId, sessionId: SESSION })
    const { periodEndsAt } = (await user.object().plans())[0]!
    if (!paidBack) vi.setSystemTime(periodEndsAt - MINUTE_MS)
    await user.object().openSession({ id: 'ses_now', refreshHash: 'hash', userAgent: 'Firefox' })
    const job = await startFor(user, { poses: 2, sessionId: 'ses_now' })
    expect(job).toMatchObject({ fund: 'unlimited', creditsHeld: 0 })
    if (paidBack) await settle(user, order, BASIC, false)
    else vi.setSystemTime(periodEndsAt + MINUTE_MS)
    expect(await isActive(user)).toBe(false)
    for (const [position, outcome] of [done(), failed()].entries()) {
      const key = { jobId: job.id, position }
      const claimed = await user.object().claim(key, MINUTE_MS)
      if (!claimed.go) throw new Error(claimed.reason)
      await user.object().finish(key, claimed.attempt, outcome)
    }
    expect(await user.object().job(job.id)).toMatchObject({ status: 'partial', creditsCharged: 0 })
    const next = (poses: number) => user.object().start(startAsk({ sessionId: 'ses_now', poses }))
    expect(await next(2)).toMatchObject({ code: 'INSUFFICIENT_CREDITS', required: 60, available: 30 })
    expect(await next(1)).toMatchObject({ ok: true, job: { fund: 'credits', creditsHeld: 30 } })
    expect(await user.object().verify()).toMatchObject({ ok: true })
  }
})

test('the server’s clock stepping back for days opens no used day again (B4)', async () => {
  const user = await openUser({ credits: 0 })
  await buy(user, BASIC)
  vi.setSystemTime(NOON + 3 * DAY_MS)
  expect(await take(user, 50)).toBe(50)
  for (const days of [2, 1]) {
    vi.setSystemTime(NOON + days * DAY_MS)
    expect([await take(user, 1), (await quotaOf(user))?.remaining]).toEqual([0, 0])
  }
  vi.setSystemTime(NOON + 4 * DAY_MS)
  expect((await quotaOf(user))?.remaining).toBe(50)
})
