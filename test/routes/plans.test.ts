import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectJson, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { BASIC, buyFor } from '../support/plans'
import { stateOf } from '../support/rows'
import { errorOf } from '../support/walk'

type Subscription = {
  productId: string
  dailyQuota: number
  status: string
  startedAt: string
  periodEndsAt: string | null
  graceUntil: string | null
  cancelledAt: string | null
}

const startPlan = (person: Person, productId: string) => requestAs(person, '/subscriptions', { json: { productId } })
const cancelPlan = (person: Person, productId: string) =>
  requestAs(person, `/subscriptions/${productId}/cancellation`, { method: 'POST' })
const plansOf = async (person: Person) =>
  (await expectJson<{ items: Subscription[] }>(requestAs(person, '/subscriptions'), 200)).items
const quotaOf = async (person: Person) =>
  (await expectJson<{ unlimited: { active: boolean; dailyQuota: number } | null }>(requestAs(person, '/credits'), 200))
    .unlimited
/** The plan as the lists have it. */
const rowOf = (person: Person, productId: string) =>
  env.DB.prepare('select * from subscriptions where user_id = ? and product_id = ?')
    .bind(person.user.id, productId)
    .first<Record<string, unknown>>()

let sari: Person
beforeAll(async () => {
  sari = await signUp()
})

describe('POST /subscriptions (startSubscription)', () => {
  test('starts the free plan, ten pictures a day without an end, however often it is asked', async () => {
    const budi = await signUp()
    const started = await expectJson<Subscription>(startPlan(budi, 'free-forever'), 201)
    expect(started).toMatchObject({
      ...{ productId: 'free-forever', dailyQuota: 10, status: 'active' },
      ...{ periodEndsAt: null, graceUntil: null, cancelledAt: null },
    })
    expect(await expectJson(startPlan(budi, 'free-forever'), 201)).toEqual(started)
    expect(await plansOf(budi)).toEqual([started])
    expect(await quotaOf(budi)).toMatchObject({ active: true, dailyQuota: 10 })
    expect(await rowOf(budi, 'free-forever')).toMatchObject({ status: 'active' })
  })

  test.each([
    ['pro-monthly', 'this product is bought with POST /payments'],
    ['credits-1500', 'this product is bought with POST /payments'],
    ['platinum-monthly', 'there is no such product'],
  ])('%s: %s', async (productId, rule) => {
    const before = await stateOf(sari.user.id)
    const error = await errorOf(await startPlan(sari, productId))
    expect(error).toMatchObject({ statusCode: 422, issues: [{ field: 'productId', rule }] })
    expect(await stateOf(sari.user.id)).toEqual(before)
  })

  test.each(['dailyQuota', 'tier', 'amountRupiah', 'userId', 'periodEndsAt'])(
    'the client’s own %s is refused (A10)',
    async (field) => {
      const before = await stateOf(sari.user.id)
      const json = { productId: 'free-forever', [field]: 500 }
      const error = await errorOf(await requestAs(sari, '/subscriptions', { json }))
      expect(error).toMatchObject({ statusCode: 422, issues: [{ field }] })
      expect(await stateOf(sari.user.id)).toEqual(before)
    },
  )
})

describe('POST /subscriptions/:productId/cancellation (cancelSubscription)', () => {
  test('the free plan ends now, and can be started again', async () => {
    const budi = await signUp()
    await startPlan(budi, 'free-forever')
    expect(await expectJson(cancelPlan(budi, 'free-forever'), 200)).toMatchObject({ status: 'expired' })
    expect(await quotaOf(budi)).toBeNull()
    expect(await rowOf(budi, 'free-forever')).toMatchObject({ status: 'expired', next_change_at: null })
    expect(await expectJson(startPlan(budi, 'free-forever'), 201)).toMatchObject({
      status: 'active',
      cancelledAt: null,
    })
    expect(await quotaOf(budi)).toMatchObject({ active: true, dailyQuota: 10 })
  })

  test('a paid plan goes on until the end of what is paid, and no longer', async () => {
    const budi = await signUp()
    await buyFor(budi.user.id, BASIC)
    const cancelled = await expectJson<Subscription>(cancelPlan(budi, BASIC.productId), 200)
    expect(cancelled).toMatchObject({ status: 'cancelled', graceUntil: cancelled.periodEndsAt })
    expect(await quotaOf(budi)).toMatchObject({ active: true, dailyQuota: 50 })
    expect(await rowOf(budi, BASIC.productId)).toMatchObject({
      status: 'cancelled',
      next_change_at: Date.parse(cancelled.periodEndsAt!),
    })
  })

  test.each([
    ['free-forever', 409, 'CONFLICT'],
    ['basic-monthly', 409, 'CONFLICT'],
    ['credits-1500', 409, 'CONFLICT'],
    ['platinum-monthly', 404, 'NOT_FOUND'],
  ])('%s, which does not run: %i, and nothing changed', async (productId, statusCode, code) => {
    const before = await stateOf(sari.user.id)
    expect(await errorOf(await cancelPlan(sari, productId))).toMatchObject({ statusCode, code })
    expect(await stateOf(sari.user.id)).toEqual(before)
  })

  test('nobody cancels somebody else’s plan', async () => {
    const budi = await signUp()
    await startPlan(budi, 'free-forever')
    expect((await cancelPlan(sari, 'free-forever')).status).toBe(409)
    expect(await plansOf(budi)).toMatchObject([{ status: 'active' }])
  })
})

test('somebody signed out can neither start nor cancel with a token that has not run out', async () => {
  const budi = await signUp()
  await startPlan(budi, 'free-forever')
  await requestAs(budi, '/auth/logout', { method: 'POST' })
  const before = await stateOf(budi.user.id)
  expect((await startPlan(budi, 'free-forever')).status).toBe(401)
  expect((await cancelPlan(budi, 'free-forever')).status).toBe(401)
  expect(await stateOf(budi.user.id)).toEqual(before)
})

test('starting and cancelling is told on the live line', async () => {
  const budi = await signUp()
  await startPlan(budi, 'free-forever')
  await cancelPlan(budi, 'free-forever')
  const { items } = await expectJson<{ items: { type: string; data: object }[] }>(
    requestAs(budi, '/events?after=0&limit=100'),
    200,
  )
  const told = items.filter(({ type }) => type === 'subscription_changed').map(({ data }) => data)
  expect(told).toEqual([{ productId: 'free-forever' }, { productId: 'free-forever' }])
})
