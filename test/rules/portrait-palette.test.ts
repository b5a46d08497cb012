import { describe, expect, test } from 'vitest'
import { makePortrait } from '../../src/avatars/portrait/make-portrait'
import { paletteOf } from '../../src/avatars/portrait/palette'
import { chooserOf } from '../../src/render/mannequin/hash'
import { lookOf } from '../../src/render/mannequin/look'
import type { Rgb } from '../../src/render/mannequin/material'
import { followReference } from '../../src/render/mannequin/reference'
import { newKernel } from './image-fixtures'
import { hueApart, room, sceneOf } from './portrait-fixtures'

const kernel = newKernel()
const look = (gender: string) => lookOf({ prompt: 'kaos', attributes: { gender }, seed: 1 })

/** A face with hair or a scarf before a grey wall, in flat colours. */
function portrait(cover: Rgb, { wrapped = false, shirt = [30, 140, 60] as Rgb } = {}) {
  const [width, height] = [200, 300]
  const rgba = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [(x - 100) / 25, (y - 100) / 31]
      const isFace = u * u + v * v < (wrapped ? 0.8 : 1)
      const isCover = u * u + (v + 0.2) * (v + 0.2) < 2 && (wrapped || v < -0.3)
      const isNeck = Math.abs(u) < 0.5 && v > 0 && v < 1.7
      const isBody = v > 1.4 && Math.abs(u) < 2.4
      const isUnderScarf = wrapped && v > 0 && v < 2.4 && Math.abs(u) < 1.3
      const colour: Rgb = isFace
        ? [182, 128, 92]
        : isCover || isUnderScarf
          ? cover
          : isBody
            ? v > 5
              ? [40, 50, 90]
              : shirt
            : isNeck
              ? [150, 104, 74]
              : [200, 200, 205]
      rgba.set([...colour, 255], (y * width + x) * 4)
    }
  }
  return { rgba, width, height }
}
const FACE = { x: 0.375, y: 69 / 300, width: 0.25, height: 62 / 300 }

describe('the colours of a photo with a known face', () => {
  test('are those of skin, hair and shirt; what is not in the picture has none', () => {
    expect(paletteOf(portrait([60, 40, 30]), FACE)).toEqual({
      skin: [182, 128, 92],
      hair: [60, 40, 30],
      top: [30, 140, 60],
      bottom: null,
      coversHair: false,
    })
  })

  test('of a white shirt are white before a white wall too', () => {
    expect(paletteOf(portrait([60, 40, 30], { shirt: [200, 200, 205] }), FACE).top).toEqual([200, 200, 205])
  })

  test.each([
    ['blue', [60, 80, 170]],
    ['white', [244, 242, 238]],
    ['black', [24, 24, 26]],
  ] as [string, Rgb][])('tell a %s scarf from hair', (_, colour) => {
    expect(paletteOf(portrait(colour, { wrapped: true }), FACE).coversHair).toBe(true)
    expect(paletteOf(portrait(colour), FACE).coversHair).toBe(false)
  })

  test('of drawn people have the hue of their skin, and seldom a scarf where there is hair', {
    timeout: 120_000,
  }, async () => {
    const skins: number[] = []
    const seen = { bare: 0, scarves: 0, wrongScarves: 0, foundScarves: 0 }
    for (let seed = 400; seed < 480; seed++) {
      const scene = await sceneOf(seed)
      const [person, ...others] = scene.people
      const { face, palette } = makePortrait(kernel, scene.pixels)
      if (!face || !person || others.length > 0) continue
      skins.push(hueApart(palette.skin, person.skin))
      seen[person.headscarf ? 'scarves' : 'bare']++
      if (palette.coversHair) seen[person.headscarf ? 'foundScarves' : 'wrongScarves']++
    }
    expect(skins.length).toBeGreaterThan(50)
    expect(skins.filter((apart) => apart < 0.1).length / skins.length).toBeGreaterThanOrEqual(0.95)
    expect(seen.wrongScarves / seen.bare).toBeLessThanOrEqual(0.08)
    expect(seen.foundScarves / seen.scarves).toBeGreaterThanOrEqual(0.6)
  })
})

describe('an avatar that follows a photo', () => {
  test('has the colours that the renderer would take itself', () => {
    const photo = portrait([60, 40, 30])
    const palette = paletteOf(photo, FACE)
    expect(followReference(look('female'), { ...photo, face: FACE })).toEqual(
      followReference(look('female'), { ...photo, palette }),
    )
  })

  test('wears the scarf of the photo, and a man does not', () => {
    const photo = { ...portrait([60, 80, 170], { wrapped: true }), face: FACE }
    expect(followReference(look('female'), photo).headscarf?.colour).toEqual([60, 80, 170])
    const male = followReference(look('male'), photo)
    expect([male.headscarf, male.hair.colour]).toEqual([null, look('male').hair.colour])
  })

  test('takes known colours for granted and looks at no pixel', () => {
    const palette = { skin: null, hair: [1, 2, 3] as Rgb, top: [4, 5, 6] as Rgb, bottom: null }
    const followed = followReference(look('male'), { rgba: new Uint8Array(0), width: 0, height: 0, palette })
    expect([followed.hair.colour, followed.top.colour, followed.skin]).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      look('male').skin,
    ])
  })

  test('of an empty room changes little: nothing there is taken for skin above the wall', () => {
    const { palette } = makePortrait(kernel, room(300, 300, chooserOf('grey', 3)), null)
    expect(palette.coversHair).toBe(false)
  })
})
