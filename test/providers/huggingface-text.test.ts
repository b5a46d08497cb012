import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/kernel/hash'
import type { ImageProvider } from '../../src/providers/contract'
import type { ProviderErrorCode } from '../../src/providers/errors'
import { huggingFaceTextProvider } from '../../src/providers/huggingface-text'
import {
  avatar,
  configWith,
  controlOf,
  decoded,
  errorOf,
  pictureBy,
  providerCall,
  saidIn,
  specOf,
} from '../support/providers'

const { HF_ROUTER_URL, HF_TOKEN } = configWith()
const there = controlOf(HF_ROUTER_URL)
beforeEach(() => there.reset())

const setUp = (vars: Record<string, string> = {}) => huggingFaceTextProvider(configWith(vars), env) as ImageProvider
const provider = () => setUp()

test('the picture shows the prompt, seed and size that were asked for, and neither pose nor avatar', async () => {
  const spec = await specOf({ reference: avatar() })
  const image = await pictureBy(provider(), spec)
  expect(await saidIn(image)).toEqual({
    isFake: true,
    promptSha256: await sha256Hex(spec.prompt),
    seed: spec.seed,
    width: 256,
    height: 320,
    controlSha256: null,
    referencesSha256: null,
  })
  expect(image).toMatchObject({
    ...{ mime: 'image/png', model: 'black-forest-labs/FLUX.1-schnell', degraded: ['no-control', 'no-reference'] },
    ...{ upstreamId: 'together-0001', nsfw: null },
    settings: { prompt: spec.prompt, steps: 4, guidance: null, control: null, referenceSha256: [] },
  })
  expect((await pictureBy(provider(), await specOf())).degraded).toEqual(['no-control'])
})

test('it says itself that it takes no pose', () => {
  expect(provider().capabilities).toMatchObject({ control: 'none', maxReferences: 0 })
})

test('FLUX.1 dev takes more steps, a guidance, and more money', async () => {
  const dev = setUp({ HF_TEXT_MODEL: 'black-forest-labs/FLUX.1-dev' })
  expect((await pictureBy(dev, await specOf())).settings).toMatchObject({ steps: 28, guidance: 3.5 })
  const size = { width: 1_000, height: 1_000, hasReference: false }
  expect(dev.estimateMicroUsd(size)).toBe(15_400)
  expect(provider().estimateMicroUsd(size)).toBe(2_700)
})

test('one request goes to the router of the settings, and none to the Hub', async () => {
  const call = providerCall()
  await pictureBy(setUp({ HF_BILL_TO: 'acme' }), await specOf(), call)
  expect(call.seen.map(({ url }) => url)).toEqual([`${HF_ROUTER_URL}/together/v1/images/generations`])
  const [asked] = call.seen
  expect(asked!.headers.get('authorization')).toBe(`Bearer ${HF_TOKEN}`)
  expect(asked!.headers.get('x-hf-bill-to')).toBe('acme')
  expect(asked!.headers.get('x-request-id')).toBe('req_test')
})

test('a token of somebody else is sent nowhere', async () => {
  const call = providerCall()
  const work = pictureBy(setUp({ HF_TOKEN: 'together-key-0001' }), await specOf(), call)
  expect((await errorOf(work, ['together-key-0001'])).code).toBe('AUTH')
  expect(call.seen).toEqual([])
})

const REFUSALS: [fault: string, code: ProviderErrorCode, status?: number][] = [
  ['429', 'RATE_LIMITED', 429],
  ['402', 'QUOTA', 402],
  ['401', 'AUTH', 401],
  ['403', 'AUTH', 403],
  ['404', 'AUTH', 404],
  ['503-cold', 'COLD', 503],
  ['503', 'UPSTREAM_5XX', 503],
  ['500', 'UPSTREAM_5XX', 500],
  ['502', 'UPSTREAM_5XX', 502],
  ['400', 'INVALID', 400],
  ['413', 'INVALID', 413],
  ['400-oom', 'UPSTREAM_5XX', 400],
  ['400-nsfw', 'MODERATED_IN', 400],
  ['redirected', 'BAD_OUTPUT', 307],
  ['page', 'BAD_OUTPUT', 200],
  ['empty', 'BAD_OUTPUT', 200],
  ['strange', 'BAD_OUTPUT'],
  ['no-picture', 'BAD_OUTPUT'],
  ['html', 'BAD_OUTPUT', 200],
  ['reset', 'NETWORK'],
  ['half', 'NETWORK'],
  ['truncated', 'NETWORK'],
]

describe('when it goes wrong', () => {
  test.each(REFUSALS)('%s is %s, after one request', async (fault, code, status) => {
    await there.breakNext(fault)
    const spec = await specOf()
    const error = await errorOf(pictureBy(provider(), spec), [HF_TOKEN, spec.prompt])
    expect(error).toMatchObject({ code, status })
    expect(error.outcomeUnknown).toBe(code === 'NETWORK')
    expect((await there.stats()).calls).toBe(1)
  })

  test('the wait that was asked for is kept', async () => {
    await there.breakNext('429-retry-after')
    expect((await errorOf(pictureBy(provider(), await specOf()))).retryAfterMs).toBe(2_000)
    await there.breakNext('503-cold')
    expect((await errorOf(pictureBy(provider(), await specOf()))).retryAfterMs).toBe(2_000)
  })

  test('silence ends by the signal, and nobody knows whether the picture was made', async () => {
    await there.breakNext('hang')
    const call = providerCall({ signal: AbortSignal.timeout(400) })
    expect(await errorOf(pictureBy(provider(), await specOf(), call))).toMatchObject({
      code: 'TIMEOUT',
      outcomeUnknown: true,
    })
  })

  test('a black picture comes through as it is: moderation knows what it means', async () => {
    await there.breakNext('black')
    const { rgba } = await decoded(await pictureBy(provider(), await specOf()))
    expect(rgba.subarray(0, 3)).toEqual(new Uint8Array(3))
  })

  test('a model that the router does not know is refused, not drawn by another', async () => {
    const unknown = setUp({ HF_TEXT_MODEL: 'black-forest-labs/FLUX.9' })
    expect((await errorOf(pictureBy(unknown, await specOf()))).code).toBe('INVALID')
  })
})

test('without a token there is no such provider', () => {
  expect(setUp({ HF_TOKEN: '' })).toBeNull()
})
