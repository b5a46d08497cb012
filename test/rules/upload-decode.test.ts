import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeUpload } from '../../src/uploads/decode'
import type { Orientation } from '../../src/uploads/exif'
import { applyOrientation } from '../../src/uploads/orientation'
import {
  concat,
  decoderModules,
  exifBlock,
  foreignJpeg,
  foreignWebp,
  newKernel,
  picture,
  pngChunk,
  pngChunks,
  pngFile,
  pngIhdr,
  psnr,
  withExif,
} from './image-fixtures'

const kernel = newKernel()
const decoders = { kernel, modules: decoderModules }
const decode = (bytes: Uint8Array, declaredType?: string) => decodeUpload(decoders, bytes, declaredType)
const text = (value: string) => new Uint8Array(Buffer.from(value, 'latin1'))
const rgba = picture('photo', 60, 40)
const transparent = picture('photo', 60, 40, true)
const png = kernel.encodePng(rgba, 60, 40)
const jpeg = kernel.encodeJpeg(rgba, 60, 40, { quality: 95 })
let progressive: Uint8Array
let lossy: Uint8Array
let lossless: Uint8Array
beforeAll(async () => {
  progressive = await foreignJpeg(rgba, 60, 40, { quality: 95 })
  lossy = await foreignWebp(rgba, 60, 40, { quality: 95 })
  lossless = await foreignWebp(transparent, 60, 40, { lossless: 1, exact: 1 })
})

describe('decodeUpload', () => {
  test('takes the three kinds, with their pixels', async () => {
    expect(await decode(png, 'image/png')).toMatchObject({ ok: true, type: 'png', width: 60, height: 40, rgba })
    expect(await decode(lossless, 'image/webp')).toMatchObject({ ok: true, type: 'webp', rgba: transparent })
    for (const file of [jpeg, progressive, lossy]) {
      const decoded = await decode(file)
      expect(decoded).toMatchObject({ ok: true, width: 60, height: 40 })
      if (decoded.ok) expect(psnr(decoded.rgba, rgba)).toBeGreaterThan(35)
    }
  })

  const bomb = pngFile(pngIhdr(16000, 16000, 8, 6), new Uint8Array(2_000_000))
  const rows = new Uint8Array(10 * 31)
  test.each([
    ['more than 10 MiB', () => concat(png, new Uint8Array(10 * 1024 * 1024)), undefined, 413, 'upload_too_large'],
    ['SVG', () => text('<svg onload="alert(1)"/>'), 'image/svg+xml', 415, 'not_an_image'],
    ['HTML that is called PNG', () => text('<html><script>'), 'image/png', 415, 'not_an_image'],
    ['PDF', () => text('%PDF-1.7'), undefined, 415, 'not_an_image'],
    ['GIF', () => text('GIF89a'), 'image/gif', 415, 'not_an_image'],
    ['nothing', () => new Uint8Array(0), undefined, 415, 'not_an_image'],
    ['PNG that is called JPEG', () => png, 'image/jpeg', 415, 'type_mismatch'],
    ['JPEG that is called PDF', () => jpeg, 'application/pdf', 415, 'type_mismatch'],
    [
      'animated PNG',
      () => pngFile(pngIhdr(10, 10, 8, 2), rows, pngChunk('acTL', new Uint8Array(8))),
      undefined,
      415,
      'animated_image',
    ],
    ['a bomb of 16000 x 16000', () => bomb, 'image/png', 422, 'image_too_large'],
    ['a side of 4097', () => pngFile(pngIhdr(4097, 1, 8, 0), new Uint8Array(4098)), undefined, 422, 'image_too_large'],
    ['over 8 megapixels', () => pngFile(pngIhdr(4000, 2001, 8, 0), rows), undefined, 422, 'image_too_large'],
    [
      'pixels beyond the header',
      () => pngFile(pngIhdr(10, 10, 8, 2), new Uint8Array(5_000_000)),
      undefined,
      422,
      'image_corrupt',
    ],
    ['a truncated PNG', () => png.subarray(0, png.length - 20), undefined, 422, 'image_corrupt'],
    ['a truncated JPEG', () => jpeg.subarray(0, jpeg.length - 2), undefined, 422, 'image_corrupt'],
    ['a truncated WebP', () => lossy.subarray(0, lossy.length - 9), undefined, 422, 'image_corrupt'],
    ['a JPEG without quantization tables', () => withoutSegment(jpeg, 0xdb), undefined, 422, 'image_corrupt'],
    [
      'an unknown critical chunk',
      () => pngFile(pngIhdr(10, 10, 8, 2), rows, pngChunk('ABCD', rows)),
      undefined,
      422,
      'image_unsupported',
    ],
  ] as const)('refuses %s', async (_, file, declaredType, status, code) => {
    const bytes = file()
    const refusal = await decode(bytes, declaredType)
    expect(refusal).toMatchObject({ ok: false, status, code })
    if (!refusal.ok) expect(refusal.message.en.length * refusal.message.id.length).toBeGreaterThan(0)
  })

  test('orientation is applied, and nothing but pixels leaves', async () => {
    const secret = concat(exifBlock(6), text('GPS -6.2,106.8'))
    const decoded = await decode(withExif(jpeg, secret))
    expect(decoded).toMatchObject({ ok: true, width: 40, height: 60 })
    if (!decoded.ok) return
    const upright = applyOrientation({ rgba, width: 60, height: 40 }, 6)
    expect(psnr(decoded.rgba, upright.rgba)).toBeGreaterThan(35)
    const stored = kernel.encodePng(decoded.rgba, decoded.width, decoded.height)
    expect(pngChunks(stored).map((chunk) => chunk.type)).toEqual(['IHDR', 'sRGB', 'IDAT', 'IEND'])
    expect(Buffer.from(stored).includes('GPS')).toBe(false)
  })

  test('random damage never throws, and the next upload is fine', async () => {
    const flips = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 255 })), {
      maxLength: 8,
    })
    const kept = fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }))
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(png, jpeg, progressive, lossy, lossless),
        flips,
        kept,
        async (file, changes, part) => {
          const bytes = file.slice(0, Math.ceil(part * file.length))
          for (const [place, flip] of changes)
            if (bytes.length > 0) bytes[Math.floor(place * (bytes.length - 1))]! ^= flip
          const decoded = await decode(bytes)
          if (decoded.ok) expect(decoded.rgba.length).toBe(decoded.width * decoded.height * 4)
          else expect([415, 422]).toContain(decoded.status)
        },
      ),
      { numRuns: 600 },
    )
    expect(await decode(jpeg)).toMatchObject({ ok: true })
  })
})

describe('applyOrientation', () => {
  // A 3 x 2 picture of numbered pixels, and what each orientation makes of it (EXIF 2.32 section 4.6.4 A).
  test.each([
    [1, 3, [1, 2, 3, 4, 5, 6]],
    [2, 3, [3, 2, 1, 6, 5, 4]],
    [3, 3, [6, 5, 4, 3, 2, 1]],
    [4, 3, [4, 5, 6, 1, 2, 3]],
    [5, 2, [1, 4, 2, 5, 3, 6]],
    [6, 2, [4, 1, 5, 2, 6, 3]],
    [7, 2, [6, 3, 5, 2, 4, 1]],
    [8, 2, [3, 6, 2, 5, 1, 4]],
  ] as const)('orientation %i', (orientation, width, expected) => {
    const source = new Uint8Array(Uint32Array.of(1, 2, 3, 4, 5, 6).buffer)
    const turned = applyOrientation({ rgba: source, width: 3, height: 2 }, orientation)
    expect(turned).toMatchObject({ width, height: 6 / width })
    expect([...new Uint32Array(turned.rgba.slice().buffer)]).toEqual([...expected])
  })

  test('turning and turning back is the same picture, across tiles', () => {
    const back: Record<number, Orientation> = { 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6 }
    const source = { rgba: picture('noise', 101, 67), width: 101, height: 67 }
    for (const [there, again] of Object.entries(back)) {
      const turned = applyOrientation(applyOrientation(source, Number(there) as Orientation), again)
      expect(Buffer.compare(turned.rgba, source.rgba)).toBe(0)
    }
  })

  test('a view that starts at an odd address is turned too', () => {
    const shifted = new Uint8Array(25).subarray(1)
    shifted.set(new Uint8Array(Uint32Array.of(1, 2, 3, 4, 5, 6).buffer))
    const turned = applyOrientation({ rgba: shifted, width: 3, height: 2 }, 3)
    expect([...new Uint32Array(turned.rgba.slice().buffer)]).toEqual([6, 5, 4, 3, 2, 1])
  })
})

/** The JPEG without its segments of one kind. */
function withoutSegment(file: Uint8Array, marker: number): Uint8Array {
  const parts = [file.subarray(0, 2)]
  let at = 2
  while (file[at + 1] !== 0xda) {
    const end = at + 2 + ((file[at + 2]! << 8) | file[at + 3]!)
    if (file[at + 1] !== marker) parts.push(file.subarray(at, end))
    at = end
  }
  return concat(...parts, file.subarray(at))
}
