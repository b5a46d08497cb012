import { expect, test } from 'vitest'
import { eventsAfter } from '../../../durable-objects/user/events'
import { findJob, viewJob } from '../../../durable-objects/user/jobs'
import { promote } from '../../../durable-objects/user/queueing'
import { start } from '../../../durable-objects/user/start'
import { claim, finish } from '../../../durable-objects/user/tasks'
import { MINUTE_MS, openAccount, startAsk, T0, withSql } from '../../support/jobs'

test('a clock that steps back tells nobody that his pictures are done before they were begun', () =>
  withSql((sql) => {
    openAccount(sql, 300)
    const ask = startAsk({ poses: 3 })
    start(sql, ask, T0)
    promote(sql, T0)
    const key = { jobId: ask.job.id, position: 0 }
    const claimed = claim(sql, key, MINUTE_MS, T0)
    if (!claimed.go) throw new Error('not claimed')
    const before = T0 - MINUTE_MS
    finish(sql, key, claimed.attempt, { kind: 'done', backgroundDone: false, image: {} }, before)
    expect(viewJob(sql, findJob(sql, ask.job.id)!, before).remainingMs).toBe(0)
    const last = eventsAfter(sql, 0, 100)!.at(-1)!
    expect(last.data).toMatchObject({ estimatedTimeRemaining: 0 })
  }))
