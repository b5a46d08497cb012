import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { providerObject } from '../../src/objects'
import { type GenImage, ProviderError } from '../../src/providers/contract'
import { MAX_UPSTREAM_ID_CHARACTERS } from '../../src/providers/errors'
import { askJson, downloadPicture, standardError } from '../../src/providers/http'
import { madePicture } from '../../src/providers/made-picture'
import { imageProviders } from '../../src/providers/registry'
import { verifyImage } from '../../src/providers/verify-image'
import { explainWavespeed } from '../../src/providers/wavespeed-errors'
import { createImageKernel } from '../../src/render/image/kernel'
import { modules } from '../../src/render/modules'
import { openShoot } from '../support/drive'
import { configWith, controlOf, errorOf, providerCall } from '../support/providers'
import { openUser } from '../support/queue'
import { concat } from '../support/uploads'

const fal = controlOf(env.FAL_QUEUE_URL)
const canary = controlOf(env.TEST_CANARY_URL)
const [provider] = imageProviders(configWith({ IMAGE_PROVIDERS: 'fal' }), env)
const kernel = createImageKernel(modules.image)

beforeEach(async () => {
  vi.useRealTimers()
  await Promise.all([fal.reset(), canary.reset()])
  await runInDurableObject(providerObject(env, provider!), (_object, { storage }) => {
    for (const table of ['lease', 'waiter', 'bucket', 'failure', 'duration', 'meter'])
      storage.sql.exec(`DELETE FROM ${table}`)
    storage.sql.exec('INSERT INTO meter(only) VALUES (1)')
  })
})
afterEach(() => void vi.useRealTimers())

describe('a job whose numbers are too long to be kept', () => {
  test('is called off upstream and counts as paid; the seller gets the credits back', async () => {
    await fal.mix({ 'long-urls': 1 })
    const user = await openUser()
    const shoot = await openShoot(user, { IMAGE_PROVIDERS: 'fal' })
    await shoot.run()
    expect(await user.object().unmadePictures(shoot.job.id)).toMatchObject({ tasks: [{ errorCode: 'BAD_OUTPUT' }] })
    expect(await fal.stats()).toMatchObject({ submissions: 4, cancels: 4 })
    const { spentTodayMicroUsd } = await providerObject(env, provider!).status(provider!.limits!)
    expect(spentTodayMicroUsd).toBe(4 * provider!.estimateMicroUsd({ width: 256, height: 256, hasReference: false }))
  })
})

describe('an answer that is made to be expensive', () => {
  test.each(['many-values', 'deep'])('of %s is not parsed', async (fault) => {
    await canary.breakNext(fault, { path: 'download' })
    const error = await errorOf(askJson(providerCall(), `${env.TEST_CANARY_URL}/x`))
    expect(error).toMatchObject({ code: 'BAD_OUTPUT', safeDetail: '200 without JSON' })
  })

  test('that never ends is given up with the attempt, as JSON and as a picture', async () => {
    await canary.breakNext('drip', { path: 'download', count: 2 })
    const url = `${env.TEST_CANARY_URL}/x`
    const within = (ms: number) => providerCall({ signal: AbortSignal.timeout(ms) })
    expect(await errorOf(askJson(within(300), url))).toMatchObject({ code: 'TIMEOUT', outcomeUnknown: true })
    const download = downloadPicture(within(300), url, { baseUrl: env.TEST_CANARY_URL, hosts: [] })
    expect(await errorOf(download)).toMatchObject({ code: 'TIMEOUT', outcomeUnknown: true })
  })
})

describe('a picture that is made to be expensive, or to be another than the one that was looked at', () => {
  const asked = { width: 256, height: 256 }
  const verified = (bytes: Uint8Array<ArrayBuffer>) => errorOf(verifyImage(pictureOf(bytes), asked))

  test.each([
    [4_096, 4_096],
    [2_064, 2_064],
    [256, 4_096],
  ])('of %i x %i is not decoded', async (width, height) => {
    const decoded = vi.spyOn(WebAssembly, 'Instance')
    const error = await verified(claiming(width, height))
    expect(error).toMatchObject({ code: 'BAD_OUTPUT', safeDetail: `${width}x${height}` })
    expect(decoded).not.toHaveBeenCalled()
  })

  test('of several pictures, one after the other, is refused: only the first would be judged', async () => {
    const still = noise(256, 256)
    expect(await verifyImage(pictureOf(still), asked)).toMatchObject(asked)
    // acTL: 2 frames, for ever (PNG specification 11.3.7.1), right after IHDR.
    const control = chunk('acTL', Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 0))
    const error = await verified(concat(still.subarray(0, 33), control, still.subarray(33)))
    expect(error).toMatchObject({ code: 'BAD_OUTPUT', safeDetail: 'an animation' })
  })
})

describe('words that a provider says back', () => {
  test('of a prompt that it refused do not close it to other sellers', async () => {
    const message = 'The prompt "promo top up, insufficient credits" was flagged as sensitive'
    const said = { status: 400, headers: new Headers(), json: { code: 400, message }, text: message }
    expect(explainWavespeed(said)?.code).toBe('MODERATED_IN')
    const text = 'content policy: "a poster that says CUDA out of memory"'
    expect(standardError({ status: 422, headers: new Headers(), json: null, text }, 0).code).toBe('MODERATED_IN')
  })

  test('as the number of a job are kept only so far', () => {
    const upstreamId = 'x'.repeat(5_000_000)
    expect(pictureOf(noise(64, 64), upstreamId).upstreamId).toHaveLength(MAX_UPSTREAM_ID_CHARACTERS)
    expect(new ProviderError('INVALID', '', { upstreamId }).upstreamId).toHaveLength(MAX_UPSTREAM_ID_CHARACTERS)
  })
})

function pictureOf(bytes: Uint8Array<ArrayBuffer>, upstreamId: string | null = null): GenImage {
  const settings = {
    ...{ prompt: '', negativePrompt: null, seed: 1, width: 256, height: 256, steps: 1, guidance: null },
    ...{ control: null, referenceSha256: [] },
  }
  return madePicture(bytes, {
    ...{ providerId: 'fal', model: 'm', upstreamId, settings, degraded: [], nsfw: null },
    ...{ costMicroUsd: 1, backgroundDone: false },
  })
}

/** A PNG whose pixels nobody can pack into less than 1,000 bytes. */
function noise(width: number, height: number): Uint8Array<ArrayBuffer> {
  const rgba = new Uint8Array(width * height * 4)
  for (let at = 0; at < rgba.length; at++) rgba[at] = at % 4 === 3 ? 255 : (at * 2_654_435_761) >>> 13
  return kernel.encodePng(rgba, width, height)
}

/** The same with another size in its header (IHDR, PNG specification 11.2.1). */
function claiming(width: number, height: number): Uint8Array<ArrayBuffer> {
  const file = noise(256, 256)
  const header = file.slice(16, 29)
  new DataView(header.buffer).setUint32(0, width)
  new DataView(header.buffer).setUint32(4, height)
  return concat(file.subarray(0, 8), chunk('IHDR', header), file.subarray(33))
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const named = concat(
    Uint8Array.from(type, (sign) => sign.charCodeAt(0)),
    data,
  )
  const length = new Uint8Array(4)
  const sum = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, data.length)
  new DataView(sum.buffer).setUint32(0, crc32(named))
  return concat(length, named, sum)
}

/** CRC-32 of PNG chunks (PNG specification, annex D). */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
