import { expect, test } from 'vitest'
import { promote } from '../../../durable-objects/user/queueing'
import { start } from '../../../durable-objects/user/start'
import { claim, finish } from '../../../durable-objects/user/tasks'
import { openAccount, SECOND_MS, startAsk, T0, withSql } from '../../support/jobs'

/** The same SQL, counting the rows that it writes: what a Durable Object is billed by ($1 per million). */
function counted(sql: SqlStorage): { sql: SqlStorage; rows: () => number } {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = []
  const exec: SqlStorage['exec'] = (query, ...bindings) => {
    const cursor = sql.exec(query, ...bindings)
    cursors.push(cursor)
    return cursor as never
  }
  return { sql: { exec } as SqlStorage, rows: () => cursors.reduce((sum, cursor) => sum + cursor.rowsWritten, 0) }
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
