import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { newKernel, picture, psnr } from './image-fixtures'

const kernel = newKernel()
const kind = fc.constantFrom('photo' as const, 'noise' as const, 'drawing' as const)
const side = fc.integer({ min: 1, max: 160 })
const rgbaOf = (file: Uint8Array) => sharp(file, { failOn: 'warning', ignoreIcc: true }).ensureAlpha().raw().toBuffer()

/** Files by our coders, read by libjpeg, libpng and libvips: a warning of theirs is a failure. */
describe('read by sharp', () => {
  const subsampling = fc.constantFrom('4:2:0' as const, '4:4:4' as const)

  test('a JPEG of any size, quality and picture is whole, of its size, and warned of by nobody', async () => {
    const quality = fc.integer({ min: 1, max: 100 })
    await fc.assert(
      fc.asyncProperty(
        fc.record({ kind, width: side, height: side, quality, subsampling, profile: fc.boolean() }),
        async ({ kind, width, height, ...options }) => {
          const file = kernel.encodeJpeg(picture(kind, width, height), width, height, options)
          const { info } = await sharp(file, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true })
          expect([info.width, info.height, info.channels]).toEqual([width, height, 3])
        },
      ),
      { numRuns: 120 },
    )
  })

  // The qualities that files leave with (LEAST_QUALITY to 95). Below them, and where a picture is hardly larger than its
  // blocks, libjpeg is better: by up to 3 dB at quality 3. What files weigh is for bench:images, at the sizes of formats.
  test('a JPEG of a quality that we sell is at most 0.1 dB worse than its own', async () => {
    const large = fc.integer({ min: 64, max: 160 })
    await fc.assert(
      fc.asyncProperty(
        fc.record({ kind, width: large, height: large, quality: fc.integer({ min: 60, max: 95 }), subsampling }),
        async ({ kind, width, height, quality, subsampling }) => {
          const rgba = picture(kind, width, height)
          const ours = kernel.encodeJpeg(rgba, width, height, { quality, subsampling })
          const theirs = await sharp(rgba, { raw: { width, height, channels: 4 } })
            .removeAlpha()
            .jpeg({ quality, chromaSubsampling: subsampling })
            .toBuffer()
          // Beyond 45 dB both are right to the level, and the rest is rounding.
          const [good, theirGood] = [psnr(await rgbaOf(ours), rgba), psnr(await rgbaOf(theirs), rgba)]
          expect(good).toBeGreaterThanOrEqual(Math.min(theirGood, 45) - 0.1)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('a PNG of any size, filter and picture comes back pixel for pixel, with its alpha', async () => {
    const filter = fc.constantFrom('paeth' as const, 'adaptive' as const)
    await fc.assert(
      fc.asyncProperty(
        fc.record({ kind, width: side, height: side, filter, alpha: fc.boolean() }),
        async ({ kind, width, height, filter, alpha }) => {
          const rgba = picture(kind, width, height, alpha)
          const back = await rgbaOf(kernel.encodePng(rgba, width, height, { filter }))
          expect(Buffer.compare(back, rgba)).toBe(0)
        },
      ),
      { numRuns: 80 },
    )
  })

  test('a transparent PNG with a background is the picture over it, as sharp flattens it', async () => {
    const rgba = picture('noise', 90, 70, true)
    const ours = await rgbaOf(kernel.encodePng(rgba, 90, 70, { background: 0x336699 }))
    const theirs = await sharp(rgba, { raw: { width: 90, height: 70, channels: 4 } })
      .flatten({ background: '#336699' })
      .ensureAlpha()
      .raw()
      .toBuffer()
    expect(ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i]!)), 0)).toBeLessThanOrEqual(1)
  })
})
