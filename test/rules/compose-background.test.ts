import { describe, expect, test } from 'vitest'
import { type Backdrop, composeBackground } from '../../src/backgrounds/compose/compose-background'
import { maskFromAlpha } from '../../src/backgrounds/compose/mask-file'
import { ImageError } from '../../src/render/image/image-error'
import { coverRect, type Pixels } from '../../src/render/image/pixels'
import { colourAt, drawn, firstDifference, kernel, plain } from './compose-fixtures'
import { picture } from './image-fixtures'

const photo: Pixels = { rgba: picture('photo', 200, 120), width: 200, height: 120 }
const BACKDROPS: [string, Backdrop][] = [
  ['a colour', { kind: 'color', rgb: 0x2a7d8f }],
  ['a picture', { kind: 'image', pixels: photo }],
  ['nothing', { kind: 'transparent' }],
]
const person = drawn('courier-deliver-knock', { side: 256 })
const { mask, width, height } = person
const all = (value: number, pixels = mask.length) => new Uint8Array(pixels).fill(value)
const alphaOf = ({ rgba }: Pixels) => maskFromAlpha(rgba)

describe.each(BACKDROPS)('over %s', (_, backdrop) => {
  test('a picture that is all person stays as it is', () => {
    const { rgba } = composeBackground(person, all(255), backdrop, { kernel })
    expect(firstDifference(rgba, person.rgba)).toBe(-1)
  })

  test('twice is the same, and nothing handed in changes', () => {
    const inputs = [person.rgba, mask, photo.rgba]
    const before = inputs.map((bytes) => Uint8Array.from(bytes))
    const first = composeBackground(person, mask, backdrop, { kernel })
    const second = composeBackground(person, mask, backdrop, { kernel })
    expect(firstDifference(second.rgba, first.rgba)).toBe(-1)
    expect(inputs.map((bytes, i) => firstDifference(bytes, before[i]!))).toEqual([-1, -1, -1])
  })

  test.each([
    [1, 1],
    [1, 40],
    [37, 2],
    [5, 5],
  ])('%i x %i pixels are enough', (w, h) => {
    const small: Pixels = { rgba: picture('noise', w, h), width: w, height: h }
    const some = Uint8Array.from({ length: w * h }, (_, i) => (i * 97) % 256)
    expect(composeBackground(small, some, backdrop, { kernel }).rgba).toHaveLength(w * h * 4)
  })
})

test('a picture without a person becomes the backdrop, exactly', () => {
  const none = all(0)
  const coloured = composeBackground(person, none, { kind: 'color', rgb: 0x0a63c9 }, { kernel })
  expect(firstDifference(coloured.rgba, plain(width, height, [0x0a, 0x63, 0xc9]).rgba)).toBe(-1)
  const behind = composeBackground(person, none, { kind: 'image', pixels: photo }, { kernel })
  const rect = coverRect(photo, width, height)
  const scaled = kernel.resize(photo.rgba, photo.width, photo.height, rect, width, height)
  expect(firstDifference(behind.rgba, scaled)).toBe(-1)
  const cut = composeBackground(person, none, { kind: 'transparent' }, { kernel })
  expect(cut.rgba.every((value) => value === 0)).toBe(true)
})

test('what is wholly the person keeps its colours on a plain backdrop', () => {
  const { rgba } = composeBackground(person, mask, { kind: 'color', rgb: 0x2a7d8f }, { kernel })
  const moved = [...mask.keys()].filter(
    (i) => mask[i] === 255 && [0, 1, 2].some((c) => rgba[i * 4 + c] !== person.rgba[i * 4 + c]),
  )
  expect(moved).toEqual([])
})

describe('a cut-out', () => {
  const cut = composeBackground(person, mask, { kind: 'transparent' }, { kernel })

  test('has the mask as its alpha, and no colour of the old picture outside', () => {
    expect(firstDifference(alphaOf(cut), mask)).toBe(-1)
    const outside = [...mask.keys()].filter((i) => mask[i] === 0)
    expect(outside.every((i) => cut.rgba.subarray(i * 4, i * 4 + 4).every((value) => value === 0))).toBe(true)
  })

  test('has a shadow of black when one is asked for', () => {
    const shaded = composeBackground(person, mask, { kind: 'transparent' }, { kernel, withShadow: true })
    const added = [...mask.keys()].filter((i) => mask[i] === 0 && shaded.rgba[i * 4 + 3]! > 0)
    expect(added.length).toBeGreaterThan(200)
    expect(added.every((i) => shaded.rgba.subarray(i * 4, i * 4 + 3).every((value) => value === 0))).toBe(true)
    expect(alphaOf(shaded).every((value, i) => value >= mask[i]!)).toBe(true)
  })

  test('with its own alpha is put over a colour without another guess at its edges', () => {
    const options = { kernel, withShadow: false }
    const teal: Backdrop = { kind: 'color', rgb: 0x2a7d8f }
    const direct = composeBackground(person, mask, teal, options)
    const again = composeBackground(cut, all(255), teal, options)
    expect(firstDifference(again.rgba, direct.rgba)).toBe(-1)
    expect(firstDifference(again.rgba, kernel.overColor(cut, 0x2a7d8f))).toBe(-1)
  })
})

describe('a backdrop picture', () => {
  test('covers, centred: a wide one loses its sides', () => {
    const wide = plain(300, 100, [250, 250, 250])
    for (let y = 0; y < 100; y++) for (let x = 0; x < 95; x++) wide.rgba.set([255, 0, 0], (y * 300 + x) * 4)
    const out = composeBackground(plain(60, 60, [0, 0, 0]), all(0, 3600), { kind: 'image', pixels: wide }, { kernel })
    expect([colourAt(out, 0, 30), colourAt(out, 59, 30)]).toEqual([
      [250, 250, 250, 255],
      [250, 250, 250, 255],
    ])
  })

  test('with holes has white in them', () => {
    const holes: Pixels = { rgba: new Uint8Array(64), width: 4, height: 4 }
    const out = composeBackground(plain(4, 4, [0, 0, 0]), all(0, 16), { kind: 'image', pixels: holes }, { kernel })
    expect(out.rgba).toEqual(plain(4, 4, [255, 255, 255]).rgba)
  })
})

describe('refused as invalid', () => {
  const grey = plain(8, 8, [128, 128, 128])
  const white: Backdrop = { kind: 'color', rgb: 0xffffff }
  const huge = { rgba: new Uint8Array(4 * 2049), width: 2049, height: 1 }
  const codeOf = (source: Pixels, coverage: Uint8Array, backdrop: Backdrop = white) => {
    try {
      composeBackground(source, coverage, backdrop, { kernel })
    } catch (error) {
      return error instanceof ImageError ? error.code : error
    }
    return 'no error'
  }

  test.each([
    ['a mask of another size', grey, all(0, 63), white],
    ['a picture whose bytes do not fit its size', { ...grey, rgba: grey.rgba.subarray(4) }, all(0, 64), white],
    ['more than 2048 a side', huge, all(0, 2049), white],
    ['no pixels', { rgba: new Uint8Array(0), width: 0, height: 0 }, all(0, 0), white],
    ['a colour beyond white', grey, all(0, 64), { kind: 'color', rgb: 0x1000000 }],
    ['a colour that is no number', grey, all(0, 64), { kind: 'color', rgb: Number.NaN }],
    ['a backdrop whose bytes do not fit its size', grey, all(0, 64), { kind: 'image', pixels: { ...grey, width: 9 } }],
  ] as [string, Pixels, Uint8Array, Backdrop][])('%s', (_, source, coverage, backdrop) => {
    expect(codeOf(source, coverage, backdrop)).toBe('invalid')
  })

  test('2048 a side is allowed', () => {
    expect(codeOf({ rgba: new Uint8Array(4 * 2048).fill(255), width: 2048, height: 1 }, all(9, 2048))).toBe('no error')
  })
})
