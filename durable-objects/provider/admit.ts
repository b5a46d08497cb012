import { assert } from '../../src/kernel/assert'
import { circuitOf } from './circuit'
import { countAdmission, recentAdmissions } from './figures'
import { allLeases, EXPIRED_KEPT_MS, insertLease, renewLease, writeOff } from './leases'
import { joinLine, leaveLine, picturesAhead, waiters } from './line'
import { readMeter, writeMeter } from './meter'
import { slotLimit, withMaximum } from './slots'
import { nextDayAt, spendToday } from './spend'
import type { AdmitAnswer, AdmitAsk, Refusal } from './types'
import { clamped, MIN_RETRY_MS, remainingMs, waitMs } from './wait'

/**
 * May this picture go to the provider now? One that holds its slot always may: it is renewed, whatever the circuit says,
 * because what is under way upstream should be fetched. Writes 2 rows for a yes, 1 for a `busy`, none for the other noes.
 */
export function admit(sql: SqlStorage, ask: AdmitAsk, now: number): AdmitAnswer {
  const { limits } = ask
  assert(ask.weight > 0 && ask.leaseMs > 0, 'an owner has some weight and a lease some time')
  assert(Number.isSafeInteger(ask.estimateMicroUsd) && ask.estimateMicroUsd >= 0, 'micro-USD are whole numbers')
  const leases = allLeases(sql)
  const living = leases.filter(({ expires_at }) => expires_at > now)
  if (living.some(({ id }) => id === ask.leaseId)) {
    renewLease(sql, ask.leaseId, now + ask.leaseMs)
    return { go: true }
  }
  const before = readMeter(sql)
  const expired = leases.filter(({ expires_at }) => expires_at <= now)
  const forgotten = expired.filter(({ id, expires_at }) => id === ask.leaseId || expires_at <= now - EXPIRED_KEPT_MS)
  const meter = forgotten.reduce((sum, lease) => writeOff(sql, sum, lease, now), withMaximum(before, limits.slots))
  writeMeter(sql, before, meter)

  const circuit = circuitOf(meter, now)
  const probing = circuit === 'half-open' ? living.find(({ epoch }) => epoch === meter.epoch) : undefined
  const no = (reason: Refusal, retryAfterMs: number): AdmitAnswer => ({
    ...{ go: false, reason, downSince: meter.down_since },
    retryAfterMs: Math.max(1, Math.round(retryAfterMs)),
  })
  if (circuit === 'open') return no('open', (meter.open_until ?? now) - now)
  if (probing) return no('probing', clamped(remainingMs(meter, probing, now)))

  const kept = leases.filter((lease) => !forgotten.includes(lease))
  const { settled, booked } = spendToday(meter, kept, now)
  if (settled + ask.estimateMicroUsd > limits.dailyMicroUsd) return no('spent', nextDayAt(now) - now)
  const fitsTheDay = settled + booked + ask.estimateMicroUsd <= limits.dailyMicroUsd

  const line = waiters(sql, now)
  const minute = recentAdmissions(sql, now)
  const freeSlots = slotLimit(meter) - living.length
  const freeTurns = limits.perMinute - minute.count
  // The one probe is for whoever asks first: nobody can say yet that there is anything to share.
  const ahead = circuit === 'half-open' ? 0 : picturesAhead(ask, line, living, now)
  const isPaused = meter.paused_until > now
  if (isPaused || !fitsTheDay || Math.min(freeSlots, freeTurns) <= ahead) {
    const retryAfterMs = isPaused
      ? Math.max(MIN_RETRY_MS, meter.paused_until - now)
      : clamped(
          freeTurns <= ahead && freeSlots > ahead
            ? minute.freeAt - now
            : waitMs(meter, { ask, ahead, freeSlots, line, living }, now),
        )
    if (circuit === 'half-open') return no('probing', retryAfterMs)
    joinLine(sql, ask, line, retryAfterMs, now)
    return no('busy', retryAfterMs)
  }
  leaveLine(sql, ask, line, now)
  countAdmission(sql, now)
  insertLease(sql, {
    ...{ id: ask.leaseId, owner: ask.owner, epoch: meter.epoch, admitted_at: now },
    ...{ expires_at: now + ask.leaseMs, estimate: ask.estimateMicroUsd },
  })
  return { go: true }
}
