import { runInDurableObject } from 'cloudflare:test'
import { expect, test } from 'vitest'
import { expectErrors } from '../../setup'
import { done, failed, gift, newObject, SESSION, startAsk } from '../../support/jobs'
import { openUser, startFor } from '../../support/queue'

const LEASE_MS = 25_000

test('the welcome credits come once, however often somebody signs in', async () => {
  const user = await openUser({ credits: 300 })
  for (let n = 0; n < 5; n++) await user.object().open({ userId: user.userId, welcomeCredits: 300 })
  expect(await user.object().credits()).toEqual({ available: 300, held: 0, owed: 0, unlimited: null })
})

test('an object belongs to one user', async () => {
  const user = await openUser()
  const asked = runInDurableObject(user.object(), (object) => object.open({ userId: 'usr_other', welcomeCredits: 300 }))
  await expect(asked).rejects.toThrow('an object belongs to one user')
  expect(await user.object().credits()).toMatchObject({ available: 300 })
})

test('a gift is credited once and says the new balance either way', async () => {
  const user = await openUser({ credits: 0 })
  const ask = gift('gift', 500)
  expect(await user.object().adjust(ask)).toMatchObject({ applied: true, balances: { available: 500 } })
  expect(await user.object().adjust(ask)).toMatchObject({ applied: false, balances: { available: 500 } })
  const { events } = await user.object().events(0, 10)
  expect(events).toMatchObject([{ type: 'credits_changed', data: { available: 500, held: 0 } }])
})

test('a command that breaks a promise leaves nothing of itself', async () => {
  const user = await openUser()
  await startFor(user)
  const before = await user.object().entries(Number.MAX_SAFE_INTEGER, 100)
  const forge = (credits: number) =>
    user.sql((sql) => sql.exec('UPDATE credit_grant SET credits = credits + ?1, available = available + ?1', credits))
  await forge(5)
  const asked = runInDurableObject(user.object(), (object) => object.start(startAsk({ projectId: user.projectId })))
  await expect(asked).rejects.toThrow('available equals the running balance of the ledger')
  expect(await user.object().entries(Number.MAX_SAFE_INTEGER, 100)).toEqual(before)
  expect(await user.sql((sql) => sql.exec('SELECT COUNT(*) AS n FROM job').one())).toEqual({ n: 1 })
  await forge(-5)
  // Its alarm may have rung in between, and said so.
  expectErrors()
})

test('a retry learns what failed and what the pictures share', async () => {
  const user = await openUser()
  const job = await startFor(user, { poses: 2 })
  for (const [position, outcome] of [done(), failed()].entries()) {
    await user.object().claim({ jobId: job.id, position }, LEASE_MS)
    await user.object().finish({ jobId: job.id, position }, 1, outcome)
  }
  const known = await user.object().failedPictures(job.id)
  expect(known).toMatchObject({ job: { status: 'partial' }, tasks: [{ variationKey: 'pose-v1', seed: 1 }] })
  expect(JSON.parse(known!.params)).toMatchObject({ widthPx: 256 })
  expect(await user.object().unmadePictures(job.id)).toMatchObject({
    ...{ size: { widthPx: 256, heightPx: 256 }, tasks: [{ state: 'failed', errorCode: 'UPSTREAM_5XX' }] },
  })
})

test('a project has open jobs until the last of them ends', async () => {
  const user = await openUser()
  expect(await user.object().hasOpenJobs(user.projectId)).toBe(false)
  const job = await startFor(user)
  expect(await user.object().hasOpenJobs(user.projectId)).toBe(true)
  await user.object().cancel(job.id, SESSION)
  expect(await user.object().hasOpenJobs(user.projectId)).toBe(false)
})

test('who signed out cancels nothing, and nobody cancels what is not there', async () => {
  const user = await openUser()
  const job = await startFor(user)
  expect(await user.object().cancel(job.id, 'ses_gone')).toEqual({ code: 'revoked', job: null })
  expect(await user.object().cancel('gen_none', SESSION)).toEqual({ code: 'unknown', job: null })
  expect(await user.object().job(job.id)).toMatchObject({ cancelled: 0 })
})

test('jobs that nobody knows are nothing', async () => {
  const object = newObject()
  expect(await object.job('gen_none')).toBeNull()
  expect(await object.failedPictures('gen_none')).toBeNull()
  expect(await object.unmadePictures('gen_none')).toBeNull()
})
