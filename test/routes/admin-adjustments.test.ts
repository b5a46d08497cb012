import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { creditAdjustments } from '../../src/db/tables/money'
import { users } from '../../src/db/tables/users'
import { newId } from '../../src/kernel/ids'
import { userObject } from '../../src/objects'
import { expectErrors } from '../setup'
import { expectJson, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { adjustmentRow, db, makeAdmin, stateOf } from '../support/rows'
import { creditsOf, newKey, type Page, requestIn } from '../support/shoots'
import { errorOf } from '../support/walk'

type Adjustment = {
  id: string
  userId: string
  credits: number
  reason: string
  state: string
  requestedBy: string
  approvedBy: string | null
  decidedAt: string | null
  expiresAt: string | null
}
type Answer = { adjustment: Adjustment }
type Entry = { kind: string; credits: number; reference: string; memo: { actor: string; reason: string } | null }

const REASON = 'the shoot of Tuesday was late'
const newAdmin = async () => makeAdmin(await signUp())
const pathTo = ({ user }: Person) => `/admin/users/${user.id}/credit-adjustments`
const adjust = (admin: Person, person: Person, credits: unknown, key = newKey(), reason: unknown = REASON) =>
  requestAs(admin, pathTo(person), { json: { credits, reason }, headers: { 'idempotency-key': key } })
const decide = (admin: Person, id: string, what: 'approval' | 'refusal') =>
  requestAs(admin, `/admin/credit-adjustments/${id}/${what}`, { method: 'POST' })
const asked = async (answer: Promise<Response>, status: number) => (await expectJson<Answer>(answer, status)).adjustment
const stateOfRow = async (id: string) =>
  (await db.select().from(creditAdjustments).where(eq(creditAdjustments.id, id)))[0]?.state
const adjustments = async (person: Person) =>
  (await expectJson<Page<Entry>>(requestAs(ani, `/admin/users/${person.user.id}/entries`), 200)).items.filter(
    ({ reference }) => reference.startsWith('adjustment:'),
  )

/** Bindings under which `adjust` of the users' objects fails: before it happens, or when only its answer is lost. */
const cutOff = (afterwards: boolean) => ({
  USER: {
    getByName: (name: string) =>
      new Proxy(env.USER.getByName(name), {
        get(stub, property) {
          const real = Reflect.get(stub, property)
          if (property !== 'adjust') return real
          return async (...sent: unknown[]) => {
            if (afterwards) await real(...sent)
            throw new Error('the object is away')
          }
        },
      }),
  },
})

let ani: Person
let budi: Person
let sari: Person
beforeAll(async () => {
  ;[ani, budi, sari] = await Promise.all([newAdmin(), newAdmin(), signUp()])
})

describe('POST /admin/users/:id/credit-adjustments (createCreditAdjustment)', () => {
  test('credits for a promotion expire when the promotion does', async () => {
    const person = await signUp()
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
    const give = (json: object) =>
      requestAs(ani, pathTo(person), { json: { reason: REASON, ...json }, headers: { 'idempotency-key': newKey() } })
    expect(await asked(give({ credits: 50, expiresAt }), 201)).toMatchObject({ state: 'applied', expiresAt })
    const expiry = await runInDurableObject(userObject(env, person.user.id), (_object, { storage }) =>
      storage.sql.exec("SELECT expires_at FROM credit_grant WHERE source = 'adjustment'").toArray(),
    )
    expect(expiry).toEqual([{ expires_at: Date.parse(expiresAt) }])
    const before = await stateOf(person.user.id)
    for (const wrong of [
      { credits: -5, expiresAt },
      { credits: 5, expiresAt: '2020-01-01T00:00:00Z' },
      { credits: 5, expiresAt: '2099-01-01T00:00:00Z' },
      { credits: 5, expiresAt: 'tomorrow' },
    ]) {
      const answer = await give(wrong)
      expect(answer.status).toBe(422)
      expect((await errorOf(answer)).issues).toMatchObject([{ field: 'expiresAt' }])
    }
    expect(await stateOf(person.user.id)).toEqual(before)
  })

  test('credits are given at once, with who and why in the ledger and in the audit log', async () => {
    const person = await signUp()
    const adjustment = await asked(adjust(ani, person, 250), 201)
    expect(adjustment).toMatchObject({ userId: person.user.id, credits: 250, reason: REASON, state: 'applied' })
    expect(adjustment).toMatchObject({ requestedBy: ani.user.id, approvedBy: null })
    expect(await creditsOf(person)).toEqual({ available: 550, held: 0 })
    expect(await adjustments(person)).toMatchObject([
      { kind: 'grant', credits: 250, memo: { actor: `admin:${ani.user.id}`, reason: REASON } },
    ])
    const { items } = await expectJson<Page<{ action: string; actorId: string; details: object }>>(
      requestAs(ani, `/admin/audit?subject=${person.user.id}`),
      200,
    )
    expect(items).toMatchObject([
      { action: 'credit_adjustment.applied', actorId: ani.user.id },
      { action: 'credit_adjustment.requested', actorId: ani.user.id, details: { credits: 250, reason: REASON } },
    ])
    expect(await userObject(env, person.user.id).verify()).toMatchObject({ ok: true })
  })

  test('credits are taken, down to nothing and no further: what is too much changes nothing', async () => {
    const person = await signUp()
    expect((await asked(adjust(ani, person, -200), 201)).state).toBe('applied')
    expect(await creditsOf(person)).toEqual({ available: 100, held: 0 })
    const before = await stateOf(person.user.id)
    const error = await errorOf(await adjust(ani, person, -101))
    expect(error).toMatchObject({ statusCode: 409, code: 'EXCEEDS_AVAILABLE', details: { available: 100 } })
    expect(await stateOf(person.user.id)).toEqual(before)
    expect((await adjust(ani, person, -100)).status).toBe(201)
    expect(await creditsOf(person)).toEqual({ available: 0, held: 0 })
  })

  test('a refusal spends no key: once the credits are there, the same request takes them', async () => {
    const person = await signUp()
    const key = newKey()
    expect((await adjust(ani, person, -400, key)).status).toBe(409)
    await asked(adjust(ani, person, 100), 201)
    expect((await asked(adjust(ani, person, -400, key), 201)).state).toBe('applied')
    expect((await asked(adjust(ani, person, -400, key), 201)).state).toBe('applied')
    expect(await creditsOf(person)).toEqual({ available: 0, held: 0 })
  })

  test('twenty clicks with one key are one adjustment', async () => {
    const person = await signUp()
    const key = newKey()
    const answers = await Promise.all(Array.from({ length: 20 }, () => adjust(ani, person, 30, key)))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201))
    expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === 'true')).toHaveLength(19)
    expect(await creditsOf(person)).toEqual({ available: 330, held: 0 })
    expect(await adjustments(person)).toHaveLength(1)
  })

  test('all that somebody has, taken twenty times with one key: taken once, and each of them is told so', async () => {
    const person = await signUp()
    const key = newKey()
    const answers = await Promise.all(Array.from({ length: 20 }, () => adjust(ani, person, -300, key)))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201))
    expect(await creditsOf(person)).toEqual({ available: 0, held: 0 })
    expect(await adjustments(person)).toMatchObject([
      { kind: 'reversal', credits: 300, memo: { actor: `admin:${ani.user.id}`, reason: REASON } },
    ])
    expect(await userObject(env, person.user.id).verify()).toMatchObject({ ok: true })
  })

  test('twenty requests at once take no more than there is', async () => {
    const person = await signUp()
    const answers = await Promise.all(Array.from({ length: 20 }, () => adjust(ani, person, -100)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3)
    for (const refusal of answers.filter(({ status }) => status !== 201))
      expect(await errorOf(refusal)).toMatchObject({ statusCode: 409, code: 'EXCEEDS_AVAILABLE' })
    expect(await creditsOf(person)).toEqual({ available: 0, held: 0 })
    const rows = await db.select().from(creditAdjustments).where(eq(creditAdjustments.userId, person.user.id))
    expect(rows.filter(({ state }) => state === 'applied')).toHaveLength(3)
    expect(rows.filter(({ state }) => state !== 'applied').map(({ state }) => state)).not.toContain('approved')
  })

  test('the key with another amount or for somebody else is a 422', async () => {
    const key = newKey()
    await asked(adjust(ani, sari, 5, key), 201)
    const other = await signUp()
    for (const answer of [adjust(ani, sari, 6, key), adjust(ani, other, 5, key)])
      expect(await errorOf(await answer)).toMatchObject({ statusCode: 422, code: 'IDEMPOTENCY_KEY_REUSED' })
    expect(await creditsOf(other)).toEqual({ available: 300, held: 0 })
  })

  test.each([
    ...[2 ** 53, -(2 ** 53), Number.MAX_SAFE_INTEGER, 2 ** 63, 1e308, 100_001, -100_001],
    ...[0, -0, 0.5, 30.000001, '30', '', null, true, [30], { credits: 30 }],
  ])('%j is no number of credits: 422, and nothing changes (A28)', async (credits) => {
    const before = await stateOf(sari.user.id, ani.user.id)
    const error = await errorOf(await adjust(ani, sari, credits))
    expect(error).toMatchObject({ statusCode: 422, code: 'VALIDATION_FAILED' })
    expect(error.issues[0]).toMatchObject({ field: 'credits' })
    expect(await stateOf(sari.user.id, ani.user.id)).toEqual(before)
  })

  test('numbers that only JSON can write are refused too (A28)', async () => {
    const headers = { 'content-type': 'application/json' }
    for (const credits of ['1e400', '9007199254740993', '-9007199254740993', '1e21', '10.5e0']) {
      const body = `{"credits":${credits},"reason":"${REASON}"}`
      const sent = { method: 'POST', headers: { ...headers, 'idempotency-key': newKey() }, body }
      expect((await requestAs(ani, pathTo(sari), sent)).status).toBe(422)
    }
  })

  test('a reason is asked for, and is more than a word', async () => {
    for (const reason of [null, '', 'because', ' '.repeat(20), 'x'.repeat(501), '<b>late shoot</b>'])
      expect(await errorOf(await adjust(ani, sari, 5, newKey(), reason))).toMatchObject({
        statusCode: 422,
        issues: [{ field: 'reason' }],
      })
  })

  test('nobody gets credits who has no account', async () => {
    const nobody = { ...sari, user: { ...sari.user, id: newId('user') } }
    expect((await adjust(ani, nobody, 5)).status).toBe(404)
  })
})

describe('two pairs of eyes (approveCreditAdjustment, refuseCreditAdjustment)', () => {
  test('above 10,000 credits it waits, and another admin applies it, once', async () => {
    const person = await signUp()
    const key = newKey()
    const waiting = await asked(adjust(ani, person, 10_001, key), 202)
    expect(waiting).toMatchObject({ state: 'awaiting_approval', approvedBy: null, decidedAt: null })
    expect(await creditsOf(person)).toEqual({ available: 300, held: 0 })
    const approvals = await Promise.all(Array.from({ length: 20 }, () => decide(budi, waiting.id, 'approval')))
    for (const approval of approvals)
      expect((await expectJson<Answer>(approval, 200)).adjustment).toMatchObject({
        ...{ id: waiting.id, state: 'applied', requestedBy: ani.user.id, approvedBy: budi.user.id },
      })
    expect(await creditsOf(person)).toEqual({ available: 10_301, held: 0 })
    const [entry, ...more] = await adjustments(person)
    expect(more).toEqual([])
    expect(entry?.memo).toMatchObject({ actor: `admin:${ani.user.id},${budi.user.id}`, reason: REASON })
    const replayed = await adjust(ani, person, 10_001, key)
    expect([replayed.status, replayed.headers.get('idempotent-replayed')]).toEqual([201, 'true'])
    const { items } = await expectJson<Page<{ action: string; actorId: string }>>(
      requestAs(ani, `/admin/audit?subject=${person.user.id}`),
      200,
    )
    expect(items.map(({ action, actorId }) => [action, actorId])).toEqual([
      ['credit_adjustment.applied', budi.user.id],
      ['credit_adjustment.approved', budi.user.id],
      ['credit_adjustment.requested', ani.user.id],
    ])
  })

  test('10,000 is the most that one admin does alone', async () => {
    const [admin, person] = await Promise.all([newAdmin(), signUp()])
    await asked(adjust(admin, person, 10_000), 201)
    await asked(adjust(admin, person, -10_000), 201)
    expect(await creditsOf(person)).toEqual({ available: 300, held: 0 })
    await asked(adjust(admin, person, 100_000), 202)
  })

  test('nobody approves what they asked for themselves', async () => {
    const person = await signUp()
    const { id } = await asked(adjust(ani, person, 20_000), 202)
    expect(await errorOf(await decide(ani, id, 'approval'))).toMatchObject({
      statusCode: 403,
      code: 'OTHER_ADMIN_NEEDED',
    })
    expect(await creditsOf(person)).toEqual({ available: 300, held: 0 })
    expect(await stateOfRow(id)).toBe('awaiting_approval')
  })

  test('an admin’s own account waits for another admin, however little it is', async () => {
    const before = await creditsOf(ani)
    const { id } = await asked(adjust(ani, ani, 1), 202)
    expect((await decide(ani, id, 'approval')).status).toBe(403)
    expect(await creditsOf(ani)).toEqual(before)
    const others = await asked(adjust(budi, ani, 10_001), 202)
    expect((await decide(ani, others.id, 'approval')).status).toBe(403)
    expect(await creditsOf(ani)).toEqual(before)
  })

  test('many small ones are a large one: ten of 10,000 at once, and five wait', async () => {
    const [admin, person] = await Promise.all([newAdmin(), signUp()])
    const answers = await Promise.all(Array.from({ length: 10 }, () => adjust(admin, person, 10_000)))
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(5).fill(201), ...Array(5).fill(202)])
    expect(await creditsOf(person)).toEqual({ available: 50_300, held: 0 })
    await asked(adjust(admin, await signUp(), 1), 202)
    await asked(adjust(admin, person, -1), 202)
  })

  test('what waits, was refused or was approved by another does not use up the day', async () => {
    const [admin, person] = await Promise.all([newAdmin(), signUp()])
    const { id } = await asked(adjust(admin, person, 50_000), 202)
    await asked(decide(budi, id, 'approval'), 200)
    await asked(decide(admin, (await asked(adjust(admin, person, 50_000), 202)).id, 'refusal'), 200)
    await asked(adjust(admin, person, 10_000), 201)
  })

  test('yesterday’s adjustments do not count, also when their key is older still', async () => {
    const [admin, person] = await Promise.all([newAdmin(), signUp()])
    const yesterday = { requestedBy: admin.user.id, state: 'applied' as const, createdAt: Date.now() - 86_400_000 }
    await adjustmentRow(person.user.id, { ...yesterday, credits: 50_000 })
    await asked(adjust(admin, person, 10_000), 201)
    const [late] = await db.select().from(creditAdjustments).where(eq(creditAdjustments.requestedBy, admin.user.id))
    const old = late!.id.replace(/^adj_.{10}/, `adj_${'0'.repeat(10)}`)
    await adjustmentRow(person.user.id, { ...yesterday, id: old, createdAt: Date.now(), credits: 1 })
    await asked(adjust(admin, person, 10_000), 201)
  })

  test('a refused one is never applied', async () => {
    const person = await signUp()
    const key = newKey()
    const { id } = await asked(adjust(ani, person, 20_000, key), 202)
    const refused = await asked(decide(budi, id, 'refusal'), 200)
    expect(refused).toMatchObject({ state: 'refused', approvedBy: null })
    expect((await asked(decide(budi, id, 'refusal'), 200)).state).toBe('refused')
    for (const again of [decide(budi, id, 'approval'), adjust(ani, person, 20_000, key)])
      expect(await errorOf(await again)).toMatchObject({ statusCode: 409, code: 'ALREADY_DECIDED' })
    expect(await creditsOf(person)).toEqual({ available: 300, held: 0 })
  })

  test('an applied one cannot be refused', async () => {
    const { id } = await asked(adjust(ani, sari, 5), 201)
    const error = await errorOf(await decide(budi, id, 'refusal'))
    expect(error).toMatchObject({ statusCode: 409, code: 'ALREADY_DECIDED', details: { state: 'applied' } })
  })

  test('approval and refusal at once: one of them decides, and the ledger agrees with it', async () => {
    const person = await signUp()
    const { id } = await asked(adjust(ani, person, 20_000), 202)
    const both = (n: number) => decide(budi, id, n % 2 === 0 ? 'approval' : 'refusal')
    await Promise.all(Array.from({ length: 20 }, (_, n) => both(n)))
    const applied = (await stateOfRow(id)) === 'applied'
    expect(await stateOfRow(id)).toMatch(/^(applied|refused)$/)
    expect((await creditsOf(person)).available).toBe(applied ? 20_300 : 300)
  })

  test('an approval that would take more than there is changes nothing, and can be given later', async () => {
    const person = await signUp()
    await asked(adjust(await newAdmin(), person, 10_000), 201)
    const { id } = await asked(adjust(ani, person, -10_300), 202)
    await asked(adjust(ani, person, -1), 201)
    const before = await stateOf(person.user.id)
    const error = await errorOf(await decide(budi, id, 'approval'))
    expect(error).toMatchObject({ statusCode: 409, details: { available: 10_299 } })
    expect(await stateOf(person.user.id)).toEqual(before)
    expect(await stateOfRow(id)).toBe('awaiting_approval')
    await asked(adjust(ani, person, 1), 201)
    expect((await asked(decide(budi, id, 'approval'), 200)).state).toBe('applied')
    expect(await creditsOf(person)).toEqual({ available: 0, held: 0 })
  })
})

describe.each([
  ['before the ledger had it', false],
  ['after the ledger had it', true],
])('cut off %s', (_, afterwards) => {
  const as = ({ accessToken }: Person, path: string, sent: object = {}, headers: Record<string, string> = {}) =>
    requestIn(cutOff(afterwards), path, {
      ...sent,
      headers: { ...headers, authorization: `Bearer ${accessToken}` },
    })

  test('an approval is finished by giving it again, and applies once', async () => {
    const person = await signUp()
    const { id } = await asked(adjust(ani, person, 20_000), 202)
    expect((await as(budi, `/admin/credit-adjustments/${id}/approval`, { method: 'POST' })).status).toBe(500)
    expectErrors()
    expect(await stateOfRow(id)).toBe('approved')
    expect((await decide(budi, id, 'refusal')).status).toBe(409)
    for (let again = 0; again < 2; again++)
      expect((await asked(decide(budi, id, 'approval'), 200)).state).toBe('applied')
    expect(await creditsOf(person)).toEqual({ available: 20_300, held: 0 })
    expect(await adjustments(person)).toHaveLength(1)
  })

  test('a small one is finished by the same request, and applies once', async () => {
    const person = await signUp()
    const key = newKey()
    const sent = { json: { credits: -30, reason: REASON } }
    expect((await as(ani, pathTo(person), sent, { 'idempotency-key': key })).status).toBe(500)
    expectErrors()
    for (let again = 0; again < 2; again++)
      expect((await asked(adjust(ani, person, -30, key), 201)).state).toBe('applied')
    expect(await creditsOf(person)).toEqual({ available: 270, held: 0 })
    expect(await adjustments(person)).toHaveLength(1)
  })
})

test('credits that went away after the approval end it: nobody finds it done later', async () => {
  const person = await signUp()
  const key = newKey()
  const sent = { json: { credits: -300, reason: REASON }, headers: { 'idempotency-key': key } }
  const headers = { ...sent.headers, authorization: `Bearer ${ani.accessToken}` }
  expect((await requestIn(cutOff(false), pathTo(person), { ...sent, headers })).status).toBe(500)
  expectErrors()
  await asked(adjust(ani, person, -1), 201)
  expect(await errorOf(await adjust(ani, person, -300, key))).toMatchObject({
    ...{ statusCode: 409, code: 'EXCEEDS_AVAILABLE', details: { available: 299 } },
  })
  await asked(adjust(ani, person, 1), 201)
  expect((await errorOf(await adjust(ani, person, -300, key))).code).toBe('ALREADY_DECIDED')
  expect(await creditsOf(person)).toEqual({ available: 300, held: 0 })
})

describe('GET /admin/credit-adjustments (listCreditAdjustments)', () => {
  test('those of a state, newest first, by pages', async () => {
    const person = await signUp()
    const ids: string[] = []
    for (const credits of [20_000, 30_000, 40_000]) ids.unshift((await asked(adjust(ani, person, credits), 202)).id)
    const list = (query: string) =>
      expectJson<Page<Adjustment>>(requestAs(budi, `/admin/credit-adjustments?${query}`), 200)
    const first = await list('state=awaiting_approval&limit=2')
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    const second = await list(`state=awaiting_approval&limit=1&cursor=${first.page.nextCursor}`)
    expect(second.items[0]?.id).toBe(ids[2])
    await asked(decide(budi, ids[0]!, 'refusal'), 200)
    expect((await list('state=refused&limit=1')).items[0]?.id).toBe(ids[0])
    expect((await list('limit=1')).items[0]?.id).toBe(ids[0])
    expect((await requestAs(budi, '/admin/credit-adjustments?state=lost')).status).toBe(422)
  })
})

describe('a token that says admin', () => {
  const changes = (admin: Person, id: string) => [
    adjust(admin, sari, 5),
    decide(admin, id, 'approval'),
    decide(admin, id, 'refusal'),
    requestAs(admin, `/admin/users/${sari.user.id}/generations/${newId('generation')}/refunds`, {
      json: { credits: 5, reason: REASON },
      headers: { 'idempotency-key': newKey() },
    }),
  ]

  test('changes no money once the role was taken away', async () => {
    const admin = await newAdmin()
    const { id } = await asked(adjust(ani, sari, 20_000), 202)
    await db.update(users).set({ role: 'user' }).where(eq(users.id, admin.user.id))
    for (const answer of changes(admin, id))
      expect(await errorOf(await answer)).toMatchObject({ statusCode: 403, code: 'FORBIDDEN' })
    expect(await stateOfRow(id)).toBe('awaiting_approval')
  })

  test('changes no money once its owner signed out', async () => {
    const admin = await newAdmin()
    const { id } = await asked(adjust(ani, sari, 20_000), 202)
    await requestAs(admin, '/auth/logout', { method: 'POST' })
    for (const answer of changes(admin, id))
      expect(await errorOf(await answer)).toMatchObject({ statusCode: 401, code: 'UNAUTHENTICATED' })
    expect(await stateOfRow(id)).toBe('awaiting_approval')
  })
})
