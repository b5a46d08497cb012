import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { paymentNotices, payments } from '../../src/db/tables/money'
import { newId } from '../../src/kernel/ids'
import { expectErrors } from '../setup'
import { request, signUp } from '../support/app'
import {
  callsOf,
  changesBy,
  edited,
  FIELDS,
  leaveOthersAlone,
  moveAndTell,
  moveOrder,
  type Notice,
  noticeOf,
  noticesOf,
  ordered,
  PACK,
  rowOf,
  showPayment,
  sweep,
  tell,
  tellIn,
} from '../support/gateways'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../support/jobs'
import type { Person } from '../support/people'
import { deliver } from '../support/queue'
import { db, paymentRow, stateOf } from '../support/rows'
import { creditsOf, newKey, requestIn } from '../support/shoots'
import { errorOf } from '../support/walk'

// Dozens of requests in some of them; nothing here waits.
vi.setConfig({ testTimeout: 60_000 })

const NEW_ACCOUNT = { available: 300, held: 0 }
const WITH_PACK = { available: 1_800, held: 0 }

let sari: Person
beforeAll(async () => {
  sari = await signUp()
})

// POST /payments/callback/duitku and POST /payments/callback/midtrans
describe.each(['duitku', 'midtrans'] as const)('a notice of %s', (gateway) => {
  const names = FIELDS[gateway]

  /** An order that the gateway calls paid, and its notice; nobody has told us yet. */
  async function paidThere(person: Person) {
    const { id } = await ordered(person, gateway)
    await moveOrder(gateway, id, { state: 'paid' })
    return { id, notice: await noticeOf(gateway, id) }
  }

  /** The notice is refused with `status`, changes nothing and asks the gateway nothing. */
  async function refused(id: string, notice: Notice, status: number | number[]) {
    const before = await stateOf(sari.user.id)
    const { status: calls } = await callsOf(gateway, id)
    const answer = await tell(gateway, notice)
    expect([status].flat()).toContain(answer.status)
    expect((await errorOf(answer)).details).toBeUndefined()
    expect(await stateOf(sari.user.id)).toEqual(before)
    expect((await callsOf(gateway, id)).status).toBe(calls)
  }

  test('a paid order has its credits and is thanked for', async () => {
    const budi = await signUp()
    const { id, notice } = await paidThere(budi)
    const answer = await tell(gateway, notice)
    expect([answer.status, await answer.text()]).toEqual([200, 'OK'])
    expect(await creditsOf(budi)).toEqual(WITH_PACK)
    const paid = await showPayment(budi, id)
    expect(paid).toMatchObject({ status: 'paid', creditedCredits: 1_500, refundedRupiah: 0 })
    expect(paid.paidAt).not.toBeNull()
    expect(await noticesOf(id)).toMatchObject([{ gateway, state: 'done', reason: null }])
  })

  test('without a signature, with garbage for one or with one of another key it is a 401 and changes nothing (C1)', async () => {
    const { id, notice } = await paidThere(sari)
    const ofAnother = await noticeOf(gateway, id, { key: 'somebody-elses-key-0002' })
    const digits = gateway === 'duitku' ? 64 : 128
    for (const signature of ['', 'x', '0'.repeat(digits), 'g'.repeat(digits), '\u0000'])
      await refused(id, edited(notice, { [names.signature]: signature }), [400, 401])
    await refused(id, ofAnother, 401)
    expect((await rowOf(id))?.status).toBe('pending')
  })

  test('a signature that is too short, too long, in capitals or no hex is a 401 like any other (C27)', async () => {
    const { id, notice } = await paidThere(sari)
    const { body } = notice
    const signature =
      gateway === 'duitku' ? new URLSearchParams(body).get('signature')! : JSON.parse(body).signature_key
    for (const wrong of [
      signature.slice(1),
      `${signature}0`,
      signature.toUpperCase(),
      signature.slice(0, -1).concat('z'),
      `${signature.slice(0, -2)}é`,
      signature.repeat(100),
    ])
      await refused(id, edited(notice, { [names.signature]: wrong }), 401)
  })

  test('a changed amount, order or merchant under the old signature is a 401 (C2)', async () => {
    const { id, notice } = await paidThere(sari)
    const { id: other } = await ordered(sari, gateway, 'credits-4000')
    await refused(id, edited(notice, { [names.amount]: gateway === 'duitku' ? '1000000' : '1000000.00' }), 401)
    await refused(id, edited(notice, { [names.order]: other }), 401)
    await refused(id, edited(notice, { [names.merchant]: 'D9999' }), 401)
  })

  test('rightly signed and with another amount than the order it is kept for an admin and credits nothing (C3)', async () => {
    const budi = await signUp()
    const { id } = await paidThere(budi)
    const amount = gateway === 'duitku' ? '1000000' : '1000000.00'
    expect((await tell(gateway, await noticeOf(gateway, id, { amount }))).status).toBe(200)
    expect(expectErrors().flat().join()).toContain('payment_quarantined')
    expect(await noticesOf(id)).toMatchObject([{ state: 'quarantined', reason: 'AMOUNT_MISMATCH' }])
    expect(await creditsOf(budi)).toEqual(NEW_ACCOUNT)
    expect((await callsOf(gateway, id)).status).toBe(0)
  })

  test('when the gateway itself tells of another amount than we asked for, nothing is credited (C3)', async () => {
    const budi = await signUp()
    const { id, notice } = await paidThere(budi)
    await moveOrder(gateway, id, { amountRupiah: 1_000_000 })
    expect((await tell(gateway, notice)).status).toBe(200)
    expect(expectErrors().flat().join()).toContain('AMOUNT_MISMATCH')
    expect((await noticesOf(id)).map(({ state }) => state)).toEqual(['quarantined', 'quarantined'])
    expect(await creditsOf(budi)).toEqual(NEW_ACCOUNT)
    expect(await rowOf(id)).toMatchObject({ status: 'pending', nextCheckAt: null })
  })

  test('the one of a year ago comes again, and again: it does nothing and makes us ask nobody (C14)', async () => {
    const budi = await signUp()
    const { id, notice } = await paidThere(budi)
    await tell(gateway, notice)
    const { status: asked } = await callsOf(gateway, id)
    for (let n = 0; n < 3; n++) expect((await tell(gateway, notice)).status).toBe(200)
    expect((await callsOf(gateway, id)).status).toBe(asked)
    expect(await noticesOf(id)).toHaveLength(1)
    // Nor when nobody here remembers having heard it.
    await db.delete(paymentNotices).where(eq(paymentNotices.paymentId, id))
    const yearAgo = Date.now() - 365 * DAY_MS
    await db.update(payments).set({ createdAt: yearAgo, paidAt: yearAgo }).where(eq(payments.id, id))
    expect((await tell(gateway, notice)).status).toBe(200)
    expect(await changesBy(budi, id)).toEqual([1_500])
    await sweep(MINUTE_MS)
    expect(await rowOf(id)).toMatchObject({ status: 'paid', paidAt: yearAgo, nextCheckAt: null })
  })

  test('that was quicker than the gateway’s own status is heard again in the same words (C7)', async () => {
    const budi = await signUp()
    const { id, notice } = await paidThere(budi)
    await moveOrder(gateway, id, { state: 'pending' })
    expect((await tell(gateway, notice)).status).toBe(200)
    expect(await rowOf(id)).toMatchObject({ status: 'pending', creditedCredits: 0 })
    await moveOrder(gateway, id, { state: 'paid' })
    expect((await tell(gateway, notice)).status).toBe(200)
    expect(await changesBy(budi, id)).toEqual([1_500])
  })

  test('for another’s order it credits whose order it is, whatever it says of others (C15)', async () => {
    const [owner, attacker] = [await signUp(), await signUp()]
    const { notice } = await paidThere(owner)
    const words = { additionalParam: attacker.user.id, merchantUserId: attacker.user.id, userId: attacker.user.id }
    expect((await tell(gateway, edited(notice, words))).status).toBe(200)
    expect([await creditsOf(owner), await creditsOf(attacker)]).toEqual([WITH_PACK, NEW_ACCOUNT])
  })

  test('digits that move from one signed value to the next are refused (C16)', async () => {
    const { id, notice } = await paidThere(sari)
    const shifted: Record<string, string>[] =
      gateway === 'duitku'
        ? [
            { amount: '10000', merchantOrderId: `0${id}` },
            { merchantCode: 'DS1000', amount: '1100000' },
          ]
        : [{ order_id: `${id}2`, status_code: '001', gross_amount: '00000.00' }]
    for (const fields of shifted) await refused(id, edited(notice, fields), [400, 401])
  })

  test('for an order that we do not know yet it is kept, answered 503 and made good later (C17)', async () => {
    const budi = await signUp()
    const id = newId('payment')
    await moveOrder(gateway, id, { state: 'paid', amountRupiah: PACK.amountRupiah })
    const answer = await tell(gateway, await noticeOf(gateway, id))
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '60'])
    expect(await noticesOf(id)).toMatchObject([{ state: 'received', attempts: 0 }])
    await paymentRow(budi.user.id, { ...PACK, id, gateway, createdAt: Date.now() })
    const message = { type: 'payment', paymentId: id, requestId: 'req_test_payments' }
    expect(await sweep(61_000)).toContainEqual(message)
    expect((await deliver([{ body: message }])).acked).toHaveLength(1)
    expect(await changesBy(budi, id)).toEqual([1_500])
    expect(await noticesOf(id)).toMatchObject([{ state: 'done' }])
  })

  test('a strange form of it is a 4xx that changes nothing (C23)', async () => {
    const { id, notice } = await paidThere(sari)
    const other = gateway === 'duitku' ? 'application/json' : 'application/x-www-form-urlencoded'
    for (const contentType of [other, 'text/plain', 'multipart/form-data', '', 'text/html; charset=utf-8'])
      await refused(id, { ...notice, contentType }, 400)
    for (const amount of [
      '30000.0',
      '3e4',
      '0x10',
      '-100000',
      '+100000',
      ' 100000',
      '100000,00',
      '1e5',
      'NaN',
      '',
      '٣',
    ])
      await refused(id, await noticeOf(gateway, id, { amount }), [400, 401])
    for (const body of ['', '{', '[]', 'null', '[[[[', '{"order_id":["a"]}', 'a=1&a=2', '%', '\u0000', '=&=&='])
      await refused(id, { ...notice, body }, 400)
    const huge = await tell(gateway, { ...notice, body: notice.body + ' '.repeat(10 * 1024 * 1024) })
    expect(huge.status).toBe(413)
    const twice =
      gateway === 'duitku'
        ? `${notice.body}&amount=1`
        : JSON.stringify({ ...JSON.parse(notice.body), gross_amount: ['100000.00'] })
    await refused(id, { ...notice, body: twice }, 400)
  })

  test('of another merchant it is a 401, even with our key (C28)', async () => {
    const { id } = await paidThere(sari)
    await refused(id, await noticeOf(gateway, id, { merchant: gateway === 'duitku' ? 'DS10002' : 'G999' }), 401)
  })

  test('with a key of the sandbox production takes no orders and no notices (C28)', async () => {
    const { id, notice } = await paidThere(sari)
    const real = { DUITKU_URL: '', MIDTRANS_SNAP_URL: '', MIDTRANS_API_URL: '' }
    const production = { ENVIRONMENT: 'production', ...real }
    expect((await tellIn(production, gateway, notice)).status).toBe(503)
    expect(await noticesOf(id)).toEqual([])
    const headers = { authorization: `Bearer ${sari.accessToken}`, 'idempotency-key': newKey() }
    const order = requestIn(production, '/payments', { headers, json: { productId: PACK.productId, gateway } })
    expect(await errorOf(await order)).toMatchObject({ statusCode: 422, issues: [{ field: 'gateway' }] })
    expect(expectErrors().flat().join()).toContain('payment_gateway_switched_off')
  })

  test('the key before this one is good for notices until its last day and no longer (C25)', async () => {
    const budi = await signUp()
    const previous = 'the-key-of-last-year'
    const vars = (until: string) => ({
      ...{ DUITKU_API_KEY_PREVIOUS: previous, MIDTRANS_SERVER_KEY_PREVIOUS: previous },
      PAYMENT_KEYS_PREVIOUS_UNTIL: until,
    })
    const { id } = await paidThere(budi)
    const old = await noticeOf(gateway, id, { key: previous })
    for (const until of ['', '2020-01-01T00:00:00Z']) expect((await tellIn(vars(until), gateway, old)).status).toBe(401)
    expect(await creditsOf(budi)).toEqual(NEW_ACCOUNT)
    expect((await tellIn(vars('2999-01-01T00:00:00Z'), gateway, old)).status).toBe(200)
    expect(await creditsOf(budi)).toEqual(WITH_PACK)
    const { id: second, notice } = await paidThere(budi)
    expect((await tellIn(vars('2999-01-01T00:00:00Z'), gateway, notice)).status).toBe(200)
    expect(await changesBy(budi, second)).toEqual([1_500])
  })

  test('in ever other words about one order it is heard fifty times, then told to wait', async () => {
    await leaveOthersAlone()
    const { id, notice } = await paidThere(sari)
    const words = gateway === 'duitku' ? 'resultCode' : 'status_message'
    const answers: number[] = []
    for (let n = 0; n < 52; n++) answers.push((await tell(gateway, edited(notice, { [words]: `0${n}` }))).status)
    expect(answers).toEqual([...Array(50).fill(200), 429, 429])
    expect(await changesBy(sari, id)).toEqual([1_500])
    // What comes now may be true, and nobody else will tell us.
    await sweep(11 * MINUTE_MS)
    await moveOrder(gateway, id, { state: 'failed' })
    expect((await tell(gateway, edited(notice, { [words]: 'news' }))).status).toBe(429)
    await sweep(HOUR_MS - MINUTE_MS)
    expect(await changesBy(sari, id)).toEqual([1_500])
    await sweep(HOUR_MS + MINUTE_MS)
    expect(await changesBy(sari, id)).toEqual([1_500, -1_500])
  })

  test('in ever other words at the same moment, more of it may be kept than one look can answer: the order is paid', async () => {
    const { id } = await paidThere(sari)
    const row = { gateway, paymentId: id, body: '{}', receivedAt: 1 }
    const rows = Array.from({ length: 120 }, (_, n) => ({ ...row, id: newId('notice'), bodyHash: `${n}` }))
    for (let from = 0; from < rows.length; from += 12)
      await db.insert(paymentNotices).values(rows.slice(from, from + 12))
    for (let looks = 0; looks < 3; looks++)
      await deliver([{ body: { type: 'payment', paymentId: id, requestId: 'req_1' } }])
    expect(await rowOf(id)).toMatchObject({ status: 'paid', creditedCredits: 1_500 })
    expect((await noticesOf(id)).every(({ state }) => state === 'done')).toBe(true)
  })
})

describe('what no signature covers', () => {
  test('a Duitku callback says 00 while its status says 01 or 02: no credit (C4)', async () => {
    const budi = await signUp()
    for (const state of ['pending', 'failed', 'expired']) {
      const { id } = await ordered(budi, 'duitku')
      await moveOrder('duitku', id, { state })
      const flipped = edited(await noticeOf('duitku', id), { resultCode: '00' })
      expect((await tell('duitku', flipped)).status).toBe(200)
      expect(await rowOf(id)).toMatchObject({ status: state, creditedCredits: 0 })
    }
    expect(await creditsOf(budi)).toEqual(NEW_ACCOUNT)
  })

  test('a Midtrans notice with code 200 and “cancel” is not a payment (C5)', async () => {
    const budi = await signUp()
    const { id } = await ordered(budi, 'midtrans')
    await moveOrder('midtrans', id, { state: 'cancelled' })
    const notice = await noticeOf('midtrans', id)
    expect(JSON.parse(notice.body)).toMatchObject({ status_code: '200', transaction_status: 'cancel' })
    expect((await tell('midtrans', notice)).status).toBe(200)
    expect((await tell('midtrans', edited(notice, { transaction_status: 'settlement' }))).status).toBe(200)
    expect(await rowOf(id)).toMatchObject({ status: 'cancelled', creditedCredits: 0 })
    expect(await creditsOf(budi)).toEqual(NEW_ACCOUNT)
  })

  test('a captured card that is challenged or denied is not paid until somebody accepts it (C6)', async () => {
    const budi = await signUp()
    const { id } = await ordered(budi, 'midtrans')
    await moveAndTell('midtrans', id, { state: 'challenged' })
    expect(await rowOf(id)).toMatchObject({ status: 'pending', creditedCredits: 0 })
    await moveAndTell('midtrans', id, { state: 'captured', fraud: 'deny' })
    expect(await rowOf(id)).toMatchObject({ status: 'failed', creditedCredits: 0 })
    expect(await creditsOf(budi)).toEqual(NEW_ACCOUNT)
    await moveAndTell('midtrans', id, { state: 'captured', fraud: 'accept' })
    expect(await creditsOf(budi)).toEqual(WITH_PACK)
  })
})

test('a signature of the old kind is a 401 while the old kind is switched off (C26)', async () => {
  const budi = await signUp()
  const { id } = await ordered(budi, 'duitku')
  await moveOrder('duitku', id, { state: 'paid' })
  const md5 = await noticeOf('duitku', id, { scheme: 'md5' })
  for (const legacy of ['', '0', 'no'])
    expect((await tellIn({ DUITKU_LEGACY_MD5: legacy }, 'duitku', md5)).status).toBe(401)
  expect(await noticesOf(id)).toEqual([])
  expect(await creditsOf(budi)).toEqual(NEW_ACCOUNT)
})

test('where the customer comes back to, nothing is believed: no address changes an order (C22)', async () => {
  const budi = await signUp()
  const { id } = await ordered(budi, 'duitku')
  const before = await rowOf(id)
  const said = new URLSearchParams({ merchantOrderId: id, order_id: id, resultCode: '00', status_code: '200' })
  for (const path of [`//?${said}`, `//?${said}&transaction_status=settlement&reference=DS1`])
    expect((await request(path)).status).toBe(200)
  for (const gateway of ['duitku', 'midtrans'])
    expect((await request(`/payments/callback/${gateway}?${said}`)).status).toBe(404)
  expect(await rowOf(id)).toEqual(before)
  expect(await creditsOf(budi)).toEqual(NEW_ACCOUNT)
})
