import { env } from 'cloudflare:workers'
import { deflateSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectJson, request, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { stateOf } from '../support/rows'
import {
  ascii,
  chunk,
  concat,
  HEIGHT,
  jpeg,
  kernel,
  phoneJpeg,
  png,
  pngClaiming,
  pngWith,
  riff,
  riffChunk,
  segment,
  send,
  type Uploaded,
  WIDTH,
  webp,
} from '../support/uploads'
import { errorOf } from '../support/walk'

let sari: Person
beforeAll(async () => {
  sari = await signUp()
})

const asForm = (bytes: Uint8Array<ArrayBuffer>, name: string, type: string) => {
  const data = new FormData()
  data.append('file', new File([bytes], name, { type }))
  return data
}
const stored = async () => (await env.MEDIA.list({ prefix: `u/${sari.user.id}/` })).objects.map(({ key }) => key)

/** Sends what must be refused; expects that nothing was stored and that the server is well. Answers status and reason. */
async function refusal(body: BodyInit, type?: string): Promise<[number, unknown]> {
  const [before, objects] = [await stateOf(sari.user.id), await stored()]
  const answer = await send(sari, body, type)
  const { details } = await errorOf(answer)
  expect(await stateOf(sari.user.id)).toEqual(before)
  expect(await stored()).toEqual(objects)
  expect((await request('//health')).status).toBe(200)
  return [answer.status, details?.reason]
}

/** Sends what is a picture in spite of what hangs on it; answers the bytes that everybody gets to see. */
async function shownOf(body: BodyInit, type?: string): Promise<string> {
  const { url, width, height } = await expectJson<Uploaded>(send(sari, body, type), 201)
  const answer = await request(`/${url}`)
  expect(answer.headers.get('content-type')).toBe('image/png')
  const bytes = new Uint8Array(await answer.arrayBuffer())
  expect(kernel.decodePng(bytes)).toMatchObject({ width, height })
  return new TextDecoder('latin1').decode(bytes)
}

const HTML = '<!doctype html><html><script>alert(document.domain)</script></html>'
const PHP = '<?php system($_GET["c"]); ?>'
const ZIP = 'PK\x03\x04\x14\0\0\0\0\0META-INF/MANIFEST.MF'
const box = (kind: string) => ascii(`\0\0\0\x20ftyp${kind}\0\0\0\0${kind}mif1`)

describe('what is no PNG, JPEG or WebP', () => {
  const files = [
    ['SVG', ascii('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
    ['SVG behind an XML declaration', ascii('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['HTML', ascii(HTML)],
    ['PHP', ascii(PHP)],
    ['PDF', ascii('%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript>>>>endobj')],
    ['GIF', ascii('GIF89a\x01\0\x01\0\0\0\0;')],
    ['HEIC', box('heic')],
    ['AVIF', box('avif')],
    ['MP4', box('isom')],
    ['TIFF', ascii('II*\0\x08\0\0\0')],
    ['TIFF the other way round', ascii('MM\0*\0\0\0\x08')],
    ['BMP', ascii('BM\x36\0\0\0\0\0\0\0\x36\0\0\0')],
    ['ICO', ascii('\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0')],
    ['JPEG 2000', ascii('\0\0\0\x0cjP  \r\n\x87\n')],
    ['JPEG XL', ascii('\xff\n\xfa\x1f')],
    ['ZIP', ascii(ZIP)],
    ['a sound in RIFF', ascii('RIFF\x24\0\0\0WAVEfmt ')],
    ['a program', ascii('\x7fELF\x02\x01\x01\0')],
    ['a compressed PNG', new Uint8Array(deflateSync(png))],
    ['a GIF that goes on as JPEG', concat(ascii('GIF89a'), jpeg)],
    ['a PDF that goes on as JPEG', concat(ascii('%PDF-1.4\n'), jpeg)],
    ['HTML that goes on as PNG', concat(ascii(HTML), png)],
    ['a PNG behind a byte order mark', concat(ascii('\xef\xbb\xbf'), png)],
    ['a PNG sent as text, with its line ends changed', concat(ascii('\x89PNG\n\x1a\n'), png.subarray(8))],
  ] as const

  test.each(files)('%s is a 415, whatever it says that it is (G1)', async (_, bytes) => {
    for (const type of [
      undefined,
      'image/png',
      'image/jpeg',
      'image/webp',
      'image/svg+xml',
      'application/octet-stream',
    ])
      expect(await refusal(bytes, type)).toEqual([415, 'not_an_image'])
    for (const name of ['photo.png', '..%2f..%2f<script>.png'])
      expect(await refusal(asForm(bytes, name, 'image/png'))).toEqual([415, 'not_an_image'])
  })

  test.each([
    ['PNG', png, ['image/jpeg', 'image/webp', 'image/gif', 'text/html', 'application/pdf']],
    ['JPEG', jpeg, ['image/png', 'image/webp', 'image/heic', 'application/zip']],
    ['WebP', webp, ['image/png', 'image/jpeg', 'image/avif', 'video/mp4']],
  ])('a %s that is sent as something else is a 415 (G1)', async (_, bytes, types) => {
    for (const type of types) expect(await refusal(bytes, type)).toEqual([415, 'type_mismatch'])
  })

  test('an animation is a 415: PNG and WebP alike (G1)', async () => {
    const frames = chunk('acTL', Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 0))
    const vp8x = riffChunk('VP8X', Uint8Array.of(0x02, 0, 0, 0, WIDTH - 1, 0, 0, HEIGHT - 1, 0, 0))
    for (const bytes of [
      pngWith(frames),
      pngWith(chunk('fcTL', new Uint8Array(26))),
      riff(
        vp8x,
        riffChunk('ANIM', new Uint8Array(6)),
        riffChunk('ANMF', concat(new Uint8Array(16), webp.subarray(12))),
      ),
      riff(riffChunk('ANIM', new Uint8Array(6)), webp.subarray(12)),
    ])
      expect(await refusal(bytes)).toEqual([415, 'animated_image'])
  })
})

describe('a picture that is something else as well', () => {
  const payloads = [HTML, PHP, ZIP, '<svg onload=alert(1)>', '%PDF-1.7 /JavaScript']
  const polyglots: [string, (payload: string) => Uint8Array<ArrayBuffer>][] = [
    ['behind a PNG', (payload) => concat(png, ascii(payload))],
    ['behind a JPEG', (payload) => concat(jpeg, ascii(payload))],
    ['behind a WebP', (payload) => concat(webp, ascii(payload))],
    ['in a PNG’s text', (payload) => pngWith(chunk('tEXt', ascii(`Comment\0${payload}`)))],
    [
      'in a PNG’s international text',
      (payload) => pngWith(chunk('iTXt', ascii(`XML:com.adobe.xmp\0\0\0\0\0${payload}`))),
    ],
    ['in a private chunk', (payload) => pngWith(chunk('prVt', ascii(payload)))],
    ['in a JPEG’s comment', (payload) => segment(0xfe, ascii(payload))],
    ['in a JPEG’s XMP', (payload) => segment(0xe1, ascii(`http://ns.adobe.com/xap/1.0/\0${payload}`))],
    ['in a JPEG’s Photoshop block', (payload) => segment(0xed, ascii(`Photoshop 3.0\0${payload}`))],
    ['in a WebP’s XMP', (payload) => riff(webp.subarray(12), riffChunk('XMP ', ascii(payload)))],
    ['in a WebP’s unknown chunk', (payload) => riff(webp.subarray(12), riffChunk('JUNK', ascii(payload)))],
  ]

  test.each(polyglots)('%s: only its pixels are stored (G1)', async (_, make) => {
    for (const payload of payloads) {
      const bytes = make(payload)
      expect(new TextDecoder('latin1').decode(bytes)).toContain(payload)
      expect(await shownOf(bytes)).not.toContain(payload)
    }
  })

  test('where it was taken, by whom and with what are not in it (G4)', async () => {
    const secret = 'GPS -6.2088 106.8456 Sari SN-4711'
    const tiff = concat(ascii('II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0'), ascii(secret))
    for (const bytes of [
      phoneJpeg(secret),
      segment(0xe1, ascii(`http://ns.adobe.com/xap/1.0/\0<x:xmpmeta exif:GPSLatitude="${secret}"/>`)),
      segment(0xed, ascii(`Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x22\x1c\x02\x5a\0\x1d${secret}`)),
      segment(0xe2, ascii(`MPF\0${secret}`)),
      pngWith(chunk('eXIf', tiff)),
      pngWith(chunk('tEXt', ascii(`Author\0${secret}`)), chunk('tIME', new Uint8Array(7))),
      riff(webp.subarray(12), riffChunk('EXIF', tiff), riffChunk('XMP ', ascii(secret))),
    ]) {
      const shown = await shownOf(bytes)
      for (const trace of [secret, 'Exif', 'eXIf', 'xmp', 'tEXt', 'tIME']) expect(shown).not.toContain(trace)
    }
  })
})

describe('a bomb', () => {
  /** So many zeros, deflated piece by piece: the isolate has no room for them. */
  async function huge(bytes: number): Promise<Uint8Array<ArrayBuffer>> {
    const piece = new Uint8Array(1_000_000)
    let left = bytes
    const zeros = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(piece.subarray(0, left))
        left -= piece.byteLength
        if (left <= 0) controller.close()
      },
    })
    const deflated = zeros.pipeThrough(new CompressionStream('deflate'))
    return new Uint8Array(await new Response(deflated).arrayBuffer())
  }
  /** A JPEG whose frame header says another size, T.81 B.2.2. */
  const jpegClaiming = (width: number, height: number) => {
    const file = jpeg.slice()
    const at = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xc0)
    file.set([height >> 8, height & 255, width >> 8, width & 255], at + 5)
    return file
  }
  /** A lossless WebP whose header says another size, RFC 9649 section 3.4. */
  const webpClaiming = (width: number, height: number) => {
    const file = webp.slice()
    const view = new DataView(file.buffer)
    const bits = view.getUint32(21, true)
    view.setUint32(21, (((bits >>> 28) << 28) | ((height - 1) << 14) | (width - 1)) >>> 0, true)
    return file
  }
  const header = (width: number, height: number, depth: number, type: number, interlace = 0) => {
    const data = new Uint8Array(13)
    const view = new DataView(data.buffer)
    view.setUint32(0, width)
    view.setUint32(4, height)
    data.set([depth, type, 0, 0, interlace], 8)
    return concat(png.subarray(0, 8), chunk('IHDR', data))
  }
  const end = chunk('IEND', new Uint8Array())

  test.each([
    ['PNG of 16000 x 16000', async () => pngClaiming(16_000, 16_000)],
    ['PNG of 2 billion pixels a side', async () => pngClaiming(0x7fffffff, 0x7fffffff)],
    [
      'PNG of 64 million pixels that are there',
      async () => concat(header(8000, 8000, 1, 0), chunk('IDAT', await huge(8_008_000)), end),
    ],
    ['JPEG of 65535 x 65535', async () => jpegClaiming(65_535, 65_535)],
    ['JPEG of 4096 x 4096', async () => jpegClaiming(4096, 4096)],
    ['WebP of 16384 x 16384', async () => webpClaiming(16_384, 16_384)],
    [
      'PNG of 8 megapixels of 16 bits',
      async () => concat(header(3000, 2600, 16, 6), chunk('IDAT', await huge(1_000_000)), end),
    ],
  ])('%s is a 422 by its header alone (G2)', async (_, make) => {
    expect(await refusal(await make())).toEqual([422, 'image_too_large'])
  })

  test.each([
    ['JPEG', async () => jpegClaiming(4000, 1900)],
    ['JPEG of no height', async () => jpegClaiming(32, 0)],
    ['WebP', async () => webpClaiming(4000, 1900)],
    ['PNG', async () => pngClaiming(4000, 1900)],
    ['PNG that is interlaced', async () => concat(header(3000, 2600, 8, 2, 1), chunk('IDAT', await huge(100)), end)],
    [
      'PNG that inflates to 300 MB',
      async () => concat(header(32, 24, 8, 2), chunk('IDAT', await huge(300_000_000)), end),
    ],
    [
      'PNG in 15,000 empty pieces',
      async () => concat(header(32, 24, 8, 2), ...Array(15_000).fill(chunk('IDAT', new Uint8Array())), end),
    ],
    [
      'WebP whose canvas is another',
      async () => riff(riffChunk('VP8X', Uint8Array.of(0, 0, 0, 0, 99, 0, 0, 99, 0, 0)), webp.subarray(12)),
    ],
  ])('%s that lies about its size is a 422 (G2)', async (_, make) => {
    expect(await refusal(await make())).toEqual([422, 'image_corrupt'])
  })

  test('text that inflates to 100 MB, and a profile that does, are never inflated (G2)', async () => {
    const bomb = await huge(100_000_000)
    for (const extra of [
      chunk('zTXt', concat(ascii('Comment\0\0'), bomb)),
      chunk('iTXt', concat(ascii('Comment\0\x01\0\0\0'), bomb)),
      chunk('iCCP', concat(ascii('icc\0\0'), bomb)),
    ])
      expect(await shownOf(pngWith(extra))).not.toContain('Comment')
  })

  test('a JPEG of a thousand scans, of ten thousand segments and of two frames (G2)', async () => {
    const at = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xda)
    const scan = jpeg.subarray(at, -2)
    const scans = concat(jpeg.subarray(0, at), ...Array(1_000).fill(scan), jpeg.subarray(-2))
    expect(await refusal(scans)).toEqual([422, 'image_unsupported'])
    const comments = concat(...Array(10_000).fill(Uint8Array.of(0xff, 0xfe, 0, 2)))
    expect(await refusal(concat(jpeg.subarray(0, 2), comments, jpeg.subarray(2)))).toEqual([422, 'image_corrupt'])
    const frameAt = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0)
    const frame = jpeg.subarray(frameAt, frameAt + 2 + ((jpeg[frameAt + 2]! << 8) | jpeg[frameAt + 3]!))
    expect(await refusal(concat(jpeg.subarray(0, frameAt), frame, jpeg.subarray(frameAt)))).toEqual([
      422,
      'image_corrupt',
    ])
  })
})

describe('a damaged picture', () => {
  const idat = png.findIndex((_, i) => String.fromCharCode(...png.subarray(i, i + 4)) === 'IDAT') - 4
  const withByte = (file: Uint8Array<ArrayBuffer>, at: number, value: number) => {
    const changed = file.slice()
    changed[at] = value
    return changed
  }
  const marker = (file: Uint8Array<ArrayBuffer>, code: number) =>
    file.findIndex((byte, i) => byte === 0xff && file[i + 1] === code)

  test.each([
    ['PNG with a wrong checksum of its header', withByte(png, 29, png[29]! ^ 1)],
    ['PNG with a wrong checksum of its pixels', withByte(png, idat + 9, png[idat + 9]! ^ 1)],
    ['PNG whose chunk is longer than the file', withByte(png, idat, 0x7f)],
    ['PNG whose chunk is 4 GB long', concat(png.subarray(0, idat), ascii('\xff\xff\xff\xff'), png.subarray(idat + 4))],
    ['PNG without pixels', concat(png.subarray(0, idat), png.subarray(-12))],
    ['PNG without an end', png.slice(0, -12)],
    ['PNG without a header', concat(png.subarray(0, 8), png.subarray(33))],
    ['PNG that is its signature', png.slice(0, 8)],
    ['JPEG without an end', jpeg.slice(0, -2)],
    [
      'JPEG cut in its pixels, with an end put behind',
      concat(jpeg.subarray(0, marker(jpeg, 0xda) + 16), jpeg.subarray(-2)),
    ],
    ['JPEG without tables', concat(jpeg.subarray(0, 2), jpeg.subarray(marker(jpeg, 0xc0)))],
    ['JPEG that is two bytes and an end', Uint8Array.of(0xff, 0xd8, 0xff, 0xd9)],
    ['WebP cut in its pixels', webp.slice(0, -10)],
    ['WebP that says it is longer', withByte(webp, 4, 0xff)],
    ['WebP without a picture', riff(riffChunk('JUNK', new Uint8Array(40)))],
    ['WebP with two pictures', riff(webp.subarray(12), webp.subarray(12))],
  ])('%s is a 422 (G3)', async (_, bytes) => {
    expect(await refusal(bytes)).toEqual([422, 'image_corrupt'])
  })

  test.each([
    [
      'JPEG for printers (CMYK)',
      concat(
        jpeg.subarray(0, marker(jpeg, 0xc0)),
        ascii('\xff\xc0\0\x14\x08\0\x18\0\x20\x04\x01\x11\0\x02\x11\0\x03\x11\0\x04\x11\0'),
        jpeg.subarray(marker(jpeg, 0xda)),
      ),
    ],
    ['JPEG of 12 bits', withByte(jpeg, marker(jpeg, 0xc0) + 4, 12)],
    ['JPEG in arithmetic code', withByte(jpeg, marker(jpeg, 0xc0) + 1, 0xc9)],
    ['lossless JPEG', withByte(jpeg, marker(jpeg, 0xc0) + 1, 0xc3)],
    ['PNG with a chunk that must be known and is not', pngWith(chunk('EVIL', new Uint8Array(4)))],
  ])('%s is a 422 that says how to save it (G3)', async (_, bytes) => {
    expect(await refusal(bytes)).toEqual([422, 'image_unsupported'])
    const answer = await requestAs(sari, '/uploads', { method: 'POST', body: bytes })
    expect((await errorOf(answer)).details?.message).toContain('RGB JPEG or PNG')
  })
})
