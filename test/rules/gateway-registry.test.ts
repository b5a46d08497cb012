import { describe, expect, test } from 'vitest'
import { type Config, configOf } from '../../src/config'
import { openDatabase } from '../../src/db/client'
import { newId } from '../../src/kernel/ids'
import { signDuitku } from '../../src/payments/gateways/duitku-signature'
import { gatewaysOf } from '../../src/payments/gateways/registry'
import { gatewayUrl, validUntilMs } from '../../src/payments/gateways/settings'
import { listeningLog, NOW } from './gateway-fixtures'

const SECRETS = { JWT_SECRET: 'x'.repeat(32), MEDIA_SIGNING_SECRET: 'y'.repeat(32) }
const REAL = {
  ENVIRONMENT: 'production',
  DUITKU_MERCHANT_CODE: 'D1234',
  DUITKU_API_KEY: 'duitku-real-key',
  MIDTRANS_MERCHANT_ID: 'G100000001',
  MIDTRANS_SERVER_KEY: 'Mid-server-REALKEY',
}
const SANDBOX = {
  ENVIRONMENT: 'development',
  DUITKU_MERCHANT_CODE: 'DS10001',
  DUITKU_API_KEY: 'duitku-test-key-0001',
  MIDTRANS_MERCHANT_ID: 'G100000001',
  MIDTRANS_SERVER_KEY: 'SB-Mid-server-TESTKEY0001',
}

const configFrom = (settings: Record<string, string>): Config => configOf({ ...SECRETS, ...settings } as never)

/** The gateways of a server with these settings, and what it said about them. */
function serverWith(settings: Record<string, string>, config = configFrom(settings)) {
  const { log, lines } = listeningLog()
  const gateways = gatewaysOf({ config, db: openDatabase({} as D1Database), log, now: () => NOW })
  return { ids: [...gateways.keys()].sort(), gateways, errors: lines.filter(({ level }) => level === 'error') }
}

describe('which gateways a server has', () => {
  test('a laptop without keys has the simulated one, and says nothing', () => {
    expect(serverWith({ ENVIRONMENT: 'development' })).toMatchObject({ ids: ['simulated'], errors: [] })
    expect(serverWith({ ENVIRONMENT: 'staging' })).toMatchObject({ ids: ['simulated'], errors: [] })
  })

  test('production without keys has none, and starts', () => {
    expect(serverWith({ ENVIRONMENT: 'production' })).toMatchObject({ ids: [], errors: [] })
  })

  test('with keys the real ones are there, and in production only they are', () => {
    expect(serverWith(REAL)).toMatchObject({ ids: ['duitku', 'midtrans'], errors: [] })
    expect(serverWith(SANDBOX)).toMatchObject({ ids: ['duitku', 'midtrans', 'simulated'], errors: [] })
  })

  test.each([
    ['DUITKU_MERCHANT_CODE', 'midtrans'],
    ['DUITKU_API_KEY', 'midtrans'],
    ['MIDTRANS_MERCHANT_ID', 'duitku'],
    ['MIDTRANS_SERVER_KEY', 'duitku'],
  ])('without %s one gateway is not there and the other is', (name, other) => {
    expect(serverWith({ ...REAL, [name]: ' ' })).toMatchObject({ ids: [other], errors: [] })
  })

  test.each([
    ['MIDTRANS_SERVER_KEY', 'SB-Mid-server-TESTKEY0001', 'duitku'],
    ['MIDTRANS_SERVER_KEY_PREVIOUS', 'SB-Mid-server-TESTKEY0001', 'duitku'],
    ['MIDTRANS_SNAP_URL', 'https://app.sandbox.midtrans.com', 'duitku'],
    ['MIDTRANS_API_URL', 'https://api.sandbox.midtrans.com', 'duitku'],
    ['MIDTRANS_API_URL', 'http://127.0.0.1:9001', 'duitku'],
    ['DUITKU_URL', 'https://sandbox.duitku.com', 'midtrans'],
    ['DUITKU_URL', 'http://127.0.0.1:9000', 'midtrans'],
    ['DUITKU_MERCHANT_CODE', 'DS10001', 'midtrans'],
  ])('production takes no play money: %s=%s switches one gateway off, loudly (C28)', (setting, value, other) => {
    const { ids, errors } = serverWith({ ...REAL, [setting]: value })
    expect(ids).toEqual([other])
    expect(errors).toHaveLength(1)
    expect(errors[0]!.fields).toMatchObject({ setting })
    expect(JSON.stringify(errors)).not.toContain(value)
  })

  test.each([
    ['DUITKU_URL', 'passport.duitku.com'],
    ['DUITKU_API_KEY', 'key with “quotes”'],
    ['MIDTRANS_SNAP_URL', 'http://app.midtrans.com'],
    ['MIDTRANS_SERVER_KEY', 'line\nbreak'],
  ])('a mistake in %s switches one gateway off; everything else goes on', (setting, value) => {
    const { ids, errors } = serverWith({ ...SANDBOX, [setting]: value })
    expect(ids).toEqual(setting.startsWith('DUITKU') ? ['midtrans', 'simulated'] : ['duitku', 'simulated'])
    expect(errors).toHaveLength(1)
  })

  test('a complaint is made once, not with every request', () => {
    const settings = { ...REAL, DUITKU_URL: 'nonsense' }
    const config = configFrom(settings)
    expect(serverWith(settings, config).errors).toHaveLength(1)
    expect(serverWith(settings, config)).toMatchObject({ ids: ['midtrans'], errors: [] })
  })
})

describe('the window of the previous keys', () => {
  const id = newId('payment')
  const read = async (until: string) => {
    const signature = signDuitku('hmac-sha256', 'old-key', `D1234100000${id}`)
    const body = new URLSearchParams({ merchantCode: 'D1234', amount: '100000', merchantOrderId: id, signature })
    const server = serverWith({ ...REAL, DUITKU_API_KEY_PREVIOUS: 'old-key', PAYMENT_KEYS_PREVIOUS_UNTIL: until })
    const notice = { contentType: 'application/x-www-form-urlencoded', body: body.toString() }
    return { ok: (await server.gateways.get('duitku')!.readNotice(notice)).ok, errors: server.errors.length }
  }

  test('ends at the time in the setting (C25)', async () => {
    expect(await read('2026-11-21T09:00:01Z')).toEqual({ ok: true, errors: 0 })
    expect(await read('2026-11-21T16:00:01+07:00')).toEqual({ ok: true, errors: 0 })
    expect(await read('2026-11-21T09:00:00Z')).toEqual({ ok: false, errors: 0 })
    expect(await read('')).toEqual({ ok: false, errors: 0 })
  })

  test('is closed when the setting is no time, and somebody is told', async () => {
    for (const until of ['tomorrow', '2027', '2027-01-01', '2027-01-01T00:00:00']) {
      const { ok, errors } = await read(until)
      expect(ok, until).toBe(false)
      expect(errors).toBeGreaterThan(0)
      expect(validUntilMs(until)).toBeNull()
    }
  })
})

describe('addresses of gateways', () => {
  test.each([
    ['https://passport.duitku.com', true, 'https://passport.duitku.com'],
    ['https://passport.duitku.com/', true, 'https://passport.duitku.com'],
    ['https://sandbox.duitku.com', false, 'https://sandbox.duitku.com'],
    ['http://127.0.0.1:9000', false, 'http://127.0.0.1:9000'],
  ])('%s (production: %s) is taken', (text, isProduction, origin) => {
    expect(gatewayUrl(text, isProduction)).toBe(origin)
  })

  test.each([
    ...['', 'x', 'ftp://passport.duitku.com', 'http://passport.duitku.com', 'http://localhost:9000', 'http://0.0.0.0'],
    ...['https://passport.duitku.com/webapi', 'https://passport.duitku.com/?x', 'https://a:b@passport.duitku.com'],
  ])('%j is not, anywhere', (text) => {
    expect(gatewayUrl(text, false)).toBeNull()
    expect(gatewayUrl(text, true)).toBeNull()
  })
})
