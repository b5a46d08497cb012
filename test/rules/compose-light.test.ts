import { describe, expect, test } from 'vitest'
import { composeBackground } from '../../src/backgrounds/compose/compose-background'
import { type LightTables, matchLight } from '../../src/backgrounds/compose/light-match'
import { linearToOklab } from '../../src/kernel/oklab'
import { colourAt, drawn, kernel, plain } from './compose-fixtures'

type Rgb = readonly [number, number, number]

/** Pale to deep. */
const SKINS: Rgb[] = [
  [255, 224, 196],
  [240, 200, 168],
  [214, 164, 124],
  [178, 124, 84],
  [118, 78, 56],
  [70, 46, 34],
]
const BACKDROPS: [string, Rgb][] = [
  ['a forest', [60, 110, 50]],
  ['the sea', [40, 110, 190]],
  ['a sunset', [235, 130, 70]],
  ['a red wall', [200, 30, 30]],
  ['neon pink', [255, 20, 200]],
  ['night', [18, 20, 40]],
  ['a yellow plate', [250, 220, 40]],
]

const SIDE = 64
const person = drawn('stand-neutral', { side: SIDE })
const tablesOn = (backdrop: Rgb) => matchLight(person.rgba, person.mask, plain(SIDE, SIDE, backdrop).rgba, SIDE)
const applied = ({ red, green, blue }: LightTables, [r, g, b]: Rgb): Rgb => [red[r]!, green[g]!, blue[b]!]

const linear = (code: number) => (code / 255 <= 0.04045 ? code / 255 / 12.92 : ((code / 255 + 0.055) / 1.055) ** 2.4)
function oklch([r, g, b]: Rgb) {
  const [lightness, a, blueness] = linearToOklab(linear(r), linear(g), linear(b))
  return { lightness, chroma: Math.hypot(a, blueness), hue: (Math.atan2(blueness, a) * 180) / Math.PI }
}

describe.each(BACKDROPS)('before %s', (_, backdrop) => {
  const tables = tablesOn(backdrop)!

  test('the person changes a little', () => {
    const change = Math.max(...[64, 128, 200].flatMap((v) => applied(tables, [v, v, v]).map((w) => Math.abs(w - v))))
    expect(change).toBeGreaterThan(0)
    expect(change).toBeLessThan(0.2 * 200)
  })

  test('a grey turns towards the backdrop, by a fifth of its colour at most', () => {
    const [there, grey] = [oklch(backdrop), oklch(applied(tables, [128, 128, 128]))]
    expect(grey.chroma).toBeLessThanOrEqual(0.2 * there.chroma + 0.004)
  })

  test.each(SKINS)('skin of %i %i %i stays skin', (...skin) => {
    const [before, after] = [oklch(skin), oklch(applied(tables, skin))]
    expect(Math.abs(after.hue - before.hue)).toBeLessThan(9)
    expect(Math.abs(after.chroma - before.chroma)).toBeLessThan(0.03)
    expect(after.lightness).toBeGreaterThan(before.lightness * 0.87)
  })

  test('brighter stays brighter and black stays black', () => {
    for (const channel of [tables.red, tables.green, tables.blue])
      expect(channel.every((value, i) => i === 0 || value >= channel[i - 1]!)).toBe(true)
    expect(Math.max(...applied(tables, [0, 0, 0]))).toBeLessThan(12)
  })
})

describe('nothing changes', () => {
  test.each([
    ['white', [255, 255, 255]],
    ['a light grey', [200, 200, 200]],
    ['a middle grey', [128, 128, 128]],
    ['the warm white of a studio', [240, 237, 233]],
  ] as [string, Rgb][])('before %s', (_, colour) => {
    expect(tablesOn(colour)).toBeNull()
  })

  test('on a backdrop of one colour, where the shop chose it for contrast', () => {
    const options = { kernel, withShadow: false }
    const { rgba } = composeBackground(person, person.mask, { kind: 'color', rgb: 0xff0000 }, options)
    const whole = [...person.mask.keys()].filter((i) => person.mask[i] === 255)
    expect(whole.every((i) => rgba[i * 4 + 1] === person.rgba[i * 4 + 1])).toBe(true)
  })

  test('when there is nobody', () => {
    const backdrop = plain(SIDE, SIDE, [200, 30, 30]).rgba
    expect(matchLight(person.rgba, new Uint8Array(SIDE * SIDE), backdrop, SIDE)).toBeNull()
  })
})

test('before a warm picture the person is warmer, unless it is not wanted', () => {
  const shirt = plain(32, 32, [128, 128, 128])
  const mask = new Uint8Array(1024).map((_, i) => (i % 32 < 16 ? 255 : 0))
  const backdrop = { kind: 'image', pixels: plain(32, 32, [235, 130, 70]) } as const
  const [r, , b] = colourAt(composeBackground(shirt, mask, backdrop, { kernel }), 4, 4)
  expect(r! - b!).toBeGreaterThan(3)
  const plainLight = composeBackground(shirt, mask, backdrop, { kernel, withLight: false })
  expect(colourAt(plainLight, 4, 4)).toEqual([128, 128, 128, 255])
})

test('before a picture of hard light the person has more contrast, before fog less', () => {
  const contrastBefore = (low: number, high: number) => {
    const stripes = plain(SIDE, SIDE, [low, low, low])
    for (let i = 0; i < stripes.rgba.length; i += 32) stripes.rgba.fill(high, i, i + 16)
    for (let i = 3; i < stripes.rgba.length; i += 4) stripes.rgba[i] = 255
    const tables = matchLight(person.rgba, person.mask, stripes.rgba, SIDE)
    return tables ? tables.green[200]! - tables.green[60]! : 140
  }
  expect(contrastBefore(0, 255)).toBeGreaterThan(140)
  expect(contrastBefore(90, 150)).toBeLessThan(140)
})
