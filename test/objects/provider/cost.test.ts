import { expect, test } from 'vitest'
import { admit } from '../../../durable-objects/provider/admit'
import { settle } from '../../../durable-objects/provider/settle'
import { admitAsk, HOUR_MS, LIMITS, SECOND_MS, settleAsk, T0, withProvider } from './fixtures'

/** The same SQL, counting rows: what an object is billed by ($1 per million written, $0.001 per million read). */
function counted(sql: SqlStorage): { sql: SqlStorage; written: () => number; read: () => number } {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = []
  const exec: SqlStorage['exec'] = (query, ...bindings) => {
    const cursor = sql.exec(query, ...bindings)
    cursors.push(cursor)
    return cursor as never
  }
  const sum = (key: 'rowsWritten' | 'rowsRead') => cursors.reduce((total, cursor) => total + cursor[key], 0)
  return { sql: { exec } as SqlStorage, written: () => sum('rowsWritten'), read: () => sum('rowsRead') }
}

const PICTURES = 1_000

test('a picture writes about 7 rows, forgetting included, and reads few whatever came before', () =>
  withProvider(({ sql }) => {
    const counting = counted(sql)
    for (let n = 0; n < PICTURES; n++) {
      const now = T0 + n * 10 * SECOND_MS
      expect(admit(counting.sql, admitAsk(`l${n}`), now)).toEqual({ go: true })
      settle(counting.sql, settleAsk(`l${n}`, 'ok', { costMicroUsd: 75_000 }), now + 8 * SECOND_MS)
    }
    expect(counting.written() / PICTURES).toBeLessThanOrEqual(7.5)
    expect(counting.read() / PICTURES).toBeLessThanOrEqual(500)
  }))

test('a no writes at most one row', () =>
  withProvider(({ sql }) => {
    const ask = (leaseId: string, now: number) => {
      const counting = counted(sql)
      const { go } = admit(counting.sql, admitAsk(leaseId), now)
      return { go, written: counting.written() }
    }
    for (let n = 0; n < LIMITS.slots; n++) ask(`l${n}`, T0)
    expect(ask('waits', T0)).toEqual({ go: false, written: 1 })
    settle(sql, settleAsk('l0', 'QUOTA'), T0)
    expect(ask('down', T0)).toEqual({ go: false, written: 0 })
  }))

test('after a day of work, a day of failures and a thousand who waited nothing has piled up', () =>
  withProvider(({ sql }) => {
    for (let n = 0; n < 3_000; n++) {
      const now = T0 + n * 30 * SECOND_MS
      admit(sql, admitAsk(`l${n}`, { owner: `o${n % 100}` }), now)
      if (n % 3) settle(sql, settleAsk(`l${n}`, n % 2 ? 'ok' : 'COLD'), now)
    }
    const later = T0 + 48 * HOUR_MS
    admit(sql, admitAsk('last'), later)
    settle(sql, settleAsk('last', 'ok'), later)
    const rows = (table: string) => Number(sql.exec(`SELECT COUNT(*) AS n FROM ${table}`).one().n)
    expect([rows('meter'), rows('lease'), rows('waiter'), rows('bucket')]).toEqual([1, 0, 0, 1])
    expect(rows('duration')).toBeLessThanOrEqual(200)
    expect(rows('failure')).toBeLessThanOrEqual(20)
  }))
