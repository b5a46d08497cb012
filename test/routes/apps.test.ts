import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeCtx } from '../../src/ctx'
import { forgetSettings, recentSettings } from '../../src/platform/app-settings'
import { expectJson, request, requestAs, signUp } from '../support/app'
import { type AppCard, changeApp, shipAgain } from '../support/apps'
import type { Person } from '../support/people'
import { buyFor, PRO } from '../support/plans'
import { makeAdmin } from '../support/rows'
import { requestIn } from '../support/shoots'
import { errorOf } from '../support/walk'

let sari: Person
let admin: Person
beforeAll(async () => {
  sari = await signUp()
  admin = await makeAdmin(await signUp())
  await shipAgain()
})
afterEach(shipAgain)

type List = { items: AppCard[] }
const listFor = (person?: Person) =>
  expectJson<List>(person ? requestAs(person, '/apps') : request('/apps'), 200).then(({ items }) => items)
const cardFor = (id: string, person?: Person) =>
  expectJson<AppCard>(person ? requestAs(person, `/apps/${id}`) : request(`/apps/${id}`), 200)

describe('GET /apps (listApps)', () => {
  test('the platform’s apps in their order, with what each costs', async () => {
    const items = await listFor(sari)
    expect(items.map(({ id, status }) => [id, status])).toEqual([
      ['video-mixer', 'coming_soon'],
      ['carousel-mix', 'coming_soon'],
      ['looping-flow', 'coming_soon'],
      ['avatar-creator', 'available'],
      ['pose-generator', 'available'],
    ])
    expect(items[3]).toMatchObject({ prices: { upload: 2, generate: 10, preset: 8, reference: 12 } })
    expect(items[4]).toEqual({
      ...{ id: 'pose-generator', name: 'Pose Generator', description: expect.stringContaining('poses') },
      ...{ icon: 'user-square', color: 'indigo', version: '1.0.0', routePrefix: '/api/v1/apps/pose-generator' },
      ...{ status: 'available', beta: false, prices: { pose: 30, background: 10 } },
      access: { allowed: true, reason: null, minTier: null, requiresSubscription: false },
      links: { stats: '/api/v1/apps/pose-generator/stats', health: '/api/v1/apps/pose-generator/health' },
    })
    expect(items[0]).toMatchObject({ prices: {}, links: { stats: null, health: null } })
  })

  test('a stranger sees the same apps and is told to sign in', async () => {
    const answer = await request('/apps')
    expect(answer.headers.get('cache-control')).toBe('public, max-age=15')
    expect(answer.headers.get('vary')).toMatch(/Accept-Language.*Authorization/)
    const { items } = await expectJson<List>(answer, 200)
    expect(new Set(items.map(({ access }) => access.reason))).toEqual(new Set(['sign_in']))
  })

  test('what a member sees is kept by no shared cache', async () => {
    expect((await requestAs(sari, '/apps')).headers.get('cache-control')).toBe('private, no-cache')
  })

  test('names are in the caller’s language', async () => {
    const answer = await request('/apps', { headers: { 'accept-language': 'id' } })
    expect(answer.headers.get('content-language')).toBe('id')
    expect((await expectJson<List>(answer, 200)).items[4]?.name).toBe('Pembuat Pose')
  })

  test('an app for admins alone is in the list of admins alone, and its address says why', async () => {
    await changeApp(admin, 'avatar-creator', { allowedRoles: ['admin'] })
    const ids = async (person?: Person) => (await listFor(person)).map(({ id }) => id)
    expect([await ids(), await ids(sari)].flat()).not.toContain('avatar-creator')
    expect(await ids(admin)).toContain('avatar-creator')
    expect((await cardFor('avatar-creator', sari)).access).toMatchObject({ allowed: false, reason: 'role' })
  })

  test('the order, a beta and an announcement are an admin’s to make', async () => {
    await changeApp(admin, 'pose-generator', { order: 0, beta: true })
    await changeApp(admin, 'avatar-creator', { comingSoon: true })
    const items = await listFor(sari)
    expect(items[0]).toMatchObject({ id: 'pose-generator', beta: true })
    expect(items.find(({ id }) => id === 'avatar-creator')?.status).toBe('coming_soon')
  })

  test('a plan that was paid since the token was made counts', async () => {
    await changeApp(admin, 'avatar-creator', { requiresSubscription: true })
    const person = await signUp()
    expect((await cardFor('avatar-creator', person)).access).toMatchObject({ allowed: false, reason: 'plan' })
    await buyFor(person.user.id, PRO)
    expect((await cardFor('avatar-creator', person)).access).toMatchObject({ allowed: true, reason: null })
  })

  test('while the database is away the apps are shown, without prices', async () => {
    const broken = { prepare: () => ({ bind: () => ({ raw: () => Promise.reject(new Error('away')) }) }) }
    const { items } = await expectJson<List>(requestIn({ DB: broken }, '/apps'), 200)
    expect(items.map(({ prices }) => prices)).toEqual([null, null, null, null, null])
  })
})

describe('GET /apps/{appId} (showApp)', () => {
  test('is what the list has of it', async () => {
    expect(await cardFor('pose-generator', sari)).toEqual((await listFor(sari))[4])
  })

  test('what is no app is not found, what cannot be one is a 422', async () => {
    expect(await errorOf(await request('/apps/image-mixer'))).toMatchObject({ statusCode: 404, code: 'NOT_FOUND' })
    expect(await errorOf(await request('/apps/Pose'))).toMatchObject({ issues: [{ field: 'appId' }] })
  })

  test('the unversioned address is the same', async () => {
    const [now, before] = [await cardFor('pose-generator'), await expectJson(request('//api/apps/pose-generator'), 200)]
    expect(before).toEqual(now)
  })
})

describe('GET /apps/{appId}/health (showAppHealth)', () => {
  type Health = { status: string; parts: Record<string, string> }
  const health = (vars = {}, id = 'pose-generator') => requestIn(vars, `/apps/${id}/health`)

  test('the parts that the app rests on, and no others', async () => {
    const [of, its] = await Promise.all([health(), health({}, 'avatar-creator')])
    expect(of.headers.get('cache-control')).toBe('no-store')
    const parts = { database: 'ok', storage: 'ok', jobs: 'ok', accounts: 'ok', pictures: 'ok' }
    expect(await expectJson(of, 200)).toEqual({ status: 'ok', parts: { ...parts, previews: 'ok' } })
    expect(await expectJson(its, 200)).toEqual({ status: 'ok', parts })
  })

  test('pictures that nobody can make now leave it degraded', async () => {
    const vars = { IMAGE_PROVIDERS: 'fal', FAL_KEY: 'key', PROVIDER_LIMITS: '{"fal":{"dailyUsd":0}}' }
    expect(await expectJson<Health>(health(vars), 200)).toMatchObject({
      ...{ status: 'degraded', parts: { pictures: 'down', database: 'ok' } },
    })
  })

  test('an app that is announced is neither well nor unwell: 404', async () => {
    expect(await errorOf(await health({}, 'video-mixer'))).toMatchObject({ statusCode: 404 })
    await changeApp(admin, 'pose-generator', { comingSoon: true })
    expect(await errorOf(await request('/apps/pose-generator/health'))).toMatchObject({ statusCode: 404 })
  })
})

describe('the settings that an isolate keeps', () => {
  const failing = { prepare: () => ({ bind: () => ({ raw: () => Promise.reject(new Error('away')) }) }) }
  let now = 0
  let reads = 0
  const waiting: Promise<unknown>[] = []
  const ctxOf = (db: unknown) => ({
    ...makeCtx({ ...env, DB: db } as Env, 'settings', (work) => waiting.push(work)),
    now: () => now,
  })
  const counted = {
    prepare: (sql: string) => {
      reads++
      return env.DB.prepare(sql)
    },
  }
  const orderBy = async (db: unknown) => (await recentSettings(ctxOf(db))).get('pose-generator')?.position ?? null
  const setOrder = (order: number) =>
    env.DB.prepare(
      `insert into app_settings (app_id, position, version, updated_by, updated_at) values ('pose-generator', ?, 1, 'usr_1', 1)
       on conflict do update set position = excluded.position`,
    )
      .bind(order)
      .run()

  test('are read once in 15 seconds, then while the last ones are used, and waited for after a minute', async () => {
    await setOrder(7)
    forgetSettings()
    expect([await orderBy(counted), await orderBy(counted), reads]).toEqual([7, 7, 1])
    await setOrder(8)
    now += 14_999
    expect([await orderBy(counted), reads]).toEqual([7, 1])
    now += 1
    expect([await orderBy(counted), reads]).toEqual([7, 2])
    await Promise.all(waiting)
    expect([await orderBy(counted), reads]).toEqual([8, 2])
    await setOrder(9)
    now += 60_000
    expect([await orderBy(counted), reads]).toEqual([9, 3])
  })

  test('hold while the database is away; before anything was read, every app is as it ships', async () => {
    forgetSettings()
    expect(await orderBy(failing)).toBeNull()
    await setOrder(7)
    now += 60_000
    expect(await orderBy(counted)).toBe(7)
    now += 60_000
    expect(await orderBy(failing)).toBe(7)
  })
})
