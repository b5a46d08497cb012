import { expect, test } from 'vitest'
import { appendEvent, eventsAfter, latestSeq, trimEvents } from '../../../durable-objects/user/events'
import { EVENTS_KEPT, EVENTS_KEPT_MS } from '../../../src/kernel/limits'
import { T0, withSql } from '../../support/jobs'

const append = (sql: SqlStorage, count: number, now = T0) => {
  for (let n = 0; n < count; n++) appendEvent(sql, 'credits_changed', null, { n }, now)
}
const seqs = (sql: SqlStorage, after: number, limit = 100) => eventsAfter(sql, after, limit)?.map(({ seq }) => seq)

test('events are numbered from one without a gap', () =>
  withSql((sql) => {
    expect([latestSeq(sql), seqs(sql, 0)]).toEqual([0, []])
    append(sql, 4)
    expect([latestSeq(sql), seqs(sql, 0), seqs(sql, 3), seqs(sql, 4)]).toEqual([4, [1, 2, 3, 4], [4], []])
    expect(seqs(sql, 1, 2)).toEqual([2, 3])
    expect(eventsAfter(sql, 3, 1)).toEqual([
      { seq: 4, v: 1, type: 'credits_changed', at: new Date(T0).toISOString(), data: { n: 3 } },
    ])
  }))

test('who asks for a number that was never given starts over', () =>
  withSql((sql) => {
    expect(seqs(sql, 1)).toBeUndefined()
    append(sql, 2)
    expect(seqs(sql, 3)).toBeUndefined()
  }))

test('events go when they are both old and many, and who missed them starts over', () =>
  withSql((sql) => {
    append(sql, EVENTS_KEPT + 10)
    const tooOld = T0 + EVENTS_KEPT_MS + 1
    trimEvents(sql, T0 + EVENTS_KEPT_MS)
    expect(seqs(sql, 0, 1)).toEqual([1])
    trimEvents(sql, tooOld)
    expect(seqs(sql, 9)).toBeUndefined()
    expect(seqs(sql, 10, 1)).toEqual([11])
    expect(latestSeq(sql)).toBe(EVENTS_KEPT + 10)
  }))

test('few events stay however old they are', () =>
  withSql((sql) => {
    append(sql, EVENTS_KEPT)
    trimEvents(sql, T0 + 1_000 * EVENTS_KEPT_MS)
    expect(seqs(sql, 0, 1)).toEqual([1])
  }))
