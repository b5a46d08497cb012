import type { TestProject } from 'vitest/node'
import { startGateways } from '../gateways/start.mjs'

/** Variables of a merchant at both fake gateways. */
type GatewayVars = Record<`${'DUITKU' | 'MIDTRANS'}_${string}`, string>

declare module 'vitest' {
  interface ProvidedContext {
    /** One merchant for each runtime. */
    gateways: GatewayVars[]
  }
}

/**
 * Starts the fake gateways beside the tests, which reach them over loopback as the Worker does. Each runtime has its
 * own, because a test may have a gateway fail whoever comes next.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = await Promise.all(Array.from({ length: project.vitest.config.maxWorkers }, () => startGateways()))
  project.provide(
    'gateways',
    started.map(({ duitku, midtrans }) => ({
      ...{ DUITKU_MERCHANT_CODE: duitku.merchantCode, DUITKU_API_KEY: duitku.apiKey, DUITKU_URL: duitku.url },
      ...{ MIDTRANS_MERCHANT_ID: midtrans.merchantId, MIDTRANS_SERVER_KEY: midtrans.serverKey },
      ...{ MIDTRANS_SNAP_URL: midtrans.url, MIDTRANS_API_URL: midtrans.url },
    })),
  )
  return async () => {
    await Promise.all(started.map(({ stop }) => stop()))
  }
}
