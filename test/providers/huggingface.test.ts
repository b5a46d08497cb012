import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/kernel/hash'
import type { GenSpec, ImageProvider } from '../../src/providers/contract'
import type { ProviderErrorCode } from '../../src/providers/errors'
import { flux2Prompt } from '../../src/providers/flux2-prompt'
import { huggingFaceProvider } from '../../src/providers/huggingface'
import {
  avatar,
  begun as begunBy,
  configWith,
  controlOf,
  controlPixelsSha256,
  decoded,
  errorOf,
  pictureBy,
  providerCall,
  referencesSha256,
  saidIn,
  specOf,
} from '../support/providers'
import { shrunk } from './shrunk'

const { HF_ROUTER_URL, HF_TOKEN } = configWith()
const { TEST_CANARY_URL } = env
const there = controlOf(HF_ROUTER_URL)
const canary = controlOf(TEST_CANARY_URL)
beforeEach(async () => {
  await there.reset()
  await canary.reset()
})

const setUp = (vars: Record<string, string> = {}) => huggingFaceProvider(configWith(vars), env) as ImageProvider
const provider = () => setUp()

const begun = async (spec?: GenSpec): Promise<string> => begunBy(provider(), spec ?? (await specOf()))

test('the picture shows the prompt, seed, size, pose and avatar that were asked for, at 1024 px for the inputs', async () => {
  const spec = await specOf({ width: 1_280, height: 640, reference: avatar(1_200, 600) })
  const image = await pictureBy(provider(), spec)
  expect(await saidIn(image)).toEqual({
    isFake: true,
    promptSha256: await sha256Hex(flux2Prompt(spec)),
    seed: spec.seed,
    width: 1_280,
    height: 640,
    controlSha256: await controlPixelsSha256(spec, 1_024),
    referencesSha256: await referencesSha256(shrunk(spec.reference!, 1_024, 512)),
  })
  const [job] = (await there.stats()).jobs
  expect(image).toMatchObject({
    ...{ mime: 'image/png', providerId: 'huggingface', degraded: ['control-as-reference'], upstreamId: job!.id },
    nsfw: { flagged: false, score: null },
    settings: { prompt: flux2Prompt(spec), negativePrompt: null, seed: spec.seed, steps: 4, guidance: null },
  })
  expect(image).not.toHaveProperty('path')
})

test('a picture at work is asked for again, and a handle outlives the isolate that made it', async () => {
  await there.latency(60_000)
  const handle = await begun()
  const step = await provider().poll!(JSON.parse(JSON.stringify(handle)) as string, providerCall())
  expect(step).toEqual({ kind: 'pending', handle, pollAfterMs: 2_000 })
})

test('a handle holds no secret, and is small even for the longest prompt in any script', async () => {
  const handle = await begun(await specOf({ prompt: '服'.repeat(1_900), reference: avatar(64, 64) }))
  expect(new TextEncoder().encode(handle).length).toBeLessThan(8_192)
  expect(handle).not.toContain(HF_TOKEN)
  expect(handle).not.toContain('base64')
})

test('the token goes to the router and to nobody who hands out files', async () => {
  await pictureBy(provider(), await specOf())
  expect(await there.stats()).toMatchObject({ downloads: 1, downloadsWithKey: 0, delivered: 1 })
})

test('a picture within the answer needs no download', async () => {
  await there.breakNext('inline')
  const spec = await specOf()
  expect(await saidIn(await pictureBy(provider(), spec))).toMatchObject({ seed: spec.seed })
  expect((await there.stats()).downloads).toBe(0)
})

test('a flagged picture says so', async () => {
  await there.breakNext('nsfw-flag')
  expect((await pictureBy(provider(), await specOf())).nsfw).toEqual({ flagged: true, score: null })
})

test('every megapixel costs, those sent along too', async () => {
  const estimate = provider().estimateMicroUsd({ width: 1_000, height: 1_000, hasReference: true })
  expect(estimate).toBe(11_000 + 2 * Math.ceil(1.048576 * 11_000))
  const spec = await specOf({ width: 2_000, height: 1_008 })
  expect((await pictureBy(provider(), spec)).costMicroUsd).toBe(Math.ceil(2.016 * 11_000) + 11_000)
})

test('a picture that was cancelled is made no more', async () => {
  await there.latency(60_000)
  const handle = await begun()
  await provider().cancel!(handle, providerCall())
  expect(await there.stats()).toMatchObject({ cancels: 1, inFlight: 0 })
  expect((await there.stats()).jobs).toMatchObject([{ state: 'cancelled' }])
})

const AT_SUBMISSION: [fault: string, code: ProviderErrorCode, status?: number][] = [
  ['429', 'RATE_LIMITED', 429],
  ['402', 'QUOTA', 402],
  ['401', 'AUTH', 401],
  ['403', 'AUTH', 403],
  ['503-cold', 'COLD', 503],
  ['500', 'UPSTREAM_5XX', 500],
  ['502', 'UPSTREAM_5XX', 502],
  ['422', 'INVALID', 422],
  ['413', 'INVALID', 413],
  ['422-policy', 'MODERATED_IN', 422],
  ['redirected', 'BAD_OUTPUT', 307],
  ['page', 'BAD_OUTPUT', 200],
  ['empty', 'BAD_OUTPUT', 200],
  ['strange', 'BAD_OUTPUT'],
  ['foreign-urls', 'BAD_OUTPUT'],
  ['reset', 'NETWORK'],
  ['half', 'NETWORK'],
  ['lost-answer', 'NETWORK'],
]

describe('at submission', () => {
  test.each(AT_SUBMISSION)('%s is %s', async (fault, code, status) => {
    await there.breakNext(fault)
    const spec = await specOf()
    const error = await errorOf(provider().submit(spec, providerCall()), [HF_TOKEN, spec.prompt])
    expect(error).toMatchObject({ code, status })
    expect(error.outcomeUnknown).toBe(code === 'NETWORK')
  })

  test('silence ends by the signal, and nobody knows whether the picture was begun', async () => {
    await there.breakNext('hang')
    const call = providerCall({ signal: AbortSignal.timeout(400) })
    expect(await errorOf(provider().submit(await specOf(), call))).toMatchObject({
      code: 'TIMEOUT',
      outcomeUnknown: true,
    })
  })
})

/** What the runner takes for trouble of the line, and polls again. */
const LINE_ERRORS = ['NETWORK', 'TIMEOUT', 'UPSTREAM_5XX', 'RATE_LIMITED', 'COLD']

const AT_THE_END: [fault: string, code: ProviderErrorCode][] = [
  ['lost', 'LOST_JOB'],
  ['gone', 'LOST_JOB'],
  ['moderated-in', 'MODERATED_IN'],
  ['invalid', 'INVALID'],
  ['runner', 'BAD_OUTPUT'],
  ['html', 'BAD_OUTPUT'],
  ['no-picture', 'BAD_OUTPUT'],
  ['huge', 'BAD_OUTPUT'],
  ['redirect', 'BAD_OUTPUT'],
  ['truncated', 'NETWORK'],
  ['failed', 'UPSTREAM_5XX'],
]

describe('when the job is over', () => {
  test.each(AT_THE_END)('%s is %s', async (fault, code) => {
    await there.breakNext(fault)
    const spec = await specOf()
    const error = await errorOf(pictureBy(provider(), spec), [HF_TOKEN, spec.prompt])
    expect(error.code).toBe(code)
  })

  test('trouble of one poll is about the line: the next poll has the picture', async () => {
    const spec = await specOf()
    const handle = await begun(spec)
    for (const fault of ['500', '429', 'reset']) {
      await there.breakNext(fault, { path: 'poll' })
      expect(LINE_ERRORS).toContain((await errorOf(provider().poll!(handle, providerCall()))).code)
    }
    const step = await provider().poll!(handle, providerCall())
    expect(step.kind === 'done' && (await saidIn(step.image))).toMatchObject({ seed: spec.seed })
  })

  test('a result at a place that we do not trust is not fetched', async () => {
    await there.breakNext('foreign', { url: `${TEST_CANARY_URL}/picture.png` })
    expect((await errorOf(pictureBy(provider(), await specOf()))).code).toBe('BAD_OUTPUT')
    expect((await canary.stats()).calls).toBe(0)
  })

  test('a result that redirects elsewhere is not followed', async () => {
    await there.breakNext('redirect', { url: `${TEST_CANARY_URL}/picture.png` })
    expect((await errorOf(pictureBy(provider(), await specOf()))).code).toBe('BAD_OUTPUT')
    expect((await canary.stats()).calls).toBe(0)
  })

  test('a black picture comes through as it is: moderation knows what it means', async () => {
    await there.breakNext('black')
    const spec = await specOf()
    const { rgba } = await decoded(await pictureBy(provider(), spec))
    expect(rgba.subarray(0, 3)).toEqual(new Uint8Array(3))
  })
})

test.each([
  ['no JSON', () => 'x'],
  ['another provider', () => JSON.stringify({ id: 7 })],
  ['a path out of the queue', (handle: string) => handle.replace('/fal-ai/flux-2/requests/', '/../v1/requests/../')],
  ['another host', (handle: string) => handle.replace('"path":"', '"path":"@127.0.0.1:1')],
])('a broken handle is a lost job, and nobody is asked: %s', async (_, broken) => {
  const handle = broken(await begun())
  expect((await errorOf(provider().poll!(handle, providerCall()))).code).toBe('LOST_JOB')
  expect(await there.stats()).toMatchObject({ polls: 0, calls: 1 })
})

test('who pays is told to the router, and to nobody who hands out files', async () => {
  const call = providerCall()
  await pictureBy(setUp({ HF_BILL_TO: 'acme' }), await specOf(), call)
  expect(call.seen.map(({ headers }) => headers.get('x-hf-bill-to'))).toEqual(['acme', 'acme', 'acme', null])
  const unbilled = providerCall()
  await pictureBy(provider(), await specOf(), unbilled)
  expect(unbilled.seen.filter(({ headers }) => headers.has('x-hf-bill-to'))).toEqual([])
})

test('without a token there is no such provider', () => {
  expect(setUp({ HF_TOKEN: '' })).toBeNull()
})
