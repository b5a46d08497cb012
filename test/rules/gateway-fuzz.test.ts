import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newId } from '../../src/kernel/ids'
import { signDuitku } from '../../src/payments/gateways/duitku-signature'
import { signMidtrans } from '../../src/payments/gateways/midtrans-signature'
import { refundedRupiahOf, stateOf, type Transaction } from '../../src/payments/gateways/midtrans-state'
import { rupiahOf } from '../../src/payments/gateways/rupiah'
import { duitku, midtrans } from './gateway-fixtures'

const KEYS = { duitku: 'duitku-test-key-0001', midtrans: 'SB-Mid-server-TESTKEY0001' }
const ID = newId('payment')
const FORM = 'application/x-www-form-urlencoded'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '',
    '0',
    '00',
    '100000',
    '100000.00',
    '3e4',
    ID,
    `0${ID}`,
    'DS10001',
    'G100000001',
    '200',
    'settlement',
  ),
)
const contentType = fc.oneof(fc.constantFrom(FORM, 'application/json', 'text/plain', ''), fc.string())

describe('whatever is sent to the callbacks', () => {
  test('nothing unsigned is believed and nothing makes an error (C1, C23)', async () => {
    const body = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.json(),
      fc
        .dictionary(
          fc.constantFrom(
            ...['merchantCode', 'amount', 'merchantOrderId', 'signature', 'resultCode'],
            ...['order_id', 'status_code', 'gross_amount', 'signature_key', 'merchant_id', '__proto__', 'toString'],
          ),
          fc.oneof(text, fc.jsonValue({ maxDepth: 2 })),
        )
        .map((fields) => JSON.stringify(fields)),
      fc
        .array(fc.tuple(fc.constantFrom('merchantCode', 'amount', 'merchantOrderId', 'signature'), text), {
          maxLength: 8,
        })
        .map((pairs) => new URLSearchParams(pairs).toString()),
    )
    await fc.assert(
      fc.asyncProperty(contentType, body, async (type, sent) => {
        for (const reader of [duitku(undefined, { legacyMd5: true }), midtrans()])
          expect((await reader.readNotice({ contentType: type, body: sent })).ok).toBe(false)
      }),
      { numRuns: 3_000 },
    )
  })

  test('a signed Duitku callback is read as signed, or not at all (C2, C16)', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, fc.boolean(), fc.nat(200), async (amount, merchantOrderId, isOwn, flip) => {
        const order = isOwn ? ID : merchantOrderId
        const genuine = signDuitku('hmac-sha256', KEYS.duitku, `DS10001${amount}${order}`)
        const signature =
          flip < 64 ? genuine.slice(0, flip) + (genuine[flip] === 'a' ? 'b' : 'a') + genuine.slice(flip + 1) : genuine
        const body = new URLSearchParams({
          merchantCode: 'DS10001',
          amount,
          merchantOrderId: order,
          signature,
        }).toString()
        const read = await duitku().readNotice({ contentType: FORM, body })
        const isGood = signature === genuine && order === ID && rupiahOf(amount) !== null
        expect(read.ok).toBe(isGood)
        if (read.ok) expect(read).toMatchObject({ paymentId: ID, amountRupiah: rupiahOf(amount) })
      }),
      { numRuns: 3_000 },
    )
  })

  test('a signed Midtrans notification is read as signed, or not at all (C2, C16)', async () => {
    const code = fc.oneof(fc.constantFrom('200', '201', '20', '0200', ''), text)
    await fc.assert(
      fc.asyncProperty(text, code, text, fc.boolean(), async (gross_amount, status_code, foreign, isOwn) => {
        const order_id = isOwn ? ID : foreign
        const signature_key = signMidtrans({ order_id, status_code, gross_amount }, KEYS.midtrans)
        const body = JSON.stringify({ order_id, status_code, gross_amount, signature_key })
        const read = await midtrans().readNotice({ contentType: 'application/json', body })
        expect(read.ok).toBe(order_id === ID && /^\d{3}$/.test(status_code) && rupiahOf(gross_amount) !== null)
      }),
      { numRuns: 3_000 },
    )
  })
})

test('no state of Midtrans keeps more than was paid, and none but the paid ones keeps anything', () => {
  const rupiahText = fc.oneof(fc.constantFrom('0.00', '40000.00', '100000.00', '100001.00', '-1.00', 'x'), fc.string())
  const transaction: fc.Arbitrary<Transaction> = fc.record({
    order_id: fc.constant(ID),
    transaction_id: fc.constant('t'),
    transaction_status: fc.oneof(
      fc.constantFrom(
        ...['pending', 'authorize', 'capture', 'settlement', 'deny', 'cancel', 'expire', 'failure'],
        ...['refund', 'partial_refund', 'chargeback', 'partial_chargeback'],
      ),
      fc.string(),
    ),
    status_code: fc.constantFrom('200', '201', '202', '407', ''),
    gross_amount: fc.constant('100000.00'),
    currency: fc.constantFrom('IDR', null, undefined),
    fraud_status: fc.constantFrom('accept', 'challenge', 'deny', '', null, undefined),
    payment_type: fc.constantFrom('credit_card', 'qris', null, undefined),
    refund_amount: fc.option(rupiahText, { nil: undefined }),
    refunds: fc.option(fc.array(fc.record({ refund_amount: rupiahText }), { maxLength: 3 }), { nil: undefined }),
  })
  fc.assert(
    fc.property(transaction, (each) => {
      const state = stateOf(each)
      const back = state === null ? null : refundedRupiahOf(each, state, 100_000)
      if (back !== null) expect(back).toSatisfy((rupiah: number) => rupiah >= 0 && rupiah <= 100_000)
      if (state === 'paid' || state === 'partially_refunded') {
        expect(each.status_code).toBe('200')
        expect(['accept', null, undefined]).toContain(each.fraud_status)
      }
    }),
    { numRuns: 5_000 },
  )
})
