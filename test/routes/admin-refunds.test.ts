import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { auditLog } from '../../src/db/tables/operations'
import { newId } from '../../src/kernel/ids'
import { userObject } from '../../src/objects'
import { expectJson, requestAs, signUp } from '../support/app'
import { endedAvatars, type StartedAvatars, showAvatars, startAvatars } from '../support/avatar-starts'
import { AVATARS, newAvatarProject } from '../support/avatars'
import { changed, shotPictures, showJob, WHITE } from '../support/backgrounds'
import type { Person } from '../support/people'
import { db, makeAdmin, stateOf } from '../support/rows'
import { creditsOf, ended, newKey, type Page, POSES, startShoot } from '../support/shoots'
import { errorOf } from '../support/walk'

type Spent = { credits: { total: number } }
type Refund = { id: string; generationId: string; credits: number; reason: string; refundable: number }

const REASON = 'the box was cut off'
const refund = (person: Person, generationId: string, credits: unknown, key = newKey(), by = admin) =>
  requestAs(by, `/admin/users/${person.user.id}/generations/${generationId}/refunds`, {
    json: { credits, reason: REASON },
    headers: { 'idempotency-key': key },
  })
const refunded = async (...sent: Parameters<typeof refund>) =>
  (await expectJson<{ refund: Refund }>(refund(...sent), 201)).refund

/** Somebody who paid for `pictures` pictures of 30 credits, and the generation. */
async function charged(pictures: number): Promise<{ person: Person; id: string }> {
  const person = await signUp()
  const { generation } = await startShoot(person, { selectedPoseIds: POSES.slice(0, pictures) })
  await ended(person, generation.id)
  return { person, id: generation.id }
}

let admin: Person
beforeAll(async () => {
  admin = await makeAdmin(await signUp())
})

describe('POST /admin/users/:id/generations/:id/refunds (refundGeneration)', () => {
  test('credits come back, and ledger and audit log say who gave them and why', async () => {
    const { person, id } = await charged(1)
    const given = await refunded(person, id, 30)
    expect(given).toMatchObject({ generationId: id, credits: 30, reason: REASON, refundable: 0 })
    expect(await creditsOf(person)).toEqual({ available: 300, held: 0 })
    const entries = await expectJson<Page<{ kind: string; memo: object | null }>>(
      requestAs(admin, `/admin/users/${person.user.id}/entries?limit=1`),
      200,
    )
    expect(entries.items).toMatchObject([{ kind: 'refund', memo: { actor: `admin:${admin.user.id}`, reason: REASON } }])
    const audit = await expectJson<Page<object>>(requestAs(admin, `/admin/audit?subject=${person.user.id}`), 200)
    expect(audit.items).toMatchObject([
      {
        ...{ id: given.id, action: 'generation.refunded', actorId: admin.user.id },
        details: { generationId: id, credits: 30, reason: REASON },
      },
    ])
    expect(await userObject(env, person.user.id).verify()).toMatchObject({ ok: true })
  })

  test('beyond what one admin may give on a day another one has to', async () => {
    const { person, id } = await charged(1)
    const [busy, other] = await Promise.all([signUp().then(makeAdmin), signUp().then(makeAdmin)])
    await db.insert(auditLog).values({
      ...{ id: newId('audit'), actorId: busy.user.id, action: 'generation.refunded', subject: 'usr_somebody' },
      ...{ details: JSON.stringify({ credits: 49_980 }), requestId: 'req_test', createdAt: Date.now() },
    })
    const refused = await refund(person, id, 30, newKey(), busy)
    expect([refused.status, (await errorOf(refused)).code]).toEqual([403, 'OTHER_ADMIN_NEEDED'])
    const key = newKey()
    expect(await refunded(person, id, 20, key, busy)).toMatchObject({ refundable: 10 })
    // The same again is the same, not one more of the day.
    expect(await refunded(person, id, 20, key, busy)).toMatchObject({ refundable: 10 })
    expect(await refunded(person, id, 10, newKey(), other)).toMatchObject({ refundable: 0 })
  })

  test('twenty full refunds at once, each with a key of its own: one is given (A14)', async () => {
    const { person, id } = await charged(1)
    const answers = await Promise.all(Array.from({ length: 20 }, () => refund(person, id, 30)))
    const refusals = answers.filter(({ status }) => status !== 201)
    expect(refusals).toHaveLength(19)
    for (const refusal of refusals)
      expect(await errorOf(refusal)).toMatchObject({
        ...{ statusCode: 409, code: 'EXCEEDS_CHARGE', details: { refundable: 0 } },
      })
    expect(await creditsOf(person)).toEqual({ available: 300, held: 0 })
  })

  test('twenty times the same request is one refund (A14)', async () => {
    const { person, id } = await charged(2)
    const key = newKey()
    const answers = await Promise.all(Array.from({ length: 20 }, () => refunded(person, id, 30, key)))
    expect(new Set(answers.map(({ id: refundId }) => refundId)).size).toBe(1)
    expect(await creditsOf(person)).toEqual({ available: 270, held: 0 })
    const replayed = await refund(person, id, 30, key)
    expect(replayed.headers.get('idempotent-replayed')).toBe('true')
    const audit = await expectJson<Page<object>>(requestAs(admin, `/admin/audit?subject=${person.user.id}`), 200)
    expect(audit.items).toHaveLength(1)
  })

  test('a second refund is given as far as the charge goes, and not further (A15)', async () => {
    const { person, id } = await charged(2)
    expect((await refunded(person, id, 20)).refundable).toBe(40)
    expect((await refunded(person, id, 25)).refundable).toBe(15)
    const before = await stateOf(person.user.id)
    expect(await errorOf(await refund(person, id, 16))).toMatchObject({
      ...{ statusCode: 409, code: 'EXCEEDS_CHARGE', details: { refundable: 15 } },
    })
    expect(await stateOf(person.user.id)).toEqual(before)
    expect((await refunded(person, id, 15)).refundable).toBe(0)
    expect(await creditsOf(person)).toEqual({ available: 300, held: 0 })
  })

  test('a change of backgrounds is refunded like a generation, and the statement names it', async () => {
    const person = await signUp()
    const { picture } = await shotPictures(person)
    const { id } = await changed(person, picture.id, WHITE)
    expect((await refunded(person, id, 4)).refundable).toBe(6)
    expect(await errorOf(await refund(person, id, 7))).toMatchObject({
      ...{ statusCode: 409, code: 'EXCEEDS_CHARGE', details: { refundable: 6 } },
    })
    expect((await refunded(person, id, 6)).refundable).toBe(0)
    expect(await creditsOf(person)).toEqual({ available: 270, held: 0 })
    expect((await showJob(person, id)).job).toMatchObject({ creditHeld: 0, creditCharged: 0, creditRefunded: 10 })
    const statement = await expectJson<Page<{ kind: string; reference: string; change: number }>>(
      requestAs(person, '/credits/statement?limit=100'),
      200,
    )
    const ofJob = statement.items.filter(({ reference }) => reference === id)
    expect(ofJob.map(({ kind, change }) => [kind, change])).toEqual([
      ['hold', 0],
      ['settle', -10],
      ['refund', 4],
      ['refund', 6],
    ])
    expect(await userObject(env, person.user.id).verify()).toMatchObject({ ok: true })
    expect((await refund(person, newId('export'), 1)).status).toBe(422)
  })

  test('avatars are refunded like a shoot, and their generation, figures and statement say so', async () => {
    const person = await signUp()
    const { id: projectId } = await newAvatarProject(person)
    const asked = startAvatars(person, `projects/${projectId}/avatars/generate`, { words: 'batik', variationCount: 2 })
    const { id } = (await expectJson<StartedAvatars>(asked, 202)).generation
    await endedAvatars(person, id)
    expect((await refunded(person, id, 10)).refundable).toBe(10)
    expect(await errorOf(await refund(person, id, 11))).toMatchObject({ code: 'EXCEEDS_CHARGE' })
    expect(await creditsOf(person)).toEqual({ available: 290, held: 0 })
    expect((await showAvatars(person, id)).generation).toMatchObject({ creditCharged: 10, creditRefunded: 10 })
    const spent = async () => (await expectJson<Spent>(requestAs(person, `${AVATARS}/stats`), 200)).credits.total
    await vi.waitUntil(async () => (await spent()) === 10, { timeout: 10_000, interval: 50 })
    const csv = await (await requestAs(person, '/credits/statement?format=csv')).text()
    expect(csv.split('\n').filter((line) => line.includes(id) && line.includes('refund'))).toHaveLength(1)
    expect(await userObject(env, person.user.id).verify()).toMatchObject({ ok: true })
  })

  test('a key is for one generation and one amount', async () => {
    const { person, id } = await charged(2)
    const key = newKey()
    await refunded(person, id, 10, key)
    for (const again of [refund(person, id, 11, key), refund(person, newId('generation'), 10, key)])
      expect(await errorOf(await again)).toMatchObject({ statusCode: 422, code: 'IDEMPOTENCY_KEY_REUSED' })
    expect(await creditsOf(person)).toEqual({ available: 250, held: 0 })
  })

  test('somebody else’s generation, nobody’s, and nobody’s account are a 404', async () => {
    const [{ person, id }, other] = await Promise.all([charged(1), signUp()])
    const nobody = { ...other, user: { ...other.user, id: newId('user') } }
    for (const answer of [refund(other, id, 30), refund(person, newId('generation'), 30), refund(nobody, id, 30)])
      expect(await errorOf(await answer)).toMatchObject({ statusCode: 404, code: 'NOT_FOUND' })
    expect(await creditsOf(other)).toEqual({ available: 300, held: 0 })
  })

  test('an admin’s own pictures are another admin’s to refund', async () => {
    const { person, id } = await charged(1)
    const own = await makeAdmin(person)
    expect(await errorOf(await refund(own, id, 30, newKey(), own))).toMatchObject({
      ...{ statusCode: 403, code: 'OTHER_ADMIN_NEEDED' },
    })
    expect((await refund(own, id, 30)).status).toBe(201)
  })

  test.each([0, -1, 1.5, 2 ** 53, 100_001, '30', null])('%j is no number of credits (A28)', async (credits) => {
    const person = await signUp()
    const error = await errorOf(await refund(person, newId('generation'), credits))
    expect(error.statusCode).toBe(422)
    expect(error.issues[0]).toMatchObject({ field: 'credits' })
  })
})
