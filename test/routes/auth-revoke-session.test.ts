import { expect, test } from 'vitest'
import { newId } from '../../src/kernel/ids'
import { codeOf, login, refresh, type SignedIn } from '../support/accounts'
import { expectJson, requestAs } from '../support/app'
import { signUp } from '../support/people'

const sessionOf = ({ refreshToken }: { refreshToken: string }) => refreshToken.split('.')[1] ?? ''
const revoke = (person: { accessToken: string }, id: string) =>
  requestAs(person, `/auth/sessions/${id}`, { method: 'DELETE' })

test('a device signs another one out, which notices at once', async () => {
  const person = await signUp()
  const lost = await expectJson<SignedIn>(login(person), 200)
  expect((await revoke(person, sessionOf(lost))).status).toBe(204)
  expect(await codeOf(refresh(lost.refreshToken), 401)).toBe('UNAUTHENTICATED')
  expect(await codeOf(requestAs(lost, '/auth/sessions'), 401)).toBe('UNAUTHENTICATED')
  expect(await codeOf(revoke(person, sessionOf(lost)), 404)).toBe('NOT_FOUND')
})

test('a device that was signed out cannot sign others out', async () => {
  const person = await signUp()
  const lost = await expectJson<SignedIn>(login(person), 200)
  await revoke(person, sessionOf(lost))
  expect(await codeOf(revoke(lost, sessionOf(person)), 401)).toBe('UNAUTHENTICATED')
  await expectJson(refresh(person.refreshToken), 200)
})

test('a device may sign itself out', async () => {
  const person = await signUp()
  expect((await revoke(person, sessionOf(person))).status).toBe(204)
  expect(await codeOf(refresh(person.refreshToken), 401)).toBe('UNAUTHENTICATED')
})

test("somebody else's session looks like one that never was", async () => {
  const [person, stranger] = [await signUp(), await signUp()]
  expect(await codeOf(revoke(stranger, sessionOf(person)), 404)).toBe('NOT_FOUND')
  expect(await codeOf(revoke(stranger, newId('session')), 404)).toBe('NOT_FOUND')
  expect(await codeOf(revoke(stranger, 'nonsense'), 422)).toBe('VALIDATION_FAILED')
  await expectJson(refresh(person.refreshToken), 200)
})
