import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { toBase64Url } from './hash'

const encoder = new TextEncoder()

/** HMAC-SHA256 (RFC 2104) of `message` under `secret`, as base64url. */
export async function hmacSha256(secret: string, message: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign'])
  return toBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(message))))
}

/** HMAC-SHA256 (RFC 2104) of `message` under `secret`, as lower-case hex. */
export const hmacSha256Hex = (secret: string, message: string): string =>
  createHmac('sha256', secret).update(message).digest('hex')

/** SHA-512 of a text, as lower-case hex. Proves a sender only with a secret inside the text. */
export const sha512Hex = (text: string): string => createHash('sha512').update(text).digest('hex')

/** MD5 of a text, as lower-case hex: for a partner's old signatures only, never for ours. */
export const md5Hex = (text: string): string => createHash('md5').update(text).digest('hex')

/** Compares two texts in time that depends on their length alone. */
export function equalInConstantTime(a: string, b: string): boolean {
  const left = encoder.encode(a)
  const right = encoder.encode(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
