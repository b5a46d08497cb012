import type { Context } from 'hono'
import type { AppEnv } from '../../http/app-env'
import { fail } from '../../http/errors'
import { readBytes } from '../../http/headers'
import type { GatewayId } from '../gateways/contract'
import { MAX_NOTICE_BYTES } from '../gateways/notice-body'
import { receiveNotice } from '../receive-notice'

const RETRY_AFTER_SECONDS = 60

/**
 * The HTTP side of a notice. Whoever forges one learns nothing but 401. What could not be handled is a 503: after that
 * Midtrans tries four times more, after a 500 once. Any 200 will do as thanks.
 */
export async function answerNotice(c: Context<AppEnv>, gateway: GatewayId) {
  // Decoded as it is: bytes that are no UTF-8 break the signature, not us.
  const body = new TextDecoder().decode(await readBytes(c.req.raw, MAX_NOTICE_BYTES))
  const received = await receiveNotice(c.var.ctx, gateway, { contentType: c.req.header('content-type'), body })
  if (received.ok) return c.text('OK', 200)
  switch (received.code) {
    case 'UNREADABLE':
      throw fail('UNREADABLE_NOTICE')
    case 'FORGED':
      throw fail('UNAUTHENTICATED')
    case 'FLOOD':
      throw fail('RATE_LIMITED', undefined, RETRY_AFTER_SECONDS)
    case 'NOT_YET':
      throw fail('UNAVAILABLE', undefined, RETRY_AFTER_SECONDS)
  }
}
