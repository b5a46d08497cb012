import type { TestProject } from 'vitest/node'
import { startGateways } from '../gateways/start.mjs'

/** Variables of a merchant at both fake gateways. */
type GatewayVars = Record<`${'DUITKU' | 'MIDTRANS'}_${string}`, string>

declare module 'vitest' {
  interface ProvidedContext {
    gateways: GatewayVars
  }
}

/** Starts the fake gateways beside the tests, which reach them over loopback as the Worker does. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { duitku, midtrans, stop } = await startGateways()
  project.provide('gateways', {
    ...{ DUITKU_MERCHANT_CODE: duitku.merchantCode, DUITKU_API_KEY: duitku.apiKey, DUITKU_URL: duitku.url },
    ...{ MIDTRANS_MERCHANT_ID: midtrans.merchantId, MIDTRANS_SERVER_KEY: midtrans.serverKey },
    ...{ MIDTRANS_SNAP_URL: midtrans.url, MIDTRANS_API_URL: midtrans.url },
  })
  return async () => {
    await stop()
  }
}
