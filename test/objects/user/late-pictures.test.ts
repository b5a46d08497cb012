import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { JOB_GIVE_UP_MS, MAX_TASK_TRIES } from '../../../src/kernel/limits'
import { books, DAY_MS, done, LEASE_MS } from '../../support/jobs'
import { deliver, messagesOf, type OpenUser, openUser, startFor } from '../../support/queue'

/** Far enough ahead that no alarm set in these tests rings by itself. */
let now = 0

beforeEach(() => {
  now = Date.now() + 365 * DAY_MS
  vi.setSystemTime(now)
})
afterEach(() => void vi.useRealTimers())

/** Lets `ms` pass and runs the alarm as if it rang. */
async function ringAfter(user: OpenUser, ms: number): Promise<void> {
  now += ms
  vi.setSystemTime(now)
  await runDurableObjectAlarm(user.object())
}

test('a provider that never answers keeps a picture for six leases, then it fails and its credits are back (A17)', async () => {
  const user = await openUser()
  const job = await startFor(user)
  await messagesOf(user, job.id, 1)
  for (let attempt = 1; attempt <= MAX_TASK_TRIES; attempt++) {
    expect(await user.object().claim({ jobId: job.id, position: 0 }, LEASE_MS)).toMatchObject({ go: true, attempt })
    expect(await user.sql(books)).toMatchObject({ available: 270, held: 30 })
    await ringAfter(user, LEASE_MS)
  }
  // Every lease that ran out but the last was followed by another message.
  expect(user.sent).toHaveLength(MAX_TASK_TRIES)
  expect(await user.object().job(job.id)).toMatchObject({ status: 'failed', creditsCharged: 0, creditsReleased: 30 })
  expect(await user.object().unmadePictures(job.id)).toMatchObject({ tasks: [{ errorCode: 'LEASE_EXPIRED' }] })
  expect(await user.sql(books)).toMatchObject({ available: 300, held: 0, spent: 0 })
})

test('a picture that comes after its last lease ran out is not charged, whichever attempt it is from (A18)', async () => {
  const user = await openUser()
  const job = await startFor(user)
  const key = { jobId: job.id, position: 0 }
  await messagesOf(user, job.id, 1)
  for (let attempt = 1; attempt <= MAX_TASK_TRIES; attempt++) {
    await user.object().claim(key, LEASE_MS)
    await ringAfter(user, LEASE_MS)
  }
  const before = [await user.object().entries(Number.MAX_SAFE_INTEGER, 100), await user.object().job(job.id)]
  for (let attempt = 1; attempt <= MAX_TASK_TRIES; attempt++)
    expect(await user.object().finish(key, attempt, done())).toEqual({ state: 'failed' })
  expect([await user.object().entries(Number.MAX_SAFE_INTEGER, 100), await user.object().job(job.id)]).toEqual(before)
  expect(await user.sql(books)).toMatchObject({ available: 300, held: 0, spent: 0 })
})

test('a picture that is stored twelve hours after its shoot began was given up meanwhile, and costs nothing (A18)', async () => {
  const user = await openUser({ credits: 60 })
  const job = await startFor(user, { poses: 2 })
  const [body] = await messagesOf(user, job.id, 2)
  const put = env.MEDIA.put.bind(env.MEDIA)
  const giveUp = vi.fn(() => ringAfter(user, JOB_GIVE_UP_MS))
  vi.spyOn(env.MEDIA, 'put').mockImplementation((async (...sent: Parameters<typeof put>) => {
    if (giveUp.mock.calls.length === 0) await giveUp()
    return put(...sent)
  }) as typeof env.MEDIA.put)
  expect(await deliver([{ body, id: 'late' }])).toEqual({ acked: ['late'], retried: {} })
  expect(giveUp).toHaveBeenCalledOnce()
  expect(await user.object().job(job.id)).toMatchObject({ status: 'failed', completed: 0, creditsReleased: 60 })
  expect(await user.sql(books)).toMatchObject({ available: 60, held: 0, spent: 0 })
})
