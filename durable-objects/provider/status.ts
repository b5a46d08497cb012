import type { Limits } from '../../src/providers/contract'
import { circuitOf } from './circuit'
import { figures } from './figures'
import { allLeases } from './leases'
import { waiters, waitingPictures } from './line'
import { readMeter } from './meter'
import { slotLimit, withMaximum } from './slots'
import { spendToday } from './spend'
import type { ProviderStatus } from './types'

/** How the provider does, for admins and for the health page. Today's spending includes what is booked. */
export function status(sql: SqlStorage, limits: Limits, now: number): ProviderStatus {
  const meter = withMaximum(readMeter(sql), limits.slots)
  const leases = allLeases(sql)
  const { settled, booked } = spendToday(meter, leases, now)
  return {
    circuit: circuitOf(meter, now),
    openUntil: meter.open_until,
    downSince: meter.down_since,
    slots: {
      limit: slotLimit(meter),
      max: limits.slots,
      inUse: leases.filter(({ expires_at }) => expires_at > now).length,
      waiting: waitingPictures(waiters(sql, now)),
    },
    spentTodayMicroUsd: settled + booked,
    dailyMicroUsd: limits.dailyMicroUsd,
    ...figures(sql, now),
  }
}
