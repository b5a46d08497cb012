import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { payments } from '../../src/db/tables/money'
import { auditLog } from '../../src/db/tables/operations'
import { newId } from '../../src/kernel/ids'
import { userObject } from '../../src/objects'
import { reconcile } from '../../src/payments/reconcile'
import { expectErrors } from '../setup'
import { expectJson, requestAs, signUp } from '../support/app'
import {
  breakGateway,
  changesBy,
  moveAndTell,
  moveOrder,
  noticeOf,
  noticesOf,
  ordered,
  type Payment,
  rowOf,
  tell,
  withCtx,
} from '../support/gateways'
import { DAY_MS, MINUTE_MS } from '../support/jobs'
import type { Person } from '../support/people'
import { db, makeAdmin, noticeRow } from '../support/rows'
import type { Page } from '../support/shoots'
import { errorOf } from '../support/walk'

type Notice = { id: string; paymentId: string; gateway: string; state: string; reason: string | null; body: string }
type Replayed = { outcome: string; notice: Notice; payment: Payment | null }

let admin: Person
let sari: Person
beforeAll(async () => {
  admin = await makeAdmin(await signUp())
  sari = await signUp()
})

const list = (query: string) => expectJson<Page<Notice>>(requestAs(admin, `/admin/payment-notices${query}`), 200)
const replay = (id: string) => requestAs(admin, `/admin/payment-notices/${id}/replay`, { method: 'POST' })
const ofPayment = async (id: string) => (await noticesOf(id)).map(({ id }) => id)

/** An order that the gateway tells with another amount than ours. */
async function quarantined() {
  const { id } = await ordered(sari, 'midtrans')
  await moveAndTell('midtrans', id, { state: 'paid', amountRupiah: 1_000 })
  expectErrors()
  return id
}

describe('GET /admin/payment-notices (listPaymentNotices)', () => {
  test('what waits for a person, newest first, by pages', async () => {
    const [oldest, first, second] = [await quarantined(), await quarantined(), await quarantined()]
    const page = await list('?state=quarantined&limit=2')
    expect(page.items.map(({ paymentId }) => paymentId)).toEqual([second, first])
    expect(page.items[0]).toMatchObject({ gateway: 'midtrans', state: 'quarantined', reason: 'AMOUNT_MISMATCH' })
    expect(JSON.parse(page.items[0]!.body)).toMatchObject({ order_id: second })
    const rest = await list(`?state=quarantined&limit=2&cursor=${page.page.nextCursor}`)
    expect(rest.items[0]?.paymentId).toBe(oldest)
    expect((await list('?limit=3')).items.map(({ paymentId }) => paymentId)).toEqual([second, first, oldest])
  })
})

describe('POST /admin/payment-notices/:id/replay (replayPaymentNotice)', () => {
  test('once the gateway has it right, the order is credited, the notice done and the admin on record', async () => {
    const id = await quarantined()
    const [noticeId] = await ofPayment(id)
    expect(await expectJson<Replayed>(replay(noticeId!), 200)).toMatchObject({ outcome: 'quarantined' })
    expectErrors()
    expect(await changesBy(sari, id)).toEqual([])

    await moveOrder('midtrans', id, { amountRupiah: 100_000 })
    const { outcome, notice, payment } = await expectJson<Replayed>(replay(noticeId!), 200)
    expect([outcome, notice.state, notice.reason]).toEqual(['settled', 'done', 'AMOUNT_MISMATCH'])
    expect(payment).toMatchObject({ id, status: 'paid', creditedCredits: 1_500 })
    expect(await changesBy(sari, id)).toEqual([1_500])

    const [entry] = (await userObject(env, sari.user.id).entries(Number.MAX_SAFE_INTEGER, 10)).filter(
      ({ reference }) => reference === `payment:${id}`,
    )
    expect(entry?.memo).toMatchObject({ actor: admin.user.id, reason: expect.stringContaining('midtrans says paid') })
    const deeds = await db.select().from(auditLog).where(eq(auditLog.subject, id))
    expect(deeds).toMatchObject(Array(2).fill({ actorId: admin.user.id, action: 'payment.replay' }))
  })

  test('however often it is replayed, by two admins at once too: one credit', async () => {
    const { id } = await ordered(sari, 'duitku')
    await moveOrder('duitku', id, { state: 'paid' })
    const noticeId = await noticeRow(id, { gateway: 'duitku' })
    const answers = await Promise.all(Array.from({ length: 5 }, () => replay(noticeId)))
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200))
    await replay(noticeId)
    expect(await changesBy(sari, id)).toEqual([1_500])
    expect(await rowOf(id)).toMatchObject({ status: 'paid' })
  })

  test('for a payment that we do not have it says so; while the gateway is away it is a 503', async () => {
    const nobodys = await noticeRow(newId('payment'))
    expect(await expectJson<Replayed>(replay(nobodys), 200)).toMatchObject({ outcome: 'unknown', payment: null })
    const { id } = await ordered(sari, 'duitku')
    const noticeId = await noticeRow(id, { gateway: 'duitku' })
    await breakGateway('duitku', id, { next: '500', path: 'status' })
    expect(await errorOf(await replay(noticeId))).toMatchObject({ statusCode: 503, code: 'UNAVAILABLE' })
    expect((await replay(newId('notice'))).status).toBe(404)
  })

  test('an admin who signed out replays nothing with a token that has not run out', async () => {
    const gone = await makeAdmin(await signUp())
    const noticeId = await noticeRow(newId('payment'))
    await requestAs(gone, '/auth/logout', { method: 'POST' })
    const answer = await requestAs(gone, `/admin/payment-notices/${noticeId}/replay`, { method: 'POST' })
    expect(answer.status).toBe(401)
  })
})

describe('GET /admin/payments/reconciliation (showReconciliation)', () => {
  /** The comparison as it is two minutes later, when the mirror of the ledgers has caught up. */
  const later = () =>
    withCtx(async (ctx) => {
      await mirrored(sari)
      return reconcile({ ...ctx, now: () => Date.now() + 2 * MINUTE_MS }, 2)
    })

  async function mirrored(person: Person): Promise<void> {
    const count = async () =>
      env.DB.prepare('select count(*) as n from credit_entries where user_id = ?')
        .bind(person.user.id)
        .first<number>('n')
    const entries = await userObject(env, person.user.id).entries(Number.MAX_SAFE_INTEGER, 1_000)
    await expect.poll(count, { timeout: 10_000, interval: 20 }).toBe(entries.length)
  }

  test('rupiah kept, credits due, credits on the orders and in the ledgers agree, refunds and all', async () => {
    const before = await later()
    for (const state of ['paid', 'partially_refunded', 'refunded', 'expired']) {
      const { id } = await ordered(sari, 'midtrans')
      if (state.endsWith('refunded')) await moveAndTell('midtrans', id, { state: 'paid' })
      await moveAndTell('midtrans', id, { state, refundedRupiah: 40_000 })
    }
    const after = await later()
    const of = ({ gateways }: typeof after) => gateways.find(({ gateway }) => gateway === 'midtrans')!
    const grown = (name: 'orders' | 'paidOrders' | 'keptRupiah' | 'refundedRupiah' | 'dueCredits') =>
      of(after)[name] - (of(before)?.[name] ?? 0)
    expect([grown('orders'), grown('paidOrders'), grown('keptRupiah')]).toEqual([4, 3, 160_000])
    expect([grown('refundedRupiah'), grown('dueCredits')]).toEqual([140_000, 2_400])
    expect(of(after)).toMatchObject({ creditedCredits: of(after).dueCredits, ledgerCredits: of(after).dueCredits })
    expect(after.uncredited).toEqual([])
  })

  test('a paid order without its credits, and news that nobody has dealt with, are found after a minute', async () => {
    const { id } = await ordered(sari, 'duitku')
    await db.update(payments).set({ status: 'paid', paidAt: Date.now() }).where(eq(payments.id, id))
    await noticeRow(id, { gateway: 'duitku', state: 'received', receivedAt: Date.now() })
    const at = (ms: number) => withCtx((ctx) => reconcile({ ...ctx, now: () => Date.now() + ms }, 2))
    expect((await at(0)).uncredited).not.toContain(id)
    const found = await at(2 * MINUTE_MS)
    expect([found.ok, found.waitingNotices > 0]).toEqual([false, true])
    expect(found.uncredited).toContain(id)
    expect((await at(5 * DAY_MS)).uncredited).toEqual([])
    await moveOrder('duitku', id, { state: 'paid' })
    await tell('duitku', await noticeOf('duitku', id))
    expect((await later()).uncredited).not.toContain(id)
  })

  test('an admin reads it over HTTP', async () => {
    const shown = await expectJson<{ from: string; gateways: { gateway: string }[] }>(
      requestAs(admin, '/admin/payments/reconciliation?days=1'),
      200,
    )
    expect(shown.from).toMatch(/T00:00:00\.000Z$/)
  })
})
