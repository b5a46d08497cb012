import { expect, test } from 'vitest'
import { nextDue } from '../../../durable-objects/user/due'
import { assertBooks } from '../../../durable-objects/user/ledger'
import { promote } from '../../../durable-objects/user/queueing'
import { start } from '../../../durable-objects/user/start'
import { claim, finish } from '../../../durable-objects/user/tasks'
import { openAccount, SECOND_MS, startAsk, T0, withSql } from '../../support/jobs'

/** The same SQL, counting rows: what a Durable Object is billed by ($1 per million written, $0.001 per million read). */
function counted(sql: SqlStorage): { sql: SqlStorage; rows: () => number; rowsRead: () => number } {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = []
  const exec: SqlStorage['exec'] = (query, ...bindings) => {
    const cursor = sql.exec(query, ...bindings)
    cursors.push(cursor)
    return cursor as never
  }
  return {
    sql: { exec } as SqlStorage,
    rows: () => cursors.reduce((sum, cursor) => sum + cursor.rowsWritten, 0),
    rowsRead: () => cursors.reduce((sum, cursor) => sum + cursor.rowsRead, 0),
  }
}

const POSES = 100

test('a picture of a shoot of 100 writes at most 16 rows in its user, from start to the last event', async () => {
  await withSql((sql) => {
    openAccount(sql, POSES * 30)
    const counting = counted(sql)
    const ask = startAsk({ poses: POSES })
    start(counting.sql, ask, T0)
    for (let position = 0; position < POSES; position++) {
      promote(counting.sql, T0)
      const claimed = claim(counting.sql, { jobId: ask.job.id, position }, 20 * SECOND_MS, T0)
      if (!claimed.go) throw new Error('not claimed')
      finish(
        counting.sql,
        { jobId: ask.job.id, position },
        claimed.attempt,
        { kind: 'done', backgroundDone: false, image: {} },
        T0,
      )
    }
    expect(counting.rows() / POSES).toBeLessThanOrEqual(16)
  })
})

/** Rows that a picture reads, from its start to its end, as the object runs each command. */
function rowsReadByOne(sql: SqlStorage, key: string): number {
  const counting = counted(sql)
  const command = <T>(work: () => T): T => {
    const answer = work()
    promote(counting.sql, T0)
    assertBooks(counting.sql)
    nextDue(counting.sql, 0)
    return answer
  }
  const ask = startAsk({ key })
  const task = { jobId: ask.job.id, position: 0 }
  command(() => start(counting.sql, ask, T0))
  const claimed = command(() => claim(counting.sql, task, 20 * SECOND_MS, T0))
  if (!claimed.go) throw new Error('not claimed')
  command(() => finish(counting.sql, task, claimed.attempt, { kind: 'done', backgroundDone: false, image: {} }, T0))
  return counting.rowsRead()
}

test('a picture reads as few rows after five thousand shoots as after one', async () => {
  await withSql((sql) => {
    openAccount(sql, 1_000)
    rowsReadByOne(sql, 'first')
    const atFirst = rowsReadByOne(sql, 'second')
    const ago = 100 * 86_400_000
    sql.exec(
      `WITH RECURSIVE old(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM old WHERE n < 5000)
       INSERT INTO job SELECT 'gen_0' || n, app, project_id, type, text_prompt, params, fund, pose_credits,
         background_credits, task_window, total, total, 0, 0, total, version, NULL, request_id, created_at - ?1 - n,
         created_at - ?1 - n, NULL, created_at - ?1, give_up_at - ?1 - n, NULL, 0 FROM old, (SELECT * FROM job LIMIT 1)`,
      ago,
    )
    sql.exec('INSERT INTO hold(job_id, credits, closed_at) SELECT id, 0, ended_at FROM job WHERE created_at < ?', T0)
    expect(rowsReadByOne(sql, 'last')).toBeLessThan(2 * atFirst)
  })
})
