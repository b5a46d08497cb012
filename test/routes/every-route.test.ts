import { beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app'
import { expectJson, request, requestAs, signUp } from '../support/app'
import { anyAddress, type Person } from '../support/people'
import { makeAdmin } from '../support/rows'
import { requestIn } from '../support/shoots'
import {
  buildWorld,
  type Example,
  errorOf,
  examples,
  nowhere,
  pathOf,
  type Route,
  resolve,
  routes,
  takesJson,
  type World,
} from '../support/walk'

let world: World
let stranger: Person
let admin: Person
beforeAll(async () => {
  world = await buildWorld()
  stranger = await signUp()
  admin = await makeAdmin(await signUp())
})

const exampleOf = (route: Route, at: World = world): Example => examples[route.operationId]!(at)

/** Sends an example, by nobody when `person` is undefined. */
function send(route: Route, example: Example, person?: Person, extra: Record<string, string> = {}): Promise<Response> {
  const headers = { 'cf-connecting-ip': anyAddress(), ...example.headers, ...extra }
  const content = example.json ? { json: example.json[0] } : example.body ? { body: example.body } : {}
  const sent = { method: route.method, headers, ...content }
  return person ? requestAs(person, pathOf(route, example), sent) : request(pathOf(route, example), sent)
}

/** Sends a body as it is, by whoever may call the route. */
const sendBody = (route: Route, body: BodyInit | null, headers: Record<string, string>) =>
  requestAs(callerOf(route), pathOf(route, exampleOf(route)), {
    method: route.method,
    headers: { 'cf-connecting-ip': anyAddress(), ...exampleOf(route).headers, ...headers },
    ...(body !== null && { body }),
  })

/** Whoever may call the route and owns what it is about. */
const callerOf = (route: Route): Person => (route['x-access'] === 'admin' ? admin : world.owner)

const named = (list: Route[]) => list.map((route) => [`${route.method} ${route.path}`, route] as const)
const closed = routes.filter((route) => route['x-access'] !== 'public')
const open = routes.filter((route) => route['x-access'] === 'public')
const owned = routes.filter((route) => route['x-owns'] !== undefined)
const withJson = routes.filter(takesJson)
const withRequiredJson = withJson.filter((route) => route.requestBody?.required)

test('the walk knows a request for every route, and no others', () => {
  expect(Object.keys(examples).sort()).toEqual(routes.map((route) => route.operationId).sort())
})

test('every route of the app is documented: there is no back door', () => {
  const documented = routes.map(({ method, path }) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`)
  const served = createApp()
    .routes.filter(({ method, path }) => method !== 'ALL' && !['/', '/openapi.json'].includes(path))
    .map(({ method, path }) => `${method} ${path}`)
  expect([...new Set(served)].sort()).toEqual(documented.sort())
})

describe('who may call', () => {
  test.each(named(closed))('%s: nobody without a token', async (_, route) => {
    for (const header of [{}, { authorization: 'Bearer not.a.token' }, { authorization: 'Basic eDp5' }]) {
      const answer = await send(route, exampleOf(route), undefined, header)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
      expect(await errorOf(answer)).toMatchObject({ statusCode: 401, code: 'UNAUTHENTICATED' })
      expect(answer.status).toBe(401)
    }
  })

  test.each(named(open))('%s: answers without a token', async (_, route) => {
    const { status } = await send(route, exampleOf(route))
    // The live socket takes a ticket instead, login and refresh what they were given: those answers are theirs.
    const accounts = { openLive: 401, login: 200, refresh: 401, logout: 204, createAccount: 201 }
    // A gateway's signature takes the place of a token.
    const refused = { receiveDuitku: 400, receiveMidtrans: 400 }
    const expected = { ...accounts, ...refused, createAvatarReport: 202 }[route.operationId]
    expect(status).toBe(expected ?? 200)
  })

  test('a member is told 403 on admin routes, an admin is not', async () => {
    for (const route of routes.filter((each) => each['x-access'] === 'admin')) {
      expect(await errorOf(await send(route, exampleOf(route), stranger))).toMatchObject({
        statusCode: 403,
        code: 'FORBIDDEN',
      })
      expect((await send(route, exampleOf(route), admin)).status).not.toBe(403)
    }
    expect(admin.user.role).toBe('admin')
  })

  test.each(named(closed.filter((route) => route.method === 'GET')))('%s: its owner sees it', async (_, route) => {
    expect((await send(route, exampleOf(route), callerOf(route))).status).toBe(200)
  })

  test.each(named(owned))("%s: somebody else's is answered exactly like a missing one", async (_, route) => {
    for (const person of [stranger, admin]) {
      const [others, missing] = await Promise.all([
        send(route, exampleOf(route), person),
        send(route, exampleOf(route, nowhere(world)), person),
      ])
      expect([others.status, missing.status]).toEqual([404, 404])
      const { requestId: _a, timestamp: _b, ...othersError } = await errorOf(others)
      const { requestId: _c, timestamp: _d, ...missingError } = await errorOf(missing)
      expect(othersError).toEqual(missingError)
      expect(namesOf(others)).toEqual(namesOf(missing))
    }
  })

  test.each(named(owned.filter((route) => route.path.includes('{'))))(
    '%s: an id of another kind is a 422',
    async (_, route) => {
      for (const id of ['1', 'usr_01J00000000000000000000000', "' or 1=1 --", '../../etc', '%00']) {
        const answer = await send(
          route,
          { ...exampleOf(route), params: { ...exampleOf(route).params, id } },
          world.owner,
        )
        expect(answer.status).toBe(422)
        expect((await errorOf(answer)).issues[0]).toMatchObject({ field: 'id' })
      }
    },
  )
})

const namesOf = (answer: Response) => [...answer.headers.keys()].sort()

describe('bodies', () => {
  test.each(named(withRequiredJson))('%s: a body without a content type is a 415', async (_, route) => {
    const answer = await sendBody(route, new TextEncoder().encode('{}'), {})
    expect(await errorOf(answer)).toMatchObject({ statusCode: 415, code: 'UNSUPPORTED_TYPE' })
  })

  test.each(named(withJson))('%s: another content type is a 415', async (_, route) => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'multipart/form-data',
    ]) {
      const answer = await sendBody(route, '{}', { 'content-type': type })
      expect([answer.status, type]).toEqual([415, type])
    }
  })

  test.each(named(withJson))('%s: what is not JSON is a 400', async (_, route) => {
    for (const body of ['', '{', '{"a":1,}', "{'a':1}", 'NaN', '\u0000', '{}{}', '<xml/>']) {
      if (body === '' && !route.requestBody?.required) continue
      const answer = await sendBody(route, body, { 'content-type': 'application/json; charset=utf-8' })
      expect([(await errorOf(answer)).code, body]).toEqual(['INVALID_JSON', body])
      expect(answer.status).toBe(400)
    }
  })

  test.each(named(withJson))('%s: 1 MB is a 413, whether or not its length is told', async (_, route) => {
    const large = JSON.stringify({ a: 'x'.repeat(1024 * 1024) })
    const headers = { 'content-type': 'application/json' }
    const stream = () => new Blob([large]).stream()
    for (const body of [large, stream()])
      expect(await errorOf(await sendBody(route, body, headers))).toMatchObject({ statusCode: 413, code: 'TOO_LARGE' })
  })

  test.each(named(withJson))('%s: a body that is no object is a 422', async (_, route) => {
    for (const body of ['[]', 'null', '1', '"text"', '[{}]', 'true']) {
      const answer = await sendBody(route, body, { 'content-type': 'application/json' })
      expect([answer.status, body]).toEqual([422, body])
      expect((await errorOf(answer)).issues.length).toBeGreaterThan(0)
    }
  })

  test.each(named(withRequiredJson))('%s: an empty object names what is missing', async (_, route) => {
    const answer = await sendBody(route, '{}', { 'content-type': 'application/json' })
    const missing = requiredFields(route)
    if (missing.length === 0) return expect(answer.ok).toBe(true)
    expect(answer.status).toBe(422)
    const { issues } = await errorOf(answer)
    expect(issues.map(({ field }) => field)).toEqual(expect.arrayContaining(missing))
    for (const { rule } of issues) expect(rule.length).toBeGreaterThan(3)
  })
})

/** Fields that every shape of the body must have; of several shapes only the one that tells them apart. */
function requiredFields(route: Route): string[] {
  // Either of two fields each: the first of them is named.
  if (route.operationId === 'createExport') return ['imageIds', 'formats']
  // Words or looks: either alone is enough.
  if (route.operationId === 'generateAvatar') return ['words']
  const schema = resolve(route.requestBody!.content['application/json']!.schema)
  if (schema.oneOf) return [route.operationId === 'createQuote' ? 'app' : 'generationType']
  return schema.required ?? []
}

describe('answers', () => {
  test.each(named(routes))(
    '%s: every declared refusal has the shape of Error, and every status a meaning',
    (_, route) => {
      const refusals = Object.entries(route.responses).filter(([status]) => Number(status) >= 400)
      for (const [status, { description, content }] of refusals) {
        expect(content?.['application/json']?.schema.$ref, status).toBe('#/components/schemas/Error')
        expect(description).toMatch(/^[A-Z_]+( \/ [A-Z_]+)*$/)
      }
      const declared = Object.keys(route.responses)
      expect(declared.some((status) => Number(status) < 400)).toBe(true)
      if (route['x-access'] !== 'public') expect(declared).toContain('401')
      if (route['x-access'] === 'admin') expect(declared).toContain('403')
      if (route['x-owns']) expect(declared).toContain('404')
      if (withRequiredJson.includes(route))
        for (const status of ['400', '413', '415', '422']) expect(declared).toContain(status)
      if (route.parameters?.some((parameter) => parameter.in !== 'header')) expect(declared).toContain('422')
      if (route.parameters?.some((parameter) => parameter.in === 'header' && parameter.required))
        expect(declared).toContain('400')
      expect(route.summary, 'has a summary').toMatch(/\w/)
    },
  )

  test('errors speak the language that was asked for, Indonesian when none was', async () => {
    const messageIn = async (language: string) =>
      (await errorOf(await request('/credits', { headers: { 'accept-language': language } }))).message
    expect(await messageIn('en-GB,en;q=0.9')).toBe('Please sign in.')
    for (const language of ['id', '', 'fr', 'id;q=0.9,en;q=0.8', 'x'.repeat(5000)])
      expect(await messageIn(language)).toBe('Silakan masuk terlebih dahulu.')
  })

  test('a request id is taken over when it is one, else made, and comes back in header and body', async () => {
    for (const path of ['/credits', '/live', '/nothing-here']) {
      const given = await request(path, { headers: { 'x-request-id': 'client-request-0001' } })
      expect(given.headers.get('x-request-id')).toBe('client-request-0001')
      expect((await errorOf(given)).requestId).toBe('client-request-0001')
    }
    for (const bad of ['short', 'x'.repeat(65), 'white space in it', '<script>alert(1)</script>']) {
      const made = await request('/credits', { headers: { 'x-request-id': bad } })
      expect(made.headers.get('x-request-id')).toMatch(/^[0-9A-Z]{26}$/)
    }
  })

  test.each(named(routes))('%s: has a request id and the security headers', async (_, route) => {
    const { headers } = await send(route, exampleOf(route))
    expect(headers.get('x-request-id')).toMatch(/^[0-9A-Z]{26}$/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-site')
    expect(headers.get('strict-transport-security')).toContain('max-age=')
  })

  test('unknown paths are a 404 in JSON, whatever the method', async () => {
    for (const path of ['/nothing', '//', '//admin', '//api', '//api/v2/prices', '/apps/none', '//api/v1x/prices'])
      for (const method of ['GET', 'POST', 'DELETE', 'PATCH']) {
        const answer = await request(path, { method })
        if (path === '//' && method === 'GET') expect(answer.headers.get('content-type')).toContain('text/html')
        else expect(await errorOf(answer)).toMatchObject({ statusCode: 404, code: 'NOT_FOUND' })
      }
  })

  test('broken percent-encoding, dots and double slashes in a path are never a 5xx', async () => {
    for (const path of [
      '/%',
      '/%E0%A4%A',
      '/apps/pose-generator/library/%E0%A4%A',
      '/payments/%2e%2e%2f',
      '///payments//',
      '/%00',
    ])
      expect((await requestAs(world.owner, path)).status).toBeLessThan(500)
  })
})

describe('the unversioned paths of the first design', () => {
  test.each(named(routes.filter(({ method, path }) => method === 'GET' && path.startsWith('/api/v1/'))))(
    '%s answers the same without its version',
    async (_, route) => {
      const example = exampleOf(route)
      const old = `//api${pathOf(route, example)}`
      const [versioned, unversioned] = await Promise.all([
        send(route, example, callerOf(route)),
        requestAs(callerOf(route), old, { headers: { 'cf-connecting-ip': anyAddress() } }),
      ])
      expect(unversioned.status).toBe(versioned.status)
      expect(unversioned.headers.get('content-type')).toBe(versioned.headers.get('content-type'))
      if (versioned.status === 200) expect(await stable(unversioned)).toEqual(await stable(versioned))
    },
  )

  test('POST /api/apps/... too', async () => {
    const project = await expectJson<{ id: string }>(
      requestAs(world.owner, '//api/apps/pose-generator/projects', { json: { projectName: 'Lama' } }),
      201,
    )
    expect(project.id).toMatch(/^prj_/)
  })
})

/** An answer without what a second makes different: nothing but the running clock of signed URLs. */
const stable = async (answer: Response) => (await answer.text()).replaceAll(/exp=\d+&sig=[\w-]+/g, 'signed')

describe('cross-origin requests', () => {
  const OUR_PAGES = 'http://localhost:8787'
  const ask = (path: string, headers: Record<string, string>, method = 'GET') =>
    requestIn({ ALLOWED_ORIGINS: OUR_PAGES }, path, { method, headers })
  const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }

  const strangers = [
    ...['https://evil.example', 'null', 'http://localhost:8787.evil.example', 'http://evil-localhost:8787', '*', ''],
    ...['http://localhost:87870', 'https://localhost:8787', 'http://sub.localhost:8787', 'HTTP://LOCALHOST:8787'],
  ]
  test.each(strangers)('%j gets no CORS header', async (origin) => {
    for (const answer of [
      await ask('/prices', { origin }),
      await ask('/credits', { origin }),
      await ask('/payments', { origin, ...preflight }, 'OPTIONS'),
    ]) {
      expect(namesOf(answer).filter((name) => name.startsWith('access-control-'))).toEqual([])
      expect(answer.headers.get('vary')).toContain('Origin')
    }
  })

  test('our own pages are allowed by name', async () => {
    const answer = await ask('/prices', { origin: OUR_PAGES })
    expect(answer.headers.get('access-control-allow-origin')).toBe(OUR_PAGES)
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true')
    for (const header of ['ratelimit-remaining', 'retry-after', 'idempotent-replayed', 'x-request-id'])
      expect(answer.headers.get('access-control-expose-headers')).toContain(header)
    const allowed = await ask('/payments', { origin: OUR_PAGES, ...preflight }, 'OPTIONS')
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-headers')).toContain('idempotency-key')
  })
})
