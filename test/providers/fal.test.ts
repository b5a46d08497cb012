import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/kernel/hash'
import type { ImageProvider } from '../../src/providers/contract'
import { falProvider } from '../../src/providers/fal'
import {
  avatar,
  begun,
  bodySent,
  bytesOf,
  codeOf,
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

const config = configWith()
const { FAL_KEY, FAL_QUEUE_URL } = config
const fal = falProvider(config, env) as ImageProvider
const there = controlOf(FAL_QUEUE_URL)
const canary = controlOf(env.TEST_CANARY_URL)

beforeEach(async () => {
  await there.reset()
  await canary.reset()
})

describe('a picture by fal', () => {
  test('is of the asked prompt, seed, size, pose and avatar', async () => {
    const spec = await specOf({ reference: avatar() })
    expect(await saidIn(await pictureBy(fal, spec))).toEqual({
      isFake: true,
      promptSha256: await sha256Hex(spec.prompt),
      seed: spec.seed,
      width: 256,
      height: 320,
      controlSha256: await controlPixelsSha256(spec),
      referencesSha256: await referencesSha256(avatar()),
    })
  })

  test('tells what was sent, what it cost and by whom', async () => {
    const spec = await specOf({ width: 1_024, height: 1_280, background: { kind: 'color', color: '#ff0000' } })
    const picture = await pictureBy(fal, spec)
    expect(picture).toMatchObject({
      mime: 'image/png',
      width: 1_024,
      height: 1_280,
      seed: spec.seed,
      providerId: 'fal',
    })
    expect(picture).toMatchObject({ degraded: [], nsfw: { flagged: false }, backgroundDone: true, keypoints: null })
    expect(picture.upstreamId).toBe((await there.stats()).jobs[0]?.id)
    expect(picture.costMicroUsd).toBe(98_304)
    expect(picture.settings).toMatchObject({ prompt: spec.prompt, negativePrompt: null, steps: 28, guidance: 3.5 })
    expect(picture.settings.control).toMatchObject({ scale: 0.9, start: 0, end: 0.65 })
    expect(picture.settings.referenceSha256).toEqual([])
  })

  test('without an avatar has none', async () => {
    expect(await saidIn(await pictureBy(fal, await specOf()))).toMatchObject({ referencesSha256: null })
  })

  test('is asked for with these words and no other', async () => {
    const spec = await specOf({ reference: avatar() })
    const { controlnets, reference_image_url, ...others } = await bodySent(fal, spec)
    expect(others).toEqual({
      ...{ prompt: spec.prompt, seed: spec.seed, image_size: { width: 256, height: 320 }, num_images: 1 },
      ...{ num_inference_steps: 28, guidance_scale: 3.5, output_format: 'png', enable_safety_checker: true },
      reference_strength: 0.65,
    })
    const [{ control_image_url, ...net }, ...more] = controlnets as [Record<string, unknown>]
    expect(more).toEqual([])
    expect(net).toEqual({
      path: 'Shakker-Labs/FLUX.1-dev-ControlNet-Union-Pro-2.0',
      ...{ conditioning_scale: 0.9, start_percentage: 0, end_percentage: 0.65 },
    })
    const { settings } = await pictureBy(fal, spec)
    expect(settings.control?.sha256).toBe(await sha256Hex(bytesOf(control_image_url)))
    expect(settings.referenceSha256).toEqual([await sha256Hex(bytesOf(reference_image_url))])
  })

  test('takes a large avatar made smaller, in its own shape', async () => {
    const { reference_image_url } = await bodySent(fal, await specOf({ reference: avatar(1_100, 550) }))
    expect(await decoded({ bytes: bytesOf(reference_image_url) })).toMatchObject({ width: 1_024, height: 512 })
  })

  test.each([
    ['studio', { kind: 'studio' }, false],
    ['a colour', { kind: 'color', color: '#ffffff' }, true],
    ['words', { kind: 'prompt', prompt: 'a beach' }, true],
    ['an uploaded picture', { kind: 'image', pixels: avatar() }, false],
  ] as const)('over %s: the background is charged only when it is in the picture', async (_name, background, done) => {
    expect(await pictureBy(fal, await specOf({ background }))).toMatchObject({ backgroundDone: done })
  })

  test('that is small costs a whole megapixel', () => {
    expect(fal.estimateMicroUsd({ width: 256, height: 256, hasReference: true })).toBe(75_000)
    expect(fal.estimateMicroUsd({ width: 1_024, height: 1_024, hasReference: false })).toBe(78_644)
  })

  test('may come in the answer itself', async () => {
    await there.breakNext('inline')
    const spec = await specOf()
    expect(await saidIn(await pictureBy(fal, spec))).toMatchObject({ isFake: true, seed: spec.seed })
    expect(await there.stats()).toMatchObject({ downloads: 0 })
  })

  test('that fal holds for indecent says so', async () => {
    await there.breakNext('nsfw-flag')
    expect((await pictureBy(fal, await specOf())).nsfw).toEqual({ flagged: true, score: null })
  })

  test('of another size than asked tells its true size', async () => {
    await there.breakNext('wrong-size')
    expect(await pictureBy(fal, await specOf())).toMatchObject({ width: 272, height: 320, settings: { width: 256 } })
  })
})

describe('a job at fal', () => {
  test('is asked for again while it is at work', async () => {
    await there.latency(60_000)
    const handle = await begun(fal, await specOf())
    const call = providerCall()
    expect(await fal.poll!(handle, call)).toEqual({ kind: 'pending', handle, pollAfterMs: 2_000 })
    expect(await fal.poll!(handle, call)).toMatchObject({ kind: 'pending' })
    expect(await there.stats()).toMatchObject({ submissions: 1, polls: 2, inFlight: 1, maxInFlight: 1, downloads: 0 })
  })

  test('goes on by its handle alone, in another isolate', async () => {
    const spec = await specOf({ reference: avatar(), background: { kind: 'prompt', prompt: 'a beach' } })
    const handle = JSON.parse(JSON.stringify({ handle: await begun(fal, spec) })).handle
    const another = falProvider(configWith(), env) as ImageProvider
    const step = await another.poll!(handle, providerCall())
    if (step.kind !== 'done') throw new Error('not done')
    expect(step.image).toMatchObject({ seed: spec.seed, backgroundDone: true, settings: { prompt: spec.prompt } })
    expect(await saidIn(step.image)).toMatchObject({
      seed: spec.seed,
      referencesSha256: await referencesSha256(avatar()),
    })
    expect(await there.stats()).toMatchObject({ submissions: 1 })
  })

  test('leaves a handle that is small and holds no key', async () => {
    const handle = await begun(fal, await specOf({ prompt: 'x'.repeat(3_000) }))
    expect(handle.length).toBeLessThan(8_192)
    expect(handle).not.toContain(FAL_KEY)
  })

  test('is cancelled', async () => {
    await there.latency(60_000)
    const handle = await begun(fal, await specOf())
    await fal.cancel!(handle, providerCall())
    expect(await there.stats()).toMatchObject({ cancels: 1, inFlight: 0, jobs: [{ state: 'cancelled' }] })
    expect(await codeOf(fal.poll!(handle, providerCall()))).toBe('CANCELLED')
  })

  test('that is done cannot be cancelled any more', async () => {
    const handle = await begun(fal, await specOf())
    expect(await codeOf(fal.cancel!(handle, providerCall()))).toBe('INVALID')
  })

  test('that fal has forgotten is lost', async () => {
    await there.breakNext('lost')
    const handle = await begun(fal, await specOf())
    expect(await codeOf(fal.poll!(handle, providerCall()))).toBe('LOST_JOB')
    expect(await codeOf(fal.cancel!(handle, providerCall()))).toBe('LOST_JOB')
  })

  test.each(['', '{}', 'null', '[1]', '{"request_id":"x"}'])('with the broken handle %s is lost', async (handle) => {
    expect(await codeOf(fal.poll!(handle, providerCall()))).toBe('LOST_JOB')
    expect((await there.stats()).calls).toBe(0)
  })

  test('of another queue is lost, and the key stays here', async () => {
    const handle = (await begun(fal, await specOf())).replaceAll(FAL_QUEUE_URL, env.TEST_CANARY_URL)
    expect(await codeOf(fal.poll!(handle, providerCall()))).toBe('LOST_JOB')
    expect(await codeOf(fal.cancel!(handle, providerCall()))).toBe('LOST_JOB')
    expect(await canary.stats()).toMatchObject({ calls: 0 })
  })
})

describe('a submission that fal refuses', () => {
  test.each([
    ['400', 'INVALID'],
    ['401', 'AUTH'],
    ['402', 'QUOTA'],
    ['403', 'AUTH'],
    ['403-locked', 'QUOTA'],
    ['404', 'AUTH'],
    ['408', 'TIMEOUT'],
    ['413', 'INVALID'],
    ['422', 'INVALID'],
    ['422-policy', 'MODERATED_IN'],
    ['422-echo', 'INVALID'],
    ['400-nsfw', 'MODERATED_IN'],
    ['400-oom', 'UPSTREAM_5XX'],
    ['429', 'RATE_LIMITED'],
    ['429-retry-after', 'RATE_LIMITED'],
    ['500', 'UPSTREAM_5XX'],
    ['502', 'UPSTREAM_5XX'],
    ['503', 'UPSTREAM_5XX'],
    ['503-cold', 'COLD'],
    ['503-runner', 'UPSTREAM_5XX'],
    ['redirected', 'BAD_OUTPUT'],
    ['page', 'BAD_OUTPUT'],
    ['empty', 'BAD_OUTPUT'],
    ['strange', 'BAD_OUTPUT'],
    ['half', 'NETWORK'],
    ['reset', 'NETWORK'],
    ['lost-answer', 'NETWORK'],
  ])('with %s is %s', async (fault, code) => {
    await there.breakNext(fault)
    expect(await codeOf(fal.submit(await specOf({ reference: avatar() }), providerCall()), [FAL_KEY])).toBe(code)
  })

  test('for being too fast says how long to wait', async () => {
    await there.breakNext('429-retry-after')
    const spec = await specOf()
    expect(await errorOf(fal.submit(spec, providerCall()))).toMatchObject({ retryAfterMs: 2_000, status: 429 })
    await there.breakNext('503-cold')
    expect(await errorOf(fal.submit(spec, providerCall()))).toMatchObject({ retryAfterMs: 2_000, status: 503 })
  })

  test('with our key changed there is AUTH, and the wrong key is not told', async () => {
    const stranger = falProvider(configWith({ FAL_KEY: 'fal-wrong-key:0009' }), env) as ImageProvider
    expect(await codeOf(stranger.submit(await specOf(), providerCall()), ['fal-wrong-key'])).toBe('AUTH')
  })

  test('without a word ends by our own clock, and may have been made', async () => {
    await there.breakNext('hang')
    const call = providerCall({ signal: AbortSignal.timeout(150) })
    expect(await errorOf(fal.submit(await specOf(), call))).toMatchObject({ code: 'TIMEOUT', outcomeUnknown: true })
  })

  test('whose answer was lost may have been made', async () => {
    await there.breakNext('lost-answer')
    expect(await errorOf(fal.submit(await specOf(), providerCall()))).toMatchObject({ outcomeUnknown: true })
    expect((await there.stats()).jobs).toHaveLength(1)
  })

  test('while it is down is a broken line', async () => {
    await there.dead(true)
    expect(await codeOf(fal.submit(await specOf(), providerCall()))).toBe('NETWORK')
  })

  test('for a pose that cannot be drawn was never sent', async () => {
    const spec = await specOf({ width: 4_096, height: 256 })
    expect(await codeOf(fal.submit(spec, providerCall()))).toBe('INVALID')
    expect((await there.stats()).calls).toBe(0)
  })
})

describe('a job that failed', () => {
  test.each([
    ['moderated-in', 'MODERATED_IN'],
    ['invalid', 'INVALID'],
    ['failed', 'BAD_OUTPUT'],
    ['runner', 'BAD_OUTPUT'],
  ])('as %s is %s', async (fault, code) => {
    await there.breakNext(fault)
    expect(await codeOf(pictureBy(fal, await specOf()), [FAL_KEY])).toBe(code)
  })
})

describe('a poll that goes wrong', () => {
  test.each([
    ['poll', '429-retry-after', 'RATE_LIMITED'],
    ['poll', '500', 'UPSTREAM_5XX'],
    ['poll', 'reset', 'NETWORK'],
    ['poll', 'strange', 'BAD_OUTPUT'],
    ['poll', 'page', 'BAD_OUTPUT'],
    ['poll', '401', 'AUTH'],
    ['poll', '404', 'LOST_JOB'],
    ['result', '500', 'UPSTREAM_5XX'],
    ['result', 'strange', 'BAD_OUTPUT'],
    ['result', 'half', 'NETWORK'],
    ['result', '404', 'LOST_JOB'],
    ['download', '500', 'UPSTREAM_5XX'],
    ['download', 'reset', 'NETWORK'],
    ['download', '429', 'RATE_LIMITED'],
    ['download', '403', 'LOST_JOB'],
  ])('at its %s with %s is %s, and the next one has the picture', async (path, fault, code) => {
    const spec = await specOf()
    const handle = await begun(fal, spec)
    await there.breakNext(fault, { path })
    expect(await codeOf(fal.poll!(handle, providerCall()), [FAL_KEY])).toBe(code)
    const step = await fal.poll!(handle, providerCall())
    if (step.kind !== 'done') throw new Error('not done')
    expect(await saidIn(step.image)).toMatchObject({ seed: spec.seed })
    expect(await there.stats()).toMatchObject({ submissions: 1, delivered: 1 })
  })

  test.each(['poll', 'result', 'download'])('without a word at its %s ends by our own clock', async (path) => {
    const handle = await begun(fal, await specOf())
    await there.breakNext('hang', { path })
    expect(await codeOf(fal.poll!(handle, providerCall({ signal: AbortSignal.timeout(150) })))).toBe('TIMEOUT')
  })
})

describe('a result of fal', () => {
  test.each([
    ['html', 'BAD_OUTPUT'],
    ['no-picture', 'BAD_OUTPUT'],
    ['huge', 'BAD_OUTPUT'],
    ['gone', 'LOST_JOB'],
    ['truncated', 'NETWORK'],
  ])('that is %s is %s', async (damage, code) => {
    await there.breakNext(damage)
    expect(await codeOf(pictureBy(fal, await specOf()), [FAL_KEY])).toBe(code)
  })

  test('at a place that we do not trust is not fetched', async () => {
    await there.breakNext('foreign', { url: `${env.TEST_CANARY_URL}/picture.png` })
    expect(await codeOf(pictureBy(fal, await specOf()))).toBe('BAD_OUTPUT')
    expect(await canary.stats()).toMatchObject({ calls: 0 })
  })

  test('that points elsewhere is not followed', async () => {
    await there.breakNext('redirect', { url: `${env.TEST_CANARY_URL}/picture.png` })
    expect(await codeOf(pictureBy(fal, await specOf()))).toBe('BAD_OUTPUT')
    expect(await canary.stats()).toMatchObject({ calls: 0 })
  })

  test('is fetched without the key', async () => {
    await pictureBy(fal, await specOf())
    expect(await there.stats()).toMatchObject({ downloads: 1, downloadsWithKey: 0, delivered: 1 })
  })
})

test('a job whose addresses are elsewhere is refused, and the key goes nowhere', async () => {
  await there.breakNext('foreign-urls', { url: env.TEST_CANARY_URL })
  expect(await codeOf(fal.submit(await specOf(), providerCall()))).toBe('BAD_OUTPUT')
  expect(await canary.stats()).toMatchObject({ calls: 0 })
})

test('every call names our request and follows no redirect', async () => {
  const call = providerCall()
  await pictureBy(fal, await specOf(), call)
  expect(call.seen.map(({ method, url }) => `${method} ${new URL(url).pathname.replace(/[\w-]{36}/, ':id')}`)).toEqual([
    'POST /fal-ai/flux-general',
    'GET /fal-ai/flux-general/requests/:id/status',
    'GET /fal-ai/flux-general/requests/:id',
    'GET /files/:id.png',
  ])
  for (const { headers, redirect } of call.seen) {
    expect(headers.get('x-request-id')).toBe('req_test')
    expect(redirect).toBe('manual')
  }
})

test('without a key there is no fal', () => {
  expect(falProvider(configWith({ FAL_KEY: '' }), env)).toBeNull()
})
