import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { products } from '../../src/db/tables/money'
import { expectJson, requestAs, signUp } from '../support/app'
import { changesBy, moveOrder, type Ordered, orderThere, type Payment, showPayment } from '../support/gateways'
import type { Person } from '../support/people'
import { db, stateOf } from '../support/rows'
import { creditsOf, newKey, type Page, requestIn } from '../support/shoots'
import { errorOf } from '../support/walk'

const ORDER = { productId: 'credits-1500', gateway: 'simulated' }
const order = (person: Person, key = newKey(), json: object = ORDER) =>
  requestAs(person, '/payments', { json, headers: { 'idempotency-key': key } })
const ordered = (person: Person, key = newKey()) => expectJson<Ordered>(order(person, key), 201)
const pay = (person: Person, id: string, json?: object) =>
  requestAs(person, `/payments/${id}/simulation`, { method: 'POST', ...(json && { json }) })

let sari: Person
beforeAll(async () => {
  sari = await signUp()
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

  test('the key fixes the order: fifty clicks make one (A3)', async () => {
    const budi = await signUp()
    const key = newKey()
    const answers = await Promise.all(Array.from({ length: 50 }, () => order(budi, key)))
    const ids = await Promise.all(answers.map(async (answer) => (await expectJson<Ordered>(answer, 201)).payment.id))
    expect(new Set(ids).size).toBe(1)
    expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === 'true')).toHaveLength(49)
    expect((await expectJson<Page<Payment>>(requestAs(budi, '/payments'), 200)).items).toHaveLength(1)
  }, 30_000)

  test('the key with another product is a 422, and orders nothing (A4)', async () => {
    const key = newKey()
    await ordered(sari, key)
    const before = await stateOf(sari.user.id)
    const answer = await order(sari, key, { ...ORDER, productId: 'credits-4000' })
    expect(await errorOf(answer)).toMatchObject({ statusCode: 422, code: 'IDEMPOTENCY_KEY_REUSED' })
    expect(await stateOf(sari.user.id)).toEqual(before)
  })

  test.each(['amountRupiah', 'credits', 'price', 'status', 'userId', 'paidAt'])(
    'the client’s own %s is refused (A10)',
    async (field) => {
      const before = await stateOf(sari.user.id)
      const error = await errorOf(await order(sari, newKey(), { ...ORDER, [field]: 1 }))
      expect(error).toMatchObject({ statusCode: 422, issues: [{ field }] })
      expect(await stateOf(sari.user.id)).toEqual(before)
    },
  )

  test.each([
    ['a product that nobody sells', 'credits-1'],
    ['a plan that costs nothing', 'free-forever'],
  ])('%s is a 422 that leaves no trace', async (_, productId) => {
    const before = await stateOf(sari.user.id)
    const error = await errorOf(await order(sari, newKey(), { ...ORDER, productId }))
    expect(error).toMatchObject({ statusCode: 422, issues: [{ field: 'productId' }] })
    expect(await stateOf(sari.user.id)).toEqual(before)
  })

  test('what is taken from the shelf is sold no more, and an order made before keeps its price', async () => {
    const [budi, key] = [await signUp(), newKey()]
    const product = { id: `pack-${crypto.randomUUID()}`, kind: 'pack' as const, name: 'Kilat', amountRupiah: 20_000 }
    await db.insert(products).values({ ...product, credits: 250, position: 99 })
    const json = { ...ORDER, productId: product.id }
    const first = await expectJson<Ordered>(order(budi, key, json), 201)
    await db.update(products).set({ isOnSale: false, amountRupiah: 99_000 }).where(eq(products.id, product.id))
    expect((await order(budi, newKey(), json)).status).toBe(422)
    expect(await expectJson<Ordered>(order(budi, key, json), 201)).toEqual(first)
    expect(first.payment).toMatchObject({ amountRupiah: 20_000, credits: 250 })
    await db.delete(products).where(eq(products.id, product.id))
  })

  test('twenty orders may wait for money; the next is a 429, also when they come together', async () => {
    const budi = await signUp()
    const answers = await Promise.all(Array.from({ length: 25 }, () => order(budi)))
    const refused = answers.filter(({ status }) => status === 429)
    expect([answers.filter(({ status }) => status === 201).length, refused.length]).toEqual([20, 5])
    expect(refused[0]?.headers.get('retry-after')).toBe('3600')
    const { items } = await expectJson<Page<Payment>>(requestAs(budi, '/payments'), 200)
    await pay(budi, items[0]!.id)
    await ordered(budi)
  }, 30_000)

  test.each([
    ['https://toko.example/anything', 'https://toko.example'],
    ['toko.example:443', 'http://'],
    ['toko.example', 'http://'],
    ['', 'http://'],
  ])('with PUBLIC_URL “%s” the gateway is told to call %s...', async (PUBLIC_URL, origin) => {
    const headers = { authorization: `Bearer ${sari.accessToken}`, 'idempotency-key': newKey() }
    const json = { ...ORDER, gateway: 'midtrans' }
    const { payment } = await expectJson<Ordered>(requestIn({ PUBLIC_URL }, '/payments', { json, headers }), 201)
    const { asked } = await orderThere<{ asked: { notifyUrl: string } }>('midtrans', payment.id)
    expect(asked.notifyUrl).toMatch(new RegExp(`^${origin}[a-z0-9.:]*/api/v1/payments/callback/midtrans$`))
  })

  test('without a key it is a 400 (A5)', async () => {
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
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(await showPayment(budi, payment.id)).toMatchObject({ status: 'paid', creditedCredits: 1500 })
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

  test('plays the bank too: part of it back, all of it; the credits follow', async () => {
    const budi = await signUp()
    const { payment } = await ordered(budi)
    const play = async (json: object) => expectJson<Payment>(pay(budi, payment.id, json), 200)
    expect(await play({})).toMatchObject({ status: 'paid', creditedCredits: 1500 })
    expect(await play({ status: 'partially_refunded', refundedRupiah: 40_000 })).toMatchObject({
      ...{ status: 'partially_refunded', refundedRupiah: 40_000, creditedCredits: 900 },
    })
    expect(await play({ status: 'charged_back' })).toMatchObject({ refundedRupiah: 100_000, creditedCredits: 0 })
    expect(await changesBy(budi, payment.id)).toEqual([1500, -600, -900])
    expect(await creditsOf(budi)).toEqual({ available: 300, held: 0 })
  })

  test.each([
    { status: 'partially_refunded' },
    { status: 'partially_refunded', refundedRupiah: 100_000 },
    { status: 'paid', refundedRupiah: 1 },
    { refundedRupiah: 1 },
  ])('%j makes no sense and is a 422', async (json) => {
    const { payment } = await ordered(sari)
    const before = await stateOf(sari.user.id)
    const error = await errorOf(await pay(sari, payment.id, json))
    expect(error).toMatchObject({ statusCode: 422, issues: [{ field: 'refundedRupiah' }] })
    expect(await stateOf(sari.user.id)).toEqual(before)
  })

  test('an order at a real gateway is paid there and nowhere else', async () => {
    const budi = await signUp()
    const { payment } = await expectJson<Ordered>(order(budi, newKey(), { ...ORDER, gateway: 'duitku' }), 201)
    expect((await pay(budi, payment.id)).status).toBe(409)
    expect(await creditsOf(budi)).toEqual({ available: 300, held: 0 })
    await moveOrder('duitku', payment.id, { state: 'paid' })
    expect(await showPayment(budi, payment.id)).toMatchObject({ status: 'paid' })
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
  // The merchant's keys of the tests are those of the sandbox.
  const PRODUCTION = { ENVIRONMENT: 'production', DUITKU_API_KEY: '', MIDTRANS_SERVER_KEY: '' }
  const headers = () => ({ authorization: `Bearer ${sari.accessToken}`, 'idempotency-key': newKey() })

  test('money that is not real is refused: no order, no simulation', async () => {
    const { payment } = await ordered(sari)
    const before = await stateOf(sari.user.id)
    expect((await requestIn(PRODUCTION, '/payments', { json: ORDER, headers: headers() })).status).toBe(403)
    const simulated = await requestIn(PRODUCTION, `/payments/${payment.id}/simulation`, {
      method: 'POST',
      headers: headers(),
    })
    expect(await errorOf(simulated)).toMatchObject({ statusCode: 403, code: 'FORBIDDEN' })
    expect(await stateOf(sari.user.id)).toEqual(before)
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
