import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { newId } from '../../src/kernel/ids'
import { userObject } from '../../src/objects'
import { codeOf, login, refresh, type SignedIn } from '../support/accounts'
import { expectJson, requestAs } from '../support/app'
import { signUp } from '../support/people'

type Sessions = { items: { id: string; userAgent: string; isCurrent: boolean }[]; page: unknown }

test('shows the devices that are signed in, and which one is asking', async () => {
  const person = await signUp()
  const phone = await expectJson<SignedIn>(login(person, { 'user-agent': 'P'.repeat(500) }), 200)
  const { items, page } = await expectJson<Sessions>(requestAs(phone, '/auth/sessions'), 200)
  const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  expect(items).toHaveLength(2)
  expect(items.find(({ isCurrent }) => isCurrent)).toEqual({
    id: expect.stringMatching(/^ses_/),
    userAgent: 'P'.repeat(200),
    createdAt: iso,
    lastUsedAt: iso,
    expiresAt: iso,
    isCurrent: true,
  })
  expect(page).toEqual({ nextCursor: null, limit: 10 })
})

test('the eleventh device signs the first one out', async () => {
  const person = await signUp()
  for (let n = 0; n < 9; n++)
    await userObject(env, person.user.id).openSession({ id: newId('session'), refreshHash: `${n}`, userAgent: '' })
  const last = await expectJson<SignedIn>(login(person), 200)
  const { items } = await expectJson<Sessions>(requestAs(last, '/auth/sessions'), 200)
  expect(items).toHaveLength(10)
  expect(await codeOf(refresh(person.refreshToken), 401)).toBe('UNAUTHENTICATED')
})

test('the list holds neither tokens nor their hashes', async () => {
  const person = await signUp()
  const body = await (await requestAs(person, '/auth/sessions')).text()
  expect(body).not.toContain(person.refreshToken.split('.')[2])
  expect(body.toLowerCase()).not.toContain('hash')
})
