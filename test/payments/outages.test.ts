import {
  createExecutionContext,
  createScheduledController,
  evictDurableObject,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { payments } from '../../src/db/tables/money'
import { userObject } from '../../src/objects'
import { settlePayment } from '../../src/payments/settle-payment'
import worker from '../../src/worker'
import { expectErrors } from '../setup'
import { expectJson, requestAs, signUp } from '../support/app'
import {
  ageTurn,
  breakGateway,
  callsOf,
  changesBy,
  edited,
  failingDatabase,
  failingObject,
  leaveOthersAlone,
  meetingObject,
  moveAndTell,
  moveOrder,
  noticeOf,
  noticesOf,
  type Ordered,
  ordered,
  type Payment,
  placeOrder,
  rowOf,
  showPayment,
  sweep,
  tell,
  tellIn,
  withCtx,
} from '../support/gateways'
import { HOUR_MS, MINUTE_MS } from '../support/jobs'
import type { Person } from '../support/people'
import { deliver } from '../support/queue'
import { db } from '../support/rows'
import { newKey, type Page } from '../support/shoots'

// Dozens of requests in some of them; nothing here waits.
vi.setConfig({ testTimeout: 60_000 })

let budi: Person
beforeAll(async () => {
  budi = await signUp()
  await leaveOthersAlone()
})

/** An order of his that the gateway calls paid, and the notice that nobody has sent yet. */
async function paidThere(gateway: 'duitku' | 'midtrans') {
  const { id } = await ordered(budi, gateway)
  await moveOrder(gateway, id, { state: 'paid' })
  return { id, notice: await noticeOf(gateway, id) }
}

describe.each(['duitku', 'midtrans'] as const)('a notice of %s', (gateway) => {
  test('is a 503 while the gateway does not say what became of the order, and is made good by itself (C20)', async () => {
    for (const next of ['500', 'drop', '429', 'html', 'cut', 'strange']) {
      const { id, notice } = await paidThere(gateway)
      await breakGateway(gateway, id, { next, path: 'status' })
      expect([(await tell(gateway, notice)).status, next]).toEqual([503, next])
      expect(await changesBy(budi, id)).toEqual([])
      expect(await noticesOf(id)).toMatchObject([{ state: 'failed', reason: 'GATEWAY_UNAVAILABLE', attempts: 1 }])
      await deliver([{ body: { type: 'payment', paymentId: id, requestId: 'req_1' } }])
      expect(await changesBy(budi, id)).toEqual([1_500])
      expect(await noticesOf(id)).toMatchObject([{ state: 'done' }])
    }
  })

  test('is a 503 while the user’s object is away, never a 500, and the next try credits once (C18)', async () => {
    for (const method of ['beginCheck', 'converge'] as const) {
      const { id, notice } = await paidThere(gateway)
      expect((await tellIn(failingObject([method]), gateway, notice)).status).toBe(503)
      expect(await noticesOf(id)).toMatchObject([{ state: 'failed', reason: 'INTERNAL' }])
      expect(await changesBy(budi, id)).toEqual([])
      expect((await tell(gateway, notice)).status).toBe(200)
      expect(await changesBy(budi, id)).toEqual([1_500])
    }
  })

  test('is a 503 while D1 is away, at whatever statement that begins, and is credited once after (C18)', async () => {
    const { id, notice } = await paidThere(gateway)
    let status = 503
    for (let after = 0; status !== 200; after++) {
      const words = { status_message: `${after}`, resultCode: `${after}` }
      status = (await tellIn(failingDatabase(after), gateway, edited(notice, words))).status
      expect([200, 503]).toContain(status)
      expect(after).toBeLessThan(40)
    }
    await ageTurn(budi, id)
    await sweep(2 * HOUR_MS)
    expect(await changesBy(budi, id)).toEqual([1_500])
    expect(await rowOf(id)).toMatchObject({ status: 'paid', creditedCredits: 1_500 })
    expect((await noticesOf(id)).every(({ state }) => state === 'done')).toBe(true)
  })

  test('is heard, then everything dies before the credit: the sweep credits within a minute (C19)', async () => {
    const { id, notice } = await paidThere(gateway)
    // Nothing is tidied up: the turn stays taken, the notice stays open.
    await tellIn(failingObject(['converge', 'endCheck']), gateway, notice)
    await evictDurableObject(userObject(env, budi.user.id))
    expect(await changesBy(budi, id)).toEqual([])
    await ageTurn(budi, id)
    await sweep(MINUTE_MS)
    expect(await changesBy(budi, id)).toEqual([1_500])
    expect(await showPayment(budi, id)).toMatchObject({ status: 'paid', creditedCredits: 1_500 })
    expect(await noticesOf(id)).toMatchObject([{ state: 'done' }])
  })

  test('is credited in the ledger, then everything dies before D1 knows: D1 catches up, credited once (C19)', async () => {
    const { id, notice } = await paidThere(gateway)
    const deaf = failingObject(['converge'], { afterwards: true })
    expect((await tellIn(deaf, gateway, notice)).status).toBe(503)
    expect([await changesBy(budi, id), (await rowOf(id))?.status]).toEqual([[1_500], 'pending'])
    await sweep(MINUTE_MS)
    expect(await rowOf(id)).toMatchObject({ status: 'paid', creditedCredits: 1_500 })
    expect(await changesBy(budi, id)).toEqual([1_500])
  })

  test('never comes: the sweep asks when the order is fifteen minutes old, and credits (C21)', async () => {
    const { id } = await paidThere(gateway)
    await sweep(14 * MINUTE_MS)
    expect(await changesBy(budi, id)).toEqual([])
    await sweep(16 * MINUTE_MS)
    expect(await changesBy(budi, id)).toEqual([1_500])
    expect(await rowOf(id)).toMatchObject({ status: 'paid' })
  })

  test('never comes: the customer who looks at the order finds it paid, and looking often asks once (C21)', async () => {
    const { id } = await paidThere(gateway)
    expect(await showPayment(budi, id)).toMatchObject({ status: 'paid', creditedCredits: 1_500 })
    const { id: unpaid } = await ordered(budi, gateway)
    await moveOrder(gateway, unpaid, { state: 'pending' })
    await Promise.all(Array.from({ length: 10 }, () => showPayment(budi, unpaid)))
    for (let n = 0; n < 5; n++) expect(await showPayment(budi, unpaid)).toMatchObject({ status: 'pending' })
    expect((await callsOf(gateway, unpaid)).status).toBe(1)
    expect(await changesBy(budi, id)).toEqual([1_500])
  })

  test('while the gateway is away a customer sees the order as we know it', async () => {
    const { id } = await paidThere(gateway)
    await breakGateway(gateway, id, { next: '503', path: 'status' })
    expect(await showPayment(budi, id)).toMatchObject({ status: 'pending' })
  })

  test('a gateway that blocks us for asking too often is left in peace, however often the customer looks', async () => {
    const { id } = await paidThere(gateway)
    await breakGateway(gateway, id, { next: '429', path: 'status', count: 1_000 })
    for (let looks = 0; looks < 10; looks++) await showPayment(budi, id)
    expect((await callsOf(gateway, id)).status).toBe(1)
    await sweep(2 * MINUTE_MS)
    expect((await callsOf(gateway, id)).status).toBe(2)
  })

  test('100 times at the same moment: one credit, 100 x 200 (C7)', async () => {
    const { id, notice } = await paidThere(gateway)
    const answers = await Promise.all(Array.from({ length: 100 }, () => tell(gateway, notice)))
    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(200))
    expect(await changesBy(budi, id)).toEqual([1_500])
    expect(await changesBy(budi, id)).toEqual([1_500])
    expect(await noticesOf(id)).toHaveLength(1)
    // The gateway is not asked by each of them: it blocks who polls.
    expect((await callsOf(gateway, id)).status).toBeLessThan(20)
    await sweep(MINUTE_MS)
    expect(await rowOf(id)).toMatchObject({ status: 'paid', creditedCredits: 1_500 })
    expect(await noticesOf(id)).toMatchObject([{ state: 'done' }])
  })
})

describe('an order whose invoice is not answered', () => {
  test.each(['duitku', 'midtrans'] as const)(
    '%s: asked again under its key it is the same order with one invoice (C24)',
    async (gateway) => {
      const ani = await signUp()
      for (const next of ['lost', '502', 'drop', 'empty']) {
        const key = newKey()
        await breakGateway(gateway, null, { next, path: 'create' })
        const failed = await placeOrder(ani, gateway, key)
        expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, '5'])
        const { payment, redirectUrl } = await expectJson<Ordered>(placeOrder(ani, gateway, key), 201)
        expect((await expectJson<Ordered>(placeOrder(ani, gateway, key), 201)).redirectUrl).toBe(redirectUrl)
        expect(await callsOf(gateway, payment.id)).toMatchObject({ create: 2 })
        await moveAndTell(gateway, payment.id, { state: 'paid' })
        expect(await changesBy(ani, payment.id)).toEqual([1_500])
      }
      expect((await expectJson<Page<Payment>>(requestAs(ani, '/payments'), 200)).items).toHaveLength(4)
    },
  )

  test.each(['duitku', 'midtrans'] as const)(
    '%s: one that the gateway refuses has failed, and its key says so again',
    async (gateway) => {
      const ani = await signUp()
      const key = newKey()
      await breakGateway(gateway, null, { next: '400', path: 'create' })
      for (let n = 0; n < 2; n++) expect((await placeOrder(ani, gateway, key)).status).toBe(502)
      const { items } = await expectJson<Page<Payment>>(requestAs(ani, '/payments'), 200)
      expect(items).toMatchObject([{ status: 'failed', redirectUrl: null }])
      await expectJson<Ordered>(placeOrder(ani, gateway), 201)
    },
  )
})

test.each(['duitku', 'midtrans'] as const)(
  '%s: clicked twice, one of them refused: the other’s order waits for money, and the sweep finds it paid',
  async (gateway) => {
    const ani = await signUp()
    const key = newKey()
    // Both are under way before either is answered; which of them is refused does not matter.
    await breakGateway(gateway, null, { next: '400', path: 'create' })
    const answers = await Promise.all([placeOrder(ani, gateway, key), placeOrder(ani, gateway, key)])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 502])
    const { payment } = await expectJson<Ordered>(placeOrder(ani, gateway, key), 201)
    expect(payment).toMatchObject({ status: 'pending', redirectUrl: expect.any(String) })
    await moveOrder(gateway, payment.id, { state: 'paid' })
    await sweep(16 * MINUTE_MS)
    expect(await changesBy(ani, payment.id)).toEqual([1_500])
  },
)

describe('the queue', () => {
  test('asks again after 10, 20, 40 seconds, and parks the message in the end; the order stays with the sweep', async () => {
    const { id } = await paidThere('duitku')
    await breakGateway('duitku', id, { next: '500', path: 'status', count: 5 })
    const body = { type: 'payment', paymentId: id, requestId: 'req_1' }
    const delays: number[] = []
    for (const attempts of [1, 2, 3, 7]) delays.push(...Object.values((await deliver([{ body, attempts }])).retried))
    expect(delays).toEqual([10, 20, 40, 640])
    expect((await deliver([{ body, attempts: 8 }])).acked).toHaveLength(1)
    expect(expectErrors().flat().join()).toContain('message_parked')
    await sweep(2 * HOUR_MS)
    expect(await changesBy(budi, id)).toEqual([1_500])
  })

  test('a message for an order that nobody knows is acked: its notice comes back by itself', async () => {
    const body = { type: 'payment', paymentId: 'pay_none', requestId: 'req_1' }
    expect((await deliver([{ body }])).acked).toHaveLength(1)
  })
})

describe('two checks of one order', () => {
  test('one that slept through its turn does not bring back what it read before', async () => {
    const { id, notice } = await paidThere('midtrans')
    let asleep = true
    const sleepy = meetingObject(async (method) => {
      if (method !== 'converge' || !asleep) return
      asleep = false
      // It has read “paid”. Its turn runs out, the money goes back, and somebody else is told.
      await ageTurn(budi, id)
      await moveAndTell('midtrans', id, { state: 'refunded' })
    })
    expect((await tellIn(sleepy, 'midtrans', notice)).status).toBe(200)
    expect(await rowOf(id)).toMatchObject({ status: 'refunded', creditedCredits: 0 })
    expect(await changesBy(budi, id)).toEqual([])
  })

  test('who comes while somebody is asking may go: the other asks once more', async () => {
    const { id, notice } = await paidThere('midtrans')
    let first = true
    const interrupted = meetingObject(async (method) => {
      if (method !== 'converge' || !first) return
      first = false
      expect((await moveAndTell('midtrans', id, { state: 'refunded' })).status).toBe(200)
      expect(await changesBy(budi, id)).toEqual([])
    })
    expect((await tellIn(interrupted, 'midtrans', notice)).status).toBe(200)
    expect(await changesBy(budi, id)).toEqual([1_500, -1_500])
    expect(await rowOf(id)).toMatchObject({ status: 'refunded', creditedCredits: 0 })
    expect((await noticesOf(id)).map(({ state }) => state)).toEqual(['done', 'done'])
  })

  test('one that read the order before it was paid, and then a status that fell behind, leaves it paid', async () => {
    const { id, notice } = await paidThere('midtrans')
    let first = true
    const late = meetingObject(async (method) => {
      if (method !== 'beginCheck' || !first) return
      first = false
      await tell('midtrans', notice)
      await moveOrder('midtrans', id, { state: 'pending' })
    })
    for (const now of [Date.now(), Date.now() + 8 * 24 * HOUR_MS]) {
      await withCtx((ctx) => settlePayment(ctx, id), { vars: late, now })
      expect(await rowOf(id)).toMatchObject({
        status: 'paid',
        creditedCredits: 1_500,
        gatewayReference: expect.anything(),
      })
    }
    expect(await changesBy(budi, id)).toEqual([1_500])
  })

  test('the same while it reads that nothing was paid yet', async () => {
    const { id } = await ordered(budi, 'duitku')
    let first = true
    const interrupted = meetingObject(async (method) => {
      if (method !== 'endCheck' || !first) return
      first = false
      expect((await moveAndTell('duitku', id, { state: 'paid' })).status).toBe(200)
      expect(await changesBy(budi, id)).toEqual([])
    })
    const settled = await withCtx((ctx) => settlePayment(ctx, id), { vars: interrupted })
    expect(settled).toMatchObject({ outcome: 'settled', payment: { status: 'paid', creditedCredits: 1_500 } })
    expect(await changesBy(budi, id)).toEqual([1_500])
  })
})

describe('the sweep', () => {
  test('a settlement that the bank takes back in silence is noticed ten minutes later (C12)', async () => {
    const { id, notice } = await paidThere('midtrans')
    await tell('midtrans', notice)
    await moveOrder('midtrans', id, { state: 'reversed' })
    await sweep(9 * MINUTE_MS)
    expect(await changesBy(budi, id)).toEqual([1_500])
    await sweep(11 * MINUTE_MS)
    expect(await changesBy(budi, id)).toEqual([1_500, -1_500])
    expect(await rowOf(id)).toMatchObject({ status: 'failed', nextCheckAt: null })
  })

  test('an order unpaid for a week is given up, asked about a dozen times in all; a late notice is still heard', async () => {
    const { id } = await ordered(budi, 'duitku')
    for (let hours = 0; hours <= 7 * 24 + 8; hours += 8) await sweep(hours * HOUR_MS)
    expect(await rowOf(id)).toMatchObject({ status: 'expired', nextCheckAt: null })
    expect((await callsOf('duitku', id)).status).toBeLessThanOrEqual(12)
    await moveAndTell('duitku', id, { state: 'paid' })
    expect(await changesBy(budi, id)).toEqual([1_500])
  })

  test('an order whose gateway is away is asked about ever more seldom and keeps no other from its credits', async () => {
    const [away, well] = [await paidThere('duitku'), await paidThere('duitku')]
    await breakGateway('duitku', away.id, { next: '500', path: 'status', count: 1_000 })
    await sweep(16 * MINUTE_MS)
    expect([await changesBy(budi, away.id), await changesBy(budi, well.id)]).toEqual([[], [1_500]])
    for (let minutes = 17; minutes < 16 + 8 * 60; minutes += 15) await sweep(minutes * MINUTE_MS)
    const { status } = await callsOf('duitku', away.id)
    expect([status > 8, status < 20]).toEqual([true, true])
  })

  test('a notice for an order that never appears is tried for three days and then shown to a person', async () => {
    const { id, notice } = await paidThere('midtrans')
    const nobodys = { ...JSON.parse(notice.body), order_id: id }
    await env.DB.prepare('delete from payments where id = ?').bind(id).run()
    expect((await tell('midtrans', { ...notice, body: JSON.stringify(nobodys) })).status).toBe(503)
    let sent = 0
    for (let minutes = 1; minutes <= 2 ** 13; minutes *= 2) {
      const messages = (await sweep(minutes * MINUTE_MS + 1_000)) as { paymentId: string }[]
      sent += messages.filter(({ paymentId }) => paymentId === id).length
    }
    expect(sent).toBe(12)
    expect(await noticesOf(id)).toMatchObject([{ state: 'quarantined', reason: 'GIVEN_UP' }])
    expect(expectErrors().flat().join()).toContain('payment_quarantined')
  })

  test('rings every minute, and credits what is due (C19, C21)', async () => {
    const { id } = await paidThere('duitku')
    await db.update(payments).set({ nextCheckAt: 1 }).where(eq(payments.id, id))
    const execution = createExecutionContext()
    const scheduledTime = new Date(Date.UTC(2026, 10, 21, 9, 1))
    await worker.scheduled(createScheduledController({ cron: '* * * * *', scheduledTime }), env, execution)
    await waitOnExecutionContext(execution)
    expect(await changesBy(budi, id)).toEqual([1_500])
  })

  test('no cron tick fails as a whole while D1 or the objects are away', async () => {
    const { id } = await paidThere('duitku')
    await sweep(20 * MINUTE_MS, failingDatabase())
    await sweep(20 * MINUTE_MS, failingDatabase(3))
    await sweep(20 * MINUTE_MS, failingObject(['beginCheck']))
    expectErrors()
    await sweep(3 * HOUR_MS)
    expect(await changesBy(budi, id)).toEqual([1_500])
  })
})
