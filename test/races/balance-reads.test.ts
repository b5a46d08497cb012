import { expect, test } from 'vitest'
import { done, failed } from '../support/jobs'
import { openUser, startFor } from '../support/queue'

const PICTURES = 20
const READS_EACH = 10

test('two hundred readings while pictures end: never what was charged without what was given back (A30)', async () => {
  const user = await openUser({ credits: PICTURES * 40 })
  const job = await startFor(user, { poses: PICTURES, background: true, taskWindow: PICTURES })
  const claims = Array.from({ length: PICTURES }, (_, position) =>
    user.object().claim({ jobId: job.id, position }, 60_000),
  )
  expect((await Promise.all(claims)).every(({ go }) => go)).toBe(true)

  const readings = await Promise.all(
    Array.from({ length: PICTURES }, async (_, position) => {
      // Each ends by one charge of 30 and one release of 10, or by a release of 40.
      const outcome = position % 2 ? failed() : done(false)
      const finish = user.object().finish({ jobId: job.id, position }, 1, outcome)
      const reads = await Promise.all(
        Array.from({ length: READS_EACH }, (_, n) =>
          n % 2
            ? user.object().verify()
            : user
                .object()
                .credits()
                .then((balances) => ({ ok: true, balances })),
        ),
      )
      await finish
      return reads
    }),
  )
  const seen = readings.flat()
  expect(seen.filter(({ ok }) => !ok)).toEqual([])
  for (const { balances } of seen) {
    const { available, held } = balances
    // Of every 40 that left the hold either 10 or all came back: whole pictures, nothing in between.
    expect(held % 40).toBe(0)
    expect((available - 10 * (PICTURES - held / 40)) % 30).toBe(0)
  }
  expect(new Set(seen.map(({ balances }) => balances.held)).size).toBeGreaterThan(2)
  expect(await user.object().credits()).toMatchObject({ available: PICTURES * 25, held: 0 })
})
