import { describe, expect, test } from 'vitest'
import { cleanMask } from '../../src/backgrounds/compose/clean-mask'
import { componentsOf } from '../../src/backgrounds/compose/components'
import { ImageError } from '../../src/render/image/image-error'
import { drawn, firstDifference, plain } from './compose-fixtures'

/** A mask from rows of text: `#` is covered. */
function maskOf(...rows: string[]): { mask: Uint8Array; width: number; height: number } {
  const mask = Uint8Array.from([...rows.join('')], (letter) => (letter === '#' ? 255 : 0))
  return { mask, width: rows[0]!.length, height: rows.length }
}

/** Areas by flood fill, slowly: another way to the same answer. */
function floodAreas({ mask, width, height }: ReturnType<typeof maskOf>, diagonal: boolean): number[] {
  const seen = new Set<number>()
  const areas: number[] = []
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] !== 255 || seen.has(start)) continue
    const open = [start]
    seen.add(start)
    let area = 0
    for (let i = open.pop(); i !== undefined; i = open.pop()) {
      area++
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
        [1, 1],
        [1, -1],
        [-1, 1],
        [-1, -1],
      ] as const) {
        const x: number = (i % width) + dx
        const y: number = Math.floor(i / width) + dy
        const next = y * width + x
        if ((dx !== 0 && dy !== 0 && !diagonal) || x < 0 || y < 0 || x >= width || y >= height) continue
        if (mask[next] !== 255 || seen.has(next)) continue
        seen.add(next)
        open.push(next)
      }
    }
    areas.push(area)
  }
  return areas.toSorted((a, b) => a - b)
}

const areasOf = ({ mask, width, height }: ReturnType<typeof maskOf>, diagonal: boolean) =>
  [...componentsOf(mask, width, height, { from: 255, to: 255, diagonal }).areas]
    .filter(Boolean)
    .toSorted((a, b) => a - b)

describe('what hangs together', () => {
  const spiral = maskOf('#######', '......#', '#####.#', '#...#.#', '#.###.#', '#.....#', '#######')
  const stairs = maskOf('#...#', '.#.#.', '..#..', '.#.#.', '#...#')
  const lastAndFirst = maskOf('..#', '#..', '..#')

  test.each([
    ['a spiral', spiral],
    ['stairs', stairs],
    ['the end of a row and the start of the next', lastAndFirst],
    ['nothing', maskOf('...', '...')],
    ['one pixel', maskOf('#')],
  ])('%s', (_, sample) => {
    for (const diagonal of [true, false]) expect(areasOf(sample, diagonal)).toEqual(floodAreas(sample, diagonal))
  })

  test('in a hundred random masks of all sizes', () => {
    let seed = 1
    const random = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return seed / 2 ** 32
    }
    for (let round = 0; round < 100; round++) {
      const [width, height] = [1 + Math.floor(random() * 24), 1 + Math.floor(random() * 24)]
      const share = random()
      const mask = Uint8Array.from({ length: width * height }, () => (random() < share ? 255 : 0))
      const sample = { mask, width, height }
      for (const diagonal of [true, false]) expect(areasOf(sample, diagonal)).toEqual(floodAreas(sample, diagonal))
    }
  })
})

describe('a cleaned mask', () => {
  const { mask, width, height, ...source } = drawn('contrapposto-classic-hand-hip')
  const picture = { ...source, width, height }
  const at = (x: number, y: number) => y * width + x
  const changed = (...spots: [number, number, number][]) => {
    const copy = Uint8Array.from(mask)
    for (const [x, y, value] of spots) copy[at(x, y)] = value
    return copy
  }

  test('has no specks and no pinholes', () => {
    const specks: [number, number, number][] = [
      [5, 5, 255],
      [6, 6, 200],
      [370, 20, 90],
    ]
    const pinholes: [number, number, number][] = [
      [192, 150, 0],
      [193, 150, 100],
    ]
    expect(mask[at(192, 150)]).toBe(255)
    const cleaned = cleanMask(changed(...specks, ...pinholes), width, height, { edges: 'soft' })
    expect(firstDifference(cleaned, cleanMask(mask, width, height, { edges: 'soft' }))).toBe(-1)
  })

  test('keeps a ball in the air and the gap between arm and body', () => {
    const ball = Uint8Array.from(mask)
    for (let y = 20; y < 40; y++) ball.fill(255, at(30, y), at(50, y))
    expect(cleanMask(ball, width, height, { edges: 'soft' })[at(40, 30)]).toBe(255)
    const gaps = componentsOf(mask, width, height, { from: 0, to: 0, diagonal: false })
    expect([...gaps.areas].filter((area) => area > 50).length).toBeGreaterThan(1)
    const cleaned = componentsOf(cleanMask(mask, width, height, { edges: 'soft' }), width, height, {
      from: 0,
      to: 0,
      diagonal: false,
    })
    expect([...cleaned.areas].filter((area) => area > 50).length).toBe(
      [...gaps.areas].filter((area) => area > 50).length,
    )
  })

  test('loses the noise of a model, nothing else, when its edges are soft', () => {
    const noisy = mask.map((value, i) => (value === 0 ? i % 6 : value === 255 ? 250 + (i % 6) : value))
    const cleaned = cleanMask(noisy, width, height, { edges: 'soft' })
    for (let i = 0; i < mask.length; i++) if (mask[i]! < 6 || mask[i]! > 249) noisy[i] = mask[i]! < 6 ? 0 : 255
    expect(firstDifference(cleaned, noisy)).toBe(-1)
  })

  test('is a new one: what was handed in stays as it was', () => {
    const before = Uint8Array.from(mask)
    cleanMask(mask, width, height, { edges: 'rough', picture })
    cleanMask(mask, width, height, { edges: 'rough' })
    expect(firstDifference(mask, before)).toBe(-1)
  })

  test('of nothing is nothing, of everything everything', () => {
    const flat = plain(16, 16, [90, 90, 90])
    for (const value of [0, 255]) {
      const all = new Uint8Array(256).fill(value)
      expect(cleanMask(all, 16, 16, { edges: 'soft' })).toEqual(all)
      expect(cleanMask(all, 16, 16, { edges: 'rough' })).toEqual(all)
      expect(cleanMask(all, 16, 16, { edges: 'rough', picture: flat })).toEqual(all)
    }
  })

  test.each([1, 2, 3, 5])('of %i pixels a side is possible', (side) => {
    const tiny = Uint8Array.from({ length: side * side }, (_, i) => (i % 2) * 255)
    for (const options of [{}, { picture: plain(side, side, [1, 2, 3]) }])
      expect(cleanMask(tiny, side, side, { edges: 'rough', ...options })).toHaveLength(side * side)
  })

  test('is refused for another size than the mask or the picture has', () => {
    expect(() => cleanMask(mask, width, height - 1, { edges: 'soft' })).toThrow(ImageError)
    expect(() => cleanMask(mask, width, height, { edges: 'rough', picture: plain(8, 8, [0, 0, 0]) })).toThrow(
      ImageError,
    )
  })
})
