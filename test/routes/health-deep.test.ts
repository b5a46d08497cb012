import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test } from 'vitest'
import { makeCtx } from '../../src/ctx'
import { lookAround } from '../../src/health/look'
import { providerObject } from '../../src/objects'
import { expectErrors } from '../setup'
import { expectJson, request } from '../support/app'
import { requestIn } from '../support/shoots'
import { errorOf } from '../support/walk'

type Deep = {
  status: string
  parts: Record<'database' | 'storage' | 'jobs' | 'accounts' | 'pictures' | 'previews', string>
  banner: { en: string; id: string } | null
}

const FAL = { id: 'fal', model: 'fal-ai/flux-general' }
const KLEIN = { id: 'workers-ai', model: '@cf/black-forest-labs/flux-2-klein-4b' }
const TWO = {
  ...{ IMAGE_PROVIDERS: 'fal,workers-ai', FAL_KEY: 'key', CF_ACCOUNT_ID: 'account', CF_API_TOKEN: 'token' },
  WORKERS_AI_MODEL: KLEIN.model,
}
const limits = { slots: 2, perMinute: 60, dailyMicroUsd: 50_000_000 }

/** A provider refuses our key. */
async function breakDown(provider: { id: string; model: string }): Promise<void> {
  const object = providerObject(env, provider)
  const leaseId = crypto.randomUUID()
  await object.admit({ leaseId, owner: 'o', weight: 1, leaseMs: 60_000, estimateMicroUsd: 0, limits })
  const said = { outcome: 'AUTH' as const, vote: 'trip' as const, detail: 'HTTP 401' }
  await object.settle({ leaseId, ...said, tookMs: null, costMicroUsd: 0, retryAfterMs: null })
}

afterEach(async () => {
  for (const provider of [FAL, KLEIN]) await providerObject(env, provider).reset()
})

const deep = (vars: Record<string, unknown>) => expectJson<Deep>(requestIn(vars, '/health/deep'), 200)
const MACHINERY = /\b(d1|r2|durable|worker|queue|fal|flux|sqlite|cloudflare)\b/i

describe('GET /health/deep (showDeepHealth)', () => {
  test('all is well, and anybody may know', async () => {
    const answer = await request('/health/deep')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const parts = { database: 'ok', storage: 'ok', jobs: 'ok', accounts: 'ok', pictures: 'ok', previews: 'ok' }
    expect(await expectJson(answer, 200)).toEqual({ status: 'ok', parts, banner: null })
  })

  test('another provider stands in for the first: degraded, and sellers need not be told', async () => {
    await breakDown(FAL)
    expect(await deep(TWO)).toMatchObject({ status: 'degraded', parts: { pictures: 'degraded' }, banner: null })
  })

  test('the second is down: nobody notices', async () => {
    await breakDown(KLEIN)
    expect(await deep(TWO)).toMatchObject({ status: 'ok', parts: { pictures: 'ok' }, banner: null })
  })

  test('no provider works: sellers read in their language that pictures wait and nothing is charged', async () => {
    await breakDown(FAL)
    await breakDown(KLEIN)
    const { status, parts, banner } = await deep(TWO)
    expect([status, parts.pictures, parts.database]).toEqual(['degraded', 'down', 'ok'])
    expect(banner?.en).toMatch(/wait.*nothing is charged/)
    expect(banner?.id).toMatch(/menunggu.*tidak dikenai biaya/)
    expect(JSON.stringify({ status, parts, banner })).not.toMatch(MACHINERY)
  })

  test('only one that takes no avatar works: some pictures are made, and those who wait are told', async () => {
    await breakDown(FAL)
    const vars = { ...TWO, IMAGE_PROVIDERS: 'fal,wavespeed', WAVESPEED_KEY: 'key' }
    const answer = await deep(vars)
    expect(answer).toMatchObject({ status: 'degraded', parts: { pictures: 'degraded' } })
    expect(answer.banner).not.toBeNull()
  })

  test('money for the day is spent: down until tomorrow', async () => {
    const answer = await deep({ ...TWO, IMAGE_PROVIDERS: 'fal', PROVIDER_LIMITS: '{"fal":{"dailyUsd":0}}' })
    expect(answer).toMatchObject({ status: 'degraded', parts: { pictures: 'down' } })
  })

  test('no provider is set up: pictures are down, and the log says which key is missing', async () => {
    expect(await deep({ ...TWO, FAL_KEY: '', IMAGE_PROVIDERS: 'fal' })).toMatchObject({ parts: { pictures: 'down' } })
    expect(expectErrors().flat().join()).toContain('provider_not_set_up')
  })

  test('without storage: degraded, with a banner', async () => {
    const away = { head: () => Promise.reject(new Error('away')) }
    for (const [MEDIA, logged] of [[away, 'health_probe_failed'] as const, [undefined, 'part_missing'] as const]) {
      const answer = await deep({ MEDIA })
      expect(answer).toMatchObject({ status: 'degraded', parts: { storage: 'down', database: 'ok' } })
      expect(answer.banner).not.toBeNull()
      expect(expectErrors().flat().join()).toContain(logged)
    }
  })

  test('without database: 503, to be tried again soon, with the same parts', async () => {
    const answer = await requestIn({ DB: undefined }, '/health/deep')
    expect(answer.headers.get('retry-after')).toBe('5')
    const error = await errorOf(answer)
    expect(error).toMatchObject({ statusCode: 503, code: 'UNAVAILABLE' })
    expect(error.details).toMatchObject({ status: 'down', parts: { database: 'down', storage: 'ok' } })
    expect(JSON.stringify(error)).not.toMatch(MACHINERY)
    expectErrors()
  })

  test('however many ask, an isolate looks once in five seconds', async () => {
    let now = Date.now()
    const ctx = { ...makeCtx({ ...env, ...TWO } as Env, 'health-look', () => {}), now: () => now }
    const pictures = async () => (await lookAround(ctx)).parts.pictures
    expect(await pictures()).toBe('ok')
    await breakDown(FAL)
    now += 4_999
    expect(await pictures()).toBe('ok')
    now += 5_002
    // Who finds it old looks anew; who comes meanwhile gets the old one and does not look.
    expect(await Promise.all([pictures(), pictures(), pictures()])).toEqual(['degraded', 'ok', 'ok'])
    expect(await pictures()).toBe('degraded')
  })
})
