import { expect, test } from 'vitest'
import { codeOf, cookieToken, login, refresh, refreshByCookie, type SignedIn } from '../support/accounts'
import { expectJson, request, requestAs } from '../support/app'
import { signUp } from '../support/people'

test('signing out ends the session, both its tokens with it, and no other', async () => {
  const person = await signUp()
  const other = await expectJson<SignedIn>(login(person), 200)
  const answer = await request('/auth/logout', { json: { refreshToken: person.refreshToken } })
  expect([answer.status, await answer.text()]).toEqual([204, ''])
  expect(await codeOf(refresh(person.refreshToken), 401)).toBe('UNAUTHENTICATED')
  expect(await codeOf(requestAs(person, '/auth/sessions'), 401)).toBe('UNAUTHENTICATED')
  await expectJson(requestAs(other, '/auth/sessions'), 200)
})

test('a browser signs out by cookie, and loses it', async () => {
  const person = await signUp()
  const answer = await refreshByCookie(person.refreshToken, undefined, 'logout')
  expect([answer.status, cookieToken(answer)]).toEqual([204, ''])
  expect(await codeOf(refresh(person.refreshToken), 401)).toBe('UNAUTHENTICATED')
})

test('an access token signs out its session, without a body', async () => {
  const person = await signUp()
  expect((await requestAs(person, '/auth/logout', { method: 'POST' })).status).toBe(204)
  expect(await codeOf(refresh(person.refreshToken), 401)).toBe('UNAUTHENTICATED')
})

test('signing out twice, or without being signed in, is fine', async () => {
  const person = await signUp()
  for (let n = 0; n < 2; n++)
    expect((await request('/auth/logout', { json: { refreshToken: person.refreshToken } })).status).toBe(204)
  expect((await request('/auth/logout', { method: 'POST' })).status).toBe(204)
  expect((await request('/auth/logout', { json: { refreshToken: 'nonsense' } })).status).toBe(204)
})

test('another site cannot sign anybody out', async () => {
  const person = await signUp()
  const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  expect(await codeOf(refreshByCookie(person.refreshToken, headers, 'logout'), 403)).toBe('FORBIDDEN')
  await expectJson(refresh(person.refreshToken), 200)
})
