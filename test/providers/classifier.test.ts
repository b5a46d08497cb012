import { beforeEach, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/kernel/hash'
import { classifyPicture } from '../../src/moderation/classify-picture'
import { judgePicture } from '../../src/moderation/judge-picture'
import type { Pixels, ProviderError } from '../../src/providers/contract'
import type { ProviderErrorCode } from '../../src/providers/errors'
import { createImageKernel } from '../../src/render/image/kernel'
import { modules } from '../../src/render/modules'
import { expectJson } from '../support/app'
import { avatar, codeOf, configWith, controlOf, errorOf, providerCall } from '../support/providers'

const { NSFW_CLASSIFIER_URL: url, HF_TOKEN: token } = configWith()
const there = controlOf(url)
beforeEach(() => there.reset())

const says = (score: number) =>
  expectJson(fetch(`${url}/_control/score`, { method: 'POST', body: JSON.stringify({ score }) }), 200)

const kernel = createImageKernel(modules.image)
/** A picture as the runner has it: bytes, and the pixels that they decode to. */
function picture(pixels: Pixels = avatar(), nsfw: { flagged: boolean; score: number | null } | null = null) {
  const { width, height } = pixels
  const bytes = kernel.encodePng(new Uint8Array(pixels.rgba), width, height)
  return { bytes, mime: 'image/png' as const, nsfw, pixels }
}
const black = (): Pixels => {
  const rgba = new Uint8Array(64 * 64 * 4)
  for (let at = 3; at < rgba.length; at += 4) rgba[at] = 255
  return { rgba, width: 64, height: 64 }
}

const CLASSIFY = { NSFW_MODE: 'classify' }
const judge = (image = picture(), vars: Record<string, string> = CLASSIFY, call = providerCall()) =>
  judgePicture(configWith(vars), call, image)

describe('the classifier', () => {
  test('gets the very bytes of the picture, its type and the token, and nothing else', async () => {
    const image = picture()
    const call = providerCall()
    expect(await classifyPicture(configWith(), call, image)).toEqual({ flagged: false, score: 0.01 })
    expect(call.seen[0]!.headers.get('authorization')).toBe(`Bearer ${token}`)
    const { jobs } = await there.stats()
    expect(jobs).toEqual([{ path: '/', type: 'image/png', sha256: await sha256Hex(image.bytes) }])
  })

  test('is the public model at the router unless the settings name another place', async () => {
    await classifyPicture(configWith({ NSFW_CLASSIFIER_URL: '', HF_ROUTER_URL: url }), providerCall(), picture())
    const { jobs } = await there.stats()
    expect(jobs).toMatchObject([{ path: '/hf-inference/models/Falconsai/nsfw_image_detection' }])
  })

  test('flags from the threshold of the settings on', async () => {
    await says(0.7)
    const at = async (NSFW_THRESHOLD: string) =>
      (await classifyPicture(configWith({ NSFW_THRESHOLD }), providerCall(), picture())).flagged
    expect([await at('0.69'), await at('0.7'), await at('0.71')]).toEqual([true, true, false])
  })

  const FAULTS: [string, ProviderErrorCode][] = [
    ...([
      ['401', 'AUTH'],
      ['402', 'QUOTA'],
      ['429', 'RATE_LIMITED'],
      ['500', 'UPSTREAM_5XX'],
      ['503-cold', 'COLD'],
      ['reset', 'NETWORK'],
      ['half', 'NETWORK'],
      ['page', 'BAD_OUTPUT'],
    ] as [string, ProviderErrorCode][]),
    ...([
      ['strange', 'BAD_OUTPUT'],
      ['no-label', 'BAD_OUTPUT'],
      ['bad-score', 'BAD_OUTPUT'],
      ['nothing', 'BAD_OUTPUT'],
      ['redirected', 'BAD_OUTPUT'],
    ] as [string, ProviderErrorCode][]),
  ]

  test.each(FAULTS)('says what went wrong: %s is %s', async (fault, code) => {
    await there.breakNext(fault)
    expect(await codeOf(classifyPicture(configWith(), providerCall(), picture()), [token])).toBe(code)
  })

  test.each(FAULTS)('lets no picture pass when it gives no answer: %s (H5)', async (fault) => {
    await says(0)
    await there.breakNext(fault)
    const error: ProviderError = await errorOf(judge(), [token])
    expect([error.code, error.safeDetail]).toEqual(['UPSTREAM_5XX', expect.stringMatching(/^not judged: [A-Z0-9_]+$/)])
  })

  test('that is silent is not waited for beyond the call’s own time', async () => {
    await there.breakNext('hang')
    const call = providerCall({ signal: AbortSignal.timeout(100) })
    expect(await codeOf(judge(picture(), CLASSIFY, call))).toBe('UPSTREAM_5XX')
  })

  test('says how long to wait, and the picture waits so long', async () => {
    await there.breakNext('429-retry-after')
    expect((await errorOf(judge())).retryAfterMs).toBe(2_000)
  })
})

describe('a picture is shown or not', () => {
  test('what the classifier flags is seen by nobody (H6)', async () => {
    await says(0.98)
    expect(await codeOf(judge())).toBe('MODERATED_OUT')
  })

  test('what it does not flag is shown', async () => {
    await expect(judge()).resolves.toBeUndefined()
    expect((await there.stats()).calls).toBe(1)
  })

  test('what its provider flagged is seen by nobody, and no classifier is asked', async () => {
    const flagged = picture(avatar(), { flagged: true, score: null })
    for (const NSFW_MODE of ['provider', 'classify'])
      expect(await codeOf(judge(flagged, { NSFW_MODE }))).toBe('MODERATED_OUT')
    expect((await there.stats()).calls).toBe(0)
  })

  test('the provider’s word is enough in mode provider, its silence too, and neither counts in mode off', async () => {
    await says(0.98)
    await judge(picture(), { NSFW_MODE: 'provider' })
    await judge(picture(avatar(), { flagged: false, score: 0.2 }), { NSFW_MODE: 'provider' })
    await judge(picture(avatar(), { flagged: true, score: 0.99 }), { NSFW_MODE: 'off' })
    expect((await there.stats()).calls).toBe(0)
  })

  test('a black picture is what safety checkers leave of one: never delivered, whatever the mode', async () => {
    for (const NSFW_MODE of ['off', 'provider', 'classify'])
      expect(await codeOf(judge(picture(black()), { NSFW_MODE }))).toBe('MODERATED_OUT')
    expect((await there.stats()).calls).toBe(0)
  })
})
