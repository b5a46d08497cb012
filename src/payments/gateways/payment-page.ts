/**
 * The page that a customer is sent to, as the gateway named it: https, or on the very origin we asked (a gateway on
 * loopback). Null for anything else, `javascript:` above all.
 */
export function paymentPage(text: string | null | undefined, gatewayUrl: string): string | null {
  if (!text || !URL.canParse(text)) return null
  const page = new URL(text)
  const isTrusted = page.protocol === 'https:' || page.origin === new URL(gatewayUrl).origin
  return isTrusted && page.username === '' && page.password === '' ? page.href : null
}
