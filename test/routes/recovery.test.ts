import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { appJobs } from '../../src/db/tables/apps'
import { avatarDeletions, avatarReports } from '../../src/db/tables/likeness'
import { auditLog, deadLetters } from '../../src/db/tables/operations'
import { pictureJobs } from '../../src/db/tables/pictures'
import { newId } from '../../src/kernel/ids'
import { userObject } from '../../src/objects'
import { expectJson, requestAs, signUp } from '../support/app'
import { endedAvatars, type StartedAvatars, startAvatars } from '../support/avatar-starts'
import { appJobRow, avatarDeletionRow, avatarReportRow, newAvatarProject } from '../support/avatars'
import { shotPictures, WHITE } from '../support/backgrounds'
import type { Person } from '../support/people'
import { adjustmentRow, db, generationRow, makeAdmin, noticeRow, paymentRow, projectRow } from '../support/rows'
import {
  creditsOf,
  deliver,
  ended,
  GENERATOR,
  holdQueue,
  newKey,
  REFUSING,
  requestIn,
  showGeneration,
  startShoot,
} from '../support/shoots'
import { errorOf } from '../support/walk'

const MINUTE_MS = 60_000
type Heap = { count: number; isMore: boolean; oldestAt: string | null }
type Recovery = {
  clockDueSince: string | null
  staleGenerations: Heap
  stalePictureJobs: Heap
  staleAppJobs: Heap
  avatarReportsOpen: Heap
  avatarDeletionsOpen: Heap
  paymentChecks: Heap
  planChanges: Heap
  adjustmentsAwaiting: Heap
  notices: Record<'received' | 'failed' | 'quarantined', Heap>
  deadLetters: { isMore: boolean; heaps: { queue: string; kind: string; count: number; oldestAt: string }[] }
}
type Reaped = { seen: number; deleted: number; expired: number; unknown: number }
type Recovered = {
  generations: number
  notWoken: number
  plans: number
  payments: { before: number; after: number }
  orphans: Reaped
  torn: string[]
}

let admin: Person
beforeAll(async () => {
  admin = await makeAdmin(await signUp())
})

const status = () => expectJson<Recovery>(requestAs(admin, '/admin/recovery/status'), 200)
const trigger = () => requestAs(admin, '/admin/recovery/trigger', { method: 'POST' })
const replay = (id: string) => requestAs(admin, `/admin/dead-letters/${id}/replay`, { method: 'POST' })
const recordsOf = (subject: string) => db.select().from(auditLog).where(eq(auditLog.subject, subject))
const isListed = async (id: string) => (await db.select().from(deadLetters).where(eq(deadLetters.id, id))).length > 0

/** A message that ran out of tries. */
async function parked(body: object | string, queue = 'lumiku-generation', createdAt = Date.now()): Promise<string> {
  const id = newId('deadLetter')
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  await db
    .insert(deadLetters)
    .values({ id, queue, messageId: id, body: text, error: 'Error: away', attempts: 8, createdAt })
  return id
}

/** A generation that D1 shows as open since then. */
async function openSince(person: Person, createdAt: number): Promise<string> {
  const projectId = await projectRow(person.user.id)
  return generationRow(person.user.id, projectId, { status: 'processing', createdAt })
}

/** Environments with a queue of their own: what was sent, or a queue that is away. */
function catching() {
  const sent: unknown[] = []
  return { sent, vars: { GENERATION_QUEUE: { send: async (body: unknown) => void sent.push(body) } } }
}
const AWAY = { GENERATION_QUEUE: { send: () => Promise.reject(new Error('the queue is away')) } }
const replayIn = (vars: object, id: string) =>
  requestIn({ ...vars }, `/admin/dead-letters/${id}/replay`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin.accessToken}` },
  })

describe('GET /admin/recovery/status (showRecovery)', () => {
  test('counts what waits for somebody, and says since when', async () => {
    const sari = await signUp()
    const before = await status()
    const now = Date.now()
    await openSince(sari, now - 20 * MINUTE_MS)
    await openSince(sari, now - 14 * MINUTE_MS)
    const paymentId = await paymentRow(sari.user.id, { nextCheckAt: 1_000 })
    await paymentRow(sari.user.id, { nextCheckAt: now + 10 * MINUTE_MS })
    await adjustmentRow(sari.user.id)
    await noticeRow(paymentId)
    await noticeRow(paymentId, { state: 'failed', receivedAt: now })
    const after = await status()
    expect(after.staleGenerations.count).toBe(before.staleGenerations.count + 1)
    expect(after.stalePictureJobs).toEqual(before.stalePictureJobs)
    expect(after.paymentChecks).toEqual({
      ...{ count: before.paymentChecks.count + 1, isMore: false },
      oldestAt: new Date(1_000).toISOString(),
    })
    expect(after.clockDueSince).toBe(new Date(1_000).toISOString())
    expect(after.adjustmentsAwaiting.count).toBe(before.adjustmentsAwaiting.count + 1)
    expect(after.notices.quarantined.count).toBe(before.notices.quarantined.count + 1)
    expect(after.notices.failed.count).toBe(before.notices.failed.count + 1)
    expect(after.notices.received).toEqual(before.notices.received)
    await env.DB.prepare('update payments set next_check_at = null where id = ?').bind(paymentId).run()
  })

  test('counts changes of backgrounds and exports that stand still, and waking takes them along', async () => {
    const sari = await signUp()
    const before = await status()
    const createdAt = Date.now() - 20 * MINUTE_MS
    for (const [app, kind] of [
      ['backgrounds', 'backgroundJob'],
      ['exports', 'export'],
    ] as const)
      await db.insert(pictureJobs).values({
        ...{ id: newId(kind), userId: sari.user.id, app, status: 'processing', total: 1, completed: 0, failed: 0 },
        ...{ cancelled: 0, creditsCharged: 0, version: 1, createdAt },
      })
    const { stalePictureJobs } = await status()
    expect(stalePictureJobs.count).toBe(before.stalePictureJobs.count + 2)
    expect(Date.parse(stalePictureJobs.oldestAt!)).toBeLessThanOrEqual(createdAt)
    const { recovered } = await expectJson<{ recovered: Recovered }>(trigger(), 200)
    expect(recovered).toMatchObject({ torn: [], orphans: { unknown: expect.any(Number) } })
    expect(recovered.generations).toBeGreaterThanOrEqual(1)
    await db.delete(pictureJobs).where(eq(pictureJobs.userId, sari.user.id))
  })

  test('counts avatars that stand still, reports that nobody decided, and deletions that have not come to their end', async () => {
    const sari = await signUp()
    const before = await status()
    await appJobRow(sari.user.id, { status: 'processing', endedAt: null, createdAt: Date.now() - 20 * MINUTE_MS })
    const reportId = await avatarReportRow(null)
    const deletionId = await avatarDeletionRow(sari.user.id)
    await db.update(avatarDeletions).set({ endedAt: null }).where(eq(avatarDeletions.id, deletionId))
    const after = await status()
    for (const heap of ['staleAppJobs', 'avatarReportsOpen', 'avatarDeletionsOpen'] as const)
      expect([heap, after[heap].count]).toEqual([heap, before[heap].count + 1])
    const { recovered } = await expectJson<{ recovered: Recovered }>(trigger(), 200)
    expect(recovered.generations).toBeGreaterThanOrEqual(1)
    expect((await status()).avatarDeletionsOpen.count).toBe(before.avatarDeletionsOpen.count)
    await db.delete(avatarReports).where(eq(avatarReports.id, reportId))
    await db.delete(appJobs).where(eq(appJobs.userId, sari.user.id))
  })

  test('tells dead letters by queue and kind, with the age of the oldest', async () => {
    const queue = `queue-${crypto.randomUUID()}`
    const now = Date.now()
    for (const age of [3, 1, 2]) await parked({ type: 'pose' }, queue, now - age * MINUTE_MS)
    await parked({ type: 'payment' }, queue, now)
    await parked('{"type":"po', queue, now)
    const { heaps } = (await status()).deadLetters
    const oldestAt = new Date(now - 3 * MINUTE_MS).toISOString()
    const at = new Date(now).toISOString()
    expect(heaps.filter((heap) => heap.queue === queue)).toEqual([
      { queue, kind: 'pose', count: 3, oldestAt, newestAt: new Date(now - MINUTE_MS).toISOString() },
      { queue, kind: 'payment', count: 1, oldestAt: at, newestAt: at },
      { queue, kind: 'unreadable', count: 1, oldestAt: at, newestAt: at },
    ])
  })
})

describe('POST /admin/recovery/trigger (triggerRecovery)', () => {
  test('a shoot whose message and alarm were both lost gets its alarm back', async () => {
    const sari = await signUp()
    await holdQueue(sari)
    const { generation } = await startShoot(sari)
    const age = 'update generations set created_at = ? where id = ? returning id'
    const aged = () =>
      env.DB.prepare(age)
        .bind(Date.now() - 20 * MINUTE_MS, generation.id)
        .first()
    await vi.waitUntil(aged, { timeout: 5_000, interval: 20 })
    await runInDurableObject(userObject(env, sari.user.id), (_object, { storage }) => storage.deleteAlarm())
    await evictDurableObject(userObject(env, sari.user.id))
    const { recovered } = await expectJson<{ recovered: Recovered }>(trigger(), 200)
    expect(recovered.generations).toBeGreaterThanOrEqual(1)
    expect(recovered).toMatchObject({ notWoken: 0, torn: [] })
    const alarm = () => runInDurableObject(userObject(env, sari.user.id), (_object, { storage }) => storage.getAlarm())
    expect(await alarm()).toBeGreaterThan(0)
  })

  test('asks about every order that is due, which is due no more', async () => {
    const sari = await signUp()
    await paymentRow(sari.user.id, { nextCheckAt: 1_000, createdAt: Date.now() })
    const { recovered } = await expectJson<{ recovered: Recovered }>(trigger(), 200)
    expect(recovered.payments.before).toBeGreaterThanOrEqual(1)
    expect(recovered.payments.after).toBeLessThan(recovered.payments.before)
  })

  test('is on record with the name of who did it', async () => {
    const before = await recordsOf('recovery')
    await expectJson(trigger(), 200)
    const records = await recordsOf('recovery')
    expect(records).toHaveLength(before.length + 1)
    expect(records.at(-1)).toMatchObject({ actorId: admin.user.id, action: 'recovery.triggered' })
  })

  test('an admin who lost the role meanwhile triggers nothing', async () => {
    const former = await makeAdmin(await signUp())
    await env.DB.prepare("update users set role = 'user' where id = ?").bind(former.user.id).run()
    for (const path of ['/admin/recovery/trigger', `/admin/dead-letters/${newId('deadLetter')}/replay`])
      expect(await errorOf(await requestAs(former, path, { method: 'POST' }))).toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('POST /admin/dead-letters/:id/replay (replayDeadLetter)', () => {
  const payment = { type: 'payment', paymentId: newId('payment'), requestId: 'lost' }
  const erasure = { type: 'erasure', userId: newId('user'), jobId: newId('generation'), requestId: 'lost' }

  const deletion = { type: 'erasure', userId: newId('user'), deletionId: newId('avatarDeletion'), requestId: 'lost' }

  test.each([payment, erasure, deletion])(
    'sends a message of kind $type again, once, and takes it off the list',
    async (body) => {
      const id = await parked(body)
      const { sent, vars } = catching()
      const answer = await replayIn(vars, id)
      const requestId = answer.headers.get('x-request-id')
      const first = await expectJson<{ replayed: object }>(answer, 200)
      expect(first.replayed).toMatchObject({ id, queue: 'lumiku-generation', kind: body.type })
      expect(sent).toEqual([{ ...body, requestId }])
      expect(await isListed(id)).toBe(false)

      const again = await replayIn(vars, id)
      expect(again.headers.get('idempotent-replayed')).toBe('true')
      expect(await expectJson(again, 200)).toEqual(first)
      expect(sent).toHaveLength(1)
    },
  )

  test('is on record once, with the whole message', async () => {
    const id = await parked(payment)
    const { vars } = catching()
    for (let times = 0; times < 3; times++) await expectJson(replayIn(vars, id), 200)
    const records = await recordsOf(id)
    expect(records).toMatchObject([{ actorId: admin.user.id, action: 'dead_letter.replayed' }])
    expect(JSON.parse(records[0]!.details)).toMatchObject({ message: payment, error: 'Error: away', attempts: 8 })
  })

  test('two admins at once are one record, and both are told that it was sent', async () => {
    const id = await parked(erasure)
    const { vars } = catching()
    const answers = await Promise.all([replayIn(vars, id), replayIn(vars, id)])
    expect(answers.map((answer) => answer.status)).toEqual([200, 200])
    expect(await recordsOf(id)).toHaveLength(1)
  })

  test('a queue that is away changes nothing: 503, and the message is still on the list', async () => {
    const id = await parked(payment)
    expect(await errorOf(await replayIn(AWAY, id))).toMatchObject({ statusCode: 503, code: 'UNAVAILABLE' })
    expect(await isListed(id)).toBe(true)
    expect(await recordsOf(id)).toEqual([])
    const { sent, vars } = catching()
    await expectJson(replayIn(vars, id), 200)
    expect(sent).toHaveLength(1)
  })

  test('a picture that failed is a 409 that names the way out, and the way works', async () => {
    const sari = await signUp()
    await holdQueue(sari)
    const { generation } = await startShoot(sari)
    await deliver(sari, generation.id, [0], REFUSING)
    const body = { type: 'pose', userId: sari.user.id, jobId: generation.id, position: 0, requestId: 'lost' }
    const id = await parked(body)
    const { sent, vars } = catching()
    const error = await errorOf(await replayIn(vars, id))
    const retry = `/api/v1${GENERATOR}/generations/${generation.id}/retry`
    expect(error).toMatchObject({ statusCode: 409, code: 'CONFLICT', details: { status: 'failed', retry } })
    expect([sent, await isListed(id)]).toEqual([[], true])
    expect(await creditsOf(sari)).toEqual({ available: 300, held: 0 })
    const headers = { 'idempotency-key': newKey() }
    expect((await requestAs(sari, `/${retry}`, { method: 'POST', headers })).status).toBe(202)
  })

  test('a picture that is there is a 409 without a way out, for none is needed', async () => {
    const sari = await signUp()
    await holdQueue(sari)
    const { generation } = await startShoot(sari, { batchSize: 2 })
    await deliver(sari, generation.id, [0])
    const id = await parked({
      ...{ type: 'pose', userId: sari.user.id, jobId: generation.id },
      ...{ position: 0, requestId: 'lost' },
    })
    const { details } = await errorOf(await replay(id))
    expect(details).toEqual({ reason: 'the picture is there', status: 'processing' })
  })

  test.each(['backgrounds', 'exports'] as const)(
    'a picture of %s that failed is asked for anew, one that is done needs nothing',
    async (app) => {
      const sari = await signUp()
      const { pictures } = await shotPictures(sari, { batchSize: 2 })
      const [gone, there] = pictures
      const free = { available: 240, held: 0 }
      await holdQueue(sari)
      const imageIds = pictures.map(({ id }) => id)
      const body = app === 'backgrounds' ? { imageIds, ...WHITE } : { imageIds, formats: ['shopee_product'] }
      const answer = await expectJson<{ job?: { id: string }; export?: { id: string } }>(
        requestAs(sari, `${GENERATOR}/${app}`, { json: body, headers: { 'idempotency-key': newKey() } }),
        202,
      )
      const jobId = (answer.job ?? answer.export)!.id
      const letter = async (position: number) =>
        parked({ type: 'pose', userId: sari.user.id, jobId, position, requestId: 'lost' })
      const place = (id: string) => imageIds.indexOf(id)
      await userObject(env, sari.user.id).failTask({ jobId, position: place(gone!.id) }, 'GAVE_UP')
      const { sent, vars } = catching()
      const error = await errorOf(await replayIn(vars, await letter(place(gone!.id))))
      expect(error).toMatchObject({ statusCode: 409, code: 'CONFLICT' })
      expect(error.details).toEqual({
        reason: 'the picture has ended (GAVE_UP) and nothing was charged',
        ...{ status: 'pending', retry: `/api/v1${GENERATOR}/${app}` },
      })
      await expectJson(replayIn(vars, await letter(place(there!.id))), 200)
      expect(sent).toHaveLength(1)
      await deliver(sari, jobId, [place(there!.id)])
      const done = await errorOf(await replayIn(vars, await letter(place(there!.id))))
      expect(done.details).toEqual({ reason: 'the picture is done', status: 'partial' })
      expect(sent).toHaveLength(1)
      expect(await creditsOf(sari)).toEqual(app === 'backgrounds' ? { ...free, available: 230 } : free)
    },
  )

  test('an avatar that failed is its owner’s to ask for, and nobody is sent to where there is no such thing (K10)', async () => {
    const sari = await signUp()
    await holdQueue(sari)
    const { id: projectId } = await newAvatarProject(sari)
    const asked = startAvatars(sari, `projects/${projectId}/avatars/generate`, { words: 'batik', variationCount: 2 })
    const jobId = (await expectJson<StartedAvatars>(asked, 202)).generation.id
    await userObject(env, sari.user.id).failTask({ jobId, position: 0 }, 'GAVE_UP')
    const letter = (position: number) => parked({ type: 'pose', userId: sari.user.id, jobId, position, requestId: 'x' })
    expect((await errorOf(await replay(await letter(0)))).details).toEqual({
      reason: 'the avatar has ended (GAVE_UP) and nothing was charged: its owner may ask again',
      status: 'pending',
    })
    await expectJson(replay(await letter(1)), 200)
    const { generation } = await endedAvatars(sari, jobId)
    expect(generation).toMatchObject({ status: 'partial', creditCharged: 10, creditRefunded: 10 })
  })

  test('a picture that still waits is made by its message', async () => {
    const sari = await signUp()
    await holdQueue(sari)
    const { generation } = await startShoot(sari)
    const id = await parked({
      ...{ type: 'pose', userId: sari.user.id, jobId: generation.id },
      ...{ position: 0, requestId: 'lost' },
    })
    await expectJson(replay(id), 200)
    await ended(sari, generation.id)
    expect(await showGeneration(sari, generation.id)).toMatchObject({ status: 'completed', creditCharged: 30 })
  })

  test('what nobody can read, or whose generation nobody knows, is a 409 that says so', async () => {
    const cut = await parked('{"type":"pose","userId":"us')
    expect((await errorOf(await replay(cut))).details?.reason).toContain('nobody can read')
    const foreign = await parked({ type: 'pose', userId: 'usr_x', jobId: 'gen_x', position: 0, requestId: 'lost' })
    expect((await errorOf(await replay(foreign))).details?.reason).toContain('nobody knows')
  })

  test('what was never parked is a 404, and what is no id of a dead letter a 422', async () => {
    expect((await replay(newId('deadLetter'))).status).toBe(404)
    expect((await replay('dlq_1')).status).toBe(422)
  })
})
