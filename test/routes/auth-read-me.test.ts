import { env } from 'cloudflare:workers'
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { toBase64Url } from '../../src/kernel/hash'
import { hmacSha256 } from '../../src/kernel/hmac'
import { codeOf } from '../support/accounts'
import { expectJson, request, requestAs } from '../support/app'
import { type Person, signUp } from '../support/people'

const base64Url = (value: unknown) => toBase64Url(new TextEncoder().encode(JSON.stringify(value)))

const keyOf = (secret: string) => new TextEncoder().encode(secret)

type Fields = Record<string, unknown>

let person: Person
beforeAll(async () => {
  person = await signUp()
})

const me = (authorization: string) => request('/auth/me', { headers: { authorization } })

test('shows the account as it is now', async () => {
  const somebody = await signUp()
  await env.DB.prepare("update users set tier = 'basic' where id = ?").bind(somebody.user.id).run()
  expect(await expectJson(requestAs(somebody, '/auth/me'), 200)).toEqual({ user: { ...somebody.user, tier: 'basic' } })
})

test('an account that is gone is nobody', async () => {
  const somebody = await signUp()
  await env.DB.prepare('delete from users where id = ?').bind(somebody.user.id).run()
  expect(await codeOf(requestAs(somebody, '/auth/me'), 401)).toBe('UNAUTHENTICATED')
})

test.each(['', 'Bearer', 'Bearer ', 'Basic dXNlcjpwYXNz', 'Bearer a b', 'Bearer nonsense', 'Bearer ..'])(
  '%j signs nobody in',
  async (authorization) => {
    const answer = await me(authorization)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(await codeOf(answer, 401)).toBe('UNAUTHENTICATED')
  },
)

describe('a crafted access token', () => {
  const nowSeconds = () => Math.floor(Date.now() / 1000)
  const goodClaims = (): Fields => {
    const [, payload = ''] = person.accessToken.split('.')
    return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as Fields
  }
  const goodHeader = { alg: 'HS256', typ: 'JWT', kid: '1' }

  /** By hand, as a library would refuse to make most of these; with our own secret unless another is named. */
  async function signed(claims: Fields = {}, header: Fields = {}, secret = env.JWT_SECRET): Promise<string> {
    const head = base64Url({ ...goodHeader, ...header })
    const body = base64Url({ ...goodClaims(), ...claims })
    return `${head}.${body}.${await hmacSha256(secret, `${head}.${body}`)}`
  }

  const accepted = async (token: string) => (await me(`Bearer ${token}`)).status === 200

  test('is accepted when nothing about it is wrong', async () => {
    expect(await accepted(await signed())).toBe(true)
    expect(await accepted(person.accessToken)).toBe(true)
  })

  const crafted: [string, () => string | Promise<string>][] = [
    ['alg none', () => new UnsecuredJWT(goodClaims()).encode()],
    [
      'alg none, kept signature',
      () => `${base64Url({ alg: 'none', typ: 'JWT', kid: '1' })}.${tail(person.accessToken)}`,
    ],
    ['no signature', () => person.accessToken.replace(/[^.]*$/, '')],
    ['another secret', () => signed({}, {}, 'another-secret-of-at-least-32-characters')],
    ['an empty secret', () => signed({}, {}, ' ')],
    ['said to be HS512', () => signed({}, { alg: 'HS512' })],
    [
      'HS512',
      () => new SignJWT(goodClaims()).setProtectedHeader({ ...goodHeader, alg: 'HS512' }).sign(keyOf(env.JWT_SECRET)),
    ],
    ['a claim changed after signing', () => tampered({ role: 'admin' })],
    ['another issuer', () => signed({ iss: 'somebody' })],
    ['another audience', () => signed({ aud: 'other-api' })],
    ['another type', () => signed({}, { typ: 'at+jwt' })],
    ['another key id', () => signed({}, { kid: '../../dev/null' })],
    ['an unknown critical header', () => signed({}, { crit: ['b65'], b65: true })],
    ['expired', () => signed({ iat: nowSeconds() - 620, nbf: nowSeconds() - 620, exp: nowSeconds() - 20 })],
    ['without expiry', () => signed({ exp: undefined })],
    ['good for a year, made an hour ago', () => signed({ iat: nowSeconds() - 3600, exp: nowSeconds() + 31_536_000 })],
    ['not good yet', () => signed({ nbf: nowSeconds() + 60 })],
    ['made in the future', () => signed({ iat: nowSeconds() + 60 })],
    ['nobody’s', () => signed({ sub: undefined })],
    ['an invented role', () => signed({ role: 'root' })],
    ['without session', () => signed({ sid: undefined })],
    ['a refresh token', () => person.refreshToken],
    [
      'RS256 with a key of its own',
      async () => {
        const { privateKey } = await generateKeyPair('RS256')
        return new SignJWT(goodClaims()).setProtectedHeader({ ...goodHeader, alg: 'RS256' }).sign(privateKey)
      },
    ],
    [
      'HS256 with the key it brings along',
      () => {
        const secret = 'k'.repeat(32)
        return signed({}, { jwk: { kty: 'oct', k: btoa(secret) } }, secret)
      },
    ],
  ]
  test.each(crafted)('is refused: %s', async (_name, craft) => expect(await accepted(await craft())).toBe(false))

  const tail = (token: string) => token.slice(token.indexOf('.') + 1)

  function tampered(claims: Fields): string {
    const [header, , signature] = person.accessToken.split('.')
    return `${header}.${base64Url({ ...goodClaims(), ...claims })}.${signature}`
  }
})
