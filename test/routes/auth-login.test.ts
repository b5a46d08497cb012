import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { scryptSync } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { attemptsKey } from '../../src/auth/attempts'
import type { ErrorBody } from '../../src/http/errors'
import { attemptsObject } from '../../src/objects'
import { codeOf, failGuesses, login, type SignedIn } from '../support/accounts'
import { expectJson, request, requestAs } from '../support/app'
import { anyAddress, signUp } from '../support/people'

const WRONG = 'wrong horse battery'
const from = (address: string) => ({ 'cf-connecting-ip': address })

/** Lets `ms` pass for the failures counted against an e-mail. */
const ageFailures = async (email: string, ms: number) =>
  runInDurableObject(attemptsObject(env, await attemptsKey(env.JWT_SECRET, 'account', email)), (_object, state) => {
    state.storage.sql.exec('UPDATE guess SET last_at = last_at - ?', ms)
  })

/** An answer without what differs between any two. */
async function shapeOf(answer: Response) {
  const { error } = await answer.json<ErrorBody>()
  return { status: answer.status, code: error.code, message: error.message, details: error.details }
}

test('e-mail and password sign in, however the e-mail is spelled', async () => {
  const person = await signUp()
  const answer = await expectJson<SignedIn>(login({ ...person, email: ` ${person.email.toUpperCase()}` }), 200)
  expect(answer.user).toEqual(person.user)
  await expectJson(requestAs(answer, '/auth/me'), 200)
})

test('a password typed in another Unicode form signs in', async () => {
  const person = await signUp({ password: 'caf\u00e9 \ufb01nal \u00c5ngstr\u00f6m' })
  await expectJson(login({ ...person, password: 'cafe\u0301 final A\u030angstro\u0308m' }), 200)
})

test('every login is a session of its own', async () => {
  const person = await signUp()
  const other = await expectJson<SignedIn>(login(person, { 'user-agent': 'Phone' }), 200)
  const { items } = await expectJson<{ items: { userAgent: string }[] }>(requestAs(other, '/auth/sessions'), 200)
  expect(items.map(({ userAgent }) => userAgent)).toContain('Phone')
  expect(items).toHaveLength(2)
})

test('a wrong password and an unknown e-mail are answered alike', async () => {
  const person = await signUp()
  const wrong = await shapeOf(await login({ ...person, password: WRONG }))
  const unknown = await shapeOf(await login({ email: `nobody-${crypto.randomUUID()}@example.test`, password: WRONG }))
  expect(wrong).toMatchObject({ status: 401, code: 'WRONG_CREDENTIALS' })
  expect(unknown).toEqual(wrong)
})

test('after five failures an account waits, and the right password is turned away like a wrong one', async () => {
  const person = await signUp()
  await failGuesses('account', person.email, 5)
  expect(await codeOf(login({ ...person, password: WRONG }), 401)).toBe('WRONG_CREDENTIALS')
  const right = await login(person)
  expect(['1', '2']).toContain(right.headers.get('retry-after'))
  expect(await shapeOf(right)).toEqual(await shapeOf(await login({ ...person, password: WRONG })))
  expect(right.status).toBe(429)

  await ageFailures(person.email, 2_000)
  await expectJson(login(person), 200)
  await failGuesses('account', person.email, 5)
  await expectJson(login(person), 200)
})

test('an e-mail without an account waits just the same', async () => {
  const nobody = { email: `nobody-${crypto.randomUUID()}@example.test`, password: WRONG }
  await failGuesses('account', nobody.email, 5)
  await codeOf(login(nobody), 401)
  expect(await codeOf(login(nobody), 429)).toBe('RATE_LIMITED')
})

test('of thirty guesses sent at once six are looked at', async () => {
  const person = await signUp()
  const answers = await Promise.all(Array.from({ length: 30 }, () => login({ ...person, password: WRONG })))
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(6)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(24)
})

test('an address that tries one password on many accounts waits, the accounts do not', async () => {
  const person = await signUp()
  const address = anyAddress()
  await failGuesses('address', address, 20)
  await codeOf(login({ email: `victim-${person.email}`, password: WRONG }, from(address)), 401)
  expect(await codeOf(login(person, from(address)), 429)).toBe('RATE_LIMITED')
  await expectJson(login(person, from(anyAddress())), 200)
})

test('who signs in rightly costs the others behind the same address nothing', async () => {
  const person = await signUp()
  const address = anyAddress()
  await failGuesses('address', address, 20)
  for (let n = 0; n < 3; n++) await expectJson(login(person, from(address)), 200)
})

test('a hash with old parameters is replaced by the login that proves the password', async () => {
  const person = await signUp()
  const salt = Buffer.alloc(16, 7)
  const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  const hash = scryptSync(person.password, salt, 32, { N: 2 ** 10, r: 8, p: 1 })
  const old = `$scrypt$ln=10,r=8,p=1$${base64(salt)}$${base64(hash)}`
  await env.DB.prepare('update users set password_hash = ? where id = ?').bind(old, person.user.id).run()
  await codeOf(login({ ...person, password: WRONG }), 401)
  await expectJson(login(person), 200)
  const row = await env.DB.prepare('select password_hash from users where id = ?').bind(person.user.id).first()
  expect(row?.password_hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/)
  await expectJson(login(person), 200)
})

test('when too many passwords wait to be hashed the rest are told to come back, and other routes go on', async () => {
  const guess = () => login({ email: `crowd-${crypto.randomUUID()}@example.test`, password: WRONG })
  const crowd = Promise.all(Array.from({ length: 30 }, guess))
  expect((await request('//')).status).toBe(200)
  const answers = await crowd
  const turnedAway = answers.filter(({ status }) => status === 503)
  expect(turnedAway.length).toBeGreaterThan(0)
  for (const answer of turnedAway) expect(answer.headers.get('retry-after')).toBe('5')
  expect(answers.filter(({ status }) => status === 401).length).toBe(30 - turnedAway.length)
}, 60_000)

test('a megabyte of password is turned away unread', async () => {
  const person = await signUp()
  expect(await codeOf(login({ ...person, password: 'x'.repeat(1024 * 1024) }), 413)).toBe('TOO_LARGE')
  expect(await codeOf(login({ ...person, password: 'x'.repeat(1_000) }), 422)).toBe('VALIDATION_FAILED')
})

test('nothing but e-mail and password is taken', async () => {
  const { email, password } = await signUp()
  expect(await codeOf(request('/auth/login', { json: { email, password, role: 'admin' } }), 422)).toBe(
    'VALIDATION_FAILED',
  )
})

test('neither passwords nor tokens are logged', async () => {
  // Kept, as `console.info` is not the spy itself in workerd.
  const spies = [vi.spyOn(console, 'info'), vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')]
  const person = await signUp()
  await codeOf(login({ ...person, password: WRONG }), 401)
  const answer = await expectJson<SignedIn>(login(person), 200)
  const lines = spies.flatMap((spy) => spy.mock.calls).join('\n')
  for (const secret of [WRONG, person.password, answer.accessToken, answer.refreshToken])
    expect(lines).not.toContain(secret)
})
