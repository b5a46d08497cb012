import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { newId } from '../../src/kernel/ids'
import { controlOf } from '../gateways/control'
import { startGateways } from '../gateways/start.mjs'
import { duitku, midtrans } from './gateway-fixtures'

const gateways = await startGateways()
const controls = [controlOf(gateways.duitku.url), controlOf(gateways.midtrans.url)]

/** What a server of ours was sent. */
const received: { contentType: string; body: string }[] = []
const ours = createServer(async (incoming, outgoing) => {
  let body = ''
  for await (const chunk of incoming) body += chunk
  received.push({ contentType: incoming.headers['content-type'] ?? '', body })
  outgoing.writeHead(202).end('thanks')
})
await new Promise<void>((done) => ours.listen(0, '127.0.0.1', done))
const to = `http://127.0.0.1:${(ours.address() as AddressInfo).port}/callback`
afterAll(async () => {
  ours.close()
  await gateways.stop()
})

test('a fake gateway really posts its notices, and they are genuine', async () => {
  const readers = [duitku(gateways.duitku), midtrans(gateways.midtrans)]
  for (const [at, control] of controls.entries()) {
    const id = newId('payment')
    await control.put(id, { state: 'paid', amountRupiah: 250_000 })
    expect(await control.send(id, to)).toEqual({ status: 202, body: 'thanks' })
    const read = await readers[at]!.readNotice(received.at(-1)!)
    expect(read).toMatchObject({ ok: true, paymentId: id, amountRupiah: 250_000 })
  }
})

test('a fake gateway posts to this machine only', async () => {
  const id = newId('payment')
  for (const control of controls) {
    await control.put(id, {})
    for (const elsewhere of [
      'http://example.com/',
      'http://localhost/',
      'http://10.0.0.1/',
      'http://127.0.0.1.example/',
    ])
      await expect(control.send(id, elsewhere)).rejects.toThrow('127.0.0.1 only')
  }
})

test('a notice may tell of another state than the order is in', async () => {
  const id = newId('payment')
  const [first, second] = controls
  await first!.put(id, { state: 'paid' })
  await second!.put(id, { state: 'paid' })
  expect(new URLSearchParams((await first!.notice(id, { kind: 'expired' })).body).get('resultCode')).toBe('01')
  const early = JSON.parse((await second!.notice(id, { kind: 'pending' })).body)
  expect(early).toMatchObject({ transaction_status: 'pending', status_code: '201' })
})

test('a fault meets the order it is meant for, as often as asked', async () => {
  for (const [at, control] of controls.entries()) {
    const reader = at === 0 ? duitku(gateways.duitku) : midtrans(gateways.midtrans)
    const [struck, spared] = [newId('payment'), newId('payment')]
    await control.put(struck, { state: 'paid' })
    await control.put(spared, { state: 'paid' })
    await control.fault({ next: '503', count: 2, path: 'status', id: struck })
    expect(await reader.status(spared)).toMatchObject({ state: 'paid' })
    await expect(reader.status(struck)).rejects.toThrow('503')
    await expect(reader.status(struck)).rejects.toThrow('503')
    expect(await reader.status(struck)).toMatchObject({ state: 'paid' })
    expect(await control.calls(struck)).toEqual({ create: 0, status: 3, refused: 0, faults: 2 })
    expect(await control.calls(spared)).toMatchObject({ status: 1, faults: 0 })
  }
})

test('a word that a fake gateway does not know is refused, so that no test passes by a slip', async () => {
  for (const control of controls) {
    await expect(control.put(newId('payment'), { state: 'payed' })).rejects.toThrow('state is one of')
    await expect(control.fault({ next: '418' })).rejects.toThrow('next is one of')
    await expect(control.notice(newId('payment'))).rejects.toThrow('no such order')
  }
  await expect(controls[0]!.put(newId('payment'), { state: 'refunded' })).rejects.toThrow('tells no refunds')
})
