import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { users } from '../../src/db/tables/users'
import { providerObject } from '../../src/objects'
import { expectErrors } from '../setup'
import { expectJson, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { db, makeAdmin } from '../support/rows'
import { type Page, requestIn } from '../support/shoots'
import { errorOf } from '../support/walk'

type Provider = {
  id: string
  isSetUp: boolean
  model: string | null
  capabilities: { control: string } | null
  status: { circuit: string; openUntil: string | null; lastErrors: { code: string; detail: string }[] } | null
}

const MODEL = 'fal-ai/flux-general'
const VARS = { IMAGE_PROVIDERS: 'fal', FAL_KEY: 'a-key-for-tests' }
const limits = { slots: 2, perMinute: 60, dailyMicroUsd: 50_000_000 }
const fal = () => providerObject(env, { id: 'fal', model: MODEL })

let admin: Person
beforeAll(async () => {
  admin = await makeAdmin(await signUp())
})
afterEach(() => fal().reset())

const asked = (path: string, method = 'GET', vars: Record<string, unknown> = VARS, person = admin) =>
  requestIn(vars, path, { method, headers: { authorization: `Bearer ${person.accessToken}` } })
const list = (vars: Record<string, unknown> = VARS) =>
  expectJson<{ items: Provider[] }>(asked('/admin/providers', 'GET', vars), 200)

/** The provider says that the account has no money. */
async function refuseForMoney(): Promise<void> {
  const leaseId = crypto.randomUUID()
  await fal().admit({ leaseId, owner: 'o', weight: 1, leaseMs: 60_000, estimateMicroUsd: 0, limits })
  const said = { outcome: 'QUOTA' as const, vote: 'trip' as const, detail: 'balance is 0' }
  await fal().settle({ leaseId, ...said, tookMs: null, costMicroUsd: 0, retryAfterMs: null })
}

describe('GET /admin/providers (listProviders)', () => {
  test('the drawing that stands alone has nothing to guard', async () => {
    const { items } = await expectJson<{ items: Provider[] }>(requestAs(admin, '/admin/providers'), 200)
    expect(items).toMatchObject([{ id: 'embedded', isSetUp: true, isSimulated: true, status: null }])
  })

  test('every configured provider in its order, with what it can do, what it is missing and how it does', async () => {
    await refuseForMoney()
    const { items } = await list({ ...VARS, IMAGE_PROVIDERS: 'wavespeed,fal' })
    expect(items[0]).toEqual({
      ...{ id: 'wavespeed', isSetUp: false, model: null, isSimulated: null, capabilities: null, status: null },
    })
    expect(items[1]).toMatchObject({
      ...{ id: 'fal', isSetUp: true, model: MODEL, isSimulated: false, capabilities: { control: 'controlnet' } },
      status: {
        ...{ circuit: 'open', downSince: expect.stringMatching(/^20.*Z$/), slots: { max: 2, inUse: 0, waiting: 0 } },
        lastErrors: [{ code: 'QUOTA', detail: 'balance is 0' }, ...items[1]!.status!.lastErrors.slice(1)],
      },
    })
    expect(Date.parse(items[1]!.status!.openUntil!)).toBeGreaterThan(Date.now())
    expect(expectErrors().flat().join()).toContain('provider_not_set_up')
  })

  test('keys are nowhere in it', async () => {
    const text = await (await asked('/admin/providers')).text()
    expect(text).not.toContain('a-key-for-tests')
  })
})

describe('POST /admin/providers/{id}/reset (resetProvider)', () => {
  test('lets pictures through at once, and is on record with what it was before', async () => {
    await refuseForMoney()
    const { provider } = await expectJson<{ provider: Provider }>(asked('/admin/providers/fal/reset', 'POST'), 200)
    expect(provider.status).toMatchObject({ circuit: 'closed', openUntil: null, downSince: null })
    expect((await list()).items[0]?.status?.circuit).toBe('closed')
    const audit = await expectJson<Page<{ actorId: string; action: string; details: object }>>(
      requestAs(admin, `/admin/audit?subject=provider:fal`),
      200,
    )
    expect(audit.items[0]).toMatchObject({
      ...{ actorId: admin.user.id, action: 'provider.reset', details: { model: MODEL, circuit: 'open' } },
    })
  })

  test.each([
    ['not configured', 'wavespeed', 404],
    ['no provider at all', 'dall-e', 422],
  ])('one that is %s: %s is a %i', async (_, id, statusCode) => {
    expect(await errorOf(await asked(`/admin/providers/${id}/reset`, 'POST'))).toMatchObject({ statusCode })
  })

  test('one without its key, and the drawing that has nothing to guard, are not found', async () => {
    const without = await asked('/admin/providers/fal/reset', 'POST', { ...VARS, FAL_KEY: '' })
    expect(await errorOf(without)).toMatchObject({ statusCode: 404 })
    expect(expectErrors().flat().join()).toContain('provider_not_set_up')
    const drawing = await requestAs(admin, '/admin/providers/embedded/reset', { method: 'POST' })
    expect(await errorOf(drawing)).toMatchObject({ statusCode: 404 })
  })

  test('a member closes nothing, nor does an admin who was made a member again', async () => {
    const sari = await signUp()
    await refuseForMoney()
    const former = await makeAdmin(await signUp())
    await db.update(users).set({ role: 'user' }).where(eq(users.id, former.user.id))
    for (const person of [sari, former]) {
      const answer = await asked('/admin/providers/fal/reset', 'POST', VARS, person)
      expect(await errorOf(answer)).toMatchObject({ statusCode: 403 })
    }
    expect((await list()).items[0]?.status?.circuit).toBe('open')
  })
})
