import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type SiteApi, type SiteAsk, siteCommands } from '../../scripts/admin/site.mjs'
import { expectJson, request, requestAs, signUp } from '../support/app'
import { ADMIN_APPS, type AdminApp, adminApp, changeApp, shipAgain } from '../support/apps'
import type { Person } from '../support/people'
import { buyFor, PRO } from '../support/plans'
import { makeAdmin } from '../support/rows'
import { ended, GENERATOR, newKey, newProject, oneSmallPicture, POSES, resultsOf, startShoot } from '../support/shoots'
import { errorOf } from '../support/walk'

let sari: Person
let admin: Person
beforeAll(async () => {
  sari = await signUp()
  admin = await makeAdmin(await signUp())
  await shipAgain()
})
afterEach(shipAgain)

const change = (json: object, id = 'pose-generator') =>
  requestAs(admin, `${ADMIN_APPS}/${id}`, { method: 'PATCH', json })
const audited = async () =>
  (
    await env.DB.prepare(
      "select actor_id, details from audit_log where subject = 'app:pose-generator' order by id",
    ).all<{
      actor_id: string
      details: string
    }>()
  ).results.map(({ actor_id, details }) => ({ actor: actor_id, ...JSON.parse(details) }))

describe('GET /admin/apps (listAppsAsAdmin)', () => {
  test('every app as it ships, in order, with nothing changed and nothing missing', async () => {
    const { items } = await expectJson<{ items: AdminApp[] }>(requestAs(admin, ADMIN_APPS), 200)
    expect(items.map(({ id }) => id).slice(3)).toEqual(['avatar-creator', 'pose-generator'])
    expect(items[4]).toEqual({
      ...{ id: 'pose-generator', version: 0, status: 'available', isRestricted: false, missing: [], changed: {} },
      ...{ updatedBy: null, updatedAt: null },
      settings: {
        ...{ enabled: true, beta: false, comingSoon: false, order: 5 },
        ...{ minTier: null, requiresSubscription: false, allowedRoles: null },
      },
    })
  })
})

describe('PATCH /admin/apps/{appId} (updateApp)', () => {
  test('a change is there at once, on record with what was before, and null takes it back', async () => {
    const before = await audited()
    const changed = await changeApp(admin, 'pose-generator', { minTier: 'pro', order: 2 })
    expect(changed).toMatchObject({
      ...{ version: 1, isRestricted: true, changed: { minTier: 'pro', order: 2 }, updatedBy: admin.user.id },
      updatedAt: expect.stringMatching(/^20.*Z$/),
    })
    expect(await changeApp(admin, 'pose-generator', { minTier: null })).toMatchObject({
      ...{ version: 2, isRestricted: false, changed: { order: 2 }, settings: { minTier: null, order: 2 } },
    })
    expect((await audited()).slice(before.length)).toEqual([
      { actor: admin.user.id, before: { position: null, minTier: null }, after: { position: 2, minTier: 'pro' } },
      { actor: admin.user.id, before: { minTier: 'pro' }, after: { minTier: null } },
    ])
  })

  test('what changes nothing is no new version and nothing on record', async () => {
    const before = await audited()
    expect(await changeApp(admin, 'pose-generator', { enabled: null })).toMatchObject({ version: 0, updatedBy: null })
    await changeApp(admin, 'pose-generator', { allowedRoles: ['user', 'admin'] })
    expect(await changeApp(admin, 'pose-generator', { allowedRoles: ['admin', 'user'] })).toMatchObject({ version: 1 })
    expect((await audited()).length).toBe(before.length + 1)
  })

  test('who changes an older version is told which there is, and changes nothing', async () => {
    await changeApp(admin, 'pose-generator', { beta: true })
    const error = await errorOf(await change({ version: 0, enabled: false }))
    expect(error).toMatchObject({ statusCode: 409, code: 'CONFLICT', details: { version: 1 } })
    expect(await errorOf(await change({ version: 7, enabled: false }, 'avatar-creator'))).toMatchObject({
      ...{ statusCode: 409, details: { version: 0 } },
    })
    expect(await adminApp(admin, 'pose-generator')).toMatchObject({ version: 1, changed: { beta: true } })
  })

  test('of ten who change the same version at once one does, and one is on record', async () => {
    const before = await audited()
    const answers = await Promise.all(Array.from({ length: 10 }, (_, order) => change({ version: 0, order })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(409)])
    expect((await audited()).length).toBe(before.length + 1)
    expect(await adminApp(admin, 'pose-generator')).toMatchObject({ version: 1 })
  })

  test.each([
    ['order', { order: -1 }],
    ['order', { order: 1_001 }],
    ['minTier', { minTier: 'gold' }],
    ['allowedRoles', { allowedRoles: [] }],
    ['allowedRoles.0', { allowedRoles: ['guest'] }],
    ['enabled', { enabled: 'no' }],
    ['name', { name: 'Other' }],
    ['version', { version: -1 }],
  ])('a wrong %s is named: %j', async (field, wrong) => {
    const error = await errorOf(await change({ version: 0, ...wrong }))
    expect(error.issues.map((issue) => issue.field)).toEqual([field])
  })

  test('an app that is not there is not found', async () => {
    expect((await change({ version: 0, beta: true }, 'image-mixer')).status).toBe(404)
  })
})

describe('npm run admin, for apps', () => {
  const api: SiteApi = {
    get: (path) => expectJson(requestAs(admin, path), 200),
    post: (path, json) => expectJson(requestAs(admin, path, { method: 'POST', json }), 200),
    patch: (path, json) => expectJson(requestAs(admin, path, { method: 'PATCH', json }), 200),
  }
  const run = async (name: string, asked: SiteAsk = {}) => (await siteCommands[name]!(api, asked)).lines
  const set = (change: Record<string, unknown>) => run('set-app', { id: 'pose-generator', change })

  test('lists the apps, changes one and takes it back', async () => {
    expect((await run('apps'))[4]).toEqual(['pose-generator', 'available', 'order 5'])
    expect(await set({ enabled: false })).toEqual([['pose-generator', 'unavailable', 'order 5', 'enabled=false']])
    await set({ allowedRoles: ['admin'] })
    await set({ enabled: null })
    expect(await set({ order: 0 })).toEqual([
      ['pose-generator', 'available', 'order 0', 'order=0', 'allowedRoles=admin'],
    ])
  })
})

/** What a seller does with the app; each makes or changes something. */
const uses = (person: Person) => ({
  generate: async () =>
    requestAs(person, `${GENERATOR}/generate`, {
      ...{ json: oneSmallPicture(`prj_${'0'.repeat(26)}`), headers: { 'idempotency-key': newKey() } },
    }),
  favorite: () => requestAs(person, `${GENERATOR}/library/${POSES[0]}/favorite`, { method: 'POST' }),
  project: () => requestAs(person, `${GENERATOR}/projects`, { json: { projectName: 'Teh' } }),
  'project by its old address': () =>
    requestAs(person, '//api/apps/pose-generator/projects', { json: { projectName: 'Teh' } }),
})
const statuses = async (person: Person) => {
  const found: [string, number][] = []
  for (const [name, use] of Object.entries(uses(person))) found.push([name, (await use()).status])
  return Object.fromEntries(found)
}
const all = (status: number) => Object.fromEntries(Object.keys(uses(sari)).map((name) => [name, status]))

describe('the gate before an app', () => {
  test('switched off: nothing is started or changed by any address, and the caller is told to come again', async () => {
    await changeApp(admin, 'pose-generator', { enabled: false })
    expect(await statuses(sari)).toEqual(all(503))
    const answer = await uses(sari).project()
    expect(answer.headers.get('retry-after')).toBe('300')
    expect(await errorOf(answer)).toMatchObject({
      ...{ code: 'UNAVAILABLE', details: { reason: expect.stringContaining('switched off') } },
    })
    const cards = await expectJson<{ items: { id: string; status: string }[] }>(request('/apps'), 200)
    expect(cards.items[4]).toMatchObject({ id: 'pose-generator', status: 'unavailable' })
  })

  test('switched off: a shoot that runs goes on to its end, its pictures can be seen and fetched, the library too', async () => {
    const { generation } = await startShoot(sari)
    await changeApp(admin, 'pose-generator', { enabled: false })
    expect(await ended(sari, generation.id)).toMatchObject({ status: 'completed', posesCompleted: 1 })
    const [picture] = (await resultsOf(sari, generation.id)).items
    expect((await request(`/${picture!.outputImageUrl!.replace(/^\/api\/v1\//, '')}`)).status).toBe(200)
    expect((await request(`${GENERATOR}/library`)).status).toBe(200)
  })

  test('switched off: what was begun can be cancelled, and what is one’s own deleted', async () => {
    const { generation } = await startShoot(sari)
    await ended(sari, generation.id)
    const { id } = await newProject(sari)
    await changeApp(admin, 'pose-generator', { enabled: false })
    const cancelled = await requestAs(sari, `${GENERATOR}/generations/${generation.id}/cancellation`, {
      method: 'POST',
    })
    expect(cancelled.status).not.toBe(503)
    expect((await requestAs(sari, `${GENERATOR}/projects/${id}`, { method: 'DELETE' })).status).toBe(204)
  })

  test('switched off, or for a plan: a face can still be reported by somebody without an account', async () => {
    const report = () =>
      request('/apps/avatar-creator/reports', {
        method: 'POST',
        headers: { 'cf-connecting-ip': '203.0.113.77' },
        json: {
          ...{ subject: 'avt_01JD0000000000000000000000', reason: 'no_consent' },
          ...{ details: 'Itu wajah saya, saya tidak pernah setuju', contact: `${newKey()}@example.com` },
        },
      })
    await changeApp(admin, 'avatar-creator', { enabled: false })
    expect((await report()).status).toBe(202)
    await changeApp(admin, 'avatar-creator', { enabled: null, minTier: 'pro' })
    expect((await report()).status).toBe(202)
  })

  test('for a plan: 403 with the plan until it is bought, the payment counting at once', async () => {
    await changeApp(admin, 'pose-generator', { requiresSubscription: true })
    const person = await signUp()
    expect(await statuses(person)).toEqual(all(403))
    expect(await errorOf(await uses(person).project())).toMatchObject({
      ...{ code: 'FORBIDDEN', details: { reason: 'plan', minTier: null, requiresSubscription: true } },
    })
    await buyFor(person.user.id, PRO)
    expect((await uses(person).project()).status).toBe(201)
  })

  test('for a higher plan: 403 that names it', async () => {
    await changeApp(admin, 'pose-generator', { minTier: 'enterprise' })
    expect(await statuses(sari)).toEqual(all(403))
    expect((await errorOf(await uses(sari).project())).details).toMatchObject({ reason: 'plan', minTier: 'enterprise' })
  })

  test('for another role: 403; for this one it is open', async () => {
    await changeApp(admin, 'pose-generator', { allowedRoles: ['admin'] })
    expect(await statuses(sari)).toEqual(all(403))
    expect((await uses(admin).project()).status).toBe(201)
  })

  test('who has not signed in is told to, whatever the app asks for', async () => {
    await changeApp(admin, 'pose-generator', { minTier: 'pro' })
    const answer = await request(`${GENERATOR}/projects`, { json: { projectName: 'Teh' } })
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
  })

  test('only announced: nothing of it is there, as with the three that are announced from the start', async () => {
    await changeApp(admin, 'pose-generator', { comingSoon: true })
    expect(await statuses(sari)).toEqual(all(404))
    expect((await request(`${GENERATOR}/library`)).status).toBe(404)
    expect((await request('/apps/video-mixer/projects')).status).toBe(404)
  })

  test('an app is gated alone: the other goes on', async () => {
    await changeApp(admin, 'avatar-creator', { enabled: false })
    expect((await uses(sari).project()).status).toBe(201)
  })
})
