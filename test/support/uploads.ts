import { createImageKernel } from '../../src/render/image/kernel'
import { modules } from '../../src/render/modules'
import { expectJson, requestAs } from './app'
import type { Person } from './people'

export const kernel = createImageKernel(modules.image)

export const WIDTH = 32
export const HEIGHT = 24
/** Straight RGBA of the sample picture's left and right half. */
export const LEFT = [200, 40, 40, 255]
export const RIGHT = [40, 60, 200, 255]

const rgba = new Uint8Array(WIDTH * HEIGHT * 4)
for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel++) rgba.set(pixel % WIDTH < WIDTH / 2 ? LEFT : RIGHT, pixel * 4)

/** The sample picture, 32 x 24, in each kind that can be uploaded. */
export const png = kernel.encodePng(rgba, WIDTH, HEIGHT)
export const jpeg = kernel.encodeJpeg(rgba, WIDTH, HEIGHT)
/** Lossless, by libwebp: we have no encoder of our own. */
export const webp = Uint8Array.from(
  atob('UklGRioAAABXRUJQVlA4TB0AAAAvH8AFAA9wCpSDIR8FdP5jCQKBJH/pBQaI6H9QbwA='),
  (character) => character.charCodeAt(0),
)

export const ascii = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (c) => c.charCodeAt(0) & 255)

export function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.byteLength
  }
  return whole
}

/** The sample as a phone held sideways stores it: Exif 2.32 orientation 6 (turn by 90 degrees clockwise) and a GPS tag. */
export function phoneJpeg(gps: string): Uint8Array<ArrayBuffer> {
  // TIFF header, little-endian; one IFD with one entry: tag 0x0112, SHORT, count 1, value 6; no next IFD.
  const tiff = ascii('II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0')
  const body = concat(ascii('Exif\0\0'), tiff, ascii(gps))
  const length = body.byteLength + 2
  return concat(jpeg.subarray(0, 2), Uint8Array.of(0xff, 0xe1, length >> 8, length & 255), body, jpeg.subarray(2))
}

/** A PNG that claims `width` x `height` (IHDR, PNG specification 11.2.1) and has the sample's data. */
export function pngClaiming(width: number, height: number): Uint8Array<ArrayBuffer> {
  const file = png.slice()
  const view = new DataView(file.buffer)
  view.setUint32(16, width)
  view.setUint32(20, height)
  view.setUint32(29, crc32(file.subarray(12, 29)))
  return file
}

/** A PNG chunk with its CRC. */
export function chunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const body = concat(ascii(type), data)
  const word = (value: number) => Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
  return concat(word(data.byteLength), body, word(crc32(body)))
}

/** The sample with chunks between its header and its pixels. */
export const pngWith = (...chunks: Uint8Array[]): Uint8Array<ArrayBuffer> =>
  concat(png.subarray(0, 33), ...chunks, png.subarray(33))

/** The sample as JPEG with one more segment behind its start: a marker's code and what it holds (T.81 B.1.1.4). */
export function segment(code: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = body.byteLength + 2
  return concat(jpeg.subarray(0, 2), Uint8Array.of(0xff, code, length >> 8, length & 255), body, jpeg.subarray(2))
}

const littleEndian = (value: number) =>
  Uint8Array.of(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24)

/** A chunk of WebP's container, RFC 9649 section 2.3; of odd length with a byte behind. */
export const riffChunk = (type: string, data: Uint8Array): Uint8Array<ArrayBuffer> =>
  concat(ascii(type), littleEndian(data.byteLength), data, new Uint8Array(data.byteLength % 2))

export function riff(...chunks: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = concat(ascii('WEBP'), ...chunks)
  return concat(ascii('RIFF'), littleEndian(body.byteLength), body)
}

/** The sample in colours of ITU-T H.273's code points: 12 is Display P3, 9 is television. */
export const wide = (primaries: number) => pngWith(chunk('cICP', Uint8Array.of(primaries, 13, 0, 1)))

/** CRC-32 of PNG chunks (PNG specification, annex D). */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

export type Uploaded = { id: string; url: string; width: number; height: number }

/** Sends bytes raw, declared as `type` (none when undefined). */
export const send = (person: Pick<Person, 'accessToken'>, bytes: BodyInit, type?: string): Promise<Response> =>
  requestAs(person, '/uploads', { method: 'POST', body: bytes, ...(type && { headers: { 'content-type': type } }) })

/** The sample as an upload of this person. */
export const upload = (person: Pick<Person, 'accessToken'>): Promise<Uploaded> =>
  expectJson<Uploaded>(send(person, png, 'image/png'), 201)
