import { beforeEach, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/kernel/hash'
import { toBase64 } from '../../src/providers/http'
import { controlMapPng } from '../../src/render/control-map'
import { expectJson } from '../support/app'
import {
  avatar,
  configWith,
  controlOf,
  controlPixelsSha256,
  decoded,
  referencesSha256,
  saidIn,
  specOf,
} from '../support/providers'
import { kernel } from '../support/uploads'
import { readFake } from './servers/read-fake.mjs'

const { FAL_KEY, FAL_QUEUE_URL } = configWith()
const there = controlOf(FAL_QUEUE_URL)
beforeEach(() => there.reset())

type Asked = {
  prompt?: string
  seed?: number
  width?: number
  height?: number
  control?: Uint8Array
  reference?: Uint8Array
}

const dataUrl = (png: Uint8Array) => `data:image/png;base64,${toBase64(png)}`

/** The fake's own picture of what is asked in fal's words, by its files alone. */
async function drawn({ prompt = 'p', seed = 1, width = 256, height = 256, control, reference }: Asked) {
  const body = JSON.stringify({
    ...{ prompt, seed, image_size: { width, height }, num_inference_steps: 28, guidance_scale: 3.5 },
    ...(control && { controlnets: [controlNet(control)] }),
    ...(reference && { reference_image_url: dataUrl(reference) }),
  })
  const asked = fetch(`${FAL_QUEUE_URL}/fal-ai/flux-general`, {
    method: 'POST',
    body,
    headers: { authorization: `Key ${FAL_KEY}` },
  })
  const { request_id } = await expectJson<{ request_id: string }>(asked, 200)
  const file = await fetch(`${FAL_QUEUE_URL}/files/${request_id}.png`)
  expect(file.status).toBe(200)
  return { bytes: new Uint8Array(await file.arrayBuffer()) }
}

const controlNet = (png: Uint8Array) => ({
  path: 'Shakker-Labs/FLUX.1-dev-ControlNet-Union-Pro-2.0',
  control_image_url: dataUrl(png),
  ...{ conditioning_scale: 0.9, start_percentage: 0, end_percentage: 0.65 },
})

describe('a fake picture', () => {
  test.each([
    [256, 256],
    [1_024, 1_024],
    [1_344, 768],
    [272, 1_536],
  ])('of %i x %i says what was asked', async (width, height) => {
    const spec = await specOf({ width, height })
    const control = controlMapPng(kernel, spec.control.pose.people, width, height)
    const { rgba } = avatar()
    const reference = kernel.encodePng(rgba, 60, 80)
    const said = await saidIn(
      await drawn({ prompt: 'Tas “biru” ✓', seed: 4_294_967_295, width, height, control, reference }),
    )
    expect(said).toEqual({
      isFake: true,
      ...{ promptSha256: await sha256Hex('Tas “biru” ✓'), seed: 4_294_967_295, width, height },
      controlSha256: await controlPixelsSha256(spec),
      referencesSha256: await referencesSha256(avatar()),
    })
  })

  test('without a pose and an avatar says that there were none', async () => {
    expect(await saidIn(await drawn({}))).toMatchObject({ controlSha256: null, referencesSha256: null, seed: 1 })
  })

  test('is the same for the same wish, and another for every other one', async () => {
    const pixelsOf = async (asked: Asked) => sha256Hex((await drawn(asked)).bytes as Uint8Array<ArrayBuffer>)
    const map = (await drawn({ prompt: 'some map' })).bytes
    const wishes: Asked[] = [{}, { prompt: 'q' }, { seed: 2 }, { width: 272 }, { control: map }, { reference: map }]
    const pictures = await Promise.all(wishes.map(pixelsOf))
    expect(new Set(pictures).size).toBe(wishes.length)
    expect(await pixelsOf({})).toBe(pictures[0])
  })

  test.each([20, 60, 90])('can still be read after JPEG of quality %i', async (quality) => {
    const before = await decoded(await drawn({ prompt: 'jpeg', seed: 77 }))
    const jpeg = kernel.encodeJpeg(before.rgba as Uint8Array<ArrayBuffer>, before.width, before.height, { quality })
    expect(await saidIn({ bytes: jpeg })).toEqual(readFake(before))
  })

  test('made smaller is no fake picture any more', async () => {
    const { rgba, width, height } = await decoded(await drawn({ width: 512, height: 512 }))
    const whole = { x: 0, y: 0, width, height }
    const smaller = kernel.resize(rgba as Uint8Array<ArrayBuffer>, width, height, whole, 400, 400)
    expect(readFake({ rgba: smaller, width: 400, height: 400 })).toMatchObject({ isFake: false, seed: null })
  })

  test.each([0, 128, 255])('is not any other one: all %i', (value) => {
    const rgba = new Uint8Array(256 * 256 * 4).fill(value)
    expect(readFake({ rgba, width: 256, height: 256 }).isFake).toBe(false)
    expect(readFake({ rgba: rgba.subarray(0, 32 * 32 * 4), width: 32, height: 32 }).isFake).toBe(false)
  })

  test('of the safety checker is all black and large enough to be taken for one', async () => {
    await there.breakNext('black')
    const picture = await drawn({})
    const { rgba } = await decoded(picture)
    expect(picture.bytes.length).toBeGreaterThan(1_000)
    expect(rgba.every((value, at) => value === (at % 4 === 3 ? 255 : 0))).toBe(true)
  })
})

describe('the plan of faults', () => {
  test('draws the same faults for the same seed', async () => {
    const rates = { 500: 0.3, '429': 0.2, black: 0.2 }
    const outcomes = async (seed: number) => {
      await there.reset()
      await there.mix(rates, seed)
      for (let n = 0; n < 20; n++) await drawn({}).catch(() => {})
      return (await there.stats()).byFault
    }
    const first = await outcomes(5)
    expect(Object.values(first).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(5)
    expect(await outcomes(5)).toEqual(first)
    expect(await outcomes(6)).not.toEqual(first)
  })

  test.each([
    ['faults', { next: 'no-such-fault' }],
    ['faults', { next: '500', count: -1 }],
    ['faults', { next: '500', path: 'nowhere' }],
    ['mix', { rates: { 500: 0.7, 429: 0.4 } }],
    ['mix', { rates: { nothing: 0.1 } }],
    ['latency', { ms: 'long' }],
  ])('refuses %s %j', async (noun, json) => {
    const sent = { method: 'POST', body: JSON.stringify(json) }
    await expectJson(fetch(`${FAL_QUEUE_URL}/_control/${noun}`, sent), 400)
  })

  test('a server that was brought back works as before', async () => {
    await there.dead(true)
    await expect(drawn({})).rejects.toThrow()
    await there.dead(false)
    expect(await saidIn(await drawn({ seed: 9 }))).toMatchObject({ seed: 9 })
  })
})
