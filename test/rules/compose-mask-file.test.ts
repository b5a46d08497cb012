import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { decodeMask, encodeMask, maskFromAlpha } from '../../src/backgrounds/compose/mask-file'
import { ImageError } from '../../src/render/image/image-error'
import { looksOf } from '../../src/render/mannequin/looks'
import { concat, newKernel, picture, pngChunk, pngIhdr, pngSignature, referenceDecodePng } from './image-fixtures'
import { newRenderer, PLAIN, poseOf } from './mannequin-fixtures'

const kernel = newKernel()
const noise = (width: number, height: number) => maskFromAlpha(picture('noise', width, height, true))

describe('a mask on disk', () => {
  test.each([
    [1, 1],
    [3, 2],
    [1, 300],
    [640, 1],
    [257, 131],
  ])('of %i x %i comes back as it was', (width, height) => {
    const mask = noise(width, height)
    expect(decodeMask(kernel, encodeMask(kernel, mask, width, height))).toEqual({ mask, width, height })
  })

  test('knows all 256 coverages', () => {
    const mask = Uint8Array.from({ length: 256 }, (_, i) => i)
    expect(decodeMask(kernel, encodeMask(kernel, mask, 16, 16)).mask).toEqual(mask)
  })

  test('is a picture that any other reader shows in grey', () => {
    const mask = noise(40, 30)
    const { rgba } = referenceDecodePng(encodeMask(kernel, mask, 40, 30))
    expect([...rgba]).toEqual([...mask].flatMap((value) => [value, value, value, 255]))
  })

  test('of a person at 1024 x 1024 is smaller than 40 KB', () => {
    const pose = poseOf('duo-toast-drinks')
    const { mask } = newRenderer().render({
      pose,
      looks: looksOf(pose, { prompt: '', seed: 1 }),
      background: PLAIN,
      width: 1024,
      height: 1024,
    })
    expect(encodeMask(kernel, mask, 1024, 1024).length).toBeLessThan(40_000)
  })

  test('that somebody else wrote as grey or as colours is read by its brightness', async () => {
    const mask = noise(31, 17)
    const raw = { raw: { width: 31, height: 17, channels: 1 as const } }
    const grey = await sharp(mask, raw).toColourspace('b-w').png().toBuffer()
    expect(decodeMask(kernel, grey).mask).toEqual(mask)
    const coloured = await sharp(Uint8Array.of(255, 0, 0, 0, 255, 0), { raw: { width: 2, height: 1, channels: 3 } })
      .png()
      .toBuffer()
    expect([...decodeMask(kernel, coloured).mask]).toEqual([77, 149])
  })
})

describe('refused', () => {
  const invalid = (work: () => unknown) => {
    try {
      work()
    } catch (error) {
      return error instanceof ImageError ? error.code : error
    }
    return 'no error'
  }

  test.each([
    ['a byte too few', new Uint8Array(11), 4, 3],
    ['a side of zero', new Uint8Array(0), 0, 3],
    ['a side that is no whole number', new Uint8Array(6), 1.5, 4],
    ['more than 2048 a side', new Uint8Array(2049), 2049, 1],
  ])('a mask with %s', (_, mask, width, height) => {
    expect(invalid(() => encodeMask(kernel, mask, width, height))).toBe('invalid')
  })

  test('a file with transparency: that is a cut-out, not a mask', () => {
    const cutOut = kernel.encodePng(picture('photo', 8, 8, true), 8, 8)
    expect(invalid(() => decodeMask(kernel, cutOut))).toBe('invalid')
  })

  test('a file that claims a huge picture, before anything is inflated', () => {
    const claim = concat(pngSignature, pngIhdr(4000, 4000, 8, 0), pngChunk('IDAT', Uint8Array.of(1, 2, 3)))
    expect(invalid(() => decodeMask(kernel, claim))).toBe('invalid')
  })

  test.each([
    ['nothing', new Uint8Array(0)],
    ['a text', new TextEncoder().encode('mask')],
    ['half a file', encodeMask(kernel, noise(64, 64), 64, 64).subarray(0, 900)],
  ])('%s', (_, bytes) => {
    expect(invalid(() => decodeMask(kernel, bytes))).toBe('corrupt')
  })
})
