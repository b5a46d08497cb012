import { describe, expect, test } from 'vitest'
import { FOREVER } from '../../durable-objects/user/plan-periods'
import type { PlanView } from '../../src/credits/types'
import { mayUsePremium, premiumIds, premiumRefusal } from '../../src/poses/premium'

const NOW = 1_000_000
const plan = (changes: Partial<PlanView> = {}): PlanView => ({
  ...{ productId: 'pro-monthly', dailyQuota: 100, status: 'active', startedAt: 1, periodEndsAt: NOW + 1 },
  ...{ graceUntil: NOW + 2, cancelledAt: null, nextChangeAt: null },
  ...changes,
})

describe('premium poses', () => {
  test('are those of the library that say so, each once', () => {
    const poses = [
      { id: 'a', isPremium: true },
      { id: 'b', isPremium: false },
      { id: 'c', isPremium: true },
      { id: 'a', isPremium: true },
    ]
    expect(premiumIds(poses)).toEqual(['a', 'c'])
    expect(premiumIds(poses.slice(1, 2))).toEqual([])
  })

  test.each<[string, PlanView[], boolean]>([
    ['no plan', [], false],
    ['the plan that costs nothing', [plan({ productId: 'free-forever', periodEndsAt: FOREVER })], false],
    ['a paid plan', [plan()], true],
    ['a cancelled plan that is paid for a while yet', [plan({ status: 'cancelled' })], true],
    ['a plan in its days of grace', [plan({ status: 'grace_period', periodEndsAt: NOW - 1 })], true],
    ['a plan that ended', [plan({ status: 'expired' })], false],
    ['a plan that begins tomorrow', [plan({ startedAt: NOW + 1 })], false],
    ['the free plan beside a paid one', [plan({ periodEndsAt: FOREVER }), plan()], true],
  ])('somebody of the free tier with %s', (_, plans, may) => {
    expect(mayUsePremium('free', plans, NOW)).toBe(may)
  })

  test('every other tier may use them', () => {
    for (const tier of ['basic', 'pro', 'enterprise'] as const) expect(mayUsePremium(tier, [], NOW)).toBe(true)
  })

  test('the refusal names the poses', () => {
    expect(premiumRefusal(['a', 'c'])).toMatchObject({ code: 'PREMIUM_POSE', details: { poseIds: ['a', 'c'] } })
  })
})
