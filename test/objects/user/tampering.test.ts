import { runInDurableObject } from 'cloudflare:test'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { entriesAfter, entryHash } from '../../../durable-objects/user/entries'
import { DAY_MS, done } from '../../support/jobs'
import { type OpenUser, openUser, startFor } from '../../support/queue'

// Far ahead: no alarm of these broken objects rings by itself.
beforeEach(() => void vi.setSystemTime(Date.now() + 365 * DAY_MS))
afterEach(() => void vi.useRealTimers())

/** A user with a grant, a hold, a charge and a release in the ledger. */
async function withHistory(): Promise<OpenUser> {
  const user = await openUser()
  const job = await startFor(user, { poses: 2 })
  const key = { jobId: job.id, position: 0 }
  await user.object().claim(key, 25_000)
  await user.object().finish(key, 1, done())
  await user.object().cancel(job.id, 'ses_test')
  return user
}

/** Writes past the triggers, as somebody with the database file could. */
const forge = (user: OpenUser, statement: string): Promise<void> =>
  user.sql((sql) => {
    for (const trigger of ['entry_no_update', 'entry_no_delete', 'entry_no_replace'])
      sql.exec(`DROP TRIGGER IF EXISTS ${trigger}`)
    sql.exec(statement)
  })

/** Computes every hash anew, so that the chain looks as if nothing had happened. */
const rehash = (user: OpenUser): Promise<void> =>
  user.sql((sql) => {
    let previous = ''
    for (const entry of entriesAfter(sql, 0, 1_000)) {
      const hash = entryHash(previous, entry)
      sql.exec('UPDATE entry SET previous_hash = ?, hash = ? WHERE seq = ?', previous, hash, entry.seq)
      previous = hash
    }
  })

const brokenClaims = async (user: OpenUser): Promise<string[]> => {
  const { ok, checks } = await user.object().verify()
  const broken = checks.filter((check) => !check.ok)
  expect(ok).toBe(broken.length === 0)
  return broken.map(({ id }) => id)
}

test('a ledger that nobody touched verifies, and names its last hash', async () => {
  const user = await withHistory()
  expect(await brokenClaims(user)).toEqual([])
  const { entries, headHash, balances } = await user.object().verify()
  expect(entries).toBe(4)
  expect(headHash).toMatch(/^[0-9a-f]{64}$/)
  expect(balances).toEqual({ available: 270, held: 0, owed: 0 })
})

test.each([
  ['an amount that was changed', 'UPDATE entry SET credits = 900 WHERE seq = 1'],
  ['a time that was changed', 'UPDATE entry SET at = at - 86400000 WHERE seq = 2'],
  ['an entry that was removed', 'DELETE FROM entry WHERE seq = 2'],
  ['an entry that was replaced', "UPDATE entry SET key = 'grant:other', reference = 'other' WHERE seq = 1"],
  [
    'an entry that was slipped in',
    `INSERT INTO entry SELECT 5, 'grant:gift', 'grant', 'source:welcome', 'available', 900, grant_id, 'welcome', at,
       1170, 0, 0, NULL, hash, hash FROM entry WHERE seq = 4`,
  ],
])('%s breaks the chain, and verifying says so (A27)', async (_title, statement) => {
  const user = await withHistory()
  await forge(user, statement)
  expect(await brokenClaims(user)).toContain('I13')
})

test('a forger who computes every hash anew is found by the sums (A27)', async () => {
  for (const statement of [
    'UPDATE entry SET credits = 900 WHERE seq = 1',
    'UPDATE entry SET credits = credits + 1, available_after = available_after + 1 WHERE seq = 4',
    'DELETE FROM entry WHERE seq = 4',
  ]) {
    const user = await withHistory()
    await forge(user, statement)
    await rehash(user)
    const broken = await brokenClaims(user)
    expect([statement, broken.includes('I13')]).toEqual([statement, false])
    expect([statement, broken]).toEqual([statement, expect.arrayContaining(['I2'])])
  }
})

test('the next command of a ledger that lost its last entry is refused (A27)', async () => {
  const user = await withHistory()
  await forge(user, 'DELETE FROM entry WHERE seq = 4')
  const asked = runInDurableObject(user.object(), (object) => object.credits())
  await expect(asked).rejects.toThrow('available equals the running balance of the ledger')
})
