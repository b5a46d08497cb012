import { expect, test } from 'vitest'
import type { LiveEvent } from '../../../src/progress/events'
import { books, done, LEASE_MS, SECOND_MS, SESSION } from '../../support/jobs'
import { type OpenUser, openUser, startFor } from '../../support/queue'

const RUN = JSON.stringify({ handle: null })

/** Claims a picture and gives it back: its provider is down, or only busy. */
async function waits(user: OpenUser, jobId: string, position: number, isDown: boolean): Promise<void> {
  const key = { jobId, position }
  const claimed = await user.object().claim(key, LEASE_MS)
  if (!claimed.go) throw new Error(claimed.reason)
  const outcome = { kind: 'waiting' as const, delayMs: SECOND_MS, run: RUN, isDown }
  expect(await user.object().finish(key, claimed.attempt, outcome)).toEqual({ state: 'retrying' })
}

async function makes(user: OpenUser, jobId: string, position: number): Promise<void> {
  const claimed = await user.object().claim({ jobId, position }, LEASE_MS)
  await user.object().finish({ jobId, position }, claimed.go ? claimed.attempt : 0, done())
}

async function delays(user: OpenUser): Promise<LiveEvent[]> {
  const { events } = await user.object().events(0, 1_000)
  return (events ?? []).filter(({ type }) => type === 'pose_generation_delayed')
}

test('a seller whose pictures wait for a provider that is down is told once, however many wait', async () => {
  const user = await openUser()
  const job = await startFor(user, { poses: 3 })
  for (const position of [0, 1, 2, 0, 1]) await waits(user, job.id, position, true)
  expect(await delays(user)).toMatchObject([
    {
      generationId: job.id,
      data: { isDelayed: true, status: 'processing', posesCompleted: 0, posesTotal: 3, creditCharged: 0 },
    },
  ])
  expect(await user.object().job(job.id)).toMatchObject({ isDelayed: true })
})

test('waiting costs nothing and fails nothing', async () => {
  const user = await openUser()
  const job = await startFor(user)
  const before = await user.sql(books)
  for (let times = 0; times < 30; times++) await waits(user, job.id, 0, true)
  expect(await user.sql(books)).toEqual(before)
  expect(await user.object().job(job.id)).toMatchObject({ failed: 0, creditsReleased: 0, status: 'processing' })
})

test('a line at a provider that works is no delay', async () => {
  const user = await openUser()
  const job = await startFor(user)
  await waits(user, job.id, 0, false)
  expect(await delays(user)).toEqual([])
  expect(await user.object().job(job.id)).toMatchObject({ isDelayed: false })
})

test('the first picture that is there ends the delay; the next outage is told again', async () => {
  const user = await openUser()
  const job = await startFor(user, { poses: 3 })
  await waits(user, job.id, 0, true)
  await makes(user, job.id, 0)
  expect(await user.object().job(job.id)).toMatchObject({ completed: 1, isDelayed: false })
  const { events } = await user.object().events(0, 1_000)
  const progress = events?.filter(({ type }) => type === 'pose_generation_progress').at(-1)
  expect(progress?.data).toMatchObject({ isDelayed: false, posesCompleted: 1 })
  await waits(user, job.id, 1, true)
  expect(await delays(user)).toHaveLength(2)
})

test('the delay of one shoot is not that of another', async () => {
  const user = await openUser()
  const [first, second] = [await startFor(user), await startFor(user)]
  await waits(user, first.id, 0, true)
  expect(await user.object().job(first.id)).toMatchObject({ isDelayed: true })
  expect(await user.object().job(second.id)).toMatchObject({ isDelayed: false })
})

test('a shoot that was cancelled while it waited is no longer delayed, and gives its credits back', async () => {
  const user = await openUser()
  const job = await startFor(user)
  await waits(user, job.id, 0, true)
  await user.object().cancel(job.id, SESSION)
  expect(await user.object().job(job.id)).toMatchObject({
    ...{ status: 'cancelled', isDelayed: false, creditsReleased: 30, creditsCharged: 0 },
  })
})

test('while pictures wait, no event says how long it takes, and the last one that no picture waits any more', async () => {
  const user = await openUser()
  const job = await startFor(user, { poses: 2 })
  await waits(user, job.id, 0, true)
  for (const position of [0, 1]) await user.object().failTask({ jobId: job.id, position }, 'PROVIDER_DOWN')
  const { events } = await user.object().events(0, 1_000)
  const progress = events?.filter(({ type }) => type === 'pose_generation_progress')
  expect(progress?.map(({ data }) => [data.posesFailed, data.isDelayed, data.estimatedTimeRemaining])).toEqual([
    [1, true, null],
    [2, false, 0],
  ])
})
