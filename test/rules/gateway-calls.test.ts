import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type Gateway, GatewayRefused, GatewayUnavailable } from '../../src/payments/gateways/contract'
import type { DuitkuSettings } from '../../src/payments/gateways/duitku'
import { paymentPage } from '../../src/payments/gateways/payment-page'
import { controlOf } from '../gateways/control'
import { startGateways } from '../gateways/start.mjs'
import { anOrder, duitku, midtrans } from './gateway-fixtures'

const gateways = await startGateways()
afterAll(() => gateways.stop())

/** A client that gives up soon, for the fault that never answers. */
const HASTY = { timeoutMs: 150 }

const cases = [
  {
    name: 'Duitku',
    control: controlOf(gateways.duitku.url),
    gateway: (changes: { timeoutMs?: number } = {}): Gateway => duitku(gateways.duitku, changes),
    stranger: (): Gateway =>
      duitku(gateways.duitku, { keys: { current: 'wrong', previous: '', previousUntilMs: null } }),
  },
  {
    name: 'Midtrans',
    control: controlOf(gateways.midtrans.url),
    gateway: (changes: { timeoutMs?: number } = {}): Gateway => midtrans(gateways.midtrans, changes),
    stranger: (): Gateway =>
      midtrans(gateways.midtrans, { keys: { current: 'wrong', previous: '', previousUntilMs: null } }),
  },
]
const WORDLESS = [
  '500',
  '502',
  '503',
  '429',
  'drop',
  'html',
  'empty',
  'cut',
  'strange',
  'huge',
  'redirect',
  'lost',
  'hang',
]

describe.each(cases)('$name', ({ control, gateway, stranger }) => {
  afterEach(() => control.clearFaults())

  test('an order is made, and the customer has a page to pay on', async () => {
    const order = anOrder()
    const made = await gateway().create(order)
    expect(made.redirectUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\w+/)
    expect(made.reference).toMatch(/^[\w-]{10,}$/)
    expect(await control.order(order.paymentId)).toMatchObject({ amountRupiah: 100_000 })
  })

  test('the same order again is the same invoice', async () => {
    const order = anOrder()
    expect(await gateway().create(order)).toEqual(await gateway().create(order))
  })

  test('an order that was paid in the meantime is not made again', async () => {
    const order = anOrder()
    await gateway().create(order)
    await control.put(order.paymentId, { state: 'paid' })
    await expect(gateway().create(order)).rejects.toThrow(GatewayRefused)
    expect(await gateway().status(order.paymentId)).toMatchObject({ state: 'paid', amountRupiah: 100_000 })
  })

  test('the same order for another amount is refused, with the reason for the log', async () => {
    const order = anOrder()
    await gateway().create(order)
    const raised = gateway().create({ ...order, amountRupiah: 200_000 })
    await expect(raised).rejects.toThrow(GatewayRefused)
    await expect(raised).rejects.toMatchObject({ detail: expect.stringMatching(/already/) })
  })

  test('names and addresses of any length and alphabet make an order', async () => {
    const customer = { email: `${'a'.repeat(200)}@example.com`, name: 'Ñandú 💰 '.repeat(40) }
    const made = await gateway().create(anOrder({ customer, productName: 'Paket "besar" & hemat '.repeat(20) }))
    expect(made.redirectUrl).toMatch(/^http/)
  })

  test('with a wrong key nothing is made and nothing is known', async () => {
    const order = anOrder()
    await expect(stranger().create(order)).rejects.toThrow(GatewayRefused)
    await expect(stranger().status(order.paymentId)).rejects.toThrow(GatewayUnavailable)
    expect(await control.calls(order.paymentId)).toEqual({ create: 1, status: 1, refused: 2, faults: 0 })
  })

  test.each(WORDLESS)(
    'when it answers an order with "%s", the order may exist and is asked for again',
    async (next) => {
      const order = anOrder()
      await control.fault({ next, path: 'create', id: order.paymentId })
      await expect(gateway(HASTY).create(order)).rejects.toThrow(GatewayUnavailable)
      expect((await gateway().create(order)).redirectUrl).toMatch(/^http/)
      expect(await control.calls(order.paymentId)).toMatchObject({ create: 2, faults: 1 })
    },
  )

  test('an answer that was lost leaves one invoice, not two', async () => {
    const order = anOrder()
    await control.fault({ next: 'lost', path: 'create', id: order.paymentId })
    await expect(gateway().create(order)).rejects.toThrow(GatewayUnavailable)
    const left = await control.order(order.paymentId)
    await gateway().create(order)
    expect(await control.order(order.paymentId)).toEqual(left)
  })

  test.each([...WORDLESS, '400', '401', 'lostPage'])(
    'when it answers a question with "%s", nothing is known',
    async (next) => {
      const order = anOrder()
      await control.put(order.paymentId, { state: 'paid', amountRupiah: 100_000 })
      await control.fault({ next, path: 'status', id: order.paymentId })
      await expect(gateway(HASTY).status(order.paymentId)).rejects.toThrow(GatewayUnavailable)
      expect(await gateway().status(order.paymentId)).toMatchObject({ state: 'paid' })
    },
  )

  test.each(['400', '401', 'lostPage'])('an order answered with "%s" is refused for good', async (next) => {
    const order = anOrder()
    await control.fault({ next, path: 'create', id: order.paymentId })
    await expect(gateway().create(order)).rejects.toThrow(GatewayRefused)
  })

  test('what goes wrong is told without keys and without the customer', async () => {
    for (const next of ['401', '500', 'hang', 'drop', 'strange']) {
      const order = anOrder()
      await control.fault({ next, path: 'create', id: order.paymentId })
      const error = await gateway(HASTY)
        .create(order)
        .catch((e: Error) => e)
      const told = JSON.stringify(error) + String(error)
      expect(told).not.toMatch(/duitku-test-key|TESTKEY|Basic|sari|Sari|signature=/)
    }
  })

  test('an answer is not read beyond 64 KiB', async () => {
    const { paymentId } = anOrder()
    await control.fault({ next: 'huge', path: 'status', id: paymentId })
    await expect(gateway().status(paymentId)).rejects.toMatchObject({ detail: 'answer over 65536 bytes' })
  })

  test('a gateway that is not there is unavailable', async () => {
    const gone = await startGateways()
    await gone.stop()
    const lost = gateway().id === 'duitku' ? duitku(gone.duitku) : midtrans(gone.midtrans)
    await expect(lost.create(anOrder())).rejects.toThrow(GatewayUnavailable)
    await expect(lost.status(anOrder().paymentId)).rejects.toThrow(GatewayUnavailable)
  })
})

test('a redirect is not followed: it would carry our key along', async () => {
  const [, { control, gateway }] = cases as [unknown, (typeof cases)[1]]
  const order = anOrder()
  await control.fault({ next: 'redirect', path: 'status', id: order.paymentId })
  await expect(gateway().status(order.paymentId)).rejects.toMatchObject({ detail: 'HTTP 302' })
  expect(await control.calls(order.paymentId)).toMatchObject({ status: 1 })
})

test('Midtrans is told where to send notices and where the customer goes back to', async () => {
  const order = anOrder()
  await midtrans(gateways.midtrans).create(order)
  const { asked } = await controlOf(gateways.midtrans.url).order(order.paymentId)
  expect(asked).toMatchObject({
    transaction_details: { order_id: order.paymentId, gross_amount: 100_000 },
    callbacks: { finish: order.returnUrl },
    expiry: { unit: 'minutes', duration: 60 },
    notifyUrl: order.callbackUrl,
  })
})

test('Duitku is told where to send callbacks, where the customer goes back to, and which channel', async () => {
  const order = anOrder()
  await duitku(gateways.duitku).create(order)
  const { asked } = await controlOf(gateways.duitku.url).order(order.paymentId)
  const { callbackUrl, returnUrl } = order
  expect(asked).toMatchObject({ callbackUrl, returnUrl, paymentMethod: 'SP', expiryPeriod: 60, paymentAmount: 100_000 })
})

test('a merchant that is still on MD5 signs its own requests with it', async () => {
  const old = await startGateways({ duitku: { scheme: 'md5' } })
  const at = (changes: Partial<DuitkuSettings>) => duitku(old.duitku, changes)
  const order = anOrder()
  await expect(at({}).create(order)).rejects.toThrow(GatewayRefused)
  await at({ legacyMd5: true }).create(order)
  expect(await at({ legacyMd5: true }).status(order.paymentId)).toMatchObject({ state: 'pending' })
  await old.stop()
})

describe('the page that a customer is sent to', () => {
  const AT = 'http://127.0.0.1:9000'
  test.each(['https://app.midtrans.com/snap/v4/redirection/x', 'http://127.0.0.1:9000/pay?x=1'])('%s', (page) =>
    expect(paymentPage(page, AT)).toBe(page),
  )

  test.each([
    ...[
      'javascript:alert(1)',
      'data:text/html,x',
      'http://evil.example/',
      'http://127.0.0.1:9001/',
      '/pay',
      '',
      'https:',
    ],
    ...['https://app.midtrans.com@evil.example/', 'https://a:b@app.midtrans.com/', null, undefined],
  ])('is never %s', (page) => expect(paymentPage(page, AT)).toBeNull())
})
