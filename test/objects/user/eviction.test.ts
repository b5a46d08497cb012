import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import { all } from '../../../durable-objects/user/rows'
import { userObject } from '../../../src/objects'
import { signUp } from '../../support/app'
import { books, DAY_MS, done, MINUTE_MS, SECOND_MS, SESSION, startAsk } from '../../support/jobs'
import { catchSent, messagesOf, type OpenUser, openUser, startFor } from '../../support/queue'
import { startShoot } from '../../support/shoots'

afterEach(() => void vi.useRealTimers())

const LEASE_MS = 25 * SECOND_MS

/** Throws the object's memory away; what it sends afterwards is caught again. */
async function evict(user: OpenUser): Promise<void> {
  await evictDurableObject(user.object())
  user.sent = await catchSent(user.userId)
}

test('an object that forgets everything between two calls still makes its pictures, once each (A9)', async () => {
  const user = await openUser()
  const job = await startFor(user, { poses: 4, taskWindow: 2 })
  for (let position = 0; position < 4; position++) {
    const key = { jobId: job.id, position }
    await evict(user)
    const claimed = await user.object().claim(key, LEASE_MS)
    if (!claimed.go) throw new Error(claimed.reason)
    await evict(user)
    expect(await user.object().claim(key, LEASE_MS)).toEqual({ go: false, reason: 'leased' })
    await evict(user)
    expect(await user.object().finish(key, claimed.attempt, done())).toEqual({ state: 'done' })
    await evict(user)
    expect(await user.object().finish(key, claimed.attempt, done())).toEqual({ state: 'done' })
  }
  expect(await user.object().job(job.id)).toMatchObject({
    status: 'completed',
    creditsCharged: 120,
    creditsReleased: 0,
  })
  expect(await user.sql(books)).toEqual({ granted: 300, available: 180, held: 0, spent: 120, expired: 0 })
})

test('the window goes on where it was', async () => {
  const user = await openUser()
  const job = await startFor(user, { poses: 3, taskWindow: 1 })
  await messagesOf(user, job.id, 1)
  await evict(user)
  const claimed = await user.object().claim({ jobId: job.id, position: 0 }, LEASE_MS)
  await evict(user)
  await user.object().finish({ jobId: job.id, position: 0 }, claimed.go ? claimed.attempt : 0, done())
  expect(await messagesOf(user, job.id, 1)).toMatchObject([{ position: 1 }])
})

test('the answer of an accepted request is known after the eviction (A7)', async () => {
  const user = await openUser()
  const ask = startAsk({ projectId: user.projectId })
  const first = await user.object().start(ask)
  await evict(user)
  expect(await user.object().start(ask)).toMatchObject({ ok: true, replayed: true, job: first.ok && first.job })
  expect(await user.sql((sql) => all(sql, 'SELECT COUNT(*) AS n FROM job'))).toEqual([{ n: 1 }])
})

test('limits are counted from the rows, not from memory', async () => {
  const user = await openUser()
  const limits = { posesPerHour: 10, generatesPerMinute: 1 }
  await startFor(user, { limits })
  await evict(user)
  expect(await user.object().start(startAsk({ limits }))).toMatchObject({ ok: false, code: 'RATE_LIMITED' })
  expect(await user.object().isSessionAlive(SESSION)).toBe(true)
})

test('an alarm that was lost is set again by whatever wakes the object (A8)', async () => {
  // Far ahead: no alarm of this object rings by itself.
  vi.setSystemTime(Date.now() + 365 * DAY_MS)
  const user = await openUser()
  const job = await startFor(user)
  await messagesOf(user, job.id, 1)
  await user.sql((_sql, storage) => storage.deleteAlarm())
  expect(await runDurableObjectAlarm(user.object())).toBe(false)
  await evict(user)
  await user.object().credits()
  expect(await user.sql((_sql, storage) => storage.getAlarm())).toBeGreaterThan(0)
})

test('a shoot whose object is thrown out again and again is completed by its alarms, and charged once (A8, A9)', async () => {
  const sari = await signUp()
  const { generation } = await startShoot(sari, { batchSize: 10 })
  const object = () => userObject(env, sari.user.id)
  for (let n = 0; n < 10; n++) {
    await evictDurableObject(object())
    await object().credits()
  }
  // A message or a claim that was lost on the way costs its wait, never more: here a minute passes twice a second.
  let now = Date.now()
  const isEnded = async () => {
    if ((await object().job(generation.id))?.endedAt) return true
    now += MINUTE_MS
    vi.setSystemTime(now)
    await runDurableObjectAlarm(object())
    return false
  }
  await vi.waitUntil(isEnded, { timeout: 20_000, interval: 500 })
  expect(await object().job(generation.id)).toMatchObject({ status: 'completed', completed: 10, creditsCharged: 300 })
  expect(await object().credits()).toMatchObject({ available: 0, held: 0 })
  expect((await object().entries(Number.MAX_SAFE_INTEGER, 100)).filter(({ kind }) => kind === 'settle')).toHaveLength(
    10,
  )
}, 25_000)
