import { afterAll, describe, expect, test } from 'vitest'
import { newId } from '../../src/kernel/ids'
import { GatewayUnavailable, keptRupiah } from '../../src/payments/gateways/contract'
import { controlOf, type OrderChange } from '../gateways/control'
import { startGateways } from '../gateways/start.mjs'
import { duitku, midtrans } from './gateway-fixtures'

const gateways = await startGateways()
const atDuitku = controlOf(gateways.duitku.url)
const atMidtrans = controlOf(gateways.midtrans.url)
afterAll(() => gateways.stop())

/** What our adapter says of an order of Rp 100,000 that the gateway describes so. */
async function statusAt(control: typeof atDuitku, change: OrderChange) {
  const id = newId('payment')
  await control.put(id, { amountRupiah: 100_000, ...change })
  return (control === atDuitku ? duitku(gateways.duitku) : midtrans(gateways.midtrans)).status(id)
}

describe('what Midtrans says of an order, in our words', () => {
  test.each([
    ['pending', {}, 'pending', 0],
    ['authorized', {}, 'pending', 0],
    ['captured', {}, 'paid', 100_000],
    ['paid', {}, 'paid', 100_000],
    ['paid', { fraud: null }, 'paid', 100_000],
    ['expired', {}, 'expired', 0],
    ['failed', {}, 'failed', 0],
    ['reversed', {}, 'failed', 0],
    ['partially_refunded', { refundedRupiah: 40_000 }, 'partially_refunded', 60_000],
    ['partially_charged_back', { refundedRupiah: 99_999 }, 'partially_refunded', 1],
    ['refunded', {}, 'refunded', 0],
    ['charged_back', {}, 'charged_back', 0],
  ] as const)('%s %o is %s, and %i rupiah are ours', async (state, change, ours, kept) => {
    const status = await statusAt(atMidtrans, { state, ...change })
    expect(status).toMatchObject({ state: ours, amountRupiah: 100_000, currency: 'IDR' })
    expect(keptRupiah(status)).toBe(kept)
  })

  test('a cancelled order is not paid, though its code says 200 (C5)', async () => {
    const status = await statusAt(atMidtrans, { state: 'cancelled', raw: { status_code: '200' } })
    expect(status.state).toBe('cancelled')
    expect(keptRupiah(status)).toBe(0)
  })

  test('a card payment under suspicion is not paid (C6)', async () => {
    for (const state of ['captured', 'paid', 'partially_refunded'])
      for (const [fraud, ours] of [
        ['challenge', 'pending'],
        ['deny', 'failed'],
        ['', 'pending'],
        ['review', 'pending'],
        ['ACCEPT', 'pending'],
      ] as const) {
        const status = await statusAt(atMidtrans, { state, fraud })
        expect(status.state, `${state} ${fraud}`).toBe(ours)
        expect(keptRupiah(status)).toBe(0)
      }
    expect((await statusAt(atMidtrans, { state: 'challenged' })).state).toBe('pending')
  })

  test('money counts only with code 200, and a capture only from a card', async () => {
    for (const status_code of ['201', '202', '407', '500', '', '2000'])
      for (const state of ['captured', 'paid'])
        expect((await statusAt(atMidtrans, { state, raw: { status_code } })).state, status_code).toBe('pending')
    expect((await statusAt(atMidtrans, { state: 'captured', paymentType: 'qris' })).state).toBe('pending')
  })

  test('a partial refund is the total so far, or the sum of the refunds', async () => {
    const refunds = [{ refund_amount: '10000.00' }, { refund_amount: '15000.00' }]
    const raw = (fields: object) => ({ state: 'partially_refunded', refundedRupiah: 1, raw: { ...fields } })
    expect(await statusAt(atMidtrans, raw({ refund_amount: null, refunds }))).toMatchObject({ refundedRupiah: 25_000 })
    expect(await statusAt(atMidtrans, raw({ refund_amount: '25000.00', refunds: [] }))).toMatchObject({
      refundedRupiah: 25_000,
    })
  })

  test('a partial refund of an unknown or impossible amount is no answer', async () => {
    for (const raw of [
      { refund_amount: null, refunds: null },
      { refund_amount: null, refunds: [] },
      { refund_amount: '100001.00' },
      { refund_amount: '1.5' },
      { refund_amount: null, refunds: [{ refund_amount: '60000.00' }, { refund_amount: '60000.00' }] },
    ])
      await expect(statusAt(atMidtrans, { state: 'partially_refunded', raw })).rejects.toThrow(GatewayUnavailable)
  })

  test('a state that nobody documented moves no money', async () => {
    for (const transaction_status of ['', 'paid', 'SETTLEMENT', 'settled', 'success'])
      await expect(statusAt(atMidtrans, { raw: { transaction_status } })).rejects.toThrow(GatewayUnavailable)
  })

  test('the amount and currency are those of the gateway, for the order to be compared with', async () => {
    expect(await statusAt(atMidtrans, { state: 'paid', amountRupiah: 99_999 })).toMatchObject({ amountRupiah: 99_999 })
    expect(await statusAt(atMidtrans, { state: 'paid', currency: 'USD' })).toMatchObject({ currency: 'USD' })
    for (const gross_amount of ['100000.50', '1e5', '', '-1.00'])
      await expect(statusAt(atMidtrans, { state: 'paid', raw: { gross_amount } })).rejects.toThrow(GatewayUnavailable)
  })

  test("an answer about somebody else's order is no answer", async () => {
    const raw = { order_id: newId('payment') }
    await expect(statusAt(atMidtrans, { state: 'paid', raw })).rejects.toThrow(GatewayUnavailable)
  })

  test('wallets whose answer has the transaction in place of the order are paid too', async () => {
    const raw = { order_id: 'A1202605220743016k3KONgSFXID', transaction_id: 'A1202605220743016k3KONgSFXID' }
    expect(await statusAt(atMidtrans, { state: 'paid', raw })).toMatchObject({ state: 'paid' })
  })
})

describe('what Duitku says of an order, in our words', () => {
  test.each([
    ['pending', 'pending', 0],
    ['paid', 'paid', 100_000],
    ['expired', 'expired', 0],
    ['failed', 'failed', 0],
    ['cancelled', 'failed', 0],
    ['reversed', 'failed', 0],
  ] as const)('%s is %s, and %i rupiah are ours', async (state, ours, kept) => {
    const status = await statusAt(atDuitku, { state })
    expect(status).toMatchObject({ state: ours, amountRupiah: 100_000, refundedRupiah: 0, currency: 'IDR' })
    expect(keptRupiah(status)).toBe(kept)
  })

  test('an amount is read as text, with cents of zero, and as a number', async () => {
    for (const amount of ['100000', '100000.00', 100_000])
      expect(await statusAt(atDuitku, { state: 'paid', raw: { amount } })).toMatchObject({ amountRupiah: 100_000 })
  })

  test('paid without a readable amount is no answer', async () => {
    for (const amount of ['', '1e5', 1e21, 0.5, null, '100000.50'])
      await expect(statusAt(atDuitku, { state: 'paid', raw: { amount } })).rejects.toThrow(GatewayUnavailable)
  })

  test("a code that nobody documented, or somebody else's order, moves no money", async () => {
    for (const statusCode of ['', '0', '000', '03', '99', 'SUCCESS'])
      await expect(statusAt(atDuitku, { raw: { statusCode } })).rejects.toThrow(GatewayUnavailable)
    const raw = { merchantOrderId: newId('payment') }
    await expect(statusAt(atDuitku, { state: 'paid', raw })).rejects.toThrow(GatewayUnavailable)
  })
})

test('an order that the gateway does not know is pending, and says that it is unknown', async () => {
  const unknown = { state: 'pending', amountRupiah: null, refundedRupiah: 0, currency: 'IDR', reference: null }
  expect(await duitku(gateways.duitku).status(newId('payment'))).toEqual(unknown)
  expect(await midtrans(gateways.midtrans).status(newId('payment'))).toEqual(unknown)
  // Midtrans also says so under HTTP 200.
  expect(await statusAt(atMidtrans, { raw: { status_code: '404' } })).toEqual(unknown)
})
