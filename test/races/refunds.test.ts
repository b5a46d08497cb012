import { expect, test } from 'vitest'
import { books, done } from '../support/jobs'
import { type OpenUser, openUser, startFor } from '../support/queue'

const memo = { actor: 'usr_admin', requestId: 'req_refund', reason: 'the box was cut off' }

/** A generation of `poses` pictures that were all made and charged at 30 credits. */
async function charged(user: OpenUser, poses: number): Promise<string> {
  const job = await startFor(user, { poses })
  for (let position = 0; position < poses; position++) {
    const key = { jobId: job.id, position }
    const claimed = await user.object().claim(key, 25_000)
    if (!claimed.go) throw new Error(claimed.reason)
    await user.object().finish(key, claimed.attempt, done())
  }
  return job.id
}

const refund = (user: OpenUser, jobId: string, key: string, credits: number) =>
  user.object().refund({ key, jobId, credits, memo })

const refundEntries = async (user: OpenUser) =>
  (await user.object().entries(Number.MAX_SAFE_INTEGER, 1_000)).filter(({ kind }) => kind === 'refund')

test('twenty refunds of one picture at once: one is given, with the name of who gave it (A14)', async () => {
  const user = await openUser()
  const jobId = await charged(user, 1)
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => refund(user, jobId, `refund-${n}`, 30)))
  expect(answers.filter(({ ok }) => ok)).toEqual([{ ok: true, applied: true, refundable: 0 }])
  expect(answers.filter(({ ok }) => !ok)).toHaveLength(19)
  expect(await user.sql(books)).toMatchObject({ available: 300, held: 0, spent: 0 })
  expect(await refundEntries(user)).toMatchObject([
    { from: 'spent', to: 'available', credits: 30, reference: jobId, memo },
  ])
  expect(await user.object().verify()).toMatchObject({ ok: true })
})

test('one refund sent twenty times is one refund (A14)', async () => {
  const user = await openUser()
  const jobId = await charged(user, 3)
  const answers = await Promise.all(Array.from({ length: 20 }, () => refund(user, jobId, 'same', 30)))
  expect(answers.filter((answer) => answer.ok && answer.applied)).toHaveLength(1)
  expect(answers.every((answer) => answer.ok && answer.refundable === 60)).toBe(true)
  expect(await user.sql(books)).toMatchObject({ available: 240, spent: 60 })
})

test('a second refund is given as far as the charge goes, and not further (A15)', async () => {
  const user = await openUser()
  const jobId = await charged(user, 3)
  expect(await refund(user, jobId, 'first', 30)).toEqual({ ok: true, applied: true, refundable: 60 })
  expect(await refund(user, jobId, 'second', 30)).toEqual({ ok: true, applied: true, refundable: 30 })
  expect(await refund(user, jobId, 'third', 60)).toEqual({ ok: false, code: 'EXCEEDS_CHARGE', refundable: 30 })
  expect(await user.sql(books)).toMatchObject({ available: 270, spent: 30 })
  expect(await refund(user, jobId, 'fourth', 30)).toEqual({ ok: true, applied: true, refundable: 0 })
  expect(await refund(user, jobId, 'first', 30)).toEqual({ ok: true, applied: false, refundable: 0 })
  expect(await user.sql(books)).toMatchObject({ available: 300, spent: 0 })
  expect(await user.object().verify()).toMatchObject({ ok: true })
})

test('what was never charged cannot be refunded: held, released, or nobody’s (A14)', async () => {
  const user = await openUser()
  const open = await startFor(user, { poses: 2 })
  expect(await refund(user, open.id, 'held', 30)).toEqual({ ok: false, code: 'EXCEEDS_CHARGE', refundable: 0 })
  await user.object().cancel(open.id, 'ses_test')
  expect(await refund(user, open.id, 'released', 30)).toEqual({ ok: false, code: 'EXCEEDS_CHARGE', refundable: 0 })
  expect(await refund(user, 'gen_none', 'none', 30)).toEqual({ ok: false, code: 'UNKNOWN_JOB', refundable: 0 })
  expect(await user.sql(books)).toMatchObject({ available: 300, held: 0, spent: 0 })
})
