import { beforeAll, describe, expect, test } from 'vitest'
import { expectJson, request, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { stateOf } from '../support/rows'
import { creditsOf, newKey, type Page, requestIn } from '../support/shoots'
import { errorOf } from '../support/walk'

type Payment = {
  id: string
  productId: string
  amountRupiah: number
  credits: number
  status: string
  paidAt: string | null
}
type Ordered = { payment: Payment; redirectUrl: string }

const ORDER = { productId: 'credits-1500', gateway: 'simulated' }
const order = (person: Person, key = newKey(), json: object = ORDER) =>
  requestAs(person, '/payments', { json, headers: { 'idempotency-key': key } })
const ordered = (person: Person, key = newKey()) => expectJson<Ordered>(order(person, key), 201)
const pay = (person: Person, id: string) => requestAs(person, `/payments/${id}/simulation`, { method: 'POST' })

let sari: Person
beforeAll(async () => {
  sari = await signUp()
})

describe('GET /payments/products (listProducts)', () => {
  test('packs in whole rupiah that get cheaper by the credit, and the gateways of this place', async () => {
    const { items, gateways } = await expectJson<{
      items: { id: string; credits: number; amountRupiah: number }[]
      gateways: string[]
    }>(request('/payments/products'), 200)
    expect(gateways).toEqual(['simulated'])
    const rupiahPerCredit = items.map(({ credits, amountRupiah }) => amountRupiah / credits)
    expect(rupiahPerCredit).toEqual([...rupiahPerCredit].sort((a, b) => b - a))
    for (const { credits, amountRupiah } of items)
      expect(Number.isInteger(credits) && Number.isInteger(amountRupiah)).toBe(true)
  })
})

describe('POST /payments (createPayment)', () => {
  test('an order costs nothing and credits nothing until it is paid', async () => {
    const budi = await signUp()
    const { payment, redirectUrl } = await ordered(budi)
    expect(payment).toMatchObject({
      productId: 'credits-1500',
      credits: 1500,
      amountRupiah: 100_000,
      status: 'pending',
      paidAt: null,
    })
    expect(payment).not.toHaveProperty('userId')
    expect(redirectUrl).toBe(`/api/v1/payments/${payment.id}/simulation`)
    expect(await creditsOf(budi)).toEqual({ available: 300, held: 0 })
  })

  test('the key fixes the order: fifty clicks make one', async () => {
    const budi = await signUp()
    const key = newKey()
    const answers = await Promise.all(Array.from({ length: 50 }, () => order(budi, key)))
    const ids = await Promise.all(answers.map(async (answer) => (await expectJson<Ordered>(answer, 201)).payment.id))
    expect(new Set(ids).size).toBe(1)
    expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === 'true')).toHaveLength(49)
    expect((await expectJson<Page<Payment>>(requestAs(budi, '/payments'), 200)).items).toHaveLength(1)
  })

  test('the key with another product is a 422, and orders nothing', async () => {
    const key = newKey()
    await ordered(sari, key)
    const before = await stateOf(sari.user.id)
    const answer = await order(sari, key, { ...ORDER, productId: 'credits-4000' })
    expect(await errorOf(answer)).toMatchObject({ statusCode: 422, code: 'IDEMPOTENCY_KEY_REUSED' })
    expect(await stateOf(sari.user.id)).toEqual(before)
  })

  test.each(['amountRupiah', 'credits', 'price', 'status', 'userId', 'paidAt'])(
    'the client’s own %s is refused',
    async (field) => {
      const before = await stateOf(sari.user.id)
      const error = await errorOf(await order(sari, newKey(), { ...ORDER, [field]: 1 }))
      expect(error).toMatchObject({ statusCode: 422, issues: [{ field }] })
      expect(await stateOf(sari.user.id)).toEqual(before)
    },
  )

  test('without a key it is a 400', async () => {
    const error = await errorOf(await requestAs(sari, '/payments', { json: ORDER }))
    expect(error).toMatchObject({ statusCode: 400, issues: [{ field: 'idempotency-key' }] })
  })

  test('somebody signed out cannot order with a token that has not run out', async () => {
    const budi = await signUp()
    await requestAs(budi, '/auth/logout', { method: 'POST' })
    expect((await order(budi)).status).toBe(401)
  })
})

describe('POST /payments/:id/simulation (simulatePayment)', () => {
  test('pays once, however often the customer presses: 20 at the same time', async () => {
    const budi = await signUp()
    const { payment } = await ordered(budi)
    const answers = await Promise.all(Array.from({ length: 20 }, () => pay(budi, payment.id)))
    for (const answer of answers) expect(await expectJson<Payment>(answer, 200)).toMatchObject({ status: 'paid' })
    expect(await creditsOf(budi)).toEqual({ available: 1800, held: 0 })
    const { items } = await expectJson<Page<{ kind: string; reference: string }>>(
      requestAs(budi, '/credits/entries'),
      200,
    )
    expect(items.filter((entry) => entry.reference === `payment:${payment.id}`)).toHaveLength(1)
  })

  test('a paid order keeps the moment it was paid', async () => {
    const budi = await signUp()
    const { payment } = await ordered(budi)
    const paid = await expectJson<Payment>(pay(budi, payment.id), 200)
    expect(await expectJson<Payment>(pay(budi, payment.id), 200)).toEqual(paid)
    expect(await expectJson<Payment>(requestAs(budi, `/payments/${payment.id}`), 200)).toEqual(paid)
  })

  test('nobody pays for, or with, somebody else’s order', async () => {
    const budi = await signUp()
    const { payment } = await ordered(sari)
    expect((await pay(budi, payment.id)).status).toBe(404)
    expect(await creditsOf(budi)).toEqual({ available: 300, held: 0 })
    expect(await creditsOf(sari)).toEqual({ available: 300, held: 0 })
  })
})

describe('in production', () => {
  const PRODUCTION = { ENVIRONMENT: 'production' }
  const headers = () => ({ authorization: `Bearer ${sari.accessToken}`, 'idempotency-key': newKey() })

  test('money that is not real is refused: no gateway, no order, no simulation', async () => {
    const { payment } = await ordered(sari)
    const before = await stateOf(sari.user.id)
    expect((await requestIn(PRODUCTION, '/payments', { json: ORDER, headers: headers() })).status).toBe(403)
    const simulated = await requestIn(PRODUCTION, `/payments/${payment.id}/simulation`, {
      method: 'POST',
      headers: headers(),
    })
    expect(await errorOf(simulated)).toMatchObject({ statusCode: 403, code: 'FORBIDDEN' })
    expect(await stateOf(sari.user.id)).toEqual(before)
    const products = await expectJson<{ gateways: string[] }>(requestIn(PRODUCTION, '/payments/products'), 200)
    expect(products.gateways).toEqual([])
  })
})

describe('GET /payments/:id (showPayment)', () => {
  test('an order keeps the price of the moment it was made', async () => {
    const { payment } = await ordered(sari)
    expect(await expectJson<Payment>(requestAs(sari, `/payments/${payment.id}`), 200)).toEqual(payment)
  })
})

describe('GET /payments (listPayments)', () => {
  test('newest first, by pages, one’s own alone', async () => {
    const budi = await signUp()
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.unshift((await ordered(budi)).payment.id)
    const first = await expectJson<Page<Payment>>(requestAs(budi, '/payments?limit=3'), 200)
    const second = await expectJson<Page<Payment>>(
      requestAs(budi, `/payments?limit=3&cursor=${first.page.nextCursor}`),
      200,
    )
    expect([...first.items, ...second.items].map((payment) => payment.id)).toEqual(ids)
    expect(second.page.nextCursor).toBeNull()
    expect((await expectJson<Page<Payment>>(requestAs(await signUp(), '/payments'), 200)).items).toEqual([])
  })
})
