import { z } from 'zod'
import type { GatewayStatus } from './contract'
import { rupiahOf } from './rupiah'

const Repayments = z.array(z.object({ refund_amount: z.string() })).nullish()

/** Answer of GET /v2/{order_id}/status, as far as it counts. */
export const Transaction = z.object({
  order_id: z.string(),
  transaction_id: z.string().nullish(),
  transaction_status: z.string(),
  status_code: z.string(),
  gross_amount: z.string(),
  currency: z.string().nullish(),
  fraud_status: z.string().nullish(),
  payment_type: z.string().nullish(),
  refund_amount: z.string().nullish(),
  refunds: Repayments,
})
export type Transaction = z.infer<typeof Transaction>

/**
 * Midtrans' state machine (docs: transaction status cycle) in our words. Null for a status nobody documented: guessing
 * would move money. `deny` after a settlement is the money going back within minutes; it reads as `failed`, as one that
 * was never paid does.
 */
export function stateOf(transaction: Transaction): GatewayStatus['state'] | null {
  switch (transaction.transaction_status) {
    case 'settlement':
      return cleared(transaction) ?? 'paid'
    case 'capture':
      return cleared(transaction) ?? (transaction.payment_type === 'credit_card' ? 'paid' : 'pending')
    case 'partial_refund':
    case 'partial_chargeback':
      return cleared(transaction) ?? 'partially_refunded'
    case 'refund':
      return 'refunded'
    case 'chargeback':
      return 'charged_back'
    case 'pending':
    case 'authorize':
      return 'pending'
    case 'expire':
      return 'expired'
    case 'cancel':
      return 'cancelled'
    case 'deny':
    case 'failure':
      return 'failed'
    default:
      return null
  }
}

/** What stands in the way of counting the money; null = nothing. A challenged card payment waits for a person. */
function cleared({ status_code, fraud_status }: Transaction): 'failed' | 'pending' | null {
  if (fraud_status === 'deny') return 'failed'
  const isAccepted = fraud_status === undefined || fraud_status === null || fraud_status === 'accept'
  return status_code === '200' && isAccepted ? null : 'pending'
}

/**
 * Rupiah given back by now. `refund_amount` is the sum so far; without it the list of refunds adds up. Null when a part
 * was given back and the answer does not say how much, or says more than was paid.
 */
export function refundedRupiahOf(
  transaction: Transaction,
  state: GatewayStatus['state'],
  amountRupiah: number,
): number | null {
  if (state === 'refunded' || state === 'charged_back') return amountRupiah
  if (state !== 'partially_refunded') return 0
  const { refund_amount, refunds } = transaction
  const parts = refund_amount ? [refund_amount] : (refunds ?? []).map((refund) => refund.refund_amount)
  if (parts.length === 0) return null
  let sum = 0
  for (const part of parts) {
    const rupiah = rupiahOf(part)
    if (rupiah === null) return null
    sum += rupiah
  }
  return sum <= amountRupiah ? sum : null
}
