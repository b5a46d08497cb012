import type { PaymentRow } from './find-payment'
import {
  FAILED_CHECK_AFTER_MS,
  FAILED_CHECK_MAX_MS,
  FIRST_CHECK_AFTER_MS,
  NEWS_CHECK_AFTER_MS,
  PAID_CHECK_AFTER_MS,
  PENDING_GIVEN_UP_AFTER_MS,
} from './limits'

type Looked = Pick<PaymentRow, 'status' | 'createdAt' | 'paidAt'>

/**
 * When the sweep asks again after a check that was answered; null = only when somebody tells us. Unpaid orders are looked
 * at when they are 15 and 30 minutes, 1, 2, 4 ... hours old, and a last time at seven days. `newsExpected` puts one look
 * before these.
 */
export function nextCheck({ status, createdAt, paidAt }: Looked, newsExpected: boolean, now: number): number | null {
  if (status === 'paid')
    return paidAt !== null && now < paidAt + PAID_CHECK_AFTER_MS ? paidAt + PAID_CHECK_AFTER_MS : null
  if (status !== 'pending') return null
  const ageMs = Math.max(0, now - createdAt)
  if (isHopeless({ status, createdAt }, now)) return null
  let atAgeMs = FIRST_CHECK_AFTER_MS
  while (atAgeMs <= ageMs) atAgeMs *= 2
  const planned = createdAt + Math.min(atAgeMs, PENDING_GIVEN_UP_AFTER_MS)
  return newsExpected ? Math.min(planned, now + NEWS_CHECK_AFTER_MS) : planned
}

/** Whether an order waited for money so long that nobody will pay it any more. */
export const isHopeless = ({ status, createdAt }: Pick<PaymentRow, 'status' | 'createdAt'>, now: number): boolean =>
  status === 'pending' && now - createdAt >= PENDING_GIVEN_UP_AFTER_MS

/** When the sweep asks again after `failures` checks in a row that got no answer. */
export const checkAfterFailure = (failures: number, now: number): number =>
  now + Math.min(FAILED_CHECK_MAX_MS, FAILED_CHECK_AFTER_MS * 2 ** Math.min(Math.max(failures - 1, 0), 20))
