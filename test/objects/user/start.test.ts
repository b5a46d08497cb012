import { expect, test } from 'vitest'
import { entriesAfter } from '../../../durable-objects/user/entries'
import { eventsAfter } from '../../../durable-objects/user/events'
import { all } from '../../../durable-objects/user/rows'
import { revokeSession } from '../../../durable-objects/user/sessions'
import { type StartAsk, start } from '../../../durable-objects/user/start'
import {
  books,
  giveQuota,
  grantOf,
  HOUR_MS,
  openAccount,
  SESSION,
  startAsk,
  startJob,
  T0,
  tableCounts,
  tasksOf,
  withSql,
} from '../../support/jobs'

test('an accepted request is a hold, a job, its tasks, an event and an answer, all at once', () =>
  withSql((sql) => {
    openAccount(sql, 300)
    const before = tableCounts(sql)
    const job = startJob(sql, { poses: 3, background: true })
    expect(job).toMatchObject({
      ...{ status: 'pending', fund: 'credits', total: 3, completed: 0, failed: 0, cancelled: 0 },
      ...{ creditsHeld: 120, creditsCharged: 0, creditsReleased: 0, queuePosition: 0, createdAt: T0, endedAt: null },
    })
    expect(books(sql)).toMatchObject({ available: 180, held: 120 })
    expect(eventsAfter(sql, 0, 10)).toMatchObject([
      { seq: 1, type: 'credits_changed', generationId: job.id, data: { available: 180, held: 120 } },
    ])
    const added = { job: 1, task: 3, hold: 1, hold_part: 1, entry: 1, event: 1, idempotency: 1 }
    for (const [table, count] of Object.entries(added))
      expect([table, tableCounts(sql)[table]]).toEqual([table, before[table]! + count])
  }))

test('five hundred pictures start in one go, in their order', () =>
  withSql((sql) => {
    openAccount(sql, 15_000)
    const ask = startAsk({ poses: 500 })
    start(sql, ask, T0)
    const rows = all<{ position: number; image_id: string; seed: number }>(
      sql,
      'SELECT position, image_id, seed FROM task ORDER BY position',
    )
    expect(rows).toEqual(ask.tasks.map(({ imageId, seed }, position) => ({ position, image_id: imageId, seed })))
    expect(books(sql)).toMatchObject({ available: 0, held: 15_000 })
  }))

test('a later job knows how many pictures wait before it', () =>
  withSql((sql) => {
    openAccount(sql, 300)
    startJob(sql, { poses: 4 })
    startJob(sql, { poses: 2 })
    expect(startJob(sql, { poses: 1 })).toMatchObject({ queuePosition: 6 })
  }))

test('the same key and body get the first answer again, whatever happened since', () =>
  withSql((sql) => {
    openAccount(sql, 30)
    const ask = startAsk()
    const first = start(sql, ask, T0)
    const before = tableCounts(sql)
    // A retry plans anew: other job id, other picture ids. None of them counts.
    const again = { ...ask, job: startAsk().job, tasks: tasksOf(1) }
    expect(start(sql, again, T0 + HOUR_MS)).toEqual({ ...first, replayed: true, rate: expect.anything() })
    expect(tableCounts(sql)).toEqual(before)
  }))

type Refused = {
  title: string
  prepare?: (sql: SqlStorage) => void
  ask?: Partial<StartAsk>
  poses?: number
  answer: object
}

const REFUSALS: Refused[] = [
  {
    title: 'somebody who signed out',
    prepare: (sql) => revokeSession(sql, SESSION, T0),
    answer: { ok: false, code: 'SESSION_REVOKED' },
  },
  {
    title: 'a session that nobody opened',
    ask: { sessionId: 'ses_none' },
    answer: { ok: false, code: 'SESSION_REVOKED' },
  },
  {
    title: 'a key that was spent on another body (A4)',
    prepare: (sql) => startJob(sql, { key: 'click' }),
    ask: { key: 'click', fingerprint: 'other' },
    answer: { ok: false, code: 'IDEMPOTENCY_KEY_REUSED' },
  },
  {
    title: 'one credit too few (A24)',
    prepare: (sql) => startJob(sql, { poses: 2 }),
    poses: 1,
    answer: { ok: false, code: 'INSUFFICIENT_CREDITS', required: 30, available: 29 },
  },
  {
    title: 'more pictures than the day has left (B2)',
    prepare: (sql) => giveQuota(sql, { dailyQuota: 2, expiresAt: null }),
    poses: 3,
    answer: { ok: false, code: 'QUOTA_EXCEEDED', required: 3, remaining: 2 },
  },
  {
    title: 'too many requests a minute',
    prepare: (sql) => startJob(sql),
    ask: { limits: { posesPerHour: 10, generatesPerMinute: 1 } },
    answer: { ok: false, code: 'RATE_LIMITED', refusal: { limit: 'generatesPerMinute', retryAfterMs: 60_000 } },
  },
  {
    title: 'too many pictures an hour',
    ask: { limits: { posesPerHour: 1, generatesPerMinute: 10 } },
    poses: 2,
    answer: { ok: false, code: 'RATE_LIMITED', refusal: { limit: 'posesPerHour', remaining: 1 } },
  },
]

test.each(REFUSALS)('refused and nothing changed: $title', ({ prepare, ask, poses = 1, answer }) =>
  withSql((sql) => {
    openAccount(sql, 89)
    prepare?.(sql)
    const before = [tableCounts(sql), books(sql), entriesAfter(sql, 0, 100), eventsAfter(sql, 0, 100)]
    expect(start(sql, startAsk({ poses, ...ask }), T0)).toMatchObject(answer)
    expect([tableCounts(sql), books(sql), entriesAfter(sql, 0, 100), eventsAfter(sql, 0, 100)]).toEqual(before)
  }),
)

test('a refused key may be used again once it can be paid', () =>
  withSql((sql) => {
    openAccount(sql, 29)
    const ask = startAsk()
    expect(start(sql, ask, T0)).toMatchObject({ code: 'INSUFFICIENT_CREDITS' })
    grantOf(sql, { key: 'payment:1', credits: 1 })
    expect(start(sql, ask, T0)).toMatchObject({ ok: true, replayed: false })
  }))

test('credits that are too old are not spent, even before the alarm has taken them out', () =>
  withSql((sql) => {
    openAccount(sql)
    grantOf(sql, { key: 'promo', credits: 30, expiresAt: T0 + HOUR_MS })
    expect(start(sql, startAsk(), T0 + HOUR_MS)).toMatchObject({ code: 'INSUFFICIENT_CREDITS', available: 0 })
    expect(books(sql)).toMatchObject({ available: 0, expired: 30 })
  }))

test('a job without a picture is a broken promise', () =>
  withSql((sql) => {
    openAccount(sql, 30)
    expect(() => start(sql, startAsk({ poses: 0 }), T0)).toThrow('a job has tasks')
  }))
