import { equalInConstantTime, hmacSha256Hex, md5Hex } from '../../kernel/hmac'

/** Duitku signs with HMAC-SHA256; MD5 is its scheme until April 2026, for merchants not moved yet. */
export type DuitkuScheme = 'hmac-sha256' | 'md5'

export type DuitkuCallback = { merchantCode: string; amount: string; merchantOrderId: string; signature: string }

/** The signature of a text, lower-case hex. MD5 takes the key as a suffix. */
export const signDuitku = (scheme: DuitkuScheme, apiKey: string, text: string): string =>
  scheme === 'md5' ? md5Hex(text + apiKey) : hmacSha256Hex(apiKey, text)

/** What is signed: plain concatenation, and a callback has amount and order the other way round. */
export const inquiryText = (merchantCode: string, orderId: string, amount: number): string =>
  `${merchantCode}${orderId}${amount}`
export const callbackText = ({ merchantCode, amount, merchantOrderId }: DuitkuCallback): string =>
  `${merchantCode}${amount}${merchantOrderId}`
export const statusText = (merchantCode: string, orderId: string): string => `${merchantCode}${orderId}`

/** The scheme under which one of the keys made this callback's signature; null when none did. */
export function schemeOf(callback: DuitkuCallback, keys: string[], schemes: DuitkuScheme[]): DuitkuScheme | null {
  const text = callbackText(callback)
  const matches = (scheme: DuitkuScheme) =>
    keys.some((key) => equalInConstantTime(signDuitku(scheme, key, text), callback.signature))
  return schemes.find(matches) ?? null
}
