import { newId } from '../../src/kernel/ids'
import type { Log } from '../../src/kernel/log'
import type { Gateway, NoticeRead, Order } from '../../src/payments/gateways/contract'
import { type DuitkuSettings, duitkuGateway } from '../../src/payments/gateways/duitku'
import { type MidtransSettings, midtransGateway } from '../../src/payments/gateways/midtrans'
import type { FakeDuitku, FakeMidtrans } from '../gateways/start.mjs'

export const NOW = Date.parse('2026-11-21T09:00:00Z')
const keysOf = (current: string) => ({ current, previous: '', previousUntilMs: null })

/** Duitku's adapter set up for the fake one, or for nobody in particular. */
export const duitku = (fake?: FakeDuitku, changes: Partial<DuitkuSettings> = {}): Gateway =>
  duitkuGateway({
    merchantCode: fake?.merchantCode ?? 'DS10001',
    keys: keysOf(fake?.apiKey ?? 'duitku-test-key-0001'),
    url: fake?.url ?? 'https://sandbox.duitku.com',
    paymentMethod: 'SP',
    legacyMd5: false,
    log: () => {},
    now: () => NOW,
    ...changes,
  })

/** Midtrans' adapter set up for the fake one, or for nobody in particular. */
export const midtrans = (fake?: FakeMidtrans, changes: Partial<MidtransSettings> = {}): Gateway =>
  midtransGateway({
    merchantId: fake?.merchantId ?? 'G100000001',
    keys: keysOf(fake?.serverKey ?? 'SB-Mid-server-TESTKEY0001'),
    snapUrl: fake?.url ?? 'https://app.sandbox.midtrans.com',
    apiUrl: fake?.url ?? 'https://api.sandbox.midtrans.com',
    now: () => NOW,
    ...changes,
  })

/** An order that no other test has. */
export const anOrder = (changes: Partial<Order> = {}): Order => ({
  paymentId: newId('payment'),
  amountRupiah: 100_000,
  productName: '1.500 kredit',
  customer: { email: 'sari@example.com', name: 'Sari Wulandari' },
  callbackUrl: 'https://lumiku.example/api/v1/payments/callback/duitku',
  returnUrl: 'https://lumiku.example/payments',
  expiryMinutes: 60,
  ...changes,
})

export const FORGED: NoticeRead = { ok: false, code: 'FORGED' }
export const UNREADABLE: NoticeRead = { ok: false, code: 'UNREADABLE' }

/** A log that remembers its lines. */
export function listeningLog(): { log: Log; lines: { level: string; event: string; fields: unknown }[] } {
  const lines: { level: string; event: string; fields: unknown }[] = []
  return { log: (level, event, fields) => lines.push({ level, event, fields }), lines }
}
