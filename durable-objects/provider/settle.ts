import { assert } from '../../src/kernel/assert'
import { afterOutcome, circuitOf } from './circuit'
import { countOutcome, keepDuration, keepError, recentCalls } from './figures'
import { shortenLease, takeLease } from './leases'
import { type Meter, readMeter, writeMeter } from './meter'
import { tune } from './slots'
import { spend } from './spend'
import type { SettleAnswer, SettleAsk } from './types'
import { usualMs } from './wait'

/** A slow picture takes so much longer than the usual one. */
const SLOW = 2

/**
 * Gives a slot back and learns from what became of its picture. Once per lease, in time or late: of a lease that nobody
 * knows nothing is learnt, because it was settled before or was forgotten long after it ran out. Writes 4 rows.
 */
export function settle(sql: SqlStorage, ask: SettleAsk, now: number): SettleAnswer {
  const { costMicroUsd: told } = ask
  assert(told === null || (Number.isSafeInteger(told) && told >= 0), 'micro-USD are whole numbers')
  const before = readMeter(sql)
  if (ask.goesOn) {
    shortenLease(sql, ask.leaseId, now + SLOW * usualMs(before))
    return answerOf(before, now)
  }
  const lease = takeLease(sql, ask.leaseId)
  if (!lease) return answerOf(before, now)
  countOutcome(sql, ask, lease.epoch === before.epoch, now)
  let meter = afterOutcome(before, ask, { epoch: lease.epoch, recent: recentCalls(sql, before, now) }, now)
  meter = tune(meter, ask, now)
  meter = spend(meter, told ?? lease.estimate, now)
  if (ask.outcome === 'ok' && ask.tookMs !== null) meter = keepDuration(sql, meter, ask.tookMs)
  if (ask.outcome !== 'ok' && ask.outcome !== 'CANCELLED') meter = keepError(sql, meter, ask, now)
  writeMeter(sql, before, meter)
  return answerOf(meter, now)
}

const answerOf = (meter: Meter, now: number): SettleAnswer => ({ isOpen: circuitOf(meter, now) !== 'closed' })
