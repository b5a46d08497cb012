import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/kernel/hash'
import type { ImageProvider } from '../../src/providers/contract'
import { type ProviderErrorCode, RULES } from '../../src/providers/errors'
import { huggingFaceEndpointProvider } from '../../src/providers/huggingface-endpoint'
import { placePoint } from '../../src/render/control-map'
import {
  avatar,
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

const { HF_ENDPOINT_URL, HF_TOKEN } = configWith()
const there = controlOf(HF_ENDPOINT_URL)
beforeEach(() => there.reset())

const setUp = (vars: Record<string, string> = {}) => huggingFaceEndpointProvider(configWith(vars), env) as ImageProvider
const provider = () => setUp()

test('the picture shows the prompt, seed, size, pose and avatar that were asked for, the pose at full size', async () => {
  const spec = await specOf({ width: 1_280, height: 640, reference: avatar(1_200, 600) })
  const image = await pictureBy(provider(), spec)
  expect(await saidIn(image)).toEqual({
    isFake: true,
    promptSha256: await sha256Hex(spec.prompt),
    seed: spec.seed,
    width: 1_280,
    height: 640,
    controlSha256: await controlPixelsSha256(spec),
    referencesSha256: await referencesSha256(shrunk(spec.reference!, 1_024, 512)),
  })
  expect(image).toMatchObject({
    ...{ mime: 'image/png', model: 'FLUX.1-dev-ControlNet-Union-Pro-2.0', degraded: [], keypoints: null },
    nsfw: { flagged: false, score: null },
    settings: { prompt: spec.prompt, steps: 28, guidance: 3.5, control: { scale: 0.9, start: 0, end: 0.65 } },
  })
})

test('without an avatar none is sent', async () => {
  const image = await pictureBy(provider(), await specOf())
  expect(await saidIn(image)).toMatchObject({ referencesSha256: null })
  expect(image.settings.referenceSha256).toEqual([])
})

test('a handler that finds the joints tells where they are, in pixels of the picture', async () => {
  const spec = await specOf()
  const image = await pictureBy(setUp({ HF_ENDPOINT_URL: `${HF_ENDPOINT_URL}/keypoints` }), spec)
  const [found = []] = image.keypoints ?? []
  expect(found).toHaveLength(18 * 3)
  const asked = spec.control.pose.people[0]!.keypoints2d
  const seen = Array.from({ length: 18 }, (_, joint) => joint).filter((joint) => found[joint * 3 + 2] === 1)
  expect(seen.length).toBeGreaterThan(10)
  for (const joint of seen) {
    const { x, y } = placePoint(asked[joint * 3]!, asked[joint * 3 + 1]!, spec.width, spec.height)
    expect(Math.hypot(found[joint * 3]! - x, found[joint * 3 + 1]! - y), `joint ${joint}`).toBeLessThan(3)
  }
})

test('one request with the endpoint’s own headers goes to the address of the settings alone', async () => {
  const call = providerCall()
  await pictureBy(provider(), await specOf(), call)
  expect(call.seen.map(({ url, method }) => [method, new URL(url).origin])).toEqual([['POST', HF_ENDPOINT_URL]])
  const [{ headers } = new Request(HF_ENDPOINT_URL)] = call.seen
  expect(headers.get('authorization')).toBe(`Bearer ${HF_TOKEN}`)
  expect(headers.get('accept')).toBe('application/json')
  expect(headers.get('x-scale-up-timeout')).toBe('60')
})

test('a flagged picture says so', async () => {
  await there.breakNext('nsfw-flag')
  expect((await pictureBy(provider(), await specOf())).nsfw).toEqual({ flagged: true, score: null })
})

test('a picture costs the seconds of its card', async () => {
  const size = { width: 1_000, height: 2_000, hasReference: true }
  expect(provider().estimateMicroUsd(size)).toBe(19_400)
  expect((await pictureBy(provider(), await specOf())).costMicroUsd).toBe(9_700)
})

const REFUSALS: [fault: string, code: ProviderErrorCode, status?: number][] = [
  ['503', 'COLD', 503],
  ['503-cold', 'COLD', 503],
  ['400-oom', 'UPSTREAM_5XX', 400],
  ['400-bare', 'UPSTREAM_5XX', 400],
  ['400-nsfw', 'MODERATED_IN', 400],
  ['400-validation', 'INVALID', 400],
  ['400', 'INVALID', 400],
  ['413', 'INVALID', 413],
  ['429', 'RATE_LIMITED', 429],
  ['401', 'AUTH', 401],
  ['403', 'AUTH', 403],
  ['404', 'AUTH', 404],
  ['402', 'QUOTA', 402],
  ['500', 'UPSTREAM_5XX', 500],
  ['502', 'UPSTREAM_5XX', 502],
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
    const spec = await specOf({ reference: avatar() })
    const error = await errorOf(pictureBy(provider(), spec), [HF_TOKEN, spec.prompt])
    expect(error).toMatchObject({ code, status })
    expect(error.outcomeUnknown).toBe(code === 'NETWORK')
    expect((await there.stats()).calls).toBe(1)
  })

  test('an endpoint that wakes is asked again after 20 s, or when it says', async () => {
    await there.breakNext('503')
    expect((await errorOf(pictureBy(provider(), await specOf()))).retryAfterMs).toBeUndefined()
    expect(RULES.COLD.delaysMs[0]).toBe(20_000)
    await there.breakNext('503-later')
    expect((await errorOf(pictureBy(provider(), await specOf()))).retryAfterMs).toBe(45_000)
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
})

test('without a token or an address there is no such provider', () => {
  expect(setUp({ HF_TOKEN: '' })).toBeNull()
  expect(setUp({ HF_ENDPOINT_URL: '' })).toBeNull()
})
