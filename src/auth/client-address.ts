/** Key of requests that carry no address of a client, or a loopback one: a laptop, never Cloudflare. */
export const LOCAL_ADDRESS = 'local'

const IPV4 = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})$/

/**
 * What counts as one address, of a `cf-connecting-ip` header: an IPv4 address, or the /64 of an IPv6 one, as a household
 * has 2^64 of those to choose from (RFC 6177). E.g. `203.0.113.7`, `2001:db8:0:1::/64`, or LOCAL_ADDRESS.
 */
export function clientAddress(header: string | undefined): string {
  const address = (header ?? '').trim().toLowerCase().slice(0, 45)
  if (address === '' || address === '::1') return LOCAL_ADDRESS
  const ipv4 = IPV4.exec(address)?.[1]
  if (ipv4) return ipv4.startsWith('127.') ? LOCAL_ADDRESS : ipv4
  return address.includes(':') ? `${ipv6Prefix(address)}::/64` : address
}

/** The first four groups of an IPv6 address, `::` written out, without leading zeros (RFC 4291 section 2.2). */
function ipv6Prefix(address: string): string {
  const [head = '', tail] = address.split('::')
  const groupsOf = (part: string) => (part === '' ? [] : part.split(':'))
  const left = groupsOf(head)
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - groupsOf(tail).length)
  return [...left, ...Array<string>(zeros).fill('0'), ...groupsOf(tail ?? '')]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
