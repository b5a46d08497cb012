import sharp from 'sharp'
import { expect, test } from 'vitest'
import { createWebpEncoder } from '../../src/render/webp/encode'
import { codecModules, picture, psnr } from './image-fixtures'

const pixels = { rgba: picture('photo', 203, 121), width: 203, height: 121 }

test('a WebP file is read by another reader, as near to the picture as native libwebp comes', async () => {
  const encoder = await createWebpEncoder(codecModules.webpEncoder)
  const ours = encoder.encode(pixels, 80)
  const theirs = await sharp(pixels.rgba, { raw: { width: 203, height: 121, channels: 4 } })
    .removeAlpha()
    .webp({ quality: 80 })
    .toBuffer()
  const rgba = (file: Uint8Array) => sharp(file, { failOn: 'warning' }).ensureAlpha().raw().toBuffer()
  expect(await sharp(ours).metadata()).toMatchObject({ format: 'webp', width: 203, height: 121, hasAlpha: false })
  expect(psnr(await rgba(ours), pixels.rgba)).toBeGreaterThan(psnr(await rgba(theirs), pixels.rgba) - 0.1)
  expect(ours.length).toBeLessThanOrEqual(theirs.length * 1.02)
})

test('a lower quality is a smaller file, and the coder holds no more after fifty', async () => {
  const encoder = await createWebpEncoder(codecModules.webpEncoder)
  const sizes = [90, 80, 70, 60].map((quality) => encoder.encode(pixels, quality).length)
  expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
  const held = encoder.memoryBytes
  for (let i = 0; i < 50; i++) encoder.encode(pixels, 80)
  expect(encoder.memoryBytes).toBe(held)
})

test('refuses pixels that are no picture, and qualities that there are not', async () => {
  const encoder = await createWebpEncoder(codecModules.webpEncoder)
  expect(() => encoder.encode({ ...pixels, width: 204 }, 80)).toThrow('RGBA is')
  for (const quality of [-1, 101, Number.NaN]) expect(() => encoder.encode(pixels, quality)).toThrow('0 to 100')
})
