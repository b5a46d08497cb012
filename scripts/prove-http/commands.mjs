// What may happen to a seller, as data: a name and whole numbers. Numbers that choose ("which order") are taken modulo
// what there is, so every list of commands has a meaning and so has every part of it: that makes a failing one shrink.
import fc from 'fast-check'

const whole = (max, min = 0) => fc.integer({ min, max })
const which = whole(30)

/** Weight and fields of each command. */
const COMMANDS = {
  quote: [6, { poses: whole(3, 1), batch: whole(2, 1), background: whole(1) }],
  /** `quote` 1: a fresh one for this request; 2: any earlier one, used or made for something else; else none. */
  generate: [
    18,
    {
      byCredits: whole(3),
      poses: whole(3, 1),
      refused: whole(1),
      batch: whole(2, 1),
      background: whole(1),
      quote: whole(4),
      which,
    },
  ],
  /** One picture more than there are credits for. */
  tooMuch: [4, {}],
  /** An accepted request again under its key; `changed` 0: with another body. */
  again: [9, { which, changed: whole(3) }],
  /** A request twice at the same time under one key. */
  twice: [6, { poses: whole(3, 1), batch: whole(2, 1) }],
  /** Two requests at the same time, each of which takes more than half of what is there. */
  race: [8, { background: whole(1) }],
  raceForQuote: [3, { poses: whole(3, 1) }],
  cancel: [6, { poses: whole(4, 2), batch: whole(2, 1) }],
  cancelEnded: [2, { which }],
  retry: [6, { which }],
  order: [9, { product: whole(4), gateway: whole(2) }],
  orderAgain: [3, { which }],
  /** The customer pays; the gateway says so `copies` times at once. */
  pay: [14, { which, copies: whole(4, 1) }],
  /** A notice that is forged, tampered with, for another amount, or nonsense. */
  forge: [6, { which, how: whole(4) }],
  /** A true notice of another moment: before the payment, or long after it. */
  outOfOrder: [6, { which, tells: whole(3) }],
  refundPart: [7, { which, tenths: whole(9, 1), copies: whole(2, 1) }],
  refundAll: [4, { which, copies: whole(2, 1) }],
  /** The plan that costs nothing, with its pictures a day. */
  startPlan: [3, {}],
  endPlan: [2, {}],
  /** One picture more than are left of today. */
  tooManyToday: [3, {}],
  statement: [4, {}],
}

const one = fc.oneof(
  ...Object.entries(COMMANDS).map(([kind, [weight, fields]]) => ({
    weight,
    arbitrary: fc.record({ kind: fc.constant(kind), ...fields }),
  })),
)

/** A life of up to `most` commands; its length is as likely one as another. */
export const lifeOf = (most) => fc.array(one, { maxLength: most, size: 'max' })

/** `pay(which 3, copies 1)`: as it is printed. */
export function written({ kind, ...fields }) {
  const numbers = Object.entries(fields).map(([name, value]) => `${name} ${value}`)
  return numbers.length > 0 ? `${kind}(${numbers.join(', ')})` : kind
}
