import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { configOf } from '../../src/config'
import { providerObject } from '../../src/objects'
import type { ImageProvider } from '../../src/providers/contract'
import { imageProviders } from '../../src/providers/registry'
import { expectErrors } from '../setup'
import { expectJson, signUp } from '../support/app'
import type { Person } from '../support/people'
import { stateOf } from '../support/rows'
import {
  creditsOf,
  deliver,
  GENERATOR,
  generate,
  holdQueue,
  newKey,
  newProject,
  oneSmallPicture,
  requestIn,
  type Started,
} from '../support/shoots'
import { errorOf } from '../support/walk'

/** An installation with one real provider, which nobody here calls: a request of its own asks anew how it does. */
const vars = { IMAGE_PROVIDERS: 'wavespeed', WAVESPEED_KEY: 'key', PROVIDER_LIMITS: '' }
let provider: ImageProvider
let sari: Person
let projectId: string

const object = () => providerObject(env, provider)
const limits = () => provider.limits!

beforeEach(async () => {
  const settings = { ...env, ...vars } as unknown as Env
  provider = imageProviders(configOf(settings), settings)[0]!
  sari = await signUp()
  await holdQueue(sari)
  projectId = (await newProject(sari)).id
})
afterEach(() => object().reset())

/** One call of the provider that ended so. */
async function calledOnce(settlement: {
  outcome: 'ok' | 'AUTH' | 'NETWORK'
  vote: 'ok' | 'trip' | 'count'
  tookMs: number | null
}) {
  const leaseId = crypto.randomUUID()
  const ask = { leaseId, owner: 'test', weight: 1, leaseMs: 60_000, estimateMicroUsd: 0, limits: limits() }
  expect(await object().admit(ask)).toEqual({ go: true })
  await object().settle({ leaseId, ...settlement, costMicroUsd: 0, retryAfterMs: null, detail: '' })
}
const works = (tookMs: number) => calledOnce({ outcome: 'ok', vote: 'ok', tookMs })
const fails = () => calledOnce({ outcome: 'NETWORK', vote: 'count', tookMs: null })
/** Its key is refused: it will not be asked for a quarter of an hour. */
const breaks = () => calledOnce({ outcome: 'AUTH', vote: 'trip', tookMs: null })

const startIn = (settings: typeof vars, key = newKey(), fields: object = {}) =>
  requestIn(settings, `${GENERATOR}/generate`, {
    json: oneSmallPicture(projectId, fields),
    headers: { authorization: `Bearer ${sari.accessToken}`, 'idempotency-key': key },
  })

describe('when nobody can make pictures', () => {
  test('a shoot is a 503 that says when to come back, and nothing is held', async () => {
    await breaks()
    const before = await stateOf(sari.user.id)
    const answer = await startIn(vars)
    expect(await errorOf(answer)).toMatchObject({ statusCode: 503, code: 'UNAVAILABLE' })
    const retryAfter = Number(answer.headers.get('retry-after'))
    expect(retryAfter).toBeGreaterThan(14 * 60)
    expect(retryAfter).toBeLessThanOrEqual(15 * 60)
    expect(await stateOf(sari.user.id)).toEqual(before)
    expect(await creditsOf(sari)).toEqual({ available: 300, held: 0 })
  })

  test('an installation without any provider says so before it takes anything', async () => {
    const before = await stateOf(sari.user.id)
    const answer = await startIn({ ...vars, WAVESPEED_KEY: '' })
    expect(await errorOf(answer)).toMatchObject({ statusCode: 503, code: 'UNAVAILABLE' })
    expect(Number(answer.headers.get('retry-after'))).toBe(600)
    expect(await stateOf(sari.user.id)).toEqual(before)
    expect(expectErrors()).toMatchObject([[expect.stringContaining('provider_not_set_up')]])
  })

  test('a size that no provider makes is named, with what they make, and nothing is held', async () => {
    const before = await stateOf(sari.user.id)
    const vars = { IMAGE_PROVIDERS: 'huggingface', HF_TOKEN: 'key' }
    const answer = await requestIn(vars, `${GENERATOR}/generate`, {
      json: oneSmallPicture(projectId),
      headers: { authorization: `Bearer ${sari.accessToken}`, 'idempotency-key': newKey() },
    })
    expect(await errorOf(answer)).toMatchObject({
      statusCode: 422,
      issues: [{ field: 'width', rule: 'with height: sides of 512 to 2048 pixels' }],
    })
    expect(await stateOf(sari.user.id)).toEqual(before)
  })

  test('what was accepted before the outage is still answered under its key, and no second shoot starts', async () => {
    const key = newKey()
    const first = await expectJson<Started>(startIn(vars, key), 202)
    await breaks()
    const again = await startIn(vars, key)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    // What the outage lets in is not the limit that anybody has.
    expect(again.headers.get('ratelimit-limit')).toBeNull()
    expect((await expectJson<Started>(again, 202)).generation.id).toBe(first.generation.id)
    const other = await startIn(vars, key, { batchSize: 2 })
    expect(await errorOf(other)).toMatchObject({ statusCode: 422, code: 'IDEMPOTENCY_KEY_REUSED' })
    expect(await creditsOf(sari)).toEqual({ available: 270, held: 30 })
  })

  test('a key that was refused in the outage starts its shoot when it is over', async () => {
    await breaks()
    const key = newKey()
    expect((await startIn(vars, key)).status).toBe(503)
    await object().reset()
    const answer = await startIn(vars, key)
    expect(answer.status).toBe(202)
    expect(answer.headers.get('idempotent-replayed')).toBeNull()
  })

  test('who has not the credits is told that, outage or not', async () => {
    await breaks()
    const answer = await startIn(vars, newKey(), {
      batchSize: 10,
      selectedPoseIds: ['carry-box-chest', 'stand-neutral'],
    })
    expect(await errorOf(answer)).toMatchObject({ statusCode: 402, code: 'INSUFFICIENT_CREDITS' })
  })

  test('the embedded renderer is never down', async () => {
    await breaks()
    expect((await generate(sari, oneSmallPicture(projectId))).status).toBe(202)
  })
})

describe('estimates', () => {
  const shown = async (id: string) => {
    const headers = { authorization: `Bearer ${sari.accessToken}` }
    const answer = requestIn(vars, `${GENERATOR}/generations/${id}`, { headers })
    return (await expectJson<{ progress: object }>(answer, 200)).progress
  }

  test('come from what the provider was measured to take, for as many rounds as its slots need', async () => {
    for (const tookMs of [8_000, 8_000, 8_000, 20_000]) await works(tookMs)
    const { slots, p50Ms, p90Ms } = await object().status(limits())
    const pictures = 2 * slots.limit
    const started = await expectJson<Started & { estimate: { p50Seconds: number; p90Seconds: number } }>(
      startIn(vars, newKey(), { batchSize: pictures }),
      202,
    )
    const expected = { p50Seconds: (2 * p50Ms!) / 1_000, p90Seconds: (2 * p90Ms!) / 1_000 }
    expect(started.estimate).toEqual(expected)
    expect(expected.p90Seconds).toBeGreaterThan(expected.p50Seconds)
    expect(Date.parse(started.estimatedCompletionTime)).toBeGreaterThan(Date.now() + 1_000 * expected.p50Seconds)
    expect(await shown(started.generation.id)).toMatchObject({ estimate: expected, estimatedTimeRemaining: null })
  })

  test('are not made while everything is down: nobody can know', async () => {
    const { generation } = await expectJson<Started>(startIn(vars), 202)
    await breaks()
    expect(await shown(generation.id)).toMatchObject({ estimate: null })
  })

  test('are not made while the provider rests after failures, however quick it was before', async () => {
    await works(2_000)
    for (let failures = 0; failures < 5; failures++) await fails()
    expect(await object().status(limits())).toMatchObject({ circuit: 'open', p50Ms: expect.any(Number) })
    expect(await expectJson(startIn(vars), 202)).toMatchObject({ estimate: null })
  })

  test('follow the shoot’s own pace once three pictures are there', async () => {
    await works(600_000)
    const { generation } = await expectJson<Started>(startIn(vars, newKey(), { batchSize: 4 }), 202)
    await deliver(sari, generation.id, [0, 1, 2])
    const { estimate } = (await shown(generation.id)) as { estimate: { p50Seconds: number } }
    expect(estimate.p50Seconds).toBeLessThan(60)
  })
})

describe('deadlineSeconds', () => {
  test('is taken from a minute to twelve hours, and refused beyond', async () => {
    for (const deadlineSeconds of [60, 43_200])
      expect((await generate(sari, oneSmallPicture(projectId, { deadlineSeconds }))).status).toBe(202)
    for (const deadlineSeconds of [59, 43_201, 60.5, '60', null]) {
      const answer = await generate(sari, oneSmallPicture(projectId, { deadlineSeconds }))
      expect((await errorOf(answer)).issues).toMatchObject([{ field: 'deadlineSeconds' }])
    }
  })

  test('is part of the request: another deadline under the same key is another request', async () => {
    const key = newKey()
    const ask = (deadlineSeconds: number) => generate(sari, oneSmallPicture(projectId, { deadlineSeconds }), key)
    expect((await ask(60)).status).toBe(202)
    expect((await ask(60)).headers.get('idempotent-replayed')).toBe('true')
    expect(await errorOf(await ask(61))).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
  })

  test('does not touch a quote: its price holds for any deadline', async () => {
    const headers = { authorization: `Bearer ${sari.accessToken}` }
    const json = { app: 'pose-generator', params: oneSmallPicture(projectId) }
    const answer = requestIn({}, '/quotes', { json, headers })
    const quote = await expectJson<{ id: string }>(answer, 201)
    const fields = { quoteId: quote.id, deadlineSeconds: 3_600 }
    expect((await generate(sari, oneSmallPicture(projectId, fields))).status).toBe(202)
  })
})
