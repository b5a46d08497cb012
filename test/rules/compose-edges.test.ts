import { describe, expect, test } from 'vitest'
import { cleanMask } from '../../src/backgrounds/compose/clean-mask'
import { composeBackground } from '../../src/backgrounds/compose/compose-background'
import type { Pixels } from '../../src/render/image/pixels'
import { type Drawing, drawn, flatBackdrop, kernel, mean, plain, rms } from './compose-fixtures'
import { picture } from './image-fixtures'

const PEOPLE = [
  ['stand-neutral', 'long red hair, red dress'],
  ['phone-floor-prone', 'yellow shirt, black hair'],
  ['duo-give-parcel', 'batik'],
  ['chair-crossed-legs-classic', 'blue shirt'],
  ['headshot-straight', 'curly hair'],
] as const
const COLOURS = [
  ['white', [255, 255, 255]],
  ['black', [0, 0, 0]],
  ['green', [0, 200, 60]],
] as const

const rgbOf = ([r, g, b]: readonly [number, number, number]) => (r << 16) | (g << 8) | b
const isEdge = (coverage: number) => coverage > 0 && coverage < 255

/** What the renderer itself draws over a colour: over black it leaves coverage * person. */
const truthOver = (overBlack: Drawing, colour: readonly number[]) =>
  overBlack.rgba.map((value, i) =>
    i % 4 === 3 ? 255 : Math.min(255, value + ((255 - overBlack.mask[i >> 2]!) / 255) * colour[i % 4]!),
  )

/** Differences of all channels at the pixels of `where`. */
function errors(pixels: Pixels['rgba'], truth: ArrayLike<number>, where: (pixel: number) => boolean): number[] {
  const found: number[] = []
  for (let i = 0; i < pixels.length; i++) if (i % 4 !== 3 && where(i >> 2)) found.push(pixels[i]! - truth[i]!)
  return found
}

/** Without telling colours apart: the old picture's edge pixels laid over the colour. */
const pasted = ({ rgba, mask }: Drawing, colour: readonly number[]) =>
  rgba.map((value, i) => (i % 4 === 3 ? 255 : (value * mask[i >> 2]! + colour[i % 4]! * (255 - mask[i >> 2]!)) / 255))

describe.each(PEOPLE)('%s, cut out of grey', (id, prompt) => {
  const overGrey = drawn(id, { prompt })
  const overBlack = drawn(id, { prompt, background: flatBackdrop(0, 0, 0) })

  test.each(COLOURS)('and put over %s has the edges of one drawn over it', (_, colour) => {
    const { rgba } = composeBackground(
      overGrey,
      overGrey.mask,
      { kind: 'color', rgb: rgbOf(colour) },
      { kernel, withShadow: false, maskError: 0.01 },
    )
    const truth = truthOver(overBlack, colour)
    const onEdge = (pixel: number) => isEdge(overGrey.mask[pixel]!)
    const halo = errors(rgba, truth, onEdge)
    expect(rms(halo)).toBeLessThan(4)
    expect(Math.abs(mean(halo))).toBeLessThan(1.5)
    expect(rms(errors(pasted(overGrey, colour), truth, onEdge))).toBeGreaterThan(2.5 * rms(halo))
    expect(rms(errors(rgba, truth, (pixel) => !onEdge(pixel)))).toBeLessThan(1)
  })
})

test('a seam of a busy old backdrop does not come along either', () => {
  const busy = { kind: 'image', rgba: picture('photo', 384, 384), width: 384, height: 384 } as const
  const source = drawn('stand-neutral', { background: busy })
  const overBlack = drawn('stand-neutral', { background: flatBackdrop(0, 0, 0) })
  const white = [255, 255, 255]
  const options = { kernel, withShadow: false, maskError: 0.01 }
  const { rgba } = composeBackground(source, source.mask, { kind: 'color', rgb: 0xffffff }, options)
  const onEdge = (pixel: number) => isEdge(source.mask[pixel]!)
  const truth = truthOver(overBlack, white)
  expect(rms(errors(rgba, truth, onEdge))).toBeLessThan(9)
  expect(rms(errors(pasted(source, white), truth, onEdge))).toBeGreaterThan(1.5 * rms(errors(rgba, truth, onEdge)))
})

describe('a rough mask', () => {
  const source = drawn('stand-neutral', { side: 512, prompt: 'long red hair' })
  const { mask, width, height } = source
  const wrongs = (other: Uint8Array) => mask.reduce((sum, value, i) => sum + Math.abs(value - other[i]!), 0)
  const hard = mask.map((value) => (value >= 128 ? 255 : 0))
  const blocks = mask.map((_, i) => hard[i - (i % width) - (Math.floor(i / width) % 4) * width + ((i % width) & ~3)]!)
  const wide = hard.map((value, i) => Math.max(value, hard[i - 2] ?? 0, hard[i + 2] ?? 0, hard[i - 2 * width] ?? 0))

  test.each([
    ['in blocks of four pixels', blocks, 0.35],
    ['two pixels too wide', wide, 0.6],
  ])('%s is moved to the edges of the picture', (_, rough, share) => {
    const refined = cleanMask(rough, width, height, { edges: 'rough', picture: source })
    expect(wrongs(refined)).toBeLessThan(share * wrongs(rough))
  })

  test('with only yes and no gets soft edges, and is nearer to the truth', () => {
    const soft = cleanMask(hard, width, height, { edges: 'rough' })
    expect(soft.filter(isEdge).length).toBeGreaterThan(mask.filter(isEdge).length * 0.5)
    expect(rms([...soft].map((value, i) => value - mask[i]!))).toBeLessThan(rms([...hard].map((v, i) => v - mask[i]!)))
  })

  test('is left alone far from its edges', () => {
    const refined = cleanMask(blocks, width, height, { edges: 'rough', picture: source })
    const inside = (x: number, y: number) => refined[y * width + x]
    expect([inside(2, 2), inside(509, 300), inside(256, 200)]).toEqual([0, 0, 255])
  })
})

test('a person of one colour keeps it to the last pixel, whatever the mask says of the edge', () => {
  const [side, red, blue] = [64, [200, 30, 40], [20, 60, 220]] as const
  const source = plain(side, side, blue)
  const mask = new Uint8Array(side * side)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const cover = Math.round(255 * Math.min(1, Math.max(0, (20.3 - Math.hypot(x - 32, y - 32)) / 3)))
      mask[y * side + x] = cover
      const colour = red.map((value, c) => Math.round((value * cover + blue[c]! * (255 - cover)) / 255))
      source.rgba.set(colour, (y * side + x) * 4)
    }
  }
  const cut = composeBackground(source, mask, { kind: 'transparent' }, { kernel })
  const off = errors(
    cut.rgba,
    cut.rgba.map((_, i) => red[i % 4] ?? 255),
    (pixel) => mask[pixel]! > 0,
  )
  expect(Math.max(...off.map(Math.abs))).toBeLessThanOrEqual(6)
})
