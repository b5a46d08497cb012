import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { ErrorBody } from '../../src/http/errors'
import { userObject } from '../../src/objects'
import { codeOf, cookieToken, login, OUR_PAGE, type SignedIn } from '../support/accounts'
import { expectJson, request, requestAs } from '../support/app'
import { anyAddress, signUp } from '../support/people'

let count = 0
const anyEmail = () => `new-${++count}-${crypto.randomUUID().slice(0, 8)}@example.test`

const register = (json: Record<string, unknown>, headers: Record<string, string> = {}) =>
  request('/auth/register', {
    json: { email: anyEmail(), password: 'correct horse', name: 'Sari', ...json },
    headers: { 'cf-connecting-ip': anyAddress(), ...headers },
  })

const issuesOf = async (answer: Response) =>
  (await expectJson<ErrorBody>(answer, 422)).error.details?.issues as { field: string; rule: string }[]

test('a new account is signed in at once, a plain user on the free tier', async () => {
  const email = anyEmail()
  const answer = await expectJson<SignedIn>(register({ email, name: ' Sari ' }), 201)
  expect(answer).toEqual({
    user: { id: expect.stringMatching(/^usr_/), email, name: 'Sari', role: 'user', tier: 'free' },
    accessToken: expect.any(String),
    expiresIn: 600,
    refreshToken: expect.any(String),
  })
  await expectJson(requestAs(answer, '/auth/me'), 200)
})

test('a new account has the welcome credits, and signing in again adds none', async () => {
  const person = await signUp()
  await expectJson(login(person), 200)
  const { available } = await userObject(env, person.user.id).credits()
  expect(available).toBe(Number(env.WELCOME_CREDITS))
})

test('the password is stored as an scrypt hash only', async () => {
  const person = await signUp()
  const row = await env.DB.prepare('select * from users where id = ?').bind(person.user.id).first()
  expect(row?.password_hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/)
  expect(JSON.stringify(row)).not.toContain(person.password)
})

test('a browser gets the refresh token as a __Host- cookie and not in the body', async () => {
  const answer = await register({}, OUR_PAGE)
  expect(answer.headers.getSetCookie().join()).toMatch(/^__Host-lumiku_refresh=usr_[^;]+;/)
  const attributes = answer.headers.getSetCookie()[0]?.split('; ').slice(1).sort()
  expect(attributes).toEqual(['HttpOnly', 'Max-Age=2592000', 'Path=/', 'SameSite=Lax', 'Secure'])
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await expectJson(answer, 201)).not.toHaveProperty('refreshToken')
})

test('one Sec-Fetch-Site header is enough to be a browser', async () =>
  expect(await expectJson(register({}, { 'sec-fetch-site': 'cross-site' }), 201)).not.toHaveProperty('refreshToken'))

test('a client that is no browser gets it in both places', async () => {
  const answer = await register({})
  const cookie = cookieToken(answer)
  expect((await expectJson<SignedIn>(answer, 201)).refreshToken).toBe(cookie)
})

test('an e-mail has one account, however it is spelled', async () => {
  const email = anyEmail()
  await expectJson(register({ email }), 201)
  for (const spelling of [email, email.toUpperCase(), ` ${email} `, email.replace('@', '\uff20')])
    expect(await codeOf(register({ email: spelling }), 409), spelling).toBe('EMAIL_TAKEN')
})

test('of five registrations of one e-mail at the same moment one wins', async () => {
  const email = anyEmail()
  const answers = await Promise.all(Array.from({ length: 5 }, () => register({ email })))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409])
})

test.each([
  ['role', 'admin'],
  ['tier', 'enterprise'],
  ['credits', 1_000_000],
  ['id', 'usr_01JD0000000000000000000000'],
  ['userId', 'usr_01JD0000000000000000000000'],
])('%s is never taken from a client', async (field, value) => {
  const email = anyEmail()
  expect((await issuesOf(await register({ email, [field]: value })))[0]?.rule).toContain(field)
  expect(await env.DB.prepare('select 1 from users where email = ?').bind(email).first()).toBeNull()
})

test.each([
  ['password', 'nine char'],
  ['password', 'x'.repeat(129)],
  ['password', 1234567890],
  ['email', 'no-at-sign'],
  ['email', `${'x'.repeat(250)}@example.test`],
  ['email', ''],
  ['name', ''],
  ['name', ' '],
  ['name', 'x'.repeat(101)],
  ['name', 'Sari\u0000'],
  ['name', '<script>alert(1)</script>'],
])('%s cannot be %j', async (field, value) =>
  expect((await issuesOf(await register({ [field]: value }))).map((issue) => issue.field)).toContain(field),
)

test('a password is 10 to 128 characters, counted as people count them', async () => {
  await expectJson(register({ password: 'x'.repeat(10) }), 201)
  await expectJson(register({ password: '🦜'.repeat(128) }), 201)
  // One character that NFKC makes eighteen of: 8 of them are 144.
  expect((await issuesOf(await register({ password: '\ufdfa'.repeat(8) })))[0]?.field).toBe('password')
})

test('a megabyte of password is turned away unread', async () => {
  expect(await codeOf(register({ password: 'x'.repeat(1024 * 1024) }), 413)).toBe('TOO_LARGE')
  expect(await codeOf(register({ password: 'x'.repeat(100 * 1024) }), 422)).toBe('VALIDATION_FAILED')
})

test('the body is JSON and says so', async () => {
  const form = { method: 'POST', body: 'email=a', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
  expect(await codeOf(request('/auth/register', form), 415)).toBe('UNSUPPORTED_TYPE')
  const broken = { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }
  expect(await codeOf(request('/auth/register', broken), 400)).toBe('INVALID_JSON')
})

test('an address makes twenty accounts an hour, taken e-mails included', async () => {
  const { email } = await signUp()
  const headers = { 'cf-connecting-ip': '2001:db8:77:1::1' }
  for (let n = 0; n < 20; n++) expect(await codeOf(register({ email }, headers), 409)).toBe('EMAIL_TAKEN')
  const refused = await register({}, { 'cf-connecting-ip': '2001:db8:77:1:ffff::2' })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500)
  expect(await codeOf(refused, 429)).toBe('RATE_LIMITED')
  await expectJson(register({}, { 'cf-connecting-ip': '2001:db8:77:2::1' }), 201)
})
