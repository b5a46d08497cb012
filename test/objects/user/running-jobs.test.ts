import { expect, test } from 'vitest'
import { lastBalances } from '../../../durable-objects/user/entries'
import { findJob, viewJob } from '../../../durable-objects/user/jobs'
import { promote } from '../../../durable-objects/user/queueing'
import { all } from '../../../durable-objects/user/rows'
import { migrate } from '../../../durable-objects/user/schema'
import { start } from '../../../durable-objects/user/start'
import { claim, finish } from '../../../durable-objects/user/tasks'
import { verify } from '../../../durable-objects/user/verify'
import { MINUTE_MS, openAccount, SECOND_MS, startAsk, T0, withSql } from '../../support/jobs'

/** Takes the third step back, as objects are that have not run it yet. */
const BEFORE_PROVIDERS = `
  ALTER TABLE task DROP COLUMN run; ALTER TABLE task DROP COLUMN tries; ALTER TABLE task DROP COLUMN draft;
  ALTER TABLE job DROP COLUMN delayed_at; ALTER TABLE job DROP COLUMN wasted; DROP TABLE announcement;
  DELETE FROM schema_step WHERE step >= 3`

test('a shoot that was running when its object learnt of providers goes on, keeps its tries and is charged once', () =>
  withSql((sql, storage) => {
    openAccount(sql, 300)
    const ask = startAsk({ poses: 4 })
    const { id: jobId } = ask.job
    const done = { kind: 'done', backgroundDone: false, image: {} } as const
    start(sql, ask, T0)
    promote(sql, T0)
    // One is there, one is with a consumer for the third time, one waits for its second try, one was only sent.
    const attempts = (position: number, count: number) => {
      for (let n = 1; n <= count; n++) {
        if (n > 1) finish(sql, { jobId, position }, n - 1, { kind: 'retry', code: 'UPSTREAM_5XX', delayMs: 0 }, T0)
        claim(sql, { jobId, position }, MINUTE_MS, T0)
      }
    }
    attempts(0, 1)
    finish(sql, { jobId, position: 0 }, 1, done, T0)
    attempts(1, 3)
    attempts(2, 1)
    finish(sql, { jobId, position: 2 }, 1, { kind: 'retry', code: 'UPSTREAM_5XX', delayMs: 0 }, T0)

    sql.exec(BEFORE_PROVIDERS)
    migrate(storage)

    expect(all(sql, 'SELECT position, state, attempt, tries, run FROM task ORDER BY position')).toMatchObject([
      { state: 'done', attempt: 1 },
      { state: 'leased', attempt: 3, tries: 2, run: null },
      { state: 'queued', attempt: 1, tries: 1, run: null },
      { state: 'queued', attempt: 0, tries: 0, run: null },
    ])
    // The consumer of before finishes what it has; messages of before say nothing of attempts.
    expect(finish(sql, { jobId, position: 1 }, 3, done, T0 + SECOND_MS)).toEqual({ state: 'done' })
    for (const position of [2, 3]) {
      const claimed = claim(sql, { jobId, position }, MINUTE_MS, T0 + SECOND_MS, { pollLeaseMs: SECOND_MS })
      if (!claimed.go) throw new Error(claimed.reason)
      expect(claimed.task.draft).toBeNull()
      expect(finish(sql, { jobId, position }, claimed.attempt, done, T0 + SECOND_MS)).toEqual({ state: 'done' })
    }
    expect(viewJob(sql, findJob(sql, jobId)!, T0 + MINUTE_MS)).toMatchObject({
      ...{ status: 'completed', creditsCharged: 120, isDelayed: false },
    })
    expect(lastBalances(sql)).toMatchObject({ available: 180, held: 0 })
    expect(verify(sql, T0 + MINUTE_MS).ok).toBe(true)
  }))
