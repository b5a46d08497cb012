import { z } from 'zod'

/**
 * A gateway's origin without a trailing slash; null when it is none that may be used: https only, no sandbox in
 * production, plain http only on 127.0.0.1 and never in production.
 */
export function gatewayUrl(text: string, isProduction: boolean): string | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  const isBare =
    url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  const isLoopback = url.hostname === '127.0.0.1'
  const isPlain = url.protocol === 'http:' && isLoopback
  if (!isBare || (url.protocol !== 'https:' && !isPlain)) return null
  if (isProduction && (isLoopback || url.hostname.includes('sandbox'))) return null
  return url.origin
}

/** Whether a key can be sent in a header: visible ASCII. A pasted line break or quote mark is found here, not at a payment. */
export const isKey = (text: string): boolean => /^[\x21-\x7e]+$/.test(text)

/** Midtrans marks keys of its sandbox. */
export const isSandboxKey = (key: string): boolean => key.startsWith('SB-')

/** Duitku numbers its sandbox's merchants DS..., the real ones D... */
export const isSandboxMerchant = (merchantCode: string): boolean => /^DS\d/i.test(merchantCode)

/** The end of a window as ms since 1970; null when the text is no ISO time with a zone. */
export const validUntilMs = (text: string): number | null =>
  z.iso.datetime({ offset: true }).safeParse(text).success ? Date.parse(text) : null
