import { expect, test } from 'vitest'
import type { ErrorBody } from '../../src/http/errors'
import { codeOf, failGuesses, login, refresh, type SignedIn } from '../support/accounts'
import { expectJson, request, requestAs } from '../support/app'
import { type Person, signUp } from '../support/people'

const NEW = 'a better horse battery'

const change = (person: { accessToken: string }, currentPassword: string, newPassword: string = NEW) =>
  requestAs(person, '/auth/password', { json: { currentPassword, newPassword } })

type Issues = { issues: { field: string }[] }

const fieldsOf = async (answer: Response) =>
  ((await expectJson<ErrorBody>(answer, 422)).error.details as Issues).issues.map(({ field }) => field)

test('the new password signs in, the old one no more', async () => {
  const person = await signUp()
  expect(await expectJson(change(person, person.password), 200)).toEqual({ revokedSessions: 0 })
  await expectJson(login({ ...person, password: NEW }), 200)
  expect(await codeOf(login(person), 401)).toBe('WRONG_CREDENTIALS')
})

test('every other device is signed out at once, this one stays', async () => {
  const person = await signUp()
  const others = [await expectJson<SignedIn>(login(person), 200), await expectJson<SignedIn>(login(person), 200)]
  expect(await expectJson(change(person, person.password), 200)).toEqual({ revokedSessions: 2 })
  for (const other of others) {
    expect(await codeOf(refresh(other.refreshToken), 401)).toBe('UNAUTHENTICATED')
    expect(await codeOf(requestAs(other, '/auth/sessions'), 401)).toBe('UNAUTHENTICATED')
  }
  await expectJson(refresh(person.refreshToken), 200)
})

test('the old password has to be right', async () => {
  const person = await signUp()
  expect(await fieldsOf(await change(person, 'wrong horse'))).toEqual(['currentPassword'])
  await expectJson(login(person), 200)
})

test('guessing the old password is slowed like guessing at the door', async () => {
  const person = await signUp()
  await failGuesses('account', person.email, 5)
  expect(await fieldsOf(await change(person, 'wrong horse'))).toEqual(['currentPassword'])
  expect(await codeOf(change(person, person.password), 429)).toBe('RATE_LIMITED')
  expect(await codeOf(login(person), 429)).toBe('RATE_LIMITED')
})

test('a device that was signed out cannot change the password', async () => {
  const person: Person = await signUp()
  await request('/auth/logout', { json: { refreshToken: person.refreshToken } })
  expect(await codeOf(change(person, person.password), 401)).toBe('UNAUTHENTICATED')
  await expectJson(login(person), 200)
})

test('of two changes at the same moment one wins, and its password is the one that counts', async () => {
  const person = await signUp()
  const asked = ['first new password', 'second new password']
  const answers = await Promise.all(asked.map((password) => change(person, person.password, password)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  const winner = asked[answers.findIndex(({ status }) => status === 200)] ?? ''
  await expectJson(login({ ...person, password: winner }), 200)
})

test('a new password keeps the rules of the first', async () => {
  const person = await signUp()
  expect(await fieldsOf(await change(person, person.password, 'short'))).toEqual(['newPassword'])
  expect(await fieldsOf(await change(person, person.password, 'x'.repeat(129)))).toEqual(['newPassword'])
})

test('strangers are turned away before their body is read', async () => {
  const body = 'x'.repeat(1024 * 1024)
  expect(await codeOf(request('/auth/password', { method: 'POST', body }), 401)).toBe('UNAUTHENTICATED')
})
