import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import { books, MINUTE_MS } from '../support/jobs'
import { catchSent, deliver, failing, messagesOf, type OpenUser, openUser, startFor } from '../support/queue'

afterEach(() => void vi.useRealTimers())

/** One fixed picture for all: what is counted is how often it was made. */
const FIXED = { EMBEDDED_FIXED: '1' }
const BATCH = 10

/** Hands messages to consumers in batches, as the platform does. */
async function deliverAll(bodies: unknown[], vars: object = FIXED): Promise<void> {
  for (let from = 0; from < bodies.length; from += BATCH)
    await deliver(
      bodies.slice(from, from + BATCH).map((body) => ({ body })),
      { vars },
    )
}

/** Lets minutes pass until the object has nothing more to send; what it sends is delivered. */
async function recover(user: OpenUser, jobId: string): Promise<void> {
  let now = Date.now()
  while ((await user.object().job(jobId))?.endedAt === null) {
    now += MINUTE_MS
    vi.setSystemTime(now)
    await runDurableObjectAlarm(user.object())
    await deliverAll(user.sent.splice(0))
  }
}

/** Pictures of a job put into R2 so far, by key. What other files left in the queue goes on beside them. */
const mastersPut = (jobId: string): string[] =>
  vi
    .mocked(env.MEDIA.put)
    .mock.calls.flatMap(([key]) => (key.endsWith('_master') && key.includes(`/${jobId}/`) ? key : []))

const rows = async (jobId: string) =>
  (await env.DB.prepare('SELECT variation_key FROM generated_poses WHERE generation_id = ?').bind(jobId).all()).results

test('a crash after fifty of a hundred pictures: only the other fifty are made, without anybody asking (A8, A23)', async () => {
  const user = await openUser({ credits: 3_000 })
  vi.spyOn(env.MEDIA, 'put')
  const job = await startFor(user, { poses: 100, taskWindow: 100 })
  const bodies = await messagesOf(user, job.id, 100)
  await deliverAll(bodies.slice(0, 50))
  // Five more are claimed by a consumer that dies with the object; the other messages are lost.
  for (const { jobId, position } of bodies.slice(50, 55)) await user.object().claim({ jobId, position }, 25_000)
  await evictDurableObject(user.object())
  user.sent = await catchSent(user.userId)

  await recover(user, job.id)
  expect(await user.object().job(job.id)).toMatchObject({ status: 'completed', completed: 100, creditsCharged: 3_000 })
  expect([mastersPut(job.id).length, new Set(mastersPut(job.id)).size]).toEqual([100, 100])
  expect(await rows(job.id)).toHaveLength(100)
  expect(await user.sql(books)).toMatchObject({ available: 0, held: 0, spent: 3_000 })
  expect(await user.object().verify()).toMatchObject({ ok: true })
}, 30_000)

test('a consumer that dies after six of ten pictures: the other four are finished, none is made twice (A22)', async () => {
  const user = await openUser()
  vi.spyOn(env.MEDIA, 'put')
  const job = await startFor(user, { poses: BATCH, taskWindow: BATCH })
  const bodies = await messagesOf(user, job.id, BATCH)
  user.sent.length = 0
  await deliverAll(bodies, { ...FIXED, ...failing('finish', { times: 4 }) })
  expect(await user.object().job(job.id)).toMatchObject({ status: 'processing', completed: 6, creditsCharged: 180 })
  // The whole batch comes again, as after a crash: those that are finished and those that are leased are left alone.
  await deliverAll(bodies)
  expect(await user.object().job(job.id)).toMatchObject({ completed: 6 })

  await recover(user, job.id)
  expect(await user.object().job(job.id)).toMatchObject({ status: 'completed', completed: 10, creditsCharged: 300 })
  expect([mastersPut(job.id).length, new Set(mastersPut(job.id)).size]).toEqual([10, 10])
  expect(await rows(job.id)).toHaveLength(10)
  expect(await user.object().verify()).toMatchObject({ ok: true })
})
