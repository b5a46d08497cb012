import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/kernel/hash'
import type { ImageProvider } from '../../src/providers/contract'
import { wavespeedProvider } from '../../src/providers/wavespeed'
import {
  avatar,
  begun,
  bodySent,
  bytesOf,
  codeOf,
  configWith,
  controlOf,
  controlPixelsSha256,
  errorOf,
  pictureBy,
  providerCall,
  saidIn,
  specOf,
} from '../support/providers'

const config = configWith()
const { WAVESPEED_KEY, WAVESPEED_URL } = config
const wavespeed = wavespeedProvider(config, env) as ImageProvider
const there = controlOf(WAVESPEED_URL)
const canary = controlOf(env.TEST_CANARY_URL)

beforeEach(async () => {
  await there.reset()
  await canary.reset()
})

describe('a picture by WaveSpeed', () => {
  test('is of the asked prompt, seed, size and pose', async () => {
    const spec = await specOf()
    expect(await saidIn(await pictureBy(wavespeed, spec))).toEqual({
      isFake: true,
      promptSha256: await sha256Hex(spec.prompt),
      seed: spec.seed,
      width: 256,
      height: 320,
      controlSha256: await controlPixelsSha256(spec),
      referencesSha256: null,
    })
  })

  test('tells what was sent, what it cost and by whom', async () => {
    const spec = await specOf({ background: { kind: 'prompt', prompt: 'a beach' } })
    const picture = await pictureBy(wavespeed, spec)
    expect(picture).toMatchObject({ mime: 'image/png', width: 256, height: 320, seed: spec.seed, degraded: [] })
    expect(picture).toMatchObject({ providerId: 'wavespeed', costMicroUsd: 30_000, backgroundDone: true })
    expect(picture).toMatchObject({ nsfw: { flagged: false, score: null }, keypoints: null })
    expect(picture.upstreamId).toBe((await there.stats()).jobs[0]?.id)
    expect(picture.settings).toMatchObject({ prompt: spec.prompt, steps: 28, guidance: 3.5, referenceSha256: [] })
    expect(picture.settings.control).toMatchObject({ scale: 0.9, start: 0, end: 0.65 })
    expect(wavespeed.estimateMicroUsd({ width: 256, height: 320, hasReference: false })).toBe(30_000)
  })

  test('is asked for with these words and no other', async () => {
    const spec = await specOf({ reference: avatar() })
    const { control_image, ...others } = await bodySent(wavespeed, spec)
    expect(others).toEqual({
      ...{ prompt: spec.prompt, seed: spec.seed, size: '256*320', num_images: 1, output_format: 'png' },
      ...{ num_inference_steps: 28, guidance_scale: 3.5, enable_safety_checker: true },
      ...{ controlnet_conditioning_scale: 0.9, control_guidance_start: 0, control_guidance_end: 0.65 },
    })
    const { settings } = await pictureBy(wavespeed, spec)
    expect(settings.control?.sha256).toBe(await sha256Hex(bytesOf(control_image)))
  })

  test('of an avatar says that it does not show him', async () => {
    const picture = await pictureBy(wavespeed, await specOf({ reference: avatar() }))
    expect(picture.degraded).toEqual(['no-reference'])
    expect(await saidIn(picture)).toMatchObject({ referencesSha256: null })
  })

  test('over an uploaded background has none of it', async () => {
    const spec = await specOf({ background: { kind: 'image', pixels: avatar() } })
    expect(await pictureBy(wavespeed, spec)).toMatchObject({ backgroundDone: false })
  })

  test('that WaveSpeed holds for indecent says so', async () => {
    await there.breakNext('nsfw-flag')
    expect((await pictureBy(wavespeed, await specOf())).nsfw).toEqual({ flagged: true, score: null })
  })

  test('may come in the answer itself', async () => {
    await there.breakNext('inline')
    expect(await saidIn(await pictureBy(wavespeed, await specOf()))).toMatchObject({ isFake: true })
    expect(await there.stats()).toMatchObject({ downloads: 0 })
  })
})

describe('a job at WaveSpeed', () => {
  test('is asked for again while it is at work', async () => {
    await there.latency(60_000)
    const handle = await begun(wavespeed, await specOf())
    const again = { kind: 'pending', handle, pollAfterMs: 2_000 }
    expect(await wavespeed.poll!(handle, providerCall())).toEqual(again)
    expect(await wavespeed.poll!(handle, providerCall())).toEqual(again)
    expect(await there.stats()).toMatchObject({ submissions: 1, polls: 2, inFlight: 1 })
  })

  test('goes on by its handle alone, in another isolate', async () => {
    const spec = await specOf({ reference: avatar(), background: { kind: 'color', color: '#ffffff' } })
    const handle = JSON.parse(JSON.stringify({ handle: await begun(wavespeed, spec) })).handle
    expect(handle).not.toContain(WAVESPEED_KEY)
    const another = wavespeedProvider(configWith(), env) as ImageProvider
    const step = await another.poll!(handle, providerCall())
    if (step.kind !== 'done') throw new Error('not done')
    expect(step.image).toMatchObject({ degraded: ['no-reference'], backgroundDone: true })
    expect(await saidIn(step.image)).toMatchObject({ seed: spec.seed })
  })

  test('that WaveSpeed has forgotten is lost', async () => {
    await there.breakNext('lost')
    expect(await codeOf(pictureBy(wavespeed, await specOf()))).toBe('LOST_JOB')
  })

  test.each(['', '{}', 'null', '{"id":"x","getUrl":"nowhere"}'])(
    'with the broken handle %s is lost',
    async (handle) => {
      expect(await codeOf(wavespeed.poll!(handle, providerCall()))).toBe('LOST_JOB')
      expect((await there.stats()).calls).toBe(0)
    },
  )

  test('of another service is lost, and the key stays here', async () => {
    const handle = (await begun(wavespeed, await specOf())).replaceAll(WAVESPEED_URL, env.TEST_CANARY_URL)
    expect(await codeOf(wavespeed.poll!(handle, providerCall()))).toBe('LOST_JOB')
    expect(await canary.stats()).toMatchObject({ calls: 0 })
  })

  test('cannot be cancelled, and says so beforehand', () => {
    expect(wavespeed.cancel).toBeUndefined()
  })
})

describe('a submission that WaveSpeed refuses', () => {
  test.each([
    ['400', 'INVALID'],
    ['400-nsfw', 'MODERATED_IN'],
    ['400-oom', 'UPSTREAM_5XX'],
    ['401', 'AUTH'],
    ['402', 'QUOTA'],
    ['402-in-400', 'QUOTA'],
    ['403', 'AUTH'],
    ['404', 'AUTH'],
    ['429', 'RATE_LIMITED'],
    ['429-in-200', 'RATE_LIMITED'],
    ['404-in-200', 'AUTH'],
    ['500', 'UPSTREAM_5XX'],
    ['500-in-200', 'UPSTREAM_5XX'],
    ['503-cold', 'COLD'],
    ['page', 'BAD_OUTPUT'],
    ['empty', 'BAD_OUTPUT'],
    ['strange', 'BAD_OUTPUT'],
    ['half', 'NETWORK'],
    ['reset', 'NETWORK'],
  ])('with %s is %s', async (fault, code) => {
    await there.breakNext(fault)
    expect(await codeOf(wavespeed.submit(await specOf(), providerCall()), [WAVESPEED_KEY])).toBe(code)
  })

  test('for being too fast says how long to wait', async () => {
    await there.breakNext('429-retry-after')
    expect(await errorOf(wavespeed.submit(await specOf(), providerCall()))).toMatchObject({ retryAfterMs: 2_000 })
  })

  test('without a word ends by our own clock, and may have been made', async () => {
    await there.breakNext('hang')
    const call = providerCall({ signal: AbortSignal.timeout(150) })
    expect(await errorOf(wavespeed.submit(await specOf(), call))).toMatchObject({
      code: 'TIMEOUT',
      outcomeUnknown: true,
    })
  })

  test('whose job is elsewhere is refused, and the key goes nowhere', async () => {
    await there.breakNext('foreign-urls', { url: env.TEST_CANARY_URL })
    expect(await codeOf(wavespeed.submit(await specOf(), providerCall()))).toBe('BAD_OUTPUT')
    expect(await canary.stats()).toMatchObject({ calls: 0 })
  })
})

describe('a job that failed', () => {
  test.each([
    ['moderated-in', 'MODERATED_IN'],
    ['moderated-out', 'MODERATED_OUT'],
    ['invalid', 'INVALID'],
    ['failed', 'BAD_OUTPUT'],
    ['runner', 'BAD_OUTPUT'],
    ['no-output', 'BAD_OUTPUT'],
  ])('as %s is %s', async (fault, code) => {
    await there.breakNext(fault)
    expect(await codeOf(pictureBy(wavespeed, await specOf()), [WAVESPEED_KEY])).toBe(code)
  })
})

test.each([
  ['poll', '429', 'RATE_LIMITED'],
  ['poll', '429-in-200', 'RATE_LIMITED'],
  ['poll', '500', 'UPSTREAM_5XX'],
  ['poll', '401', 'AUTH'],
  ['poll', '404-in-200', 'LOST_JOB'],
  ['poll', 'half', 'NETWORK'],
  ['poll', 'strange', 'BAD_OUTPUT'],
  ['download', '503', 'UPSTREAM_5XX'],
  ['download', 'reset', 'NETWORK'],
])('a %s that goes wrong with %s is %s, and the next one has the picture', async (path, fault, code) => {
  const spec = await specOf()
  const handle = await begun(wavespeed, spec)
  await there.breakNext(fault, { path })
  expect(await codeOf(wavespeed.poll!(handle, providerCall()), [WAVESPEED_KEY])).toBe(code)
  const step = await wavespeed.poll!(handle, providerCall())
  if (step.kind !== 'done') throw new Error('not done')
  expect(await saidIn(step.image)).toMatchObject({ seed: spec.seed })
  expect(await there.stats()).toMatchObject({ submissions: 1, delivered: 1 })
})

describe('a result of WaveSpeed', () => {
  test.each([
    ['html', 'BAD_OUTPUT'],
    ['no-picture', 'BAD_OUTPUT'],
    ['huge', 'BAD_OUTPUT'],
    ['gone', 'LOST_JOB'],
    ['truncated', 'NETWORK'],
  ])('that is %s is %s', async (damage, code) => {
    await there.breakNext(damage)
    expect(await codeOf(pictureBy(wavespeed, await specOf()), [WAVESPEED_KEY])).toBe(code)
  })

  test.each(['foreign', 'redirect'])('that is %s leads nowhere', async (damage) => {
    await there.breakNext(damage, { url: `${env.TEST_CANARY_URL}/picture.png` })
    expect(await codeOf(pictureBy(wavespeed, await specOf()))).toBe('BAD_OUTPUT')
    expect(await canary.stats()).toMatchObject({ calls: 0 })
  })

  test('is fetched without the key', async () => {
    await pictureBy(wavespeed, await specOf())
    expect(await there.stats()).toMatchObject({ downloads: 1, downloadsWithKey: 0, delivered: 1 })
  })
})

test('without a key there is no WaveSpeed', () => {
  expect(wavespeedProvider(configWith({ WAVESPEED_KEY: '' }), env)).toBeNull()
})
