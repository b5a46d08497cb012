import { ImageError } from '../render/image/image-error'
import { readWebpHeader } from '../uploads/webp-header'
import { ascii, join, startsWith } from './edits'

/** Flags of VP8X, RFC 9649 section 2.7.1. */
const ALPHA_FLAG = 0x10
const EXIF_FLAG = 0x08
const XMP_FLAG = 0x04
/** RIFF header: "RIFF", size, "WEBP". */
const HEADER_BYTES = 12

type Chunk = { type: string; data: Uint8Array }

/** What a decoder needs of a still picture. */
const KEPT = ['VP8X', 'ICCP', 'ALPH', 'VP8 ', 'VP8L']

/**
 * The file with the packet as all that it says in words, in its last chunk (RFC 9649 section 2.7). Exif and chunks that others
 * invented go: generators write their prompts there. A file of the simple layout gets the extended one, because the simple one
 * has no place for XMP.
 */
export function markWebp(bytes: Uint8Array, packet: Uint8Array): Uint8Array<ArrayBuffer> {
  const { width, height, hasAlpha } = checked(bytes)
  const kept = [...chunks(bytes)].filter(({ type }) => KEPT.includes(type))
  if (!kept.some(({ type }) => type === 'VP8X')) kept.unshift(extendedHeader(width, height, hasAlpha))
  const marked = join([ascii('RIFF\0\0\0\0WEBP'), ...[...kept, { type: 'XMP ', data: packet }].flatMap(encoded)])
  viewOf(marked).setUint32(4, marked.length - 8, true)
  for (const { type, data } of chunks(marked)) if (type === 'VP8X') data[0] = (data[0]! & ~EXIF_FLAG) | XMP_FLAG
  return marked
}

/** The XMP packet of a WebP; null when it has none. */
export function xmpOfWebp(bytes: Uint8Array): Uint8Array | null {
  checked(bytes)
  for (const { type, data } of chunks(bytes)) if (type === 'XMP ') return data
  return null
}

/** Refuses a file whose chunks do not fit, before they are walked again. */
function checked(bytes: Uint8Array) {
  if (!startsWith(bytes, 'RIFF') || !startsWith(bytes.subarray(8), 'WEBP'))
    throw new ImageError('corrupt', 'not a WebP file')
  return readWebpHeader(bytes)
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** RIFF chunks (RFC 9649 section 2.3) of a file that was checked. */
function* chunks(bytes: Uint8Array): Generator<Chunk> {
  const end = viewOf(bytes).getUint32(4, true) + 8
  for (let at = HEADER_BYTES; at + 8 <= end; ) {
    const length = viewOf(bytes).getUint32(at + 4, true)
    yield { type: String.fromCharCode(...bytes.subarray(at, at + 4)), data: bytes.subarray(at + 8, at + 8 + length) }
    at += 8 + length + (length & 1)
  }
}

/** Type, length, data, and a zero where the data are odd. */
function encoded({ type, data }: Chunk): Uint8Array[] {
  const head = new Uint8Array(8)
  head.set(ascii(type))
  viewOf(head).setUint32(4, data.length, true)
  return [head, data, new Uint8Array(data.length & 1)]
}

/** VP8X: flags, three reserved bytes, 24-bit sides minus one (RFC 9649 section 2.7.1). */
function extendedHeader(width: number, height: number, hasAlpha: boolean): Chunk {
  const data = new Uint8Array(10)
  const view = viewOf(data)
  view.setUint8(0, hasAlpha ? ALPHA_FLAG : 0)
  view.setUint16(4, (width - 1) & 0xffff, true)
  view.setUint8(6, (width - 1) >> 16)
  view.setUint16(7, (height - 1) & 0xffff, true)
  view.setUint8(9, (height - 1) >> 16)
  return { type: 'VP8X', data }
}
