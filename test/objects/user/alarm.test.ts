import { runDurableObjectAlarm } from 'cloudflare:test'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { eventsAfter } from '../../../durable-objects/user/events'
import { findReplay } from '../../../durable-objects/user/idempotency'
import { all, number } from '../../../durable-objects/user/rows'
import { EVENTS_KEPT, IDEMPOTENCY_KEPT_MS, JOB_GIVE_UP_MS, REDRIVE_AFTER_MS } from '../../../src/kernel/limits'
import { expectErrors } from '../../setup'
import { books, DAY_MS, gift, HOUR_MS, newObject, SECOND_MS } from '../../support/jobs'
import { messagesOf, type OpenUser, openUser, startFor } from '../../support/queue'

const LEASE_MS = 25 * SECOND_MS
/** Far enough ahead that no alarm set in these tests rings by itself. */
let now = 0

beforeEach(() => {
  now = Date.now() + 365 * DAY_MS
  vi.setSystemTime(now)
})
afterEach(() => void vi.useRealTimers())

/** Lets `ms` pass and runs the alarm as if it rang. */
async function ringAfter(user: OpenUser, ms: number): Promise<boolean> {
  now += ms
  vi.setSystemTime(now)
  return runDurableObjectAlarm(user.object())
}

const alarmAt = (user: OpenUser) => user.sql((_sql, storage) => storage.getAlarm())

test('an object that nobody opened has no alarm', async () => {
  expect(await runDurableObjectAlarm(newObject())).toBe(false)
})

test('once everything is done and told, the alarm is not set again', async () => {
  const user = await openUser()
  expect(await ringAfter(user, 2 * SECOND_MS)).toBe(true)
  expect(await alarmAt(user)).toBeNull()
  expect(await ringAfter(user, DAY_MS)).toBe(false)
})

test('a message that was lost is sent again after twenty seconds (A8)', async () => {
  const user = await openUser()
  const job = await startFor(user)
  await messagesOf(user, job.id, 1)
  await ringAfter(user, 5 * SECOND_MS)
  expect(user.sent).toHaveLength(1)
  expect(await alarmAt(user)).toBe(job.createdAt + REDRIVE_AFTER_MS)
  await ringAfter(user, REDRIVE_AFTER_MS - 5 * SECOND_MS)
  expect(user.sent).toEqual([
    { type: 'pose', userId: user.userId, jobId: job.id, position: 0, requestId: 'req_test' },
    { type: 'pose', userId: user.userId, jobId: job.id, position: 0, requestId: 'req_test' },
  ])
})

test('a queue that refuses is only late (A8)', async () => {
  const user = await openUser()
  let refusals = 0
  user.sent.push = () => {
    refusals++
    throw new Error('the queue is away')
  }
  const job = await startFor(user)
  await vi.waitUntil(() => refusals > 0)
  Reflect.deleteProperty(user.sent, 'push')
  await ringAfter(user, REDRIVE_AFTER_MS)
  expect(user.sent).toMatchObject([{ jobId: job.id, position: 0 }])
})

test('the task of a consumer that died is sent again when its lease ends (A17)', async () => {
  const user = await openUser()
  const job = await startFor(user)
  await messagesOf(user, job.id, 1)
  await user.object().claim({ jobId: job.id, position: 0 }, LEASE_MS)
  await ringAfter(user, LEASE_MS - 1)
  expect(user.sent).toHaveLength(1)
  await ringAfter(user, 1)
  expect(user.sent).toHaveLength(2)
})

test('a hundred and fifty lost messages are all sent again, in batches', async () => {
  const user = await openUser({ credits: 4_500 })
  const job = await startFor(user, { poses: 150, taskWindow: 150 })
  await messagesOf(user, job.id, 150)
  await ringAfter(user, REDRIVE_AFTER_MS)
  expect(user.sent).toHaveLength(250)
  await ringAfter(user, 0)
  expect(user.sent).toHaveLength(300)
  expect(new Set(user.sent.map(({ position }) => position)).size).toBe(150)
})

test('credits expire by the alarm, without anybody asking (A25)', async () => {
  const user = await openUser({ credits: 0 })
  const expiresAt = now + DAY_MS
  await user.object().adjust(gift('promo', 50, expiresAt))
  await ringAfter(user, 2 * SECOND_MS)
  expect(await alarmAt(user)).toBe(expiresAt)
  await ringAfter(user, expiresAt - now)
  expect(await user.sql(books)).toMatchObject({ available: 0, expired: 50 })
})

test('a job that nobody could finish in twelve hours fails and its credits return (A17)', async () => {
  const user = await openUser()
  const job = await startFor(user, { poses: 3 })
  await messagesOf(user, job.id, 3)
  await ringAfter(user, JOB_GIVE_UP_MS)
  expect(await user.object().job(job.id)).toMatchObject({ status: 'failed', creditsReleased: 90 })
  expect(await user.sql(books)).toMatchObject({ available: 300, held: 0 })
})

test('old events and old answers are forgotten', async () => {
  const user = await openUser()
  const ask = { route: 'x', key: 'k', fingerprint: 'f' }
  await user.object().remember(ask, '1', 'ses_test')
  await user.sql((sql) => {
    for (let seq = 1; seq <= EVENTS_KEPT + 1; seq++)
      sql.exec("INSERT INTO event(seq, at, type, data) VALUES (?, ?, 'credits_changed', '{}')", seq, now)
  })
  await startFor(user)
  await ringAfter(user, IDEMPOTENCY_KEPT_MS + 1)
  await user.sql((sql) => {
    expect(findReplay(sql, ask)).toEqual({ known: false })
    expect(eventsAfter(sql, 0, 1)).toBeNull()
    expect(number(sql, 'SELECT COUNT(*) FROM event')).toBe(EVENTS_KEPT)
  })
})

test('the alarm rings for whatever is due first', async () => {
  const user = await openUser({ credits: 60 })
  await user.object().adjust(gift('promo', 1, now + HOUR_MS))
  await ringAfter(user, 2 * SECOND_MS)
  expect(await alarmAt(user)).toBe(now - 2 * SECOND_MS + HOUR_MS)
  const job = await startFor(user)
  const [due] = await user.sql((sql) => all<{ at: number }>(sql, 'SELECT MIN(due_at) AS at FROM task'))
  expect(due!.at).toBe(now + REDRIVE_AFTER_MS)
  await messagesOf(user, job.id, 1)
  expect(await alarmAt(user)).toBeLessThanOrEqual(due!.at)
})

test('an object whose books do not agree rings ever more seldom, not without pause', async () => {
  const user = await openUser()
  await startFor(user)
  await ringAfter(user, 2 * SECOND_MS)
  const forge = (credits: number) =>
    user.sql((sql) => sql.exec('UPDATE credit_grant SET credits = credits + ?1, available = available + ?1', credits))
  await forge(5)
  const waits: number[] = []
  for (let n = 0; n < 4; n++) {
    await ringAfter(user, REDRIVE_AFTER_MS)
    waits.push((await alarmAt(user))! - now)
  }
  expect(waits).toEqual([5, 10, 20, 40].map((seconds) => seconds * SECOND_MS))
  expect(expectErrors()).toHaveLength(4)
  await forge(-5)
  await ringAfter(user, DAY_MS)
  expect(expectErrors()).toEqual([])
})
