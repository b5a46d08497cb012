import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Ctx, makeCtx } from '../../src/ctx'
import { addMonths } from '../../src/kernel/calendar'
import { userObject } from '../../src/objects'
import { recordPlans } from '../../src/plans/record-plans'
import { sweepPlans } from '../../src/plans/sweep-plans'
import { expectErrors } from '../setup'
import { BASIC, buyFor, PEBISNIS, type Plan, PRO, settleFor } from '../support/plans'
import { userRow } from '../support/rows'

const DAY_MS = 86_400_000
/** 20 November 2027, noon in Jakarta: no plan of another test is due then. */
const NOON = Date.UTC(2027, 10, 20, 5)
const END = addMonths(NOON, 1)

beforeEach(async () => {
  await env.DB.prepare('delete from subscriptions').run()
  vi.setSystemTime(NOON)
})
afterEach(() => void vi.useRealTimers())

const ctxOf = (bindings: Partial<Env> = {}): Ctx => makeCtx({ ...env, ...bindings }, 'plans-test', () => {})

/** Somebody with a row and an object. */
async function somebody(): Promise<string> {
  const userId = await userRow()
  await userObject(env, userId).open({ userId, welcomeCredits: 0 })
  return userId
}

/** Buys a plan and lets D1 know. */
async function bought(userId: string, plan: Plan): Promise<string> {
  const { paymentId, plans } = await buyFor(userId, plan)
  await recordPlans(ctxOf(), userId, plans)
  return paymentId
}

const rowsOf = async (userId: string) =>
  (
    await env.DB.prepare('select * from subscriptions where user_id = ? order by product_id').bind(userId).all<{
      product_id: string
      status: string
      next_change_at: number | null
      updated_at: number
    }>()
  ).results
const statusOf = async (userId: string) => (await rowsOf(userId)).map(({ status }) => status).join()
const tierOf = (userId: string) =>
  env.DB.prepare('select tier from users where id = ?').bind(userId).first<string>('tier')
const sweepAt = (now: number, bindings: Partial<Env> = {}) => {
  vi.setSystemTime(now)
  return sweepPlans(ctxOf(bindings), now)
}

describe('what lists show of a plan', () => {
  test('is what the object says of it', async () => {
    const userId = await somebody()
    await bought(userId, PRO)
    expect(await rowsOf(userId)).toEqual([
      {
        ...{ user_id: userId, product_id: PRO.productId, status: 'active', cancelled_at: null, updated_at: NOON },
        ...{ started_at: NOON, period_ends_at: END, grace_until: END + 3 * DAY_MS, next_change_at: END },
      },
    ])
  })

  test('the account has the tier of the best plan that runs', async () => {
    const userId = await somebody()
    expect(await tierOf(userId)).toBe('free')
    await bought(userId, PEBISNIS)
    expect(await tierOf(userId)).toBe('free')
    await bought(userId, BASIC)
    expect(await tierOf(userId)).toBe('basic')
    const pro = await bought(userId, PRO)
    await bought(userId, BASIC)
    expect(await tierOf(userId)).toBe('pro')
    const { plans } = await settleFor(userId, PRO, pro, 0)
    await recordPlans(ctxOf(), userId, plans)
    expect(await tierOf(userId)).toBe('basic')
  })

  test('an older view that arrives late never stays: the last write is a true one', async () => {
    const userId = await somebody()
    const { paymentId, plans: older } = await buyFor(userId, PRO)
    const { plans: newer } = await settleFor(userId, PRO, paymentId, 0)
    await recordPlans(ctxOf(), userId, newer)
    await recordPlans(ctxOf(), userId, older)
    expect([await statusOf(userId), await tierOf(userId)]).toEqual(['expired', 'free'])
  })

  test('twenty at the same time, of all ages, end with the truth', async () => {
    const userId = await somebody()
    const { paymentId, plans } = await buyFor(userId, PRO)
    const views = [plans]
    for (let turn = 1; turn < 20; turn++)
      views.push((await settleFor(userId, PRO, paymentId, turn % 2 ? 0 : PRO.amountRupiah)).plans)
    await Promise.all(views.map((view) => recordPlans(ctxOf(), userId, view)))
    expect([await statusOf(userId), await tierOf(userId)]).toEqual(['expired', 'free'])
  })

  test('a plan of a product that we have no row for hurts nobody', async () => {
    const userId = await somebody()
    await bought(userId, { ...PRO, productId: 'unlimited' })
    await bought(userId, BASIC)
    expect((await rowsOf(userId)).map(({ product_id }) => product_id)).toEqual([BASIC.productId])
    expect(await tierOf(userId)).toBe('basic')
  })
})

describe('time passes', () => {
  test('the cron turns active into grace, then into expired and the free tier', async () => {
    const userId = await somebody()
    await bought(userId, PRO)
    expect([await sweepAt(END - 1), await statusOf(userId)]).toEqual([0, 'active'])
    expect([await sweepAt(END), await statusOf(userId), await tierOf(userId)]).toEqual([1, 'grace_period', 'pro'])
    expect([await sweepAt(END + DAY_MS), await statusOf(userId)]).toEqual([0, 'grace_period'])
    const over = END + 3 * DAY_MS
    expect([await sweepAt(over), await statusOf(userId), await tierOf(userId)]).toEqual([1, 'expired', 'free'])
    expect([await sweepAt(over + DAY_MS), await sweepAt(over + 400 * DAY_MS)]).toEqual([0, 0])
  })

  test('a cancelled plan expires without grace', async () => {
    const userId = await somebody()
    await bought(userId, BASIC)
    const user = userObject(env, userId)
    await user.openSession({ id: 'ses_test', refreshHash: 'hash', userAgent: 'Firefox' })
    const answer = await user.cancelPlan({ productId: BASIC.productId, sessionId: 'ses_test' })
    if (!answer.ok) throw new Error(answer.code)
    await recordPlans(ctxOf(), userId, answer.plans)
    expect(await statusOf(userId)).toBe('cancelled')
    await sweepAt(END)
    expect(await statusOf(userId)).toBe('expired')
  })

  test('a renewed plan is active again', async () => {
    const userId = await somebody()
    await bought(userId, BASIC)
    await sweepAt(END)
    expect(await statusOf(userId)).toBe('grace_period')
    await bought(userId, BASIC)
    expect(await statusOf(userId)).toBe('active')
    expect(await rowsOf(userId)).toMatchObject([{ next_change_at: addMonths(NOON, 2) }])
  })

  test('a smaller plan that waited takes over the tier when the larger one is over', async () => {
    const userId = await somebody()
    await bought(userId, PRO)
    await bought(userId, BASIC)
    await sweepAt(END)
    expect([await statusOf(userId), await tierOf(userId)]).toEqual(['active,grace_period', 'pro'])
    await sweepAt(END + 3 * DAY_MS)
    expect([await statusOf(userId), await tierOf(userId)]).toEqual(['active,expired', 'basic'])
  })

  test('an object that does not answer is asked again later and holds up nobody else', async () => {
    const [broken, fine] = [await somebody(), await somebody()]
    await bought(broken, BASIC)
    await bought(fine, BASIC)
    const away = {
      getByName: (name: string) => {
        if (name.includes(broken)) throw new Error('the object is away')
        return env.USER.getByName(name)
      },
    } as unknown as Env['USER']
    expect(await sweepAt(END, { USER: away })).toBe(2)
    expect(expectErrors()).toHaveLength(1)
    expect([await statusOf(broken), await statusOf(fine)]).toEqual(['active', 'grace_period'])
    expect(await sweepAt(END + 60_000)).toBe(0)
    expect(await sweepAt(END + 15 * 60_000)).toBe(1)
    expect(await statusOf(broken)).toBe('grace_period')
  })

  test('many who end at the same time are done in bounded turns, none twice', async () => {
    for (let person = 0; person < 3; person++) await bought(await somebody(), BASIC)
    vi.setSystemTime(END)
    const sweep = () => sweepPlans(ctxOf(), END, 2)
    expect([await sweep(), await sweep(), await sweep()]).toEqual([2, 1, 0])
    const { results } = await env.DB.prepare('select distinct status from subscriptions').all()
    expect(results).toEqual([{ status: 'grace_period' }])
  })
})
