import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BINDINGS } from '../../src/bindings'
import { SETTINGS } from '../../src/config'
import { expectErrors } from '../setup'
import { WITHOUT } from '../support/absent-parts'
import { expectJson, requestAs, signUp } from '../support/app'
import { type AppCard, shipAgain } from '../support/apps'
import { anyAddress, type Person } from '../support/people'
import { type Credits, GENERATOR, newKey, newProject, oneSmallPicture, POSES, requestIn } from '../support/shoots'
import { png } from '../support/uploads'
import { errorOf } from '../support/walk'

const MACHINERY = /\b(d1|r2|durable|worker|queue|bucket|binding|secret|fal|sqlite|cloudflare)\b/i
let sari: Person
let projectId: string
/** Somebody new, whose credits nothing has touched yet. */
async function anew(): Promise<void> {
  sari = await signUp()
  projectId = (await newProject(sari)).id
}
beforeAll(shipAgain)
beforeEach(anew)

type Vars = Record<string, unknown>
const signed = () => ({ authorization: `Bearer ${sari.accessToken}`, 'cf-connecting-ip': anyAddress() })
const ask = (vars: Vars, path: string, sent: Parameters<typeof requestIn>[2] = {}) =>
  requestIn(vars, path, { ...sent, headers: { ...signed(), ...sent.headers } })
const generate = (vars: Vars) =>
  ask(vars, `${GENERATOR}/generate`, { json: oneSmallPicture(projectId), headers: { 'idempotency-key': newKey() } })

/** The sample routes, as a browser calls them. */
const SAMPLES: Record<string, (vars: Vars) => Promise<Response>> = {
  health: (vars) => requestIn(vars, '/health'),
  list: (vars) => ask(vars, '/apps'),
  library: (vars) => requestIn(vars, `${GENERATOR}/library`),
  login: (vars) => ask(vars, '/auth/login', { json: { email: sari.email, password: sari.password } }),
  upload: (vars) => ask(vars, '/uploads', { body: png, headers: { 'content-type': 'image/png' } }),
  generate,
}
const statusesOf = async (answers: Record<string, Response>) =>
  Object.fromEntries(Object.entries(answers).map(([name, { status }]) => [name, status]))

async function look(vars: Vars) {
  const answers: Record<string, Response> = {}
  for (const [name, sample] of Object.entries(SAMPLES)) answers[name] = await sample(vars)
  const { items } = await expectJson<{ items: AppCard[] }>(answers.list!.clone(), 200)
  const apps = new Set(items.filter(({ status }) => status !== 'coming_soon').map(({ status }) => status))
  return { answers, found: { apps: [...apps].join(), ...(await statusesOf(answers)) } }
}

const credits = () => expectJson<Credits>(requestAs(sari, '/credits'), 200)
const UNTOUCHED = { available: 300, held: 0 }
const logged = () =>
  expectErrors()
    .flat()
    .map((line) => JSON.parse(String(line)) as Record<string, string>)

describe('with one part absent', () => {
  test.each(Object.entries(WITHOUT))(
    'without %s the rest works, what needs it says 503 and nothing of us, and nothing is held',
    async (name, expected) => {
      const { answers, found } = await look({ [name]: undefined })
      expect(found).toEqual(expected)
      for (const answer of Object.values(answers).filter(({ status }) => status >= 400)) {
        const error = await errorOf(answer)
        expect(error).toMatchObject({ statusCode: 503, code: 'UNAVAILABLE' })
        expect(JSON.stringify(error)).not.toMatch(MACHINERY)
        expect(JSON.stringify(error)).not.toContain(name)
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      }
      if (expected.generate === 503) expect(await credits()).toMatchObject(UNTOUCHED)
      const missing = logged().filter(({ event }) => event === 'part_missing')
      expect(new Set(missing.map((line) => line.missing))).toEqual(new Set([name]))
    },
  )

  test.each(Object.entries(WITHOUT))(
    'without %s the deep health is told, and each app’s own',
    async (name, { apps }) => {
      for (const path of ['/health/deep', '/apps/pose-generator/health']) {
        const answer = await requestIn({ [name]: undefined }, path)
        expect(answer.status).toBe(name === 'DB' ? 503 : 200)
        const body = await answer.json<{ error?: { details: { status: string } }; status: string }>()
        const status = body.error?.details.status ?? body.status
        expect([path, status === 'ok']).toEqual([path, apps === 'available' && name !== 'ASSETS'])
      }
      logged()
    },
  )

  test('one environment logs a part once, however many ask', async () => {
    const vars = { MEDIA: undefined }
    const { createApp } = await import('../../src/app')
    const { env } = await import('cloudflare:workers')
    const same = { ...env, ...vars } as unknown as Env
    const app = createApp()
    for (let n = 0; n < 3; n++) {
      const context = {
        waitUntil: () => {},
        passThroughOnException: () => {},
        props: {},
      } as unknown as ExecutionContext
      expect((await app.fetch(new Request('http://localhost/health'), same, context)).status).toBe(200)
    }
    expect(logged()).toMatchObject([{ event: 'part_missing', missing: 'MEDIA' }])
  })

  test('without what guards the providers, pictures that cost money are not begun', async () => {
    const { found } = await look({ PROVIDER: undefined, IMAGE_PROVIDERS: 'fal', FAL_KEY: 'key' })
    expect(found).toMatchObject({ apps: 'unavailable', library: 200, login: 200, generate: 503 })
    logged()
  })

  test('without the shipped previews one of them is not there, and the pose is', async () => {
    expect((await requestIn({ ASSETS: undefined }, `${GENERATOR}/library/${POSES[0]}`)).status).toBe(200)
    expect((await requestIn({ ASSETS: undefined }, `${GENERATOR}/library/${POSES[0]}/preview`)).status).toBe(503)
    logged()
  })
})

describe('with one setting absent or wrong', () => {
  const OPTIONAL = SETTINGS.filter((name) => !(name in WITHOUT) && name !== 'ENVIRONMENT')

  test('without any of the others, one at a time, everything works and nothing is logged', async () => {
    expect(OPTIONAL.length).toBeGreaterThan(40)
    for (const name of OPTIONAL) {
      const { items } = await expectJson<{ items: AppCard[] }>(ask({ [name]: undefined }, '/apps'), 200)
      expect([name, items[4]?.status]).toEqual([name, 'available'])
    }
  })

  test('an environment that nobody can tell takes no money, not even pretended', async () => {
    for (const ENVIRONMENT of [undefined, 'prod']) {
      const { found } = await look({ ENVIRONMENT })
      expect(found).toMatchObject({ apps: 'available', health: 200, generate: 202 })
      const json = { productId: 'credits-1500', gateway: 'simulated' }
      const order = await ask({ ENVIRONMENT }, '/payments', { json, headers: { 'idempotency-key': newKey() } })
      expect(order.status).toBe(503)
      expect(await expectJson(requestIn({ ENVIRONMENT }, '/health'), 200)).toEqual({
        ...{ status: 'ok', environment: 'unknown' },
      })
    }
    logged()
  })

  test.each([
    { ENVIRONMENT: 'production', EMBEDDED_FAIL_RATE: '0.5' },
    { ENVIRONMENT: undefined, EMBEDDED_FIXED: '1' },
    { IMAGE_PROVIDERS: 'dall-e' },
    { PROVIDER_LIMITS: '{"fal":{"dailyUsd":-1}}' },
    { NSFW_MODE: 'on' },
    { NSFW_THRESHOLD: '2' },
  ])('%j: no picture is begun and nothing is held', async (vars) => {
    const { found } = await look(vars)
    expect(found).toMatchObject({ apps: 'unavailable', library: 200, login: 200, upload: 201, generate: 503 })
    expect(await credits()).toMatchObject(UNTOUCHED)
    logged()
  })
})

test('the parts of this table are the Worker’s bindings', () => {
  expect(Object.keys(WITHOUT)).toEqual(expect.arrayContaining([...BINDINGS]))
})
