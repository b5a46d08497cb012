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
  test('a JPEG of any size, quality and picture is as good and as small as its own', async () => {
    const subsampling = fc.constantFrom('4:2:0' as const, '4:4:4' as const)
    await fc.assert(
      fc.asyncProperty(
        fc.record({ kind, width: side, height: side, quality: fc.integer({ min: 5, max: 97 }), subsampling }),
        async ({ kind, width, height, quality, subsampling }) => {
          const rgba = picture(kind, width, height)
          const ours = kernel.encodeJpeg(rgba, width, height, { quality, subsampling, profile: true })
          const theirs = await sharp(rgba, { raw: { width, height, channels: 4 } })
            .removeAlpha()
            .jpeg({ quality, chromaSubsampling: subsampling })
            .toBuffer()
          const profile = (await sharp(ours).metadata()).icc!.length + 18
          // libjpeg leaves blocks of padding nearly empty; of a picture thinner than they are, much is padding.
          if (width >= 48 && height >= 48) expect(ours.length - profile).toBeLessThanOrEqual(theirs.length * 1.05)
          const [good, theirGood] = [psnr(await rgbaOf(ours), rgba), psnr(await rgbaOf(theirs), rgba)]
          // Beyond 45 dB one level of rounding in one pixel of a tiny picture is a decibel.
          expect(good).toBeGreaterThan(Math.min(theirGood, 45) - (width * height < 1024 ? 1.5 : 0.2))
        },
      ),
      { numRuns: 120, seed: 5 },
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
      { numRuns: 80, seed: 6 },
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
