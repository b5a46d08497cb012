// Both fake gateways on loopback, with the keys of the worked signature vectors unless told otherwise.
import { startDuitku } from './duitku-server.mjs'
import { startMidtrans } from './midtrans-server.mjs'

const DUITKU = { merchantCode: 'DS10001', apiKey: 'duitku-test-key-0001' }
const MIDTRANS = { merchantId: 'G100000001', serverKey: 'SB-Mid-server-TESTKEY0001' }

/** Duitku listens on `port`, Midtrans on the next; 0 takes free ones. `duitku` and `midtrans` change keys and scheme. */
export async function startGateways({ port = 0, duitku = {}, midtrans = {} } = {}) {
  const first = await startDuitku({ ...DUITKU, ...duitku, port })
  const second = await startMidtrans({ ...MIDTRANS, ...midtrans, port: port === 0 ? 0 : port + 1 })
  return { duitku: first, midtrans: second, stop: () => Promise.all([first.stop(), second.stop()]) }
}
