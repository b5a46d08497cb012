import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectJson, request, requestAs, signUp } from '../support/app'
import { anyAddress, type Person } from '../support/people'
import { makeAdmin, stateOf } from '../support/rows'
import { newProject, oneSmallPicture, requestIn } from '../support/shoots'
import {
  bodyShapes,
  buildWorld,
  type Example,
  errorOf,
  examples,
  pathOf,
  type Route,
  resolve,
  routes,
  type Schema,
  type World,
} from '../support/walk'

/** Owns one of everything and has not one credit, so that nothing a request says can start anything. */
let world: World
let admin: Person
/** Somebody else, with one of everything. */
let others: World
beforeAll(async () => {
  others = await buildWorld()
  admin = await makeAdmin(await signUp())
  world = await penniless(others)
})

async function penniless(like: World): Promise<World> {
  const email = `penniless-${crypto.randomUUID()}@example.test`
  const json = { email, password: 'correct horse battery', name: 'Budi' }
  const headers = { 'cf-connecting-ip': anyAddress() }
  const answer = await requestIn({ WELCOME_CREDITS: '0' }, '/auth/register', { json, headers })
  const owner: Person = { ...(await expectJson<Person>(answer, 201)), email, password: json.password }
  return { ...like, owner, projectId: (await newProject(owner)).id }
}

const HOSTILE_TEXTS = [
  '<script>alert(1)</script>',
  '\u0000',
  'a\u0000b',
  '\u202Egnp.exe',
  '\u200B\u200D\uFEFF',
  '\uD800',
  "' or '1'='1",
  '"; drop table users;--',
  '%_\\',
  '../../../etc/passwd',
  '{{7*7}}<%= 7*7 %>',
  '\r\nset-cookie: a=b',
  'NaN',
  'Infinity',
  '-1',
  '1.5',
  '9007199254740992',
  '1e9',
  '__proto__',
  'constructor',
  'null',
  '😀'.repeat(300),
  'ﷺ'.repeat(200),
  'x'.repeat(20_000),
]
const HOSTILE_NUMBERS = [0, -1, -0.5, 1.5, 1e9, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e308]
const HOSTILE_SHAPES: unknown[] = [null, true, false, [], [[]], [null], {}, { a: 1 }, { toString: 1 }, { $ne: null }]

/** What a field may be sent as, other than what it is meant to be: `undefined` leaves it out. */
function hostileValues(schema: Schema, field: string): unknown[] {
  const numbers = schema.type === 'integer' ? ['4', '', 'NaN', '١٢'] : []
  const ids = [others.projectId, others.uploadId, others.owner.user.id, others.generationId]
  const longList = schema.type === 'array' ? [Array.from({ length: 5000 }, () => 'x'), ['x', 'x'], [1], ['']] : []
  const values = [undefined, '', ' ', ...HOSTILE_TEXTS, ...HOSTILE_NUMBERS, ...HOSTILE_SHAPES, ...numbers, ...longList]
  return field.toLowerCase().endsWith('id') || field.endsWith('Url') ? [...values, ...ids] : values
}

/** Whether JSON Schema's `type` alone already says no: then the answer must be a 422 that names the field. */
function hasWrongType(schema: Schema, value: unknown): boolean {
  const types = [schema.type ?? schema.anyOf?.map((each) => resolve(each).type ?? 'string') ?? 'string'].flat(2)
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  if (kind === 'number') return !types.includes('number') && !(types.includes('integer') && Number.isInteger(value))
  return !types.includes(kind)
}

const callerOf = (route: Route): Person | null =>
  route['x-access'] === 'public' ? null : route['x-access'] === 'admin' ? admin : world.owner

function send(route: Route, example: Example, body?: string): Promise<Response> {
  const headers: Record<string, string> = { 'cf-connecting-ip': anyAddress(), ...example.headers }
  if (body !== undefined) headers['content-type'] = 'application/json'
  const content = body === undefined ? (example.body ? { body: example.body } : {}) : { body }
  const sent = { method: route.method, headers, ...content }
  const caller = callerOf(route)
  return caller ? requestAs(caller, pathOf(route, example), sent) : request(pathOf(route, example), sent)
}

/** How things stood after the last refusal; undefined after a success, which may change them. */
let before: Awaited<ReturnType<typeof stateOf>> | undefined
beforeEach(async () => {
  before = undefined
  if (Date.now() - signedInAt < FRESH_MS) return
  signedInAt = Date.now()
  for (const person of [world.owner, others.owner, admin]) await stayIn(person)
})

/** All this takes longer than an access token lives on a machine that does other things too. */
const FRESH_MS = 4 * 60_000
let signedInAt = Date.now()

async function stayIn(person: Person): Promise<void> {
  const json = { refreshToken: person.refreshToken }
  const headers = { 'cf-connecting-ip': anyAddress() }
  Object.assign(person, await expectJson(request('/auth/refresh', { json, headers }), 200))
}

/** Sends, and expects no more than a refusal that changed nothing, or a success. Answers what came of it. */
async function survives(route: Route, example: Example, body: string | undefined, what: string) {
  before ??= await stateOf(world.owner.user.id, others.owner.user.id)
  const answer = await send(route, example, body)
  const { status } = answer
  expect(status, what).toBeLessThan(500)
  if (status < 400) {
    await answer.body?.cancel()
    before = undefined
    return { status, fields: [] as string[] }
  }
  const { issues, code } = await errorOf(answer)
  if (status === 400 || code === 'VALIDATION_FAILED') {
    expect(issues.length, what).toBeGreaterThan(0)
    for (const { field, rule } of issues) {
      expect(field.length, what).toBeGreaterThan(0)
      expect(field.length, what).toBeLessThanOrEqual(100)
      expect(rule.length, what).toBeGreaterThan(2)
    }
  }
  expect(await stateOf(world.owner.user.id, others.owner.user.id), what).toEqual(before)
  return { status, fields: issues.map(({ field }) => field) }
}

/** A failing case in few words. */
const caseOf = (route: Route, field: string, value: unknown) =>
  `${route.operationId} ${field} = ${JSON.stringify(value)?.slice(0, 80) ?? 'left out'}`

const exampleOf = (route: Route): Example => examples[route.operationId]!(world)
const named = <T extends { route: Route; field: string }>(cases: T[]) =>
  cases.map((each) => [`${each.route.method} ${each.route.path}: ${each.field}`, each] as const)

const bodyFields = routes.flatMap((route) =>
  bodyShapes(route).flatMap((shape, index) =>
    Object.entries(resolve(shape).properties ?? {}).map(([field, schema]) => ({
      ...{ route, index, field, schema: resolve(schema) },
      isRequired: resolve(shape).required?.includes(field) ?? false,
    })),
  ),
)
const withBody = routes.flatMap((route) =>
  bodyShapes(route).map((_shape, index) => ({ route, index, field: `shape ${index}` })),
)
const parametersIn = (place: 'path' | 'query' | 'header') =>
  routes.flatMap((route) =>
    (route.parameters ?? [])
      .filter((parameter) => parameter.in === place)
      .map(({ name, schema, required }) => ({ route, field: name, schema, isRequired: required ?? false })),
  )

test('there are fields to send badly', () => {
  expect(bodyFields.length).toBeGreaterThan(30)
  expect(parametersIn('query').length).toBeGreaterThan(20)
  expect(parametersIn('path').length).toBeGreaterThan(10)
  expect(parametersIn('header').length).toBeGreaterThan(2)
})

describe('every field of every body', () => {
  test.each(named(bodyFields))('%s', async (_, { route, index, field, schema, isRequired }) => {
    const example = exampleOf(route)
    for (const value of hostileValues(schema, field)) {
      const what = caseOf(route, field, value)
      const body = JSON.stringify({ ...example.json?.[index], [field]: value })
      const { status, fields } = await survives(route, example, body, what)
      const mustFail = value === undefined ? isRequired : hasWrongType(schema, value)
      if (!mustFail) continue
      expect(status, what).toBe(422)
      expect(
        fields.some((named) => named === field || named.startsWith(`${field}.`)),
        `${what}: ${fields}`,
      ).toBe(true)
    }
  })

  test.each(named(withBody))('%s: a field that nobody knows is named and refused', async (_, { route, index }) => {
    const example = exampleOf(route)
    const known = Object.keys(resolve(bodyShapes(route)[index]!).properties ?? {})
    for (const name of [
      'credits',
      'role',
      'userId',
      'isAdmin',
      '',
      ' ',
      'x'.repeat(5000),
      'toString',
      'hasOwnProperty',
      'prototype',
      '0',
    ]) {
      if (known.includes(name)) continue
      const body = JSON.stringify({ ...example.json?.[index], [name]: 1 })
      const { status, fields } = await survives(route, example, body, caseOf(route, name, 1))
      expect([status, caseOf(route, name, 1)]).toEqual([422, caseOf(route, name, 1)])
      if (name.trim() !== '') expect(fields).toContain(name.slice(0, 100))
    }
  })

  test.each(named(withBody))('%s: no key reaches a prototype', async (_, { route, index }) => {
    const example = exampleOf(route)
    const rest = JSON.stringify(example.json?.[index]).slice(1)
    for (const key of ['__proto__', 'constructor'])
      for (const value of ['{"isAdmin":true,"role":"admin"}', 'null', '1', '{"prototype":{"isAdmin":true}}']) {
        // Written by hand: JSON.stringify would drop the key.
        const what = `${route.operationId} ${key} = ${value}`
        const { status } = await survives(route, example, `{"${key}":${value},${rest}`, what)
        expect([status, what]).toEqual([422, what])
      }
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined()
  })
})

/** Query values that mean a number or a flag to careless code. */
const HOSTILE_QUERY = [
  '',
  ' ',
  '0',
  '-1',
  '1.5',
  '1e2',
  '0x10',
  '+5',
  ' 5 ',
  '007',
  '99999999999999999999',
  'true',
  'undefined',
  '[]',
  '{}',
]

describe('every parameter of every query', () => {
  test.each(named(parametersIn('query')))('%s', async (_, { route, field, schema }) => {
    const example = exampleOf(route)
    for (const value of [...HOSTILE_QUERY, ...HOSTILE_TEXTS.map((text) => text.slice(0, 4000))]) {
      const what = caseOf(route, field, value)
      const { status, fields } = await survives(
        route,
        { ...example, query: { ...example.query, [field]: value } },
        undefined,
        what,
      )
      if (resolve(schema).type !== 'integer' || /^\d+$/.test(value.trim())) continue
      expect([status, what]).toEqual([422, what])
      expect(fields, what).toContain(field)
    }
    const path = pathOf(route, example)
    const twice = `${path}${path.includes('?') ? '&' : '?'}${field}=1&${field}=2&${field}[]=3&${field}[a]=4&__proto__[a]=1`
    const caller = callerOf(route)
    expect((await (caller ? requestAs(caller, twice) : request(twice))).status).toBeLessThan(500)
  })
})

describe('every parameter of every path', () => {
  test.each(named(parametersIn('path')))('%s', async (_, { route, field }) => {
    const example = exampleOf(route)
    for (const value of [
      ...HOSTILE_TEXTS.map((text) => text.slice(0, 2000).toWellFormed()),
      // For an admin another user's id is a right one.
      ...(route['x-access'] === 'admin' ? [] : [others.owner.user.id]),
      ' ',
      '%',
      '%2e%2e',
    ]) {
      const what = caseOf(route, field, value)
      const body = example.json && JSON.stringify(example.json[0])
      const { status } = await survives(route, { ...example, params: { [field]: value } }, body, what)
      // `NaN`, `constructor` and the like are well-formed pose ids: those are simply not there.
      expect([404, 422], what).toContain(status)
    }
  })
})

describe('every header of every request', () => {
  test.each(named(parametersIn('header')))('%s: broken or left out is a 400 (A5)', async (_, { route, field }) => {
    const example = exampleOf(route)
    const body = example.json && JSON.stringify(example.json[0])
    for (const value of ['', ' ', 'two words', 'x'.repeat(256), 'é', '\u00ff', 'a\tb']) {
      const what = caseOf(route, field, value)
      const sent = { ...example, headers: { ...example.headers, [field]: value } }
      const { status, fields } = await survives(route, sent, body, what)
      expect([status, fields, what]).toEqual([400, [field], what])
    }
    const { headers: _headers, ...bare } = example
    expect((await survives(route, bare, body, 'left out')).status).toBe(400)
  })

  test('the headers that every route reads', async () => {
    const long = 'x'.repeat(8_000)
    for (const [name, value] of [
      ...['accept-language', 'user-agent', 'x-request-id', 'cookie', 'cf-connecting-ip', 'prefer'].map(
        (each) => [each, long] as const,
      ),
      ['authorization', long],
      ['authorization', `Bearer ${long}`],
      ['authorization', 'Bearer a.b.c d'],
      ['accept-language', ';q=,*;q=9e9,,id;q=x'],
      ['content-length', '-1'],
      ['if-none-match', '"'.repeat(500)],
      ['x-http-method-override', 'DELETE'],
      ['sec-websocket-protocol', `lumiku.v1, ticket.${others.owner.user.id}.${long}`],
    ] as const)
      for (const path of ['/prices', '/credits', '/live', '/apps/pose-generator/library', '/auth/me'])
        expect((await request(path, { headers: { [name]: value } })).status, `${path} ${name}`).toBeLessThan(500)
  })
})

test('after all this both people have what they had', async () => {
  const projects = await expectJson<{ items: unknown[] }>(requestAs(others.owner, '/apps/pose-generator/projects'), 200)
  expect(projects.items).toHaveLength(1)
  expect(await expectJson(requestAs(world.owner, '/credits'), 200)).toMatchObject({ available: 0, held: 0 })
  const generate = requestAs(world.owner, '/apps/pose-generator/generate', {
    json: oneSmallPicture(world.projectId),
    headers: { 'idempotency-key': 'after-all' },
  })
  expect((await errorOf(await generate)).code).toBe('INSUFFICIENT_CREDITS')
})
