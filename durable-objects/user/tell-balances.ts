import { lastBalances } from './entries'
import { appendEvent } from './events'

/** Tells the live log what is available and held now; `owed` only to those who owe. */
export function tellBalances(sql: SqlStorage, jobId: string | null, now: number): void {
  const { available, held, owed } = lastBalances(sql)
  appendEvent(sql, 'credits_changed', jobId, { available, held, ...(owed > 0 && { owed }) }, now)
}
