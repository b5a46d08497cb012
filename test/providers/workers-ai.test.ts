import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/kernel/hash'
import type { ImageProvider } from '../../src/providers/contract'
import type { ProviderErrorCode } from '../../src/providers/errors'
import { flux2Prompt } from '../../src/providers/flux2-prompt'
import { verifyImage } from '../../src/providers/verify-image'
import { type AiBinding, workersAiProvider } from '../../src/providers/workers-ai'
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

const { CF_API_URL, CF_API_TOKEN, CF_ACCOUNT_ID } = configWith()
const there = controlOf(CF_API_URL)
beforeEach(() => there.reset())

const setUp = (vars: Record<string, string> = {}, bindings: object = {}): ImageProvider =>
  workersAiProvider(configWith(vars), { ...env, ...bindings }) as ImageProvider
const byRest = () => setUp()

test('the picture shows the prompt, seed, size, pose and avatar that were asked for, at 512 px for the inputs', async () => {
  const spec = await specOf({ width: 1_024, height: 768, reference: avatar(1_200, 600) })
  const image = await pictureBy(byRest(), spec)
  expect(await saidIn(image)).toEqual({
    isFake: true,
    promptSha256: await sha256Hex(flux2Prompt(spec)),
    seed: spec.seed,
    width: 1_024,
    height: 768,
    controlSha256: await controlPixelsSha256(spec, 512),
    referencesSha256: await referencesSha256(shrunk(spec.reference!, 512, 256)),
  })
  expect(image).toMatchObject({
    mime: 'image/jpeg',
    width: 1_024,
    height: 768,
    model: '@cf/black-forest-labs/flux-2-klein-4b',
    degraded: ['control-as-reference'],
    nsfw: null,
    keypoints: null,
    settings: { prompt: flux2Prompt(spec), negativePrompt: null, seed: spec.seed, steps: null, guidance: null },
  })
  expect(image.settings.referenceSha256).toHaveLength(1)
})

test('without an avatar the pose is the only picture sent', async () => {
  const spec = await specOf()
  const image = await pictureBy(byRest(), spec)
  expect(await saidIn(image)).toMatchObject({
    controlSha256: await controlPixelsSha256(spec),
    referencesSha256: null,
  })
  expect(image.settings.referenceSha256).toEqual([])
})

test('a background in words is done by the model, an uploaded one is not', async () => {
  const background = { kind: 'color', color: '#ff8800' } as const
  expect((await pictureBy(byRest(), await specOf({ background }))).backgroundDone).toBe(true)
  const uploaded = { kind: 'image', pixels: avatar(64, 64) } as const
  expect((await pictureBy(byRest(), await specOf({ background: uploaded }))).backgroundDone).toBe(false)
})

test('a picture of 1024 px with an avatar costs four tiles and two inputs', async () => {
  const provider = byRest()
  expect(provider.estimateMicroUsd({ width: 1_024, height: 1_024, hasReference: true })).toBe(4 * 287 + 2 * 59)
  expect(provider.estimateMicroUsd({ width: 1_040, height: 512, hasReference: false })).toBe(3 * 287 + 59)
  const spec = await specOf({ reference: avatar(64, 64) })
  expect((await pictureBy(provider, spec)).costMicroUsd).toBe(287 + 2 * 59)
})

test('a model without a known price counts as the dearest', () => {
  const size = { width: 512, height: 512, hasReference: false }
  const unknown = setUp({ WORKERS_AI_MODEL: '@cf/black-forest-labs/flux-2-klein-9b' })
  const dev = setUp({ WORKERS_AI_MODEL: '@cf/black-forest-labs/flux-2-dev' })
  expect(dev.estimateMicroUsd(size)).toBe(15_500)
  expect(unknown.estimateMicroUsd(size)).toBe(15_500)
})

const REFUSALS: [fault: string, code: ProviderErrorCode, status?: number][] = [
  ['429', 'RATE_LIMITED', 429],
  ['429-retry-after', 'RATE_LIMITED', 429],
  ['429-capacity', 'COLD', 429],
  ['200-refused', 'COLD', 200],
  ['429-neurons', 'QUOTA', 429],
  ['503-cold', 'COLD', 503],
  ['500', 'UPSTREAM_5XX', 500],
  ['502', 'UPSTREAM_5XX', 502],
  ['503', 'UPSTREAM_5XX', 503],
  ['408', 'TIMEOUT', 408],
  ['408-aborted', 'TIMEOUT', 408],
  ['400', 'INVALID', 400],
  ['413', 'INVALID', 413],
  ['400-model', 'AUTH', 400],
  ['401', 'AUTH', 401],
  ['403', 'AUTH', 403],
  ['403-agreement', 'AUTH', 403],
  ['403-blocked', 'AUTH', 403],
  ['404', 'AUTH', 404],
  ['402', 'QUOTA', 402],
  ['400-nsfw', 'MODERATED_IN', 400],
  ['400-oom', 'UPSTREAM_5XX', 400],
  ['redirected', 'BAD_OUTPUT', 307],
  ['page', 'BAD_OUTPUT', 200],
  ['empty', 'BAD_OUTPUT', 200],
  ['strange', 'BAD_OUTPUT'],
  ['no-picture', 'BAD_OUTPUT'],
  ['html', 'BAD_OUTPUT', 200],
  ['reset', 'NETWORK'],
  ['truncated', 'NETWORK'],
  ['lost-answer', 'NETWORK'],
]

describe('over REST', () => {
  test.each(REFUSALS)('%s is %s', async (fault, code, status) => {
    await there.breakNext(fault)
    const spec = await specOf()
    const error = await errorOf(pictureBy(byRest(), spec), [CF_API_TOKEN, spec.prompt])
    expect(error).toMatchObject({ code, status })
    expect(error.outcomeUnknown).toBe(code === 'NETWORK')
    expect((await there.stats()).calls, 'one attempt').toBe(1)
  })

  test('a wait that was asked for is kept', async () => {
    await there.breakNext('429-retry-after')
    expect((await errorOf(pictureBy(byRest(), await specOf()))).retryAfterMs).toBe(2_000)
  })

  test('used-up neurons are back at midnight UTC', async () => {
    await there.breakNext('429-neurons')
    const now = () => Date.UTC(2026, 10, 21, 23, 30)
    const error = await errorOf(pictureBy(byRest(), await specOf(), providerCall({ now })))
    expect(error.retryAfterMs).toBe(30 * 60_000)
  })

  test('silence ends by the signal, and nobody knows whether the picture was made', async () => {
    await there.breakNext('hang')
    const call = providerCall({ signal: AbortSignal.timeout(400) })
    const error = await errorOf(pictureBy(byRest(), await specOf(), call))
    expect(error).toMatchObject({ code: 'TIMEOUT', outcomeUnknown: true })
  })

  test('a wrong token is AUTH, and is not told', async () => {
    const provider = setUp({ CF_API_TOKEN: 'cf-wrong-token' })
    const error = await errorOf(pictureBy(provider, await specOf()), ['cf-wrong-token'])
    expect(error.code).toBe('AUTH')
  })

  test('a black picture comes through as it is: moderation knows what it means', async () => {
    await there.breakNext('black')
    const spec = await specOf()
    const { rgba } = await decoded(await pictureBy(byRest(), spec))
    expect(rgba.subarray(0, 3)).toEqual(new Uint8Array(3))
  })

  test('a picture of another shape is told by its own size, and refused', async () => {
    await there.breakNext('wrong-size')
    const spec = await specOf()
    const image = await pictureBy(byRest(), spec)
    expect(image.width).toBe(272)
    expect((await errorOf(verifyImage(image, spec))).code).toBe('BAD_OUTPUT')
  })
})

/**
 * The AI binding as the platform has it, over the REST API of the fake: it sends on the form as it got it, answers the
 * result alone, and throws errors that name their number in the message only.
 */
const binding: AiBinding = {
  async run(model, { multipart }, { signal }) {
    const url = `${CF_API_URL}/client/v4/accounts/${CF_ACCOUNT_ID}/ai/run/${model}`
    const headers = { authorization: `Bearer ${CF_API_TOKEN}`, 'content-type': multipart.contentType }
    const answer = await fetch(url, { method: 'POST', headers, body: multipart.body, signal })
    const json: { result: unknown; errors?: { code: number; message: string }[] } = await answer.json()
    const [first] = json.errors ?? []
    if (!answer.ok)
      throw namedError('InferenceUpstreamError', first ? `${first.code}: ${first.message}` : 'there error')
    return json.result
  },
}

function namedError(name: string, message: string): Error {
  const error = new Error(message)
  error.name = name
  return error
}

const byBinding = (ai: AiBinding = binding) => setUp({ CF_API_TOKEN: '' }, { AI: ai })

describe('by the binding', () => {
  test('the same picture is made without a token', async () => {
    const spec = await specOf({ reference: avatar(600, 600) })
    const image = await pictureBy(byBinding(), spec)
    expect(await saidIn(image)).toEqual(await saidIn(await pictureBy(byRest(), spec)))
    expect(image.upstreamId).toBeNull()
  })

  test.each([
    ['429-capacity', 'COLD'],
    ['429-neurons', 'QUOTA'],
    ['408', 'TIMEOUT'],
    ['408-aborted', 'TIMEOUT'],
    ['400', 'INVALID'],
    ['400-model', 'AUTH'],
    ['403', 'AUTH'],
    ['403-agreement', 'AUTH'],
    ['403-blocked', 'AUTH'],
    ['400-nsfw', 'MODERATED_IN'],
    ['500', 'UPSTREAM_5XX'],
    ['strange', 'BAD_OUTPUT'],
    ['no-picture', 'BAD_OUTPUT'],
    ['reset', 'NETWORK'],
    ['truncated', 'NETWORK'],
  ])('%s is %s', async (fault, code) => {
    await there.breakNext(fault)
    const spec = await specOf()
    const error = await errorOf(pictureBy(byBinding(), spec), [CF_API_TOKEN, spec.prompt])
    expect(error.code).toBe(code)
  })

  test('an error that echoes the prompt is told by its number alone', async () => {
    const spec = await specOf()
    const echoing: AiBinding = {
      run: () => Promise.reject(namedError('AiInternalError', `5006: Bad input: ${spec.prompt}`)),
    }
    const error = await errorOf(pictureBy(byBinding(echoing), spec), [spec.prompt])
    expect(error).toMatchObject({ code: 'INVALID', safeDetail: 'Workers AI 5006' })
  })

  test('a binding that never answers ends by the signal', async () => {
    const silent: AiBinding = { run: () => new Promise(() => {}) }
    const call = providerCall({ signal: AbortSignal.timeout(200) })
    const error = await errorOf(pictureBy(byBinding(silent), await specOf(), call))
    expect(error).toMatchObject({ code: 'TIMEOUT', outcomeUnknown: true })
  })
})

test('without a token and without the binding there is no such provider', () => {
  expect(setUp({ CF_API_TOKEN: '' })).toBeNull()
  expect(setUp({ CF_ACCOUNT_ID: '' })).toBeNull()
})

describe('the prompt around the prompt', () => {
  test('names the pictures in the order in which they are sent', async () => {
    const spec = await specOf()
    expect(flux2Prompt({ ...spec, reference: avatar(4, 4) })).toMatch(
      /^Image 1 is a pose guide, image 2 the character\. Draw the character of image 2 in exactly the pose of image 1\. A seller/,
    )
    expect(flux2Prompt(spec)).not.toContain('image 2')
  })

  test('two people are both posed', async () => {
    const spec = await specOf({ reference: avatar(4, 4) })
    const { people } = spec.control.pose
    const pose = { ...spec.control.pose, people: [...people, ...people] }
    expect(flux2Prompt({ ...spec, control: { kind: 'openpose', pose } })).toContain('the people in exactly the poses')
  })

  test('leaves 1,900 characters to the picture itself, and cuts what is longer between two phrases', async () => {
    const spec = await specOf({ reference: avatar(4, 4) })
    const { people } = spec.control.pose
    const pose = { ...spec.control.pose, people: [...people, ...people] }
    const wrapped = (prompt: string) => flux2Prompt({ ...spec, control: { kind: 'openpose', pose }, prompt })
    const longest = 'x'.repeat(1_900)
    expect(wrapped(longest)).toContain(longest)
    const phrases = Array.from({ length: 400 }, (_, n) => `phrase ${n}`).join(', ')
    expect(wrapped(phrases)).toMatch(/, phrase \d+$/)
    expect(wrapped(phrases).length).toBeLessThanOrEqual(2_048)
    const smileys = wrapped('\u{1F600}'.repeat(1_500))
    expect(smileys.length).toBeLessThanOrEqual(2_048)
    expect(smileys.isWellFormed()).toBe(true)
  })
})
