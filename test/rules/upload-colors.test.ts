import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeUpload } from '../../src/uploads/decode'
import { parseProfile } from '../../src/uploads/icc-profile'
import { MAX_PROFILE_BYTES } from '../../src/uploads/limits'
import { concat, decoderModules, newKernel, pngChunk, pngFile, pngIhdr } from './image-fixtures'

const kernel = newKernel()
const decode = (bytes: Uint8Array) => decodeUpload({ kernel, modules: decoderModules }, bytes)

/** A cube of colours, 9 levels a channel: 27 x 27 pixels, each of them a block of 8 so that lossy coding keeps it. */
const SIDE = 27 * 8
const cube = new Uint8Array(SIDE * SIDE * 3)
for (let y = 0; y < SIDE; y++)
  for (let x = 0; x < SIDE; x++) {
    const block = (y >> 3) * 27 + (x >> 3)
    const levels = [block % 9, Math.floor(block / 9) % 9, Math.floor(block / 81)]
    cube.set(
      levels.map((level) => Math.round((level * 255) / 8)),
      (y * SIDE + x) * 3,
    )
  }
const raw = () => sharp(cube, { raw: { width: SIDE, height: SIDE, channels: 3 } })

const ascii = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return new Uint8Array(bytes)
}
const fixed = (value: number) => u32(Math.round(value * 65_536))
const xyz = (...values: number[]) => concat(ascii('XYZ \0\0\0\0'), ...values.map(fixed))
const gamma = (value: number) => concat(ascii('curv\0\0\0\0'), u32(1), u32(Math.round(value * 256) << 16))

/** An ICC profile, version 2.1, as any application writes it. */
function profile(tags: Record<string, Uint8Array>, space = 'RGB '): Uint8Array<ArrayBuffer> {
  const names = Object.keys(tags)
  const padded = names.map((name) => concat(tags[name]!, new Uint8Array(-tags[name]!.length & 3)))
  let at = 128 + 4 + names.length * 12
  const table = names.map((name, i) => {
    const entry = concat(ascii(name), u32(at), u32(tags[name]!.length))
    at += padded[i]!.length
    return entry
  })
  const header = concat(
    ...[u32(at), ascii('none'), u32(0x02100000), ascii('mntr'), ascii(space), ascii('XYZ '), new Uint8Array(12)],
    ...[ascii('acsp'), new Uint8Array(28), fixed(0.9642), fixed(1), fixed(0.8249), new Uint8Array(48)],
  )
  return concat(header, u32(names.length), ...table, ...padded)
}

/** Adobe RGB (1998), sections 4.3.5 and annex A: gamma 563/256 and colours adapted to D50. */
const ADOBE = {
  ...{ wtpt: xyz(0.9505, 1, 1.0891), desc: concat(ascii('desc\0\0\0\0'), u32(2), ascii('a\0'), new Uint8Array(78)) },
  ...{ cprt: ascii('text\0\0\0\0none\0') },
  ...{
    rXYZ: xyz(0.60974, 0.31111, 0.01947),
    gXYZ: xyz(0.20528, 0.62567, 0.06087),
    bXYZ: xyz(0.14919, 0.06322, 0.74457),
  },
  ...{ rTRC: gamma(563 / 256), gTRC: gamma(563 / 256), bTRC: gamma(563 / 256) },
}

/** sRGB's curve as profiles write it: ((x + 0.055) / 1.055) ^ 2.4 from 0.04045 on, x / 12.92 below. */
const srgbCurve = concat(
  ascii('para\0\0\0\0\0\x03\0\0'),
  ...[2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045].map(fixed),
)
/** Display P3 as Apple's profile has it. */
const DISPLAY_P3 = {
  ...ADOBE,
  ...{
    rXYZ: xyz(0.51512, 0.2412, -0.00105),
    gXYZ: xyz(0.29198, 0.69225, 0.04189),
    bXYZ: xyz(0.1571, 0.06657, 0.78407),
  },
  ...{ rTRC: srgbCurve, gTRC: srgbCurve, bTRC: srgbCurve },
}

const pngWith = (...chunks: Uint8Array[]) => {
  const lines = new Uint8Array(SIDE * (SIDE * 3 + 1))
  for (let y = 0; y < SIDE; y++) lines.set(cube.subarray(y * SIDE * 3, (y + 1) * SIDE * 3), y * (SIDE * 3 + 1) + 1)
  return pngFile(pngIhdr(SIDE, SIDE, 8, 2), lines, ...chunks)
}
const iccp = (bytes: Uint8Array) => pngChunk('iCCP', concat(ascii('profile\0\0'), deflateSync(bytes)))

/** What sharp (LittleCMS) makes of the file: sRGB, RGB. */
const bySharp = async (file: Uint8Array) => sharp(file).toColourspace('srgb').removeAlpha().raw().toBuffer()

/** Largest and mean difference of a channel between our pixels and RGB ones. */
function differences(rgba: Uint8Array, rgb: Uint8Array): { largest: number; mean: number } {
  let [largest, sum] = [0, 0]
  for (let i = 0; i < rgb.length; i++) {
    const difference = Math.abs(rgba[Math.floor(i / 3) * 4 + (i % 3)]! - rgb[i]!)
    largest = Math.max(largest, difference)
    sum += difference
  }
  return { largest, mean: sum / rgb.length }
}

let p3: Buffer
beforeAll(async () => {
  const encoded = await raw().withIccProfile('p3').png().toBuffer()
  p3 = (await sharp(encoded).metadata()).icc!
})

/** The cube as colours of Display P3, by sharp: the same numbers, another meaning. */
const p3Png = () => pngWith(iccp(p3))

describe('pictures of wider colours come out as sRGB', () => {
  test.each([
    ['Display P3 in a PNG', () => p3Png()],
    ['Display P3 with its curve as a formula', () => pngWith(iccp(profile(DISPLAY_P3)))],
    ['Adobe RGB in a PNG', () => pngWith(iccp(profile(ADOBE)))],
  ])('%s: as LittleCMS has it', async (_, file) => {
    const decoded = await decode(file())
    expect(decoded).toMatchObject({ ok: true, colorConverted: true })
    if (!decoded.ok) return
    const { largest, mean } = differences(decoded.rgba, await bySharp(file()))
    expect(largest).toBeLessThanOrEqual(1)
    expect(mean).toBeLessThan(0.05)
    // Taken as they stand the colours would be far off.
    expect(differences(decoded.rgba, cube).largest).toBeGreaterThan(20)
  })

  test('Display P3 and Adobe RGB in JPEG, in one part and in many', async () => {
    for (const icc of [p3, profile(ADOBE)]) {
      const plain = await raw().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer()
      for (const partBytes of [65_000, 100]) {
        const file = withApp2(plain, icc, partBytes)
        const decoded = await decode(file)
        expect(decoded).toMatchObject({ ok: true, colorConverted: true })
        if (!decoded.ok) return
        expect(differences(decoded.rgba, await bySharp(file)).largest).toBeLessThanOrEqual(2)
      }
    }
  })

  test('Display P3 by code points in a PNG, which go before its profile', async () => {
    const p3Points = pngChunk('cICP', Uint8Array.of(12, 13, 0, 1))
    const expected = await bySharp(pngWith(iccp(profile(DISPLAY_P3))))
    for (const file of [
      pngWith(p3Points),
      pngWith(p3Points, iccp(profile(ADOBE))),
      pngWith(iccp(profile(ADOBE)), p3Points),
    ]) {
      const decoded = await decode(file)
      expect(decoded).toMatchObject({ ok: true, colorConverted: true })
      if (decoded.ok) expect(differences(decoded.rgba, expected).largest).toBeLessThanOrEqual(1)
    }
  })

  test('Display P3 in WebP', async () => {
    const file = await sharp(p3Png()).keepIccProfile().webp({ lossless: true }).toBuffer()
    expect((await sharp(file).metadata()).icc).toBeDefined()
    const decoded = await decode(file)
    expect(decoded).toMatchObject({ ok: true, colorConverted: true })
    if (!decoded.ok) return
    expect(differences(decoded.rgba, await bySharp(file)).largest).toBeLessThanOrEqual(1)
  })
})

describe('other pictures keep their colours', () => {
  const kept = async (file: Uint8Array, colorConverted: boolean | null) => {
    const decoded = await decode(file)
    expect(decoded).toMatchObject({ ok: true, colorConverted })
    if (decoded.ok) expect(differences(decoded.rgba, cube).largest).toBe(0)
  }

  test('without a profile, and with that of sRGB, there is nothing to convert', async () => {
    const encoded = await raw().withIccProfile('srgb').png().toBuffer()
    expect((await sharp(encoded).metadata()).icc).toBeDefined()
    for (const file of [pngWith(), encoded, pngWith(pngChunk('cICP', Uint8Array.of(1, 13, 0, 1)))])
      await kept(file, null)
  })

  const bomb = deflateSync(new Uint8Array(200 * 1024 * 1024))
  const truncated = profile(ADOBE).subarray(0, 300)
  const offsetsBeyond = profile(ADOBE).fill(0xff, 172, 180)
  const { rTRC: _curve, ...withoutCurve } = ADOBE
  test.each([
    ['a profile of a printer', iccp(profile(ADOBE, 'CMYK'))],
    ['a grey profile', iccp(profile(ADOBE, 'GRAY'))],
    ['a profile without a curve', iccp(profile(withoutCurve))],
    ['a profile whose white is none', iccp(profile({ ...ADOBE, rXYZ: xyz(3, 3, 3) }))],
    [
      'a curve of more points than there are bytes',
      iccp(profile({ ...ADOBE, gTRC: concat(ascii('curv\0\0\0\0'), u32(-1)) })),
    ],
    [
      'a curve that is no number',
      iccp(profile({ ...ADOBE, gTRC: gamma(0), bTRC: concat(ascii('para\0\0\0\0'), u32(9)) })),
    ],
    ['a cut profile', iccp(truncated)],
    ['tags outside of the profile', iccp(offsetsBeyond)],
    ['a profile that is not deflated', pngChunk('iCCP', concat(ascii('profile\0\0'), profile(ADOBE)))],
    ['a profile without a name', pngChunk('iCCP', new Uint8Array(100).fill(7))],
    ['an empty profile', pngChunk('iCCP', new Uint8Array())],
    ['a profile that inflates to 200 MB', pngChunk('iCCP', concat(ascii('bomb\0\0'), bomb))],
    ['code points of television', pngChunk('cICP', Uint8Array.of(9, 16, 0, 1))],
    ['code points of a narrow range', pngChunk('cICP', Uint8Array.of(12, 13, 0, 0))],
  ])('with %s, and are told so', async (_, chunk) => {
    await kept(pngWith(chunk), false)
  })

  test('with a profile in parts of which one is missing, twice there, or lies about their number', async () => {
    const plain = await raw().jpeg({ quality: 95 }).toBuffer()
    const whole = withApp2(plain, p3, 100)
    const part = whole.subarray(2, 2 + 4 + 14 + 100)
    const damaged = [
      concat(whole.subarray(0, 2), whole.subarray(2 + part.length)),
      concat(whole.subarray(0, 2), part, whole.subarray(2)),
      concat(whole.subarray(0, 19), Uint8Array.of(99), whole.subarray(20)),
      withApp2(plain, new Uint8Array(MAX_PROFILE_BYTES + 1), 65_000),
    ]
    for (const file of damaged) expect(await decode(file)).toMatchObject({ ok: true, colorConverted: false })
  })

  test('a profile of any bytes is a profile or none, and never an error', () => {
    const valid = profile(ADOBE)
    const changes = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 12 })
    fc.assert(
      fc.property(changes, fc.nat(valid.length), (flips, size) => {
        const bytes = valid.slice(0, size)
        for (const [at, value] of flips) bytes[at] = value
        const parsed = parseProfile(bytes)
        for (const curve of parsed?.curves ?? []) for (const value of curve) expect(value >= 0 && value <= 1).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

/** The JPEG with the profile in APP2 segments of this size. */
function withApp2(jpeg: Uint8Array, icc: Uint8Array, partBytes: number): Uint8Array<ArrayBuffer> {
  const count = Math.ceil(icc.length / partBytes)
  const parts = Array.from({ length: count }, (_, i) => {
    const body = concat(
      ascii('ICC_PROFILE\0'),
      Uint8Array.of(i + 1, count),
      icc.subarray(i * partBytes, (i + 1) * partBytes),
    )
    return concat(Uint8Array.of(0xff, 0xe2, (body.length + 2) >> 8, (body.length + 2) & 255), body)
  })
  return concat(jpeg.subarray(0, 2), ...parts, jpeg.subarray(2))
}
