import { env } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import { books, done } from '../support/jobs'
import { deliver, messagesOf, openUser, startFor } from '../support/queue'

const LEASE_MS = 25_000

test('cancel against finish, a hundred times: whoever is first decides, and the hold is what was charged and released (A19)', async () => {
  const user = await openUser({ credits: 100 * 60 })
  for (let n = 0; n < 100; n++) {
    const job = await startFor(user, { poses: 2 })
    const key = { jobId: job.id, position: 0 }
    const claimed = await user.object().claim(key, LEASE_MS)
    if (!claimed.go) throw new Error(claimed.reason)
    const finish = () => user.object().finish(key, claimed.attempt, done())
    const cancel = () => user.object().cancel(job.id, 'ses_test')
    if (n % 2) await Promise.all([finish(), cancel()])
    else await Promise.all([cancel(), finish()])
    expect(await user.object().job(job.id)).toMatchObject({
      status: 'cancelled',
      completed: 1,
      cancelled: 1,
      creditsCharged: 30,
      creditsReleased: 30,
    })
  }
  expect(await user.sql(books)).toMatchObject({ available: 3_000, held: 0, spent: 3_000 })
}, 20_000)

test('cancel against claim: a task is either given out or taken back, never both (A19)', async () => {
  const user = await openUser({ credits: 40 * 30 })
  for (let n = 0; n < 40; n++) {
    const job = await startFor(user)
    const key = { jobId: job.id, position: 0 }
    const claim = () => user.object().claim(key, LEASE_MS)
    const cancel = () => user.object().cancel(job.id, 'ses_test')
    const [claimed] =
      n % 2 ? await Promise.all([claim(), cancel()]) : (await Promise.all([cancel(), claim()])).reverse()
    const given = 'go' in claimed! && claimed.go
    if (given) await user.object().finish(key, 1, done())
    expect(await user.object().job(job.id)).toMatchObject({
      ...(given ? { completed: 1, creditsCharged: 30 } : { cancelled: 1, creditsReleased: 30 }),
    })
  }
  expect(await user.sql(books)).toMatchObject({ held: 0 })
})

test('every message delivered three times at once: the same pictures, each charged once (A20)', async () => {
  const user = await openUser()
  const job = await startFor(user, { poses: 6 })
  const put = vi.spyOn(env.MEDIA, 'put')
  const bodies = await messagesOf(user, job.id, 6)
  const copies = (copy: number) => bodies.map((body, n) => ({ body, id: `${job.id}-${n}-${copy}` }))
  const results = await Promise.all([deliver(copies(1)), deliver(copies(2)), deliver(copies(3))])
  expect(results.map(({ acked }) => acked.length)).toEqual([6, 6, 6])
  expect(await user.object().job(job.id)).toMatchObject({ status: 'completed', completed: 6, creditsCharged: 180 })
  const made = 'SELECT COUNT(*) AS n FROM generated_poses WHERE generation_id = ?'
  expect(await env.DB.prepare(made).bind(job.id).first()).toEqual({ n: 6 })
  // A master, a thumbnail and a mask each: nobody made a picture that another was making.
  const puts = put.mock.calls.filter(([key]) => key.startsWith(`u/${user.userId}/`))
  expect(puts).toHaveLength(18)
  const entries = await user.object().entries(Number.MAX_SAFE_INTEGER, 100)
  expect(entries.filter(({ kind }) => kind === 'settle')).toHaveLength(6)
  expect(await user.sql(books)).toMatchObject({ available: 120, held: 0, spent: 180 })
})

test('two consumers, one task: one makes it (A20)', async () => {
  const user = await openUser()
  const job = await startFor(user)
  const key = { jobId: job.id, position: 0 }
  const claims = await Promise.all(Array.from({ length: 20 }, () => user.object().claim(key, LEASE_MS)))
  expect(claims.filter((claim) => claim.go)).toHaveLength(1)
  expect(claims.filter((claim) => !claim.go && claim.reason === 'leased')).toHaveLength(19)
})

test('one finish sent twenty times is one finish (A9, A20)', async () => {
  const user = await openUser()
  const job = await startFor(user)
  const key = { jobId: job.id, position: 0 }
  await user.object().claim(key, LEASE_MS)
  const answers = await Promise.all(Array.from({ length: 20 }, () => user.object().finish(key, 1, done())))
  expect(answers.every(({ state }) => state === 'done')).toBe(true)
  expect(await user.sql(books)).toMatchObject({ available: 270, held: 0, spent: 30 })
  const { events } = await user.object().events(0, 100)
  expect(events?.filter(({ type }) => type === 'pose_generation_complete')).toHaveLength(1)
})
