import { equalInConstantTime, sha512Hex } from '../../kernel/hmac'

/** The signed part of a notification. It leaves out transaction_status and fraud_status. */
export type MidtransSigned = { order_id: string; status_code: string; gross_amount: string; signature_key: string }

/** SHA-512 over the values and the key, lower-case hex; `gross_amount` in Midtrans' own letters (`30000.00`). */
export const signMidtrans = (signed: Omit<MidtransSigned, 'signature_key'>, serverKey: string): string =>
  sha512Hex(signed.order_id + signed.status_code + signed.gross_amount + serverKey)

/** Whether one of the keys made this signature. */
export const isSignedByMidtrans = (notice: MidtransSigned, keys: string[]): boolean =>
  keys.some((key) => equalInConstantTime(signMidtrans(notice, key), notice.signature_key))
