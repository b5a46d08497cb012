import { listDurableObjectIds } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import { REFRESH_COOKIE } from '../../src/auth/refresh-cookie'
import { firstRefreshToken } from '../../src/auth/refresh-token'
import { newId } from '../../src/kernel/ids'
import { userObject } from '../../src/objects'
import {
  ageRotation,
  codeOf,
  cookieToken,
  login,
  OUR_PAGE,
  refresh,
  refreshByCookie,
  type SignedIn,
} from '../support/accounts'
import { expectJson, request, requestAs } from '../support/app'
import { signUp } from '../support/people'

const refreshed = (token: string) => expectJson<SignedIn>(refresh(token), 200)

test('a refresh token buys a new access token and its own successor', async () => {
  const person = await signUp()
  const next = await refreshed(person.refreshToken)
  expect(next).toMatchObject({ user: person.user, expiresIn: 600 })
  expect(next.refreshToken).not.toBe(person.refreshToken)
  await expectJson(requestAs(next, '/auth/me'), 200)
  await refreshed(next.refreshToken)
})

test('a change of tier or role is in the next access token', async () => {
  const person = await signUp()
  await env.DB.prepare("update users set tier = 'pro' where id = ?").bind(person.user.id).run()
  const next = await refreshed(person.refreshToken)
  expect(next.user.tier).toBe('pro')
  expect(JSON.parse(atob(next.accessToken.split('.')[1] ?? ''))).toMatchObject({ tier: 'pro', role: 'user' })
})

test('ten tabs that refresh at once get the same successor and stay one session', async () => {
  const person = await signUp()
  const answers = await Promise.all(Array.from({ length: 10 }, () => refreshed(person.refreshToken)))
  const successors = new Set(answers.map(({ refreshToken }) => refreshToken))
  expect(successors.size).toBe(1)
  expect(await userObject(env, person.user.id).listSessions()).toHaveLength(1)
  for (const answer of answers) await expectJson(requestAs(answer, '/auth/sessions'), 200)
  await refreshed([...successors][0]!)
})

test('a token used again after the grace ends the session: nothing of it works any more', async () => {
  const person = await signUp()
  const other = await expectJson<SignedIn>(login(person), 200)
  const next = await refreshed(person.refreshToken)
  await ageRotation(person, 10_000)
  expect(await codeOf(refresh(person.refreshToken), 401)).toBe('UNAUTHENTICATED')
  expect(await codeOf(refresh(next.refreshToken), 401)).toBe('UNAUTHENTICATED')
  expect(await codeOf(requestAs(next, '/auth/sessions'), 401)).toBe('UNAUTHENTICATED')
  await refreshed(other.refreshToken)
})

test('an older token than the parent ends the session at once', async () => {
  const person = await signUp()
  const second = await refreshed(person.refreshToken)
  const third = await refreshed(second.refreshToken)
  expect(await codeOf(refresh(person.refreshToken), 401)).toBe('UNAUTHENTICATED')
  expect(await codeOf(refresh(third.refreshToken), 401)).toBe('UNAUTHENTICATED')
})

test('a reuse is logged by session, without the token', async () => {
  const warn = vi.spyOn(console, 'warn')
  const person = await signUp()
  await refreshed(person.refreshToken)
  await ageRotation(person, 10_000)
  await refresh(person.refreshToken)
  const lines = warn.mock.calls.join('\n')
  expect(lines).toContain('refresh_token_reused')
  expect(lines).not.toContain(person.refreshToken.split('.')[2])
})

test('a made-up token ends nobody\u2019s session and creates no object', async () => {
  const person = await signUp()
  const [userId, sessionId] = person.refreshToken.split('.')
  const objects = (await listDurableObjectIds(env.USER)).length
  for (const token of [
    `${userId}.${sessionId}.${'A'.repeat(86)}`,
    `${newId('user')}.${newId('session')}.${'A'.repeat(86)}`,
    `${person.refreshToken}A`,
    person.accessToken,
    'nonsense',
    '',
  ])
    expect(await codeOf(refresh(token), 401), token).toBe('UNAUTHENTICATED')
  expect(await listDurableObjectIds(env.USER)).toHaveLength(objects)
  await refreshed(person.refreshToken)
})

test('a genuine token of a session that never was is refused', async () => {
  const { user } = await signUp()
  const token = await firstRefreshToken(env.JWT_SECRET, user.id, newId('session'))
  expect(await codeOf(refresh(token.text), 401)).toBe('UNAUTHENTICATED')
})

test('without a token there is nothing to refresh', async () => {
  expect(await codeOf(request('/auth/refresh', { method: 'POST' }), 401)).toBe('UNAUTHENTICATED')
  expect(await codeOf(request('/auth/refresh', { json: {} }), 401)).toBe('UNAUTHENTICATED')
})

test('a page of ours refreshes by cookie, and scripts never see the token', async () => {
  const person = await signUp()
  const answer = await refreshByCookie(person.refreshToken)
  const successor = cookieToken(answer)
  expect(await expectJson(answer, 200)).not.toHaveProperty('refreshToken')
  expect(successor).toMatch(/^usr_/)
  expect(successor).not.toBe(person.refreshToken)
})

test('a refused cookie is cleared', async () => {
  const person = await signUp()
  await userObject(env, person.user.id).revokeOtherSessions(null)
  const answer = await refreshByCookie(person.refreshToken)
  expect(cookieToken(answer)).toBe('')
  expect(answer.headers.getSetCookie().join()).toMatch(/Max-Age=0/)
  expect(await codeOf(answer, 401)).toBe('UNAUTHENTICATED')
})

test.each<[string, Record<string, string>]>([
  ['with an allowed Origin', { origin: 'http://localhost:8787' }],
  ['with an allowed Origin on a sibling site', { origin: 'http://localhost:8787', 'sec-fetch-site': 'same-site' }],
  ['from the same origin', { 'sec-fetch-site': 'same-origin' }],
])('the cookie counts %s', async (_name, headers) => {
  const person = await signUp()
  await expectJson(refreshByCookie(person.refreshToken, headers), 200)
})

test.each<[string, Record<string, string>]>([
  ['from an unknown Origin', { origin: 'https://evil.example' }],
  ['from an opaque Origin', { origin: 'null' }],
  ['from a look-alike Origin', { origin: 'http://localhost:8787.evil.example' }],
  ['cross-site', { 'sec-fetch-site': 'cross-site' }],
  ['same-site but not ours', { 'sec-fetch-site': 'same-site', origin: 'https://blog.lumiku.example' }],
  ['without either header', {}],
  ['as text/plain from our own page', { ...OUR_PAGE, 'content-type': 'text/plain' }],
])('the cookie is refused %s, and the session goes on', async (_name, headers) => {
  const person = await signUp()
  const answer = await request('/auth/refresh', {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json', cookie: `${REFRESH_COOKIE}=${person.refreshToken}`, ...headers },
  })
  expect(cookieToken(answer)).toBeNull()
  expect(await codeOf(answer, 403)).toBe('FORBIDDEN')
  await refreshed(person.refreshToken)
})

test('a browser may leave the body empty', async () => {
  const person = await signUp()
  const headers = {
    ...OUR_PAGE,
    'content-type': 'application/json',
    cookie: `${REFRESH_COOKIE}=${person.refreshToken}`,
  }
  await expectJson(request('/auth/refresh', { method: 'POST', headers }), 200)
})

test('the body is a JSON object with the token alone', async () => {
  const { refreshToken } = await signUp()
  expect(await codeOf(request('/auth/refresh', { json: { refreshToken, role: 'admin' } }), 422)).toBe(
    'VALIDATION_FAILED',
  )
  expect(await codeOf(request('/auth/refresh', { json: { refreshToken: 'x'.repeat(1_000) } }), 422)).toBe(
    'VALIDATION_FAILED',
  )
  const plain = { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } }
  expect(await codeOf(request('/auth/refresh', plain), 415)).toBe('UNSUPPORTED_TYPE')
})
