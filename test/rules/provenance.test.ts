import fc from 'fast-check'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import type { ImageType } from '../../src/exports/types'
import { markProvenance, readProvenance } from '../../src/provenance/mark'
import { ImageError } from '../../src/render/image/image-error'
import { encodeChunk, readChunks } from '../../src/render/image/png-chunks'
import { sniffType } from '../../src/uploads/sniff'
import { concat, exifBlock, foreignJpeg, newKernel, picture, pngChunks, withExif } from './image-fixtures'

const [WIDTH, HEIGHT] = [29, 23]
const facts = { imageId: '01JD9Z6Q4M8T2V5X7Y0A1B2C3D', simulated: false, createdAt: Date.UTC(2026, 10, 21, 9, 30) }
const AI = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia'

const drawn = (alpha = false) =>
  sharp(picture('photo', WIDTH, HEIGHT, alpha), { raw: { width: WIDTH, height: HEIGHT, channels: 4 } })
const opaque = () => drawn().removeAlpha()
const file = async (image: Sharp) => new Uint8Array(await image.toBuffer())
const typeOf = (bytes: Uint8Array) => `image/${sniffType(bytes)}` as ImageType
const mark = (bytes: Uint8Array, changed: Partial<typeof facts> = {}) =>
  markProvenance(bytes, typeOf(bytes), { ...facts, ...changed })

/** Readers that are strict: libjpeg, libpng and libwebp with warnings as errors. */
const strictly = (bytes: Uint8Array) => sharp(bytes, { failOn: 'warning' })
const pixelsOf = (bytes: Uint8Array) => strictly(bytes).raw().toBuffer()
const xmpOf = async (bytes: Uint8Array) => (await strictly(bytes).metadata()).xmp?.toString('utf8') ?? ''

const FILES: [string, () => Promise<Uint8Array>][] = [
  ['a JPEG', () => file(opaque().jpeg())],
  ['a progressive JPEG of another encoder', () => foreignJpeg(picture('photo', WIDTH, HEIGHT), WIDTH, HEIGHT)],
  ['a grey JPEG', () => file(opaque().greyscale().jpeg())],
  [
    'a JPEG of our kernel',
    async () => newKernel().encodeJpeg(picture('photo', WIDTH, HEIGHT), WIDTH, HEIGHT, { quality: 85, dpi: 300 }),
  ],
  ['a PNG', () => file(opaque().png())],
  ['a transparent PNG', () => file(drawn(true).png())],
  ['a grey PNG', () => file(opaque().greyscale().png())],
  ['a PNG with a palette', () => file(opaque().png({ palette: true }))],
  [
    'a PNG of our kernel',
    async () => newKernel().encodePng(picture('photo', WIDTH, HEIGHT), WIDTH, HEIGHT, { dpi: 300 }),
  ],
  ['a lossy WebP', () => file(opaque().webp())],
  ['a lossless WebP', () => file(opaque().webp({ lossless: true }))],
  ['a transparent lossy WebP', () => file(drawn(true).webp())],
  ['a transparent lossless WebP', () => file(drawn(true).webp({ lossless: true }))],
  ['a WebP with a profile', () => file(opaque().withIccProfile('p3').webp())],
]

describe.each(FILES)('%s', (_, make) => {
  test('tells every reader that AI made it, and whose it is', async () => {
    const xmp = await xmpOf(mark(await make()))
    expect(xmp).toContain(`<Iptc4xmpExt:DigitalSourceType>${AI}</Iptc4xmpExt:DigitalSourceType>`)
    expect(xmp).toContain('<photoshop:Credit>Lumiku</photoshop:Credit>')
    expect(xmp).toContain('<xmp:CreateDate>2026-11-21T09:30:00.000Z</xmp:CreateDate>')
    expect(xmp).toContain(`<lumiku:RecipeId>${facts.imageId}</lumiku:RecipeId>`)
  })

  test('keeps every pixel and all else it says of itself', async () => {
    const plain = await make()
    const marked = mark(plain)
    expect(await pixelsOf(marked)).toEqual(await pixelsOf(plain))
    const { xmp, xmpAsString, iptc, size, ...after } = await strictly(marked).metadata()
    const { size: _sizeBefore, ...before } = await strictly(plain).metadata()
    expect(after).toEqual(before)
    expect(marked.length - plain.length).toBeLessThan(1_500)
  })

  test('is marked once however often it is marked, and the last word counts', async () => {
    const once = mark(await make(), { imageId: 'another', simulated: true })
    const again = mark(once)
    expect(again).toEqual(mark(await make()))
    expect(mark(again)).toEqual(again)
    expect(
      Buffer.from(again)
        .toString('latin1')
        .match(/<x:xmpmeta/g),
    ).toHaveLength(1)
  })

  test('that is marked for the same picture at another time stays as it is', async () => {
    const once = mark(await make())
    expect(mark(once, { createdAt: facts.createdAt + 86_400_000 })).toEqual(once)
    expect(readProvenance(mark(once, { simulated: true }), typeOf(once))?.simulated).toBe(true)
  })

  test('can be read back', async () => {
    const plain = await make()
    expect(readProvenance(plain, typeOf(plain))).toBeNull()
    expect(readProvenance(mark(plain), typeOf(plain))).toEqual({
      ...{ isMarkedAsAi: true, digitalSourceType: AI, credit: 'Lumiku', recipeId: facts.imageId },
      ...{ simulated: false, createdAt: facts.createdAt },
    })
  })

  test('cut off anywhere is refused as corrupt or marked, never anything else', async () => {
    const whole = await make()
    const type = typeOf(whole)
    for (const bytes of [whole, mark(whole)]) {
      const escaped = Array.from(bytes, (_byte, length) => bytes.subarray(0, length)).flatMap((cut) => [
        ...unexpected(() => markProvenance(cut, type, facts)),
        ...unexpected(() => readProvenance(cut, type)),
      ])
      expect(escaped).toEqual([])
    }
  })
})

/** What was thrown besides a polite no. */
function unexpected(work: () => unknown): unknown[] {
  try {
    work()
    return []
  } catch (error) {
    return error instanceof ImageError && error.code === 'corrupt' ? [] : [error]
  }
}

describe('what a mark says', () => {
  test('a drawing of the embedded renderer has the same mark and says that it is simulated', async () => {
    const marked = mark(await file(opaque().png()), { simulated: true })
    const xmp = await xmpOf(marked)
    expect(xmp).toContain(AI)
    expect(xmp).toContain('<lumiku:Simulated>True</lumiku:Simulated>')
    expect(readProvenance(marked, 'image/png')?.simulated).toBe(true)
  })

  test('an owner who leaves the recipe out leaves the AI mark in', async () => {
    const marked = markProvenance(await file(opaque().jpeg()), 'image/jpeg', { ...facts, imageId: null })
    expect(await xmpOf(marked)).not.toContain('RecipeId')
    expect(readProvenance(marked, 'image/jpeg')).toMatchObject({ isMarkedAsAi: true, recipeId: null })
  })

  test('is well-formed XML', async () => {
    const xmp = (await xmpOf(mark(await file(opaque().png()), { simulated: true }))).replace(/<\?.*?\?>/g, '')
    const open: string[] = []
    for (const [, closing, name] of xmp.matchAll(/<(\/?)([\w:]+)[^>]*>/g))
      if (closing) expect(open.pop()).toBe(name)
      else open.push(name!)
    expect(open).toEqual([])
    const used = new Set([...xmp.matchAll(/<([A-Za-z0-9]+):/g)].map(([, prefix]) => prefix))
    for (const prefix of used) expect(xmp).toContain(`xmlns:${prefix}="`)
  })

  test('an id that is none of ours, or a time that is none, is refused', async () => {
    const bytes = await file(opaque().png())
    for (const changed of [{ imageId: '<x>' }, { imageId: '' }, { createdAt: Number.NaN }, { createdAt: -1 }])
      expect(() => mark(bytes, changed)).toThrow(expect.objectContaining({ code: 'invalid' }))
  })

  test('a file of another type than it is said to be is refused as corrupt', async () => {
    const bytes = await file(opaque().png())
    for (const type of ['image/jpeg', 'image/webp'] as const)
      expect(() => markProvenance(bytes, type, facts)).toThrow(expect.objectContaining({ code: 'corrupt' }))
  })
})

describe('what a file had before', () => {
  const foreign =
    '<x:xmpmeta><rdf:Description Iptc4xmpExt:DigitalSourceType="digitalCapture" prompt="a secret prompt"/></x:xmpmeta>'

  test.each(['jpeg', 'png', 'webp'] as const)(
    'a provider’s XMP in a %s, with the prompt in it, is gone',
    async (type) => {
      const marked = mark(await file(opaque().withXmp(foreign)[type]()))
      expect(Buffer.from(marked).toString('latin1')).not.toContain('a secret prompt')
      expect(await xmpOf(marked)).toContain(AI)
    },
  )

  test.each(['jpeg', 'png', 'webp'] as const)('the colour profile of a %s stays, its Exif does not', async (type) => {
    const withBoth = opaque()
      .withIccProfile('p3')
      .withExifMerge({ IFD0: { ImageDescription: 'a secret prompt' } })
    const plain = await file(withBoth[type]())
    const before = await strictly(plain).metadata()
    expect(before.exif?.toString('latin1')).toContain('a secret prompt')
    const marked = mark(plain)
    const after = await strictly(marked).metadata()
    expect(after.icc).toEqual(before.icc)
    expect(after.exif).toBeUndefined()
    expect(Buffer.from(marked).toString('latin1')).not.toContain('a secret prompt')
    expect(await pixelsOf(marked)).toEqual(await pixelsOf(plain))
  })

  test('text chunks, Exif and a tail of a PNG, where generators write prompts and graphs, are gone', async () => {
    const plain = await file(opaque().png())
    const texts = [
      encodeChunk('tEXt', Buffer.from('parameters\0a secret prompt')),
      encodeChunk('iTXt', Buffer.from('workflow\0\0\0\0\0a secret prompt')),
      encodeChunk('zTXt', Buffer.from('prompt\0\0a secret prompt')),
      encodeChunk('eXIf', Buffer.from('II*\0a secret prompt')),
      encodeChunk('caBX', Buffer.from('a secret prompt')),
    ]
    // Behind the header, behind the pixels, and behind the end.
    const [header, rest, last] = [plain.subarray(0, 33), plain.subarray(33, -12), plain.subarray(-12)]
    const written = concat(header, ...texts, rest, ...texts, last, Buffer.from('a secret prompt'))
    const marked = mark(written)
    expect(Buffer.from(marked).toString('latin1')).not.toContain('secret')
    expect(marked).toEqual(mark(plain))
    expect(await pixelsOf(marked)).toEqual(await pixelsOf(plain))
  })

  test('comments and foreign application segments of a JPEG are gone', async () => {
    const jpeg = await file(opaque().jpeg())
    const segment = (marker: number, text: string) =>
      concat(Uint8Array.of(0xff, marker, 0, text.length + 2), Buffer.from(text, 'latin1'))
    const secrets = [
      segment(0xfe, 'a secret prompt'),
      segment(0xe0, 'JFXX\0a secret prompt'),
      segment(0xe2, 'MPF\0a secret prompt'),
      segment(0xeb, 'JP a secret prompt'),
      segment(0xed, 'Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0a\x1c\x02\x78\0\x05a secret prompt'),
    ]
    const marked = mark(concat(jpeg.subarray(0, 2), ...secrets, jpeg.subarray(2)))
    expect(Buffer.from(marked).toString('latin1')).not.toContain('secret')
    expect(marked).toEqual(mark(jpeg))
  })

  test('a turn that Exif asks for, which no decoder of ours makes, is not made of the original either', async () => {
    const jpeg = await file(opaque().jpeg())
    const marked = mark(withExif(jpeg, exifBlock(6)))
    expect((await strictly(marked).metadata()).orientation).toBeUndefined()
    expect(marked).toEqual(mark(jpeg))
  })

  test('a chunk of a WebP that nobody knows is gone', async () => {
    const plain = await file(opaque().webp())
    const secret = concat(Buffer.from('NOTE'), Uint8Array.of(16, 0, 0, 0), Buffer.from('a secret prompt!'))
    const written = concat(plain, secret)
    new DataView(written.buffer).setUint32(4, written.length - 8, true)
    expect(mark(written)).toEqual(mark(plain))
  })

  test('a reader of IPTC alone finds our credit in a JPEG', async () => {
    const { iptc } = await strictly(mark(await file(opaque().jpeg()))).metadata()
    const found = iptc?.toString('latin1') ?? ''
    expect(found).toContain('8BIM\x04\x04')
    expect(found.endsWith('\x1c\x02\x6e\0\x06Lumiku')).toBe(true)
  })

  test('a forged packet with an impossible date is replaced like any other', async () => {
    const packet = await xmpOf(mark(await file(opaque().png())))
    const forged = packet.replace('2026-11-21T09:30:00.000Z', '+020000-01-01T00:00:00.000Z')
    const marked = mark(await file(opaque().withXmp(forged).png()))
    expect(readProvenance(marked, 'image/png')?.createdAt).toBe(facts.createdAt)
  })

  test('the AI mark of others is understood, and a camera’s is not taken for one', async () => {
    const says = async (value: string) =>
      readProvenance(await file(opaque().withXmp(`<x Iptc4xmpExt:DigitalSourceType="${value}"/>`).jpeg()), 'image/jpeg')
    expect(await says(AI)).toMatchObject({ isMarkedAsAi: true, credit: null, createdAt: null })
    expect(await says(AI.replace('trained', 'compositeWithTrained'))).toMatchObject({ isMarkedAsAi: true })
    expect(await says(AI.replace('trainedAlgorithmicMedia', 'digitalCapture'))).toMatchObject({ isMarkedAsAi: false })
  })
})

describe('the layout of a marked file', () => {
  test('a PNG has its packet before its pixels and right sums everywhere', async () => {
    const marked = mark(await file(drawn(true).png()))
    const types = pngChunks(marked).map(({ type }) => type)
    expect(types.indexOf('iTXt')).toBeGreaterThan(0)
    expect(types.indexOf('iTXt')).toBeLessThan(types.indexOf('IDAT'))
    expect([...readChunks(marked)].map(({ type }) => type)).toEqual(types)
  })

  test('a transparent WebP of the simple layout says in its new header that it is transparent', async () => {
    const plain = await file(drawn(true).webp({ lossless: true }))
    const marked = mark(plain)
    expect(Buffer.from(plain).toString('latin1', 12, 16)).toBe('VP8L')
    expect(Buffer.from(marked).toString('latin1', 12, 16)).toBe('VP8X')
    expect(marked[20]).toBe(0x10 | 0x04)
    expect(Buffer.from(marked).readUInt32LE(4)).toBe(marked.length - 8)
  })

  test('a WebP whose last chunk is odd and not filled up gets its filling', async () => {
    const plain = await file(opaque().webp({ lossless: true }))
    const odd = plain.subarray(0, 12 + 8 + (Buffer.from(plain).readUInt32LE(16) | 0))
    const short = concat(odd)
    new DataView(short.buffer).setUint32(4, short.length - 8, true)
    expect(await pixelsOf(mark(short))).toEqual(await pixelsOf(plain))
  })

  test('damaged files are marked or refused, never half done', async () => {
    const files = await Promise.all(FILES.map(([, make]) => make()))
    fc.assert(
      fc.property(
        fc.nat(files.length - 1),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        (index, changes) => {
          const bytes = files[index]!.slice()
          const type = typeOf(bytes)
          for (const [at, value] of changes) bytes[at % Math.min(bytes.length, 400)] = value
          let marked: Uint8Array
          try {
            marked = markProvenance(bytes, type, facts)
          } catch (error) {
            expect(error).toBeInstanceOf(ImageError)
            return
          }
          expect(readProvenance(marked, type)).toMatchObject({ isMarkedAsAi: true, recipeId: facts.imageId })
        },
      ),
      { numRuns: 3_000, seed: 20261121 },
    )
  })
})
