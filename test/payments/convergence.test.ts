import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { payments } from '../../src/db/tables/money'
import { newId } from '../../src/kernel/ids'
import { userObject } from '../../src/objects'
import { expectJson, requestAs, signUp } from '../support/app'
import {
  callsOf,
  changesBy,
  edited,
  moveAndTell,
  moveOrder,
  noticeOf,
  ordered,
  PACK,
  rowOf,
  showPayment,
  sweep,
  tell,
} from '../support/gateways'
import { DAY_MS, done, MINUTE_MS, SESSION, startAsk } from '../support/jobs'
import type { Person } from '../support/people'
import { db, paymentRow } from '../support/rows'
import { creditsOf, generate, holdQueue, newProject, oneSmallPicture } from '../support/shoots'

// Dozens of requests in some of them; nothing here waits.
vi.setConfig({ testTimeout: 60_000 })

const booksOf = (person: Person) => userObject(env, person.user.id).verify()

describe('news in any order', () => {
  test('the settlement is told before the pending: paid stays paid (C8)', async () => {
    const budi = await signUp()
    for (const gateway of ['duitku', 'midtrans'] as const) {
      const { id } = await ordered(budi, gateway)
      await moveOrder(gateway, id, { state: 'pending' })
      const pending = await noticeOf(gateway, id)
      await moveAndTell(gateway, id, { state: 'paid' })
      expect((await tell(gateway, pending)).status).toBe(200)
      expect(await rowOf(id)).toMatchObject({ status: 'paid', creditedCredits: 1_500 })
      expect(await changesBy(budi, id)).toEqual([1_500])
    }
  })

  test('a status that falls behind, or has lost the order, takes nothing back (C8)', async () => {
    const budi = await signUp()
    const { id } = await ordered(budi, 'midtrans')
    await moveAndTell('midtrans', id, { state: 'paid' })
    for (const state of ['pending', 'created'])
      expect((await tell('midtrans', edited(await movedNotice(id, state), { status_message: state }))).status).toBe(200)
    expect(await rowOf(id)).toMatchObject({ status: 'paid', creditedCredits: 1_500 })
    expect(await changesBy(budi, id)).toEqual([1_500])
  })

  const movedNotice = async (id: string, state: string) => {
    await moveOrder('midtrans', id, { state })
    return noticeOf('midtrans', id)
  }

  test('expired, and then the money comes: credited (C9)', async () => {
    const budi = await signUp()
    for (const gateway of ['duitku', 'midtrans'] as const) {
      const { id } = await ordered(budi, gateway)
      await moveAndTell(gateway, id, { state: 'expired' })
      expect(await showPayment(budi, id)).toMatchObject({ status: 'expired', paidAt: null, creditedCredits: 0 })
      await moveAndTell(gateway, id, { state: 'paid' })
      expect(await showPayment(budi, id)).toMatchObject({ status: 'paid', creditedCredits: 1_500 })
      expect(await changesBy(budi, id)).toEqual([1_500])
    }
  })

  test('a card is captured and then settled: one credit (C10)', async () => {
    const budi = await signUp()
    const { id } = await ordered(budi, 'midtrans')
    await moveAndTell('midtrans', id, { state: 'captured' })
    expect(await creditsOf(budi)).toEqual({ available: 1_800, held: 0 })
    await moveAndTell('midtrans', id, { state: 'paid' })
    expect(await changesBy(budi, id)).toEqual([1_500])
  })
})

describe('money that goes back', () => {
  test('part of it, more of it, all of it: each time the difference, and told again nothing (C13)', async () => {
    const budi = await signUp()
    const { id } = await ordered(budi, 'midtrans')
    await moveAndTell('midtrans', id, { state: 'paid' })
    const steps = [
      { state: 'partially_refunded', refundedRupiah: 25_000 },
      { state: 'partially_refunded', refundedRupiah: 60_001 },
      { state: 'refunded', refundedRupiah: 0 },
    ]
    for (const step of steps) {
      await moveAndTell('midtrans', id, step)
      const again = edited(await noticeOf('midtrans', id), { status_message: 'again' })
      expect((await tell('midtrans', again)).status).toBe(200)
    }
    // 39,999 of 100,000 rupiah buy 599 of 1,500 credits: what is left of a credit is not given.
    expect(await changesBy(budi, id)).toEqual([1_500, -375, -526, -599])
    expect(await showPayment(budi, id)).toMatchObject({
      status: 'refunded',
      refundedRupiah: 100_000,
      creditedCredits: 0,
    })
    expect(await creditsOf(budi)).toEqual({ available: 300, held: 0 })
  })

  test('a chargeback takes all of it, and one that is lost again gives it back (C13)', async () => {
    const budi = await signUp()
    const { id } = await ordered(budi, 'midtrans')
    for (const state of ['captured', 'charged_back', 'paid', 'charged_back'])
      await moveAndTell('midtrans', id, { state })
    expect(await changesBy(budi, id)).toEqual([1_500, -1_500, 1_500, -1_500])
    expect((await booksOf(budi)).ok).toBe(true)
  })

  test('a refund is told before the gateway’s own status knows: it is asked once more, half a minute later', async () => {
    const budi = await signUp()
    const { id } = await ordered(budi, 'midtrans')
    await moveAndTell('midtrans', id, { state: 'paid' })
    await db
      .update(payments)
      .set({ paidAt: Date.now() - DAY_MS, nextCheckAt: null })
      .where(eq(payments.id, id))
    expect((await tell('midtrans', await noticeOf('midtrans', id, { kind: 'refunded' }))).status).toBe(200)
    await moveOrder('midtrans', id, { state: 'refunded' })
    await sweep(MINUTE_MS)
    expect(await changesBy(budi, id)).toEqual([1_500, -1_500])
    const { status } = await callsOf('midtrans', id)
    await tell('midtrans', edited(await noticeOf('midtrans', id), { status_message: 'again' }))
    for (let minutes = 1; minutes < 9; minutes++) await sweep(minutes * MINUTE_MS)
    expect((await callsOf('midtrans', id)).status).toBe(status + 2)
  })

  test('a bank takes a settlement back after the credits are spent: nothing is available, the rest is owed, nothing new starts (C12)', async () => {
    const budi = await signUp()
    await holdQueue(budi)
    const { id } = await ordered(budi, 'midtrans')
    await moveAndTell('midtrans', id, { state: 'paid' })
    await spend(budi, 50)
    expect(await creditsOf(budi)).toEqual({ available: 300, held: 0 })

    await moveAndTell('midtrans', id, { state: 'reversed' })
    expect(await expectJson(requestAs(budi, '/credits'), 200)).toMatchObject({ available: 0, held: 0, owed: 1_200 })
    expect(await rowOf(id)).toMatchObject({ status: 'failed', creditedCredits: 0 })
    const shoot = oneSmallPicture((await newProject(budi)).id)
    expect((await generate(budi, shoot)).status).toBe(402)

    const { id: second } = await ordered(budi, 'midtrans')
    await moveAndTell('midtrans', second, { state: 'paid' })
    expect(await expectJson(requestAs(budi, '/credits'), 200)).toMatchObject({ available: 300, owed: 0 })
    expect(await booksOf(budi)).toMatchObject({ ok: true })
  })

  /** Makes so many pictures, by the object's own commands. */
  async function spend(person: Person, poses: number): Promise<void> {
    const object = userObject(env, person.user.id)
    await object.openSession({ id: SESSION, refreshHash: 'hash', userAgent: 'Firefox' })
    const { id: projectId } = await newProject(person)
    const started = await object.start(startAsk({ poses, projectId }))
    if (!started.ok) throw new Error(`refused: ${started.code}`)
    for (let position = 0; position < poses; position++) {
      const key = { jobId: started.job.id, position }
      const claimed = await object.claim(key, 60_000)
      if (!claimed.go) throw new Error(`not claimed: ${claimed.reason}`)
      await object.finish(key, claimed.attempt, done())
    }
  }
})

describe('a plan', () => {
  const plansOf = async (person: Person) =>
    (await env.DB.prepare('select product_id, status from subscriptions where user_id = ?').bind(person.user.id).all())
      .results
  const tierOf = (person: Person) =>
    env.DB.prepare('select tier from users where id = ?').bind(person.user.id).first<string>('tier')

  test('runs once its order is paid, and ends when the money goes back', async () => {
    const budi = await signUp()
    const { id } = await ordered(budi, 'midtrans', 'pro-monthly')
    await moveAndTell('midtrans', id, { state: 'paid' })
    expect(await showPayment(budi, id)).toMatchObject({ status: 'paid', dailyQuota: 100, creditedCredits: 0 })
    expect(await expectJson(requestAs(budi, '/credits'), 200)).toMatchObject({ unlimited: { dailyQuota: 100 } })
    expect([await plansOf(budi), await tierOf(budi)]).toEqual([
      [{ product_id: 'pro-monthly', status: 'active' }],
      'pro',
    ])
    await moveAndTell('midtrans', id, { state: 'refunded' })
    expect([await plansOf(budi), await tierOf(budi)]).toEqual([
      [{ product_id: 'pro-monthly', status: 'expired' }],
      'free',
    ])
  })

  test('of monthly credits brings them with every payment, and takes back what is refunded', async () => {
    const budi = await signUp()
    const { id } = await ordered(budi, 'duitku', 'pebisnis-monthly')
    await moveAndTell('duitku', id, { state: 'paid' })
    expect(await creditsOf(budi)).toEqual({ available: 2_100, held: 0 })
    await moveAndTell('duitku', id, { state: 'failed' })
    expect(await changesBy(budi, id)).toEqual([1_800, -1_800])
    expect(await booksOf(budi)).toMatchObject({ ok: true })
  })
})

/** What can become of an order at Midtrans, in the order in which it can. */
const LIVES = [
  ['pending', 'paid'],
  ['captured', 'paid', 'partially_refunded', 'refunded'],
  ['pending', 'expired', 'paid'],
  ['captured', 'partially_charged_back', 'charged_back'],
  ['pending', 'paid', 'reversed'],
  ['authorized', 'captured', 'cancelled'],
  ['challenged', 'failed'],
]
const KINDS = ['pending', 'captured', 'paid', 'expired', 'refunded', 'partially_refunded', 'cancelled', 'reversed']
const REFUNDED_RUPIAH = 37_501
const KEPT: Record<string, number> = {
  ...{ paid: 100_000, captured: 100_000 },
  ...{ partially_refunded: 100_000 - REFUNDED_RUPIAH, partially_charged_back: 100_000 - REFUNDED_RUPIAH },
}

describe('any permutation', () => {
  let sari: Person
  beforeAll(async () => {
    sari = await signUp()
  })

  /** A life, how far it goes, and which notices are heard after which step: late, early, twice or never. */
  const history = fc
    .constantFrom(...LIVES)
    .chain((life) => fc.record({ life: fc.constant(life), steps: fc.integer({ min: 1, max: life.length }) }))
    .chain(({ life, steps }) =>
      fc.record({
        states: fc.constant(life.slice(0, steps)),
        heard: fc.array(fc.array(fc.constantFrom(...KINDS), { maxLength: 4 }), { minLength: steps, maxLength: steps }),
        together: fc.boolean(),
      }),
    )

  test('whatever notices come, in whatever order and how often, the credits are those of the gateway’s status (C11)', async () => {
    await fc.assert(
      fc.asyncProperty(history, async ({ states, heard, together }) => {
        const id = newId('payment')
        await paymentRow(sari.user.id, { ...PACK, id, gateway: 'midtrans', createdAt: Date.now() })
        for (const [step, state] of states.entries()) {
          const change = { state, amountRupiah: 100_000, refundedRupiah: REFUNDED_RUPIAH }
          await moveOrder('midtrans', id, change)
          const notices = await Promise.all(heard[step]!.map((kind) => noticeOf('midtrans', id, { kind })))
          const inTurn = async () => {
            for (const notice of notices) expect((await tell('midtrans', notice)).status).toBe(200)
          }
          if (!together) await inTurn()
          else await Promise.all(notices.map(async (each) => expect((await tell('midtrans', each)).status).toBe(200)))
        }
        await tell('midtrans', edited(await noticeOf('midtrans', id), { status_message: 'the last word' }))
        const expected = Math.floor((1_500 * (KEPT[states.at(-1)!] ?? 0)) / 100_000)
        const changes = await changesBy(sari, id)
        expect(changes.reduce((sum, change) => sum + change, 0)).toBe(expected)
        expect((await rowOf(id))?.creditedCredits).toBe(expected)
      }),
      { numRuns: 25 },
    )
    expect(await booksOf(sari)).toMatchObject({ ok: true })
  })
})
