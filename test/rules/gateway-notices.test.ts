import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../src/kernel/ids'
import type { Gateway, RawNotice } from '../../src/payments/gateways/contract'
import { signDuitku } from '../../src/payments/gateways/duitku-signature'
import { signMidtrans } from '../../src/payments/gateways/midtrans-signature'
import { MAX_NOTICE_BYTES } from '../../src/payments/gateways/notice-body'
import { controlOf } from '../gateways/control'
import { startGateways } from '../gateways/start.mjs'
import { duitku, FORGED, listeningLog, midtrans, NOW, UNREADABLE } from './gateway-fixtures'

const gateways = await startGateways()
const atDuitku = controlOf(gateways.duitku.url)
const atMidtrans = controlOf(gateways.midtrans.url)
afterAll(() => gateways.stop())

const id = newId('payment')
beforeAll(async () => {
  await atDuitku.put(id, { state: 'paid', amountRupiah: 100_000 })
  await atMidtrans.put(id, { state: 'paid', amountRupiah: 100_000 })
})

/** The same form with fields changed; undefined takes one away. */
const reform = (notice: RawNotice, changes: Record<string, string | undefined>): RawNotice => {
  const form = new URLSearchParams(notice.body)
  for (const [name, value] of Object.entries(changes)) value === undefined ? form.delete(name) : form.set(name, value)
  return { ...notice, body: form.toString() }
}
const rejson = (notice: RawNotice, changes: Record<string, unknown>): RawNotice => ({
  ...notice,
  body: JSON.stringify({ ...JSON.parse(notice.body), ...changes }),
})

/** Each gateway with the same three things: a genuine notice, how to change one, and the names of what is signed. */
const cases = [
  {
    name: 'Duitku',
    reader: (): Gateway => duitku(gateways.duitku),
    control: atDuitku,
    change: reform as (notice: RawNotice, changes: Record<string, string | undefined>) => RawNotice,
    signature: 'signature',
    order: 'merchantOrderId',
    amount: 'amount',
    merchant: 'merchantCode',
    raised: '1000000',
  },
  {
    name: 'Midtrans',
    reader: (): Gateway => midtrans(gateways.midtrans),
    control: atMidtrans,
    change: rejson as (notice: RawNotice, changes: Record<string, string | undefined>) => RawNotice,
    signature: 'signature_key',
    order: 'order_id',
    amount: 'gross_amount',
    merchant: 'merchant_id',
    raised: '1000000.00',
  },
]

describe.each(cases)('$name', ({ reader, control, change, signature, order, amount, merchant, raised }) => {
  test('a genuine notice is read', async () => {
    expect(await reader().readNotice(await control.notice(id))).toEqual({
      ok: true,
      paymentId: id,
      amountRupiah: 100_000,
      claims: expect.stringMatching(/^(00|settlement\/200\/accept)$/),
    })
  })

  test('what the notice claims is kept as words, whatever they are', async () => {
    const notice = await control.notice(id)
    const odd = change(notice, { resultCode: '01\u0000\n<b>', transaction_status: '01\u0000\n<b>' })
    expect(await reader().readNotice(odd)).toMatchObject({ ok: true, claims: expect.stringMatching(/^01\?\?<b>/) })
    const long = change(notice, { resultCode: 'x'.repeat(5_000), transaction_status: 'x'.repeat(5_000) })
    expect(await reader().readNotice(long)).toMatchObject({ ok: true, claims: 'x'.repeat(100) })
  })

  test('a notice without a signature, or with anything in its place, is refused (C1)', async () => {
    const notice = await control.notice(id)
    const forged = [
      ...[
        '',
        ' ',
        '0',
        'null',
        'true',
        '0'.repeat(32),
        '0'.repeat(64),
        '0'.repeat(128),
        'é'.repeat(64),
        'x'.repeat(9_999),
      ],
    ]
    for (const text of forged)
      expect(await reader().readNotice(change(notice, { [signature]: text })), text).toEqual(FORGED)
    expect(await reader().readNotice(change(notice, { [signature]: undefined }))).toEqual(UNREADABLE)
  })

  test("a notice signed with somebody else's key is refused (C1)", async () => {
    expect(await reader().readNotice(await control.notice(id, { key: 'another-key' }))).toEqual(FORGED)
  })

  test('a changed amount or order makes a signature worthless (C2)', async () => {
    const notice = await control.notice(id)
    expect(await reader().readNotice(change(notice, { [amount]: raised }))).toEqual(FORGED)
    expect(await reader().readNotice(change(notice, { [order]: newId('payment') }))).toEqual(FORGED)
    // The same amount in other letters is not what was signed either.
    const spelt = raised.endsWith('.00') ? '100000' : '100000.00'
    expect(await reader().readNotice(change(notice, { [amount]: spelt }))).toEqual(FORGED)
  })

  test('a notice that is rightly signed for another amount says that amount, for the order to be compared with', async () => {
    const notice = await control.notice(id, { amount: raised })
    expect(await reader().readNotice(notice)).toMatchObject({ ok: true, paymentId: id, amountRupiah: 1_000_000 })
  })

  test('signatures of other lengths and alphabets are refused, never an error (C27)', async () => {
    const notice = await control.notice(id)
    const right = (await reader().readNotice(notice)).ok
    const genuine = /^\{/.test(notice.body)
      ? String(JSON.parse(notice.body)[signature])
      : String(new URLSearchParams(notice.body).get(signature))
    expect(right).toBe(true)
    const almost = [
      ...[genuine.slice(0, -1), `${genuine}0`, genuine.toUpperCase(), ` ${genuine}`, `${genuine}\u0000`],
      ...[genuine.replace(/.$/, 'g'), `${genuine.slice(0, -1)}é`, genuine + genuine, '💰'.repeat(16)],
    ]
    for (const text of almost)
      expect(await reader().readNotice(change(notice, { [signature]: text })), text).toEqual(FORGED)
    for (let at = 0; at < genuine.length; at++) {
      const changed = genuine.slice(0, at) + (genuine[at] === '0' ? '1' : '0') + genuine.slice(at + 1)
      expect(await reader().readNotice(change(notice, { [signature]: changed })), `character ${at}`).toEqual(FORGED)
    }
  })

  test('a notice for another merchant is refused though its signature is right (C28)', async () => {
    expect(await reader().readNotice(await control.notice(id, { merchant: 'DS99999' }))).toEqual(FORGED)
    expect(await reader().readNotice(change(await control.notice(id), { [merchant]: 'D0001' }))).toEqual(FORGED)
  })

  test('an order that is not one of ours is refused though its signature is right (C16)', async () => {
    for (const foreign of ['PG-01JC3Z9K7Q4M', `0${id}`, id.slice(0, -1), `${id}0`, id.toLowerCase(), '1']) {
      await control.put(foreign, { state: 'paid', amountRupiah: 100_000 })
      expect(await reader().readNotice(await control.notice(foreign)), foreign).toEqual(FORGED)
    }
  })

  test('an amount in any other form than whole rupiah is unreadable (C23)', async () => {
    for (const text of ['30000.0', '3e4', '', ' 100000', '1e5', '-100000', '100000.50', '0100000', '100.000', 'NaN'])
      expect(await reader().readNotice(await control.notice(id, { amount: text || ' ' })), text).toEqual(UNREADABLE)
  })

  test('the wrong kind of body is unreadable (C23)', async () => {
    const notice = await control.notice(id)
    const other = /json/.test(notice.contentType) ? 'application/x-www-form-urlencoded' : 'application/json'
    for (const contentType of [other, 'text/plain', 'multipart/form-data; boundary=x', '', null, undefined])
      expect(await reader().readNotice({ ...notice, contentType }), String(contentType)).toEqual(UNREADABLE)
    for (const body of ['', ' ', '{', '[]', '[{}]', 'null', '"text"', '1', 'a=b', '&&&', '%', '\u0000'])
      expect(await reader().readNotice({ ...notice, body }), body).toEqual(UNREADABLE)
    const spelt = { ...notice, contentType: `${notice.contentType.toUpperCase()} ; charset=utf-8` }
    expect(await reader().readNotice(spelt)).toMatchObject({ ok: true })
  })

  test('a body of more than 64 KiB is unreadable, a genuine one just below it is read (C23)', async () => {
    const notice = await control.notice(id)
    const padded = (bytes: number): RawNotice => {
      const room = bytes - change(notice, { padding: '' }).body.length
      return change(notice, { padding: 'x'.repeat(room) })
    }
    expect(padded(MAX_NOTICE_BYTES).body).toHaveLength(MAX_NOTICE_BYTES)
    expect(await reader().readNotice(padded(MAX_NOTICE_BYTES))).toMatchObject({ ok: true })
    expect(await reader().readNotice(padded(MAX_NOTICE_BYTES + 1))).toEqual(UNREADABLE)
    expect(await reader().readNotice(padded(10 * 1024 * 1024))).toEqual(UNREADABLE)
    // Fewer characters than the cap, more bytes.
    const wide = { ...notice, body: `${notice.body}${'é'.repeat(MAX_NOTICE_BYTES - 2_000)}` }
    expect(await reader().readNotice(wide)).toEqual(UNREADABLE)
  })
})

describe('key rotation', () => {
  const UNTIL = Date.parse('2026-12-01T00:00:00Z')
  const rotated = (previousUntilMs: number | null) => ({ current: 'new-key', previous: 'old-key', previousUntilMs })
  const readers = (keys: ReturnType<typeof rotated>, now: number): [Gateway, typeof atDuitku][] => [
    [duitku(gateways.duitku, { keys, now: () => now }), atDuitku],
    [midtrans(gateways.midtrans, { keys, now: () => now }), atMidtrans],
  ]

  test('the old key is taken beside the new one until the window closes, and not a moment longer (C25)', async () => {
    for (const now of [NOW, UNTIL - 1, UNTIL, UNTIL + 1])
      for (const [reader, control] of readers(rotated(UNTIL), now)) {
        const read = async (key: string) => (await reader.readNotice(await control.notice(id, { key }))).ok
        expect(await read('new-key')).toBe(true)
        expect(await read('old-key'), `${reader.id} at ${now}`).toBe(now < UNTIL)
        expect(await read('no-key')).toBe(false)
      }
  })

  test('without a window there is no old key (C25)', async () => {
    for (const [reader, control] of readers(rotated(null), NOW))
      expect(await reader.readNotice(await control.notice(id, { key: 'old-key' }))).toEqual(FORGED)
  })

  test('no previous key means none, not an empty one', async () => {
    const keys = { current: 'new-key', previous: '', previousUntilMs: UNTIL }
    const text = `DS10001${100_000}${id}`
    const body = new URLSearchParams({
      merchantCode: 'DS10001',
      amount: '100000',
      merchantOrderId: id,
      signature: signDuitku('md5', '', text),
    }).toString()
    const reader = duitku(gateways.duitku, { keys, legacyMd5: true })
    expect(await reader.readNotice({ contentType: 'application/x-www-form-urlencoded', body })).toEqual(FORGED)
  })
})

describe('Duitku only', () => {
  test('an MD5 signature is refused unless the merchant is still on MD5 (C26)', async () => {
    const old = await atDuitku.notice(id, { scheme: 'md5' })
    expect(await duitku(gateways.duitku).readNotice(old)).toEqual(FORGED)
    const { log, lines } = listeningLog()
    const reader = duitku(gateways.duitku, { legacyMd5: true, log })
    expect(await reader.readNotice(old)).toMatchObject({ ok: true, paymentId: id })
    expect(await reader.readNotice(await atDuitku.notice(id))).toMatchObject({ ok: true })
    expect(lines.map(({ fields }) => fields)).toEqual([
      { scheme: 'md5', paymentId: id },
      { scheme: 'hmac-sha256', paymentId: id },
    ])
  })

  test('a field that comes twice is unreadable: nobody can tell which was signed (C23)', async () => {
    const notice = await atDuitku.notice(id)
    for (const name of ['merchantCode', 'amount', 'merchantOrderId', 'signature', 'resultCode']) {
      const value = new URLSearchParams(notice.body).get(name)!
      for (const again of [value, '1'])
        expect(
          await duitku(gateways.duitku).readNotice({ ...notice, body: `${notice.body}&${name}=${again}` }),
          name,
        ).toEqual(UNREADABLE)
    }
    const asList = { ...notice, body: notice.body.replace('amount=', 'amount[]=') }
    expect(await duitku(gateways.duitku).readNotice(asList)).toEqual(UNREADABLE)
  })

  test('digits cannot move from the amount into the order (C16)', async () => {
    const signature = signDuitku('hmac-sha256', gateways.duitku.apiKey, `DS10001${100_000}${id}`)
    for (let kept = 1; kept < 6; kept++) {
      const amount = '100000'.slice(0, kept)
      const merchantOrderId = '100000'.slice(kept) + id
      const body = new URLSearchParams({ merchantCode: 'DS10001', amount, merchantOrderId, signature }).toString()
      const read = await duitku(gateways.duitku).readNotice({ contentType: 'application/x-www-form-urlencoded', body })
      expect(read, amount).toEqual(FORGED)
    }
  })

  test('fields that we have never heard of change nothing', async () => {
    const notice = await atDuitku.notice(id)
    const more = { ...notice, body: `${notice.body}&newField=1&newField=2&__proto__=x` }
    expect(await duitku(gateways.duitku).readNotice(more)).toMatchObject({ ok: true, paymentId: id })
  })
})

describe('Midtrans only', () => {
  const signed = { order_id: id, status_code: '200', gross_amount: '20030000.00' }
  const signature_key = signMidtrans(signed, gateways.midtrans.serverKey)
  const read = (body: object) =>
    midtrans(gateways.midtrans).readNotice({ contentType: 'application/json', body: JSON.stringify(body) })

  test('characters cannot move between order, code and amount (C16)', async () => {
    expect(await read({ ...signed, signature_key })).toMatchObject({ ok: true, amountRupiah: 20_030_000 })
    const all = `${id}20020030000.00`
    for (let end = 1; end < all.length - 4; end++) {
      const order_id = all.slice(0, end)
      if (order_id === id) continue
      const parts = { order_id, status_code: all.slice(end, end + 3), gross_amount: all.slice(end + 3) }
      expect(signMidtrans(parts, gateways.midtrans.serverKey), 'the signature fits').toBe(signature_key)
      expect(await read({ ...parts, signature_key }), order_id).toMatchObject({ ok: false })
    }
  })

  test('numbers, lists and objects in place of texts are unreadable (C23)', async () => {
    for (const name of ['order_id', 'status_code', 'gross_amount', 'signature_key'])
      for (const value of [1, 200, 30_000, true, null, undefined, [], ['x'], {}, { toString: 'x' }])
        expect(await read({ ...signed, signature_key, [name]: value }), `${name} ${JSON.stringify(value)}`).toEqual(
          UNREADABLE,
        )
  })

  test('a refund notice, which comes without merchant and fraud status, is read', async () => {
    const notice = { ...signed, signature_key, transaction_status: 'partial_refund' }
    expect(await read(notice)).toMatchObject({ ok: true, claims: 'partial_refund/200' })
  })
})
