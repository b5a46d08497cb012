/**
 * Whole rupiah as gateways write them: `30000` or `30000.00`. No sign, exponent, other fraction or leading zero: each of
 * these would let one signed text be read as two amounts. 15 digits stay exact.
 */
export const RUPIAH_TEXT = /^(0|[1-9]\d{0,14})(\.00)?$/

/** The amount a text means; null when it is not written as one. */
export const rupiahOf = (text: string): number | null => {
  const whole = RUPIAH_TEXT.exec(text)?.[1]
  return whole === undefined ? null : Number(whole)
}
