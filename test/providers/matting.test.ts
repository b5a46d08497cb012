import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import { readMask } from '../../src/providers/matting-mask'
import { type Segmenter, segmenterOf } from '../../src/providers/segment'
import { codeOf, configWith, controlOf, providerCall } from '../support/providers'
import { kernel } from '../support/uploads'

declare global {
  namespace Cloudflare {
    interface Env {
      TEST_MATTING_URL: string
      TEST_MATTING_KEY: string
    }
  }
}

const own = controlOf(env.TEST_MATTING_URL)
const { FAL_RUN_URL, FAL_KEY } = configWith()
const fal = controlOf(FAL_RUN_URL)
const size = { width: 256, height: 256 }
const rgba = new Uint8Array(256 * 256 * 4).map((_, at) => (at % 4 === 3 ? 255 : (at >> 4) & 255))
const picture = { bytes: kernel.encodePng(rgba, 256, 256), mime: 'image/png', ...size }

const OWN = { MATTING_URL: env.TEST_MATTING_URL, MATTING_TOKEN: env.TEST_MATTING_KEY }
const segmenter = (vars: Record<string, string> = OWN): Segmenter => segmenterOf(configWith(vars))!
const maskBy = async (by: Segmenter, call = providerCall()) => readMask((await by.segment(picture, call)).file, size)
const SERVICES = [
  ['a service of one’s own', () => segmenter(), own, env.TEST_MATTING_KEY],
  ['fal', () => segmenter({}), fal, FAL_KEY],
] as const

beforeEach(async () => {
  await own.reset()
  await fal.reset()
})

test('nobody cuts pictures out where nothing is set up', () => {
  expect(segmenterOf(configWith({ FAL_KEY: '', MATTING_URL: '' }))).toBeNull()
})

test('a service of one’s own comes before fal', () => {
  expect([segmenter().id, segmenter({}).id]).toEqual(['matting', 'fal'])
})

describe.each(SERVICES)('%s', (_, by, there, secret) => {
  test('says what of a picture is the person, and is asked once', async () => {
    const call = providerCall()
    const { mask, isCoarse } = await maskBy(by(), call)
    expect([mask.length, mask[0], mask[128 * 256 + 128], isCoarse]).toEqual([256 * 256, 0, 255, false])
    expect(call.seen).toHaveLength(1)
  })

  test.each([
    ['500', 'UPSTREAM_5XX'],
    ['429-retry-after', 'RATE_LIMITED'],
    ['401', 'AUTH'],
    ['reset', 'NETWORK'],
    ['page', 'BAD_OUTPUT'],
    ['empty', 'BAD_OUTPUT'],
    ['half', 'NETWORK'],
    ['half-picture', 'BAD_OUTPUT'],
    ['wrong-size', 'BAD_OUTPUT'],
    ['redirected', 'BAD_OUTPUT'],
  ])('that answers with %s is told as %s, without its key', async (fault, code) => {
    await there.breakNext(fault)
    expect(await codeOf(maskBy(by()), [secret])).toBe(code)
  })

  test('that says nothing is not waited for longer than asked', async () => {
    await there.breakNext('hang')
    expect(await codeOf(maskBy(by(), providerCall({ signal: AbortSignal.timeout(50) })))).toBe('TIMEOUT')
  })
})

describe('a mask', () => {
  test('of fewer pixels is made as large as the picture, and its edges want refining', async () => {
    await own.breakNext('small')
    const { mask, isCoarse } = await maskBy(segmenter())
    expect([mask.length, mask[0], mask[128 * 256 + 128], isCoarse]).toEqual([256 * 256, 0, 255, true])
  })

  test('may be the alpha of a cut-out', async () => {
    await own.breakNext('cut-out')
    const { mask } = await maskBy(segmenter())
    expect([mask[0], mask[128 * 256 + 128]]).toEqual([0, 255])
  })

  test.each(['nobody', 'everything', 'bomb'])('of %s is none', async (fault) => {
    await own.breakNext(fault)
    expect(await codeOf(maskBy(segmenter()))).toBe('BAD_OUTPUT')
  })

  test('at a place that is not fal’s is not fetched', async () => {
    await fal.breakNext('foreign', { url: `${env.TEST_CANARY_URL}/mask.png` })
    expect(await codeOf(maskBy(segmenter({})))).toBe('BAD_OUTPUT')
    expect(await controlOf(env.TEST_CANARY_URL).stats()).toMatchObject({ calls: 0 })
  })
})

test('a picture goes to a service of one’s own as it is', async () => {
  await segmenter().segment(picture, providerCall())
  const { jobs } = await own.stats()
  expect(jobs).toEqual([{ type: 'image/png', bytes: picture.bytes.length }])
})
