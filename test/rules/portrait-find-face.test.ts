import { describe, expect, test } from 'vitest'
import { findFace } from '../../src/avatars/portrait/find-face'
import { makePortrait, PORTRAIT_SIDE_PX_MAX, THUMBNAIL_SIDE_PX } from '../../src/avatars/portrait/make-portrait'
import { paletteOf } from '../../src/avatars/portrait/palette'
import { ImageError } from '../../src/render/image/image-error'
import { chooserOf } from '../../src/render/mannequin/hash'
import type { FaceBox } from '../../src/render/mannequin/photo-palette'
import { decodeJpeg, newKernel } from './image-fixtures'
import { facelessSceneOf, hueApart, room, type Scene, sceneOf } from './portrait-fixtures'

const kernel = newKernel()
const PEOPLE = 300
const FACELESS = 100

/** Nose and both eyes of one of the people. */
const holds = ({ x, y, width, height }: FaceBox, { faces, pixels }: Scene): boolean =>
  faces.some(({ points }) =>
    points.every(([px, py]) => {
      const [u, v] = [px / pixels.width, py / pixels.height]
      return u >= x && u <= x + width && v >= y && v <= y + height
    }),
  )

describe('the face in a picture', () => {
  test('is found in 19 of 20 pictures of people of every skin, hair, light, size and place', {
    timeout: 300_000,
  }, async () => {
    let seen = 0
    let found = 0
    for (let seed = 0; seed < PEOPLE; seed++) {
      const scene = await sceneOf(seed)
      if (scene.faces.length === 0) continue
      seen++
      const face = findFace(kernel, scene.pixels)
      if (face && holds(face, scene)) found++
    }
    expect(seen).toBeGreaterThanOrEqual(290)
    expect(found / seen).toBeGreaterThanOrEqual(0.95)
  })

  test('is not seen in rooms, products, bodies without a head and heads from behind', {
    timeout: 120_000,
  }, async () => {
    const wrong: string[] = []
    for (let seed = 0; seed < FACELESS; seed++) {
      const { pixels, says } = await facelessSceneOf(seed)
      if (findFace(kernel, pixels)) wrong.push(says)
    }
    expect(wrong.length / FACELESS).toBeLessThanOrEqual(0.05)
  })

  test('is the same at every call, and inside the picture', async () => {
    for (const seed of [3, 14, 19]) {
      const { pixels } = await sceneOf(seed)
      const face = findFace(kernel, pixels)
      expect(findFace(newKernel(), pixels)).toEqual(face)
      if (!face) continue
      expect(Math.min(face.x, face.y)).toBeGreaterThanOrEqual(0)
      expect(Math.max(face.x + face.width, face.y + face.height)).toBeLessThanOrEqual(1 + 1e-9)
    }
  })

  test('needs more than a few pixels', () => {
    for (const [width, height] of [
      [1, 1],
      [8, 3],
      [1, 400],
    ] as const)
      expect(findFace(kernel, { rgba: new Uint8Array(width * height * 4).fill(180), width, height })).toBeNull()
  })

  test('is not looked for in bytes that are no picture', () => {
    expect(() => findFace(kernel, { rgba: new Uint8Array(7), width: 2, height: 2 })).toThrow(ImageError)
  })
})

describe('an avatar made of a picture', () => {
  test('of somebody at the side of a wide photo is an upright picture and a thumbnail with the face', async () => {
    const scene = await firstScene(({ pixels, faces }) => pixels.width > pixels.height * 1.4 && faces.length === 1)
    const { picture, thumbnail, face, palette } = makePortrait(kernel, scene.pixels)
    expect(picture.width).toBe(picture.height)
    expect(face).not.toBeNull()
    expect(palette.skin).not.toBeNull()
    const decoded = await decodeJpeg(thumbnail)
    expect([decoded.width, decoded.height]).toEqual([THUMBNAIL_SIDE_PX, THUMBNAIL_SIDE_PX])
    const middle = paletteOf(decoded, { x: 0.32, y: 0.3, width: 0.36, height: 0.45 }).skin
    expect(hueApart(middle, palette.skin)).toBeLessThan(0.05)
  })

  test('keeps the face that somebody drew, in the coordinates of the new picture', () => {
    const pixels = room(800, 400, chooserOf('wide', 1))
    const { picture, face } = makePortrait(kernel, pixels, { x: 0.5, y: 0.25, width: 0.1, height: 0.25 })
    expect([picture.width, picture.height]).toEqual([400, 400])
    expect(face).toEqual({ x: 0.4, y: 0.25, width: expect.closeTo(0.2), height: 0.25 })
  })

  test('without a face is the middle, with what colours there are', () => {
    const pixels = room(800, 400, chooserOf('empty', 4))
    const { picture, face, palette } = makePortrait(kernel, pixels, null)
    expect([picture.width, picture.height, face, palette.coversHair]).toEqual([400, 400, null, false])
  })

  test('of a large picture is at most 1536 pixels a side', () => {
    const { picture, face } = makePortrait(kernel, room(1200, 1900, chooserOf('large', 2)), null)
    expect(Math.max(picture.width, picture.height)).toBe(PORTRAIT_SIDE_PX_MAX)
    expect(face).toBeNull()
  })

  test('stands on white where the picture was transparent', () => {
    const pixels = { rgba: new Uint8Array(64 * 64 * 4), width: 64, height: 64 }
    expect([...makePortrait(kernel, pixels, null).picture.rgba.subarray(0, 4)]).toEqual([255, 255, 255, 255])
  })
})

async function firstScene(fits: (scene: Scene) => boolean): Promise<Scene> {
  for (let seed = 0; seed < 100; seed++) {
    const scene = await sceneOf(seed)
    if (fits(scene)) return scene
  }
  throw new Error('no such scene')
}
