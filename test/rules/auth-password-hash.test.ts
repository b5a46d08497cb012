import { scryptSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashPassword, NOBODYS_HASH, normalizePassword, verifyPassword } from '../../src/auth/password-hash'

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

test('a hash is a PHC string with its parameters, and salted', async () => {
  const hashes = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')])
  for (const hash of hashes) expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(hashes[0]).not.toBe(hashes[1])
})

test('the right password matches, another does not', async () => {
  const hash = await hashPassword('correct horse')
  expect(await verifyPassword('correct horse', hash)).toEqual({ matches: true, isOutdated: false })
  expect(await verifyPassword('Correct horse', hash)).toEqual({ matches: false, isOutdated: false })
})

test('it is scrypt as RFC 7914 has it', async () => {
  const salt = Buffer.from('0123456789abcdef')
  const hash = scryptSync('pleaseletmein', salt, 32, { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 27 })
  const stored = `$scrypt$ln=15,r=8,p=3$${base64(salt)}$${base64(hash)}`
  expect(await verifyPassword('pleaseletmein', stored)).toEqual({ matches: true, isOutdated: false })
})

test('a hash with weaker parameters still matches, and is outdated', async () => {
  const salt = Buffer.alloc(16, 7)
  const hash = scryptSync('correct horse', salt, 32, { N: 2 ** 10, r: 8, p: 1 })
  const stored = `$scrypt$ln=10,r=8,p=1$${base64(salt)}$${base64(hash)}`
  expect(await verifyPassword('correct horse', stored)).toEqual({ matches: true, isOutdated: true })
})

test("nobody's hash has today's parameters, so that it takes as long", async () =>
  expect(await verifyPassword('', NOBODYS_HASH)).toEqual({ matches: false, isOutdated: false }))

test('a stored value that is no hash stops everything', async () => {
  for (const stored of ['', 'plain', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaA'])
    await expect(verifyPassword('x', stored)).rejects.toThrow('PHC string')
})

test('passwords that look the same are the same', () => {
  expect(normalizePassword('ﬁre\u212b')).toBe(normalizePassword('fire\u00c5'))
  expect(normalizePassword('caf\u0065\u0301')).toBe('caf\u00e9')
})
