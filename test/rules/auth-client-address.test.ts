import { expect, test } from 'vitest'
import { clientAddress, LOCAL_ADDRESS } from '../../src/auth/client-address'

test.each([
  ['203.0.113.7', '203.0.113.7'],
  [' 203.0.113.7 ', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:0:1:aaaa:bbbb:cccc:dddd', '2001:db8:0:1::/64'],
  ['2001:DB8:0000:0001::5', '2001:db8:0:1::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8:1::', '2001:db8:1:0::/64'],
  ['::2', '0:0:0:0::/64'],
])('%s counts as %s', (header, expected) => expect(clientAddress(header)).toBe(expected))

test.each([undefined, '', '127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('%s is a laptop', (header) =>
  expect(clientAddress(header)).toBe(LOCAL_ADDRESS),
)

test('what is no address is no laptop either, and is cut', () => {
  expect(clientAddress('nonsense')).toBe('nonsense')
  expect(clientAddress('x'.repeat(1_000))).toHaveLength(45)
})
