import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, expect, test, vi } from 'vitest'
import { MAX_WAITERS } from '../../../durable-objects/user/waiters'
import { newId } from '../../../src/kernel/ids'
import { JOB_GIVE_UP_MS } from '../../../src/kernel/limits'
import { DAY_MS, done, failed, LEASE_MS, MINUTE_MS, SESSION } from '../../support/jobs'
import { messagesOf, type OpenUser, openUser, startFor } from '../../support/queue'

afterEach(() => void vi.useRealTimers())

/** Longer than any test: who is answered earlier was answered by an end, not by the clock. */
const LONG_MS = MINUTE_MS

/** Makes one picture of a job, well or not. */
async function make(user: OpenUser, jobId: string, position: number, outcome = done()): Promise<void> {
  const key = { jobId, position }
  const claimed = await user.object().claim(key, LEASE_MS)
  if (!claimed.go) throw new Error(claimed.reason)
  await user.object().finish(key, claimed.attempt, outcome)
}

test('who waits is told when the last picture is there, not before', async () => {
  const user = await openUser()
  const job = await startFor(user, { poses: 2 })
  const told: string[] = []
  const waiting = user
    .object()
    .waitForEnd(job.id, LONG_MS)
    .then((answer) => told.push(answer))
  await make(user, job.id, 0)
  expect(told).toEqual([])
  await make(user, job.id, 1)
  await waiting
  expect(told).toEqual(['ended'])
  expect(await user.object().job(job.id)).toMatchObject({ status: 'completed' })
})

test('a failed picture and a cancelled shoot are ends too', async () => {
  const user = await openUser()
  const fails = await startFor(user)
  const failing = user.object().waitForEnd(fails.id, LONG_MS)
  await make(user, fails.id, 0, failed())
  expect(await failing).toBe('ended')

  const cancelled = await startFor(user)
  const cancelling = user.object().waitForEnd(cancelled.id, LONG_MS)
  await user.object().cancel(cancelled.id, SESSION)
  expect(await cancelling).toBe('ended')
})

test('a deadline that passes while somebody waits is an end as well', async () => {
  const now = Date.now() + 365 * DAY_MS
  vi.setSystemTime(now)
  const user = await openUser()
  const job = await startFor(user, { deadlineMs: MINUTE_MS })
  await messagesOf(user, job.id, 1)
  const waiting = user.object().waitForEnd(job.id, LONG_MS)
  vi.setSystemTime(now + MINUTE_MS)
  await runDurableObjectAlarm(user.object())
  expect(await waiting).toBe('ended')
})

test('the end of another shoot wakes nobody', async () => {
  const user = await openUser()
  const [mine, other] = [await startFor(user), await startFor(user)]
  const told: string[] = []
  const waiting = user
    .object()
    .waitForEnd(mine.id, LONG_MS)
    .then((answer) => told.push(answer))
  await make(user, other.id, 0)
  expect(told).toEqual([])
  await make(user, mine.id, 0)
  await waiting
  expect(told).toEqual(['ended'])
})

test('when the time is over the answer comes, and the shoot goes on', async () => {
  const user = await openUser()
  const job = await startFor(user)
  expect(await user.object().waitForEnd(job.id, 5)).toBe('over')
  expect(await user.object().job(job.id)).toMatchObject({ status: 'pending' })
})

test('what has ended, and what nobody knows, is answered at once', async () => {
  const user = await openUser()
  const job = await startFor(user)
  await make(user, job.id, 0)
  expect(await user.object().waitForEnd(job.id, LONG_MS)).toBe('ended')
  expect(await user.object().waitForEnd(newId('generation'), LONG_MS)).toBe('unknown')
})

test('twenty may wait; the next is answered at once, and the twenty are still told', async () => {
  const user = await openUser()
  const job = await startFor(user)
  const waiting = Array.from({ length: MAX_WAITERS }, () => user.object().waitForEnd(job.id, LONG_MS))
  expect(await user.object().waitForEnd(job.id, LONG_MS)).toBe('full')
  await make(user, job.id, 0)
  expect(await Promise.all(waiting)).toEqual(Array(MAX_WAITERS).fill('ended'))
})

test('who was answered leaves room for the next', async () => {
  const user = await openUser()
  const job = await startFor(user)
  await Promise.all(Array.from({ length: MAX_WAITERS }, () => user.object().waitForEnd(job.id, 1)))
  expect(await user.object().waitForEnd(job.id, 1)).toBe('over')
})

test('an object that goes away breaks the wait, and knows the shoot as before', async () => {
  const user = await openUser()
  const job = await startFor(user)
  const waiting = user
    .object()
    .waitForEnd(job.id, LONG_MS)
    .then(
      () => 'answered',
      () => 'broken',
    )
  const dying = runInDurableObject(user.object(), (_object, state) => state.abort('deployed anew'))
  await expect(dying).rejects.toThrow('deployed anew')
  expect(await waiting).toBe('broken')
  expect(await user.object().job(job.id)).toMatchObject({ id: job.id, status: 'pending' })
})

test('a deadline of a minute releases after a minute what is not there, and says why', async () => {
  const now = Date.now() + 365 * DAY_MS
  vi.setSystemTime(now)
  const user = await openUser()
  const job = await startFor(user, { poses: 3, deadlineMs: MINUTE_MS })
  await messagesOf(user, job.id, 3)
  await make(user, job.id, 0)
  await user.object().claim({ jobId: job.id, position: 1 }, LEASE_MS)
  vi.setSystemTime(now + MINUTE_MS - 1)
  await runDurableObjectAlarm(user.object())
  expect(await user.object().job(job.id)).toMatchObject({ completed: 1, failed: 0, creditsReleased: 0 })
  vi.setSystemTime(now + MINUTE_MS)
  await runDurableObjectAlarm(user.object())
  expect(await user.object().job(job.id)).toMatchObject({
    ...{ status: 'partial', completed: 1, failed: 2, creditsCharged: 30, creditsReleased: 60 },
  })
  const unmade = await user.object().unmadePictures(job.id)
  expect(unmade?.tasks.map(({ errorCode }) => errorCode)).toEqual(['DEADLINE', 'DEADLINE'])
})

test('a picture that comes after its deadline is not charged', async () => {
  const now = Date.now() + 365 * DAY_MS
  vi.setSystemTime(now)
  const user = await openUser()
  const job = await startFor(user, { deadlineMs: MINUTE_MS })
  const claimed = await user.object().claim({ jobId: job.id, position: 0 }, LEASE_MS)
  vi.setSystemTime(now + MINUTE_MS)
  await runDurableObjectAlarm(user.object())
  const late = await user.object().finish({ jobId: job.id, position: 0 }, claimed.go ? claimed.attempt : 0, done())
  expect(late).toEqual({ state: 'failed' })
  expect(await user.object().job(job.id)).toMatchObject({ status: 'failed', creditsCharged: 0, creditsReleased: 30 })
})

test('no deadline lets a shoot live longer than the twelve hours of any other', async () => {
  const now = Date.now() + 365 * DAY_MS
  vi.setSystemTime(now)
  const user = await openUser()
  const job = await startFor(user, { deadlineMs: 10 * JOB_GIVE_UP_MS })
  vi.setSystemTime(now + JOB_GIVE_UP_MS)
  await runDurableObjectAlarm(user.object())
  const unmade = await user.object().unmadePictures(job.id)
  expect(unmade?.tasks.map(({ errorCode }) => errorCode)).toEqual(['GAVE_UP'])
})
