import type { Config } from '../../config'
import type { Ctx } from '../../ctx'
import type { Log } from '../../kernel/log'
import type { Gateway, GatewayId } from './contract'
import { duitkuGateway } from './duitku'
import type { SigningKeys } from './keys'
import { midtransGateway } from './midtrans'
import { gatewayUrl, isKey, isSandboxKey, isSandboxMerchant, validUntilMs } from './settings'
import { simulatedGateway } from './simulated'

/** Origins where a setting is empty: the real ones in production, the sandboxes elsewhere. */
const ORIGINS = {
  duitku: { production: 'https://passport.duitku.com', sandbox: 'https://sandbox.duitku.com' },
  snap: { production: 'https://app.midtrans.com', sandbox: 'https://app.sandbox.midtrans.com' },
  midtransApi: { production: 'https://api.midtrans.com', sandbox: 'https://api.sandbox.midtrans.com' },
}

/** QRIS by ShopeePay: every Indonesian wallet and bank app can pay it. */
const DEFAULT_DUITKU_METHOD = 'SP'

type Needs = Pick<Ctx, 'config' | 'db' | 'log' | 'now'>

// Said once per isolate, not once per request.
const complained = new WeakSet<Config>()

/**
 * The gateways that work here, by id. One without its merchant or key is not there; one with a setting that would take
 * play money for real is switched off with an error in the log, and everything else goes on.
 */
export function gatewaysOf(ctx: Needs): Map<GatewayId, Gateway> {
  const isFirst = !complained.has(ctx.config)
  complained.add(ctx.config)
  const log: Log = (...line) => isFirst && ctx.log(...line)
  const gateways = [duitkuOf(ctx, log), midtransOf(ctx, log)]
  if (ctx.config.ENVIRONMENT !== 'production') gateways.push(simulatedGateway(ctx.db))
  return new Map(gateways.flatMap((gateway) => (gateway ? [[gateway.id, gateway]] : [])))
}

function duitkuOf({ config, log, now }: Needs, complain: Log): Gateway | null {
  const { DUITKU_MERCHANT_CODE: merchantCode, DUITKU_API_KEY: apiKey } = config
  if (merchantCode === '' || apiKey === '') return null
  const isProduction = config.ENVIRONMENT === 'production'
  const url = urlOf(config, config.DUITKU_URL, ORIGINS.duitku)
  if (url === null) return switchedOff(complain, 'duitku', 'DUITKU_URL')
  if (!isKey(apiKey)) return switchedOff(complain, 'duitku', 'DUITKU_API_KEY')
  if (isProduction && isSandboxMerchant(merchantCode)) return switchedOff(complain, 'duitku', 'DUITKU_MERCHANT_CODE')
  return duitkuGateway({
    merchantCode,
    keys: keysOf(config, apiKey, config.DUITKU_API_KEY_PREVIOUS, complain),
    url,
    paymentMethod: config.DUITKU_PAYMENT_METHOD || DEFAULT_DUITKU_METHOD,
    legacyMd5: config.DUITKU_LEGACY_MD5 === '1',
    log,
    now,
  })
}

function midtransOf({ config, now }: Needs, complain: Log): Gateway | null {
  const { MIDTRANS_MERCHANT_ID: merchantId, MIDTRANS_SERVER_KEY: serverKey } = config
  if (merchantId === '' || serverKey === '') return null
  const isProduction = config.ENVIRONMENT === 'production'
  const snapUrl = urlOf(config, config.MIDTRANS_SNAP_URL, ORIGINS.snap)
  if (snapUrl === null) return switchedOff(complain, 'midtrans', 'MIDTRANS_SNAP_URL')
  const apiUrl = urlOf(config, config.MIDTRANS_API_URL, ORIGINS.midtransApi)
  if (apiUrl === null) return switchedOff(complain, 'midtrans', 'MIDTRANS_API_URL')
  if (!isKey(serverKey) || (isProduction && isSandboxKey(serverKey)))
    return switchedOff(complain, 'midtrans', 'MIDTRANS_SERVER_KEY')
  if (isProduction && isSandboxKey(config.MIDTRANS_SERVER_KEY_PREVIOUS))
    return switchedOff(complain, 'midtrans', 'MIDTRANS_SERVER_KEY_PREVIOUS')
  const keys = keysOf(config, serverKey, config.MIDTRANS_SERVER_KEY_PREVIOUS, complain)
  return midtransGateway({ merchantId, keys, snapUrl, apiUrl, now })
}

/** Names the setting, never its value. */
function switchedOff(complain: Log, gateway: GatewayId, setting: string): null {
  complain('error', 'payment_gateway_switched_off', { gateway, setting })
  return null
}

const urlOf = (config: Config, text: string, origins: { production: string; sandbox: string }): string | null => {
  const isProduction = config.ENVIRONMENT === 'production'
  return gatewayUrl(text || (isProduction ? origins.production : origins.sandbox), isProduction)
}

function keysOf(config: Config, current: string, previous: string, complain: Log): SigningKeys {
  const previousUntilMs = validUntilMs(config.PAYMENT_KEYS_PREVIOUS_UNTIL)
  if (previousUntilMs === null && config.PAYMENT_KEYS_PREVIOUS_UNTIL !== '')
    complain('error', 'payment_setting_is_no_time', { setting: 'PAYMENT_KEYS_PREVIOUS_UNTIL' })
  return { current, previous, previousUntilMs }
}
