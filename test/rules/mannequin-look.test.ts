import { describe, expect, test } from 'vitest'
import { lookOf } from '../../src/render/mannequin/look'
import { looksOf } from '../../src/render/mannequin/looks'
import type { Rgb } from '../../src/render/mannequin/material'
import { followReference } from '../../src/render/mannequin/reference'
import { studioOf } from '../../src/render/mannequin/studio'
import { poseOf } from './mannequin-fixtures'

const look = (prompt: string, attributes = {}, seed = 1) => lookOf({ prompt, attributes, seed })
const isReddish = ([r, g, b]: Rgb) => r > g * 1.5 && r > b * 1.5
const isBluish = ([r, , b]: Rgb) => b > r * 1.4
const isDark = (colour: Rgb) => Math.max(...colour) < 70

test('words change what they name and leave the rest of the person as it was', () => {
  for (let seed = 0; seed < 30; seed++) {
    const plain = look('', { gender: 'female' }, seed)
    const red = look('kemeja merah', { gender: 'female' }, seed)
    expect([red.skin, red.hair, red.shoes, red.bottom.colour]).toEqual([
      plain.skin,
      plain.hair,
      plain.shoes,
      plain.bottom.colour,
    ])
    const veiled = look('hijab', { gender: 'female' }, seed)
    expect([veiled.skin, veiled.top.colour]).toEqual([plain.skin, plain.top.colour])
  }
})

describe('words in either language dress the person', () => {
  test('kemeja merah, celana hitam', () => {
    const { top, bottom, dress } = look('pria memakai kemeja merah dan celana hitam')
    expect([top.cut, isReddish(top.colour), isDark(bottom.colour), dress]).toEqual(['shirt', true, true, false])
  })

  test('a woman in a red shirt and black pants', () => {
    const { shape, top, bottom } = look('a woman in a red shirt and black pants')
    expect([shape, isReddish(top.colour), isDark(bottom.colour)]).toEqual(['female', true, true])
  })

  test('gaun biru, rambut panjang: the hair stays hair-coloured', () => {
    const { dress, top, hair, shape } = look('gaun biru, rambut panjang')
    expect([shape, dress, isBluish(top.colour), hair.style, isBluish(hair.colour)]).toEqual([
      'female',
      true,
      true,
      'long',
      false,
    ])
  })

  test('hijab: a headscarf, long sleeves, a woman', () => {
    const { headscarf, top, shape } = look('wanita berhijab krem, tunik hijau sage')
    expect([shape, headscarf?.colour, top.sleeve, top.colour]).toEqual([
      'female',
      [226, 208, 180],
      'long',
      [158, 174, 146],
    ])
  })

  test.each([
    ['baju batik', 'batik'],
    ['striped t-shirt', 'stripes'],
    ['kemeja kotak-kotak', 'check'],
    ['gaun polkadot', 'dots'],
    ['floral dress', 'floral'],
    ['plain shirt', 'plain'],
  ])('%s is printed as %s', (prompt, pattern) => {
    expect(look(prompt).top.pattern).toBe(pattern)
  })

  test('avatar attributes win over chance', () => {
    const attributes = { gender: 'male', hairStyle: 'bald', skinTone: 'deep', eyeColor: 'blue', ageRange: '60-70' }
    for (let seed = 0; seed < 20; seed++) {
      const { shape, hair, skin, eyes, age } = look('', attributes, seed)
      expect([shape, hair.style, skin, eyes, age]).toEqual(['male', 'bald', [118, 78, 56], [72, 112, 150], 'senior'])
    }
  })
})

test('what no words say varies with the seed and stays for the same seed', () => {
  const tops = new Set(Array.from({ length: 40 }, (_, seed) => JSON.stringify(look('', {}, seed).top)))
  expect(tops.size).toBeGreaterThan(8)
  expect(look('kaos', {}, 5)).toEqual(look('kaos', {}, 5))
})

test('words of any kind and length give a look', () => {
  for (const prompt of ['', '🙂'.repeat(200), 'a'.repeat(5000), '((((', 'merah '.repeat(100), '\\d+ [x'])
    expect(look(prompt).top.colour).toHaveLength(3)
})

test('two people get a look each, the prompt only the first', () => {
  const [first, second] = looksOf(poseOf('duo-toast-drinks'), { prompt: 'kemeja merah', seed: 4 })
  expect(isReddish(first!.top.colour)).toBe(true)
  expect(second).not.toEqual(first)
})

describe('the backdrop', () => {
  test.each([
    ['pantai saat siang', true],
    ['kaos merah, background pink', true],
    ['latar belakang biru', true],
  ])('%s is not the one of no words', (prompt, differs) => {
    expect(JSON.stringify(studioOf({ prompt, seed: 3 })) !== JSON.stringify(studioOf({ prompt: '', seed: 3 }))).toBe(
      differs,
    )
  })

  test('takes no colour from the clothes', () => {
    const backdrop = studioOf({ prompt: 'kemeja merah', seed: 3 })
    expect(backdrop.kind === 'gradient' && isReddish(backdrop.middle)).toBe(false)
  })

  test('takes a colour from a prompt about the background alone', () => {
    const backdrop = studioOf({ prompt: 'merah', seed: 3, aboutBackground: true })
    expect(backdrop.kind === 'gradient' && backdrop.middle[0] > backdrop.middle[1]).toBe(true)
  })
})

describe('an avatar photo', () => {
  /** Head and shoulders: brown skin, red hair, green cloth on white. */
  function portrait(side: number): Uint8ClampedArray {
    const rgba = new Uint8ClampedArray(side * side * 4)
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const [u, v] = [x / side, y / side]
        const inside = Math.abs(u - 0.5) < 0.2
        const colour =
          inside && v > 0.03 && v < 0.2
            ? [120, 40, 20]
            : inside && v >= 0.2 && v < 0.65
              ? [160, 110, 80]
              : v > 0.7
                ? [30, 140, 60]
                : [255, 255, 255]
        rgba.set([...colour, 255], (y * side + x) * 4)
      }
    }
    return rgba
  }

  test('lends its colours', () => {
    const { skin, hair, top } = followReference(look('kaos'), { rgba: portrait(64), width: 64, height: 64 })
    expect([skin, hair.colour, top.colour]).toEqual([
      [160, 110, 80],
      [120, 40, 20],
      [30, 140, 60],
    ])
  })

  test('of one flat colour changes nothing', () => {
    const grey = new Uint8ClampedArray(32 * 32 * 4).fill(128)
    expect(followReference(look('kaos'), { rgba: grey, width: 32, height: 32 })).toEqual(look('kaos'))
  })

  test('with the wrong number of bytes is refused', () => {
    expect(() => followReference(look(''), { rgba: new Uint8Array(7), width: 2, height: 2 })).toThrow(RangeError)
  })
})
