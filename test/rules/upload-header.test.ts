import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { ImageError } from '../../src/render/image/image-error'
import { exifOrientation } from '../../src/uploads/exif'
import { readHeader } from '../../src/uploads/header'
import { MAX_JPEG_SCANS } from '../../src/uploads/limits'
import { declaredUploadType, sniffType } from '../../src/uploads/sniff'
import {
  concat,
  exifBlock,
  foreignJpeg,
  foreignWebp,
  newKernel,
  picture,
  pngChunk,
  pngFile,
  pngIhdr,
  withExif,
} from './image-fixtures'

const kernel = newKernel()
const text = (value: string) => new Uint8Array(Buffer.from(value, 'latin1'))
const png = kernel.encodePng(picture('photo', 60, 40), 60, 40)
const jpeg = kernel.encodeJpeg(picture('photo', 60, 40), 60, 40)
let progressive: Uint8Array
let lossy: Uint8Array
let lossless: Uint8Array
let lossyAlpha: Uint8Array
beforeAll(async () => {
  progressive = await foreignJpeg(picture('photo', 60, 40), 60, 40)
  lossy = await foreignWebp(picture('photo', 60, 40), 60, 40)
  lossless = await foreignWebp(picture('photo', 60, 40, true), 60, 40, { lossless: 1 })
  lossyAlpha = await foreignWebp(picture('photo', 60, 40, true), 60, 40)
})

const code = (bytes: Uint8Array, type: 'png' | 'jpeg' | 'webp') => {
  try {
    readHeader(bytes, type)
  } catch (error) {
    if (error instanceof ImageError) return error.code
    throw error
  }
  return 'read'
}
const plain = { width: 60, height: 40, animated: false, orientation: 1 }

describe('sniffType', () => {
  test('knows the three kinds by their first bytes', () => {
    expect([png, jpeg, progressive, lossy, lossless].map(sniffType)).toEqual(['png', 'jpeg', 'jpeg', 'webp', 'webp'])
  })

  test.each([
    ['SVG', text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ['SVG with a declaration', text('<?xml version="1.0"?><svg/>')],
    ['HTML', text('<!doctype html><script>alert(1)</script>')],
    ['PDF', text('%PDF-1.7\n')],
    ['GIF', text('GIF89a\x01\x00\x01\x00')],
    ['BMP', text('BM\x36\x00\x00\x00')],
    ['AVIF', text('\0\0\0\x20ftypavif')],
    ['a WAV in RIFF', text('RIFF\x24\0\0\0WAVEfmt ')],
    ['a PNG behind a space', concat(text(' '), png)],
    ['half a signature', png.subarray(0, 7)],
    ['nothing', new Uint8Array(0)],
  ])('does not take %s', (_, bytes) => {
    expect(sniffType(bytes)).toBe(null)
  })
})

test('declaredUploadType reads a Content-Type', () => {
  const types = [
    'image/png',
    'image/JPEG; q=1',
    'image/jpg',
    'image/webp',
    'image/gif',
    'application/octet-stream',
    '',
    undefined,
  ]
  expect(types.map(declaredUploadType)).toEqual(['png', 'jpeg', 'jpeg', 'webp', null, undefined, undefined, undefined])
})

describe('readHeader', () => {
  test('size, alpha, animation and orientation of every kind', () => {
    expect(readHeader(png, 'png')).toEqual({ ...plain, hasAlpha: false })
    expect(readHeader(jpeg, 'jpeg')).toEqual({ ...plain, hasAlpha: false })
    expect(readHeader(progressive, 'jpeg')).toEqual({ ...plain, hasAlpha: false })
    expect(readHeader(lossy, 'webp')).toEqual({ ...plain, hasAlpha: false })
    expect(readHeader(lossless, 'webp')).toEqual({ ...plain, hasAlpha: true })
    expect(readHeader(lossyAlpha, 'webp')).toEqual({ ...plain, hasAlpha: true })
  })

  test('a PNG with animation control is animated, one with a transparent colour has alpha', () => {
    const rows = new Uint8Array(10 * 31)
    expect(readHeader(pngFile(pngIhdr(10, 10, 8, 2), rows, pngChunk('acTL', new Uint8Array(8))), 'png').animated).toBe(
      true,
    )
    expect(readHeader(pngFile(pngIhdr(10, 10, 8, 2), rows, pngChunk('tRNS', new Uint8Array(6))), 'png').hasAlpha).toBe(
      true,
    )
  })

  test('EXIF says the orientation in all three, in both byte orders', () => {
    for (const little of [true, false]) {
      expect(readHeader(withExif(jpeg, exifBlock(6, little)), 'jpeg').orientation).toBe(6)
      const file = pngFile(pngIhdr(1, 1, 8, 2), new Uint8Array(4), pngChunk('eXIf', exifBlock(3, little)))
      expect(readHeader(file, 'png').orientation).toBe(3)
      expect(readHeader(webpWith(lossy, 0x08, 'EXIF', exifBlock(8, little)), 'webp').orientation).toBe(8)
    }
  })

  test('an animated WebP is known by its flag and by its frames', () => {
    expect(readHeader(webpWith(lossy, 0x02), 'webp').animated).toBe(true)
    expect(readHeader(webpWith(lossy, 0, 'ANMF', new Uint8Array(16)), 'webp').animated).toBe(true)
  })

  test('every way to cut a file off is noticed', () => {
    for (const [file, type] of [
      [png, 'png'],
      [jpeg, 'jpeg'],
      [progressive, 'jpeg'],
      [lossy, 'webp'],
      [lossless, 'webp'],
    ] as const) {
      for (let length = 0; length < file.length; length += file.length > 3000 ? 7 : 1) {
        expect(code(file.subarray(0, length), type)).toBe('corrupt')
      }
    }
  })

  test('what follows the picture is not looked at: polyglots lose their tail when they are coded again', () => {
    const tail = text('<script>alert(1)</script>')
    for (const [file, type] of [
      [png, 'png'],
      [jpeg, 'jpeg'],
      [lossy, 'webp'],
    ] as const) {
      expect(readHeader(concat(file, tail), type)).toMatchObject(plain)
    }
  })

  const frame = (marker: number, body: number[]) => Uint8Array.of(0xff, marker, 0, body.length + 2, ...body)
  const three = [1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]
  const scan = concat(Uint8Array.of(0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0), Uint8Array.of(1, 2, 0xff, 0, 3))
  const soi = Uint8Array.of(0xff, 0xd8)
  const eoi = Uint8Array.of(0xff, 0xd9)
  const sof = (marker: number, ...fields: number[]) => frame(marker, [...fields, 3, ...three])
  test.each([
    ['lossless', concat(soi, sof(0xc3, 8, 0, 9, 0, 9), scan, eoi), 'unsupported'],
    ['arithmetic', concat(soi, sof(0xc9, 8, 0, 9, 0, 9), scan, eoi), 'unsupported'],
    ['12-bit', concat(soi, sof(0xc1, 12, 0, 9, 0, 9), scan, eoi), 'unsupported'],
    ['CMYK', concat(soi, frame(0xc0, [8, 0, 9, 0, 9, 4, ...three, 4, 0x11, 0]), scan, eoi), 'unsupported'],
    ['no height (it would follow in DNL)', concat(soi, sof(0xc0, 8, 0, 0, 0, 9), scan, eoi), 'corrupt'],
    [
      'two frames, the second larger',
      concat(soi, sof(0xc0, 8, 0, 9, 0, 9), sof(0xc0, 8, 99, 9, 99, 9), scan, eoi),
      'corrupt',
    ],
    ['a frame of the wrong length', concat(soi, frame(0xc0, [8, 0, 9, 0, 9, 3]), scan, eoi), 'corrupt'],
    ['no frame', concat(soi, scan, eoi), 'corrupt'],
    ['no scan', concat(soi, sof(0xc0, 8, 0, 9, 0, 9), eoi), 'corrupt'],
    ['a second start', concat(soi, soi, sof(0xc0, 8, 0, 9, 0, 9), scan, eoi), 'corrupt'],
    [
      'a scan bomb',
      concat(soi, sof(0xc2, 8, 0, 9, 0, 9), ...new Array<Uint8Array>(MAX_JPEG_SCANS + 1).fill(scan), eoi),
      'unsupported',
    ],
    ['progressive coefficients beyond memory', concat(soi, sof(0xc2, 8, 16, 0, 16, 0), scan, eoi), 'unsupported'],
    ['a sampling factor of 0', concat(soi, frame(0xc2, [8, 0, 9, 0, 9, 1, 1, 0, 0]), scan, eoi), 'unsupported'],
    ['a segment of length 0', concat(soi, Uint8Array.of(0xff, 0xe0, 0, 0), eoi), 'corrupt'],
    ['segments without end', concat(soi, ...new Array<Uint8Array>(2000).fill(frame(0xe5, [])), eoi), 'corrupt'],
    [
      'fill bytes, restarts and stuffed zeros: fine',
      concat(soi, Uint8Array.of(0xff, 0xff), sof(0xc0, 8, 0, 9, 0, 9), scan, Uint8Array.of(0xff, 0xd0, 5), eoi),
      'read',
    ],
  ])('JPEG: %s', (_, file, expected) => {
    expect(code(file, 'jpeg')).toBe(expected)
  })

  test('WebP: a header that contradicts its picture, a wrong start code, two pictures', () => {
    const lying = webpWith(lossy, 0)
    lying[24] = 200
    expect(code(lying, 'webp')).toBe('corrupt')
    expect(
      code(
        lossy.map((byte, i) => (i === 23 ? 0 : byte)),
        'webp',
      ),
    ).toBe('corrupt')
    expect(
      code(
        lossless.map((byte, i) => (i === 20 ? 0 : byte)),
        'webp',
      ),
    ).toBe('corrupt')
    expect(code(riff(lossy.subarray(12), lossy.subarray(12)), 'webp')).toBe('corrupt')
    expect(code(riff(text('JUNK\x04\0\0\0abcd')), 'webp')).toBe('corrupt')
  })

  test('random damage is read or refused, in no time', () => {
    const files = [
      [png, 'png'],
      [jpeg, 'jpeg'],
      [progressive, 'jpeg'],
      [lossy, 'webp'],
      [lossless, 'webp'],
    ] as const
    const flips = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 255 })), {
      maxLength: 5,
    })
    fc.assert(
      fc.property(fc.constantFrom(...files), flips, ([file, type], changes) => {
        const bytes = file.slice()
        for (const [place, flip] of changes) bytes[Math.floor(place * (bytes.length - 1))]! ^= flip
        code(bytes, type)
      }),
      { numRuns: 2000 },
    )
  })

  test('ten megabytes made to keep the reader busy are refused for what they are', () => {
    const ten = 10 * 1024 * 1024
    const empty = Buffer.from(pngChunk('abCd', new Uint8Array(0)))
    const busy: [Uint8Array, 'png' | 'jpeg' | 'webp'][] = [
      [concat(png.subarray(0, 33), Buffer.alloc(ten, empty)), 'png'],
      [concat(soi, sof(0xc0, 8, 0, 9, 0, 9), scan, new Uint8Array(ten).fill(0xff)), 'jpeg'],
      [concat(soi, sof(0xc0, 8, 0, 9, 0, 9), scan, Buffer.alloc(ten, Uint8Array.of(0xff, 0))), 'jpeg'],
      [concat(soi, Buffer.alloc(ten, frame(0xe5, []))), 'jpeg'],
      [riff(Buffer.alloc(ten, text('JUNK\0\0\0\0'))), 'webp'],
    ]
    for (const [file, type] of busy) expect(code(file, type)).toBe('corrupt')
  })
})

test('exifOrientation never fails: what it cannot read is 1', () => {
  expect(exifOrientation(exifBlock(9))).toBe(1)
  expect(exifOrientation(new Uint8Array(0))).toBe(1)
  const damage = fc.tuple(fc.nat(25), fc.integer({ min: 1, max: 255 }), fc.nat(26))
  fc.assert(
    fc.property(damage, ([at, flip, length]) => {
      const block = exifBlock(6).map((byte, i) => (i === at ? byte ^ flip : byte))
      const value = exifOrientation(block.subarray(0, length))
      expect(value).toBeGreaterThanOrEqual(1)
      expect(value).toBeLessThanOrEqual(8)
    }),
    { numRuns: 500 },
  )
})

function riff(...chunks: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = concat(text('WEBP'), ...chunks)
  const head = Buffer.alloc(8)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(body.length, 4)
  return concat(head, body)
}

/** The simple WebP in the extended format (VP8X) with flags, and perhaps one chunk more. */
function webpWith(
  simple: Uint8Array,
  flags: number,
  type = '',
  data: Uint8Array = new Uint8Array(0),
): Uint8Array<ArrayBuffer> {
  const { width, height } = readHeader(simple, 'webp')
  const chunk = (name: string, body: Uint8Array) => {
    const head = Buffer.alloc(8)
    head.write(name, 0, 'latin1')
    head.writeUInt32LE(body.length, 4)
    return concat(head, body, new Uint8Array(body.length & 1))
  }
  const canvas = Uint8Array.of(flags, 0, 0, 0, width - 1, 0, 0, height - 1, 0, 0)
  return riff(chunk('VP8X', canvas), simple.subarray(12), ...(type ? [chunk(type, data)] : []))
}

test('a valid zlib stream is not looked at: that is for the decoder', () => {
  const file = concat(
    png.subarray(0, 33),
    pngChunk('IDAT', deflateSync(new Uint8Array(3))),
    pngChunk('IEND', new Uint8Array(0)),
  )
  expect(code(file, 'png')).toBe('read')
})
