import { ImageError } from '../render/image/image-error'
import { applyEdits, ascii, type Edit, join, startsWith } from './edits'
import { CREDIT } from './xmp'

// Marker codes, T.81 Table B.1.
const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
const APP0 = 0xe0
const APP1 = 0xe1
const APP2 = 0xe2
const APP13 = 0xed
const APP14 = 0xee
const APP15 = 0xef
const COM = 0xfe
const isAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)

/** A file with more before its first scan wastes our time. */
const MAX_SEGMENTS = 4096

/** What the segments start with: XMP specification part 3, section 1.1.3; Photoshop's resources. */
const XMP = 'http://ns.adobe.com/xap/1.0/\0'
const PHOTOSHOP = 'Photoshop 3.0\0'

/** Application segments that a decoder needs: density (JFIF), the colour profile (ICC.1 Annex B.4), Adobe's colour transform. */
const KEPT: Record<number, string> = { [APP0]: 'JFIF\0', [APP2]: 'ICC_PROFILE\0', [APP14]: 'Adobe' }

export type JpegSegment = { marker: number; body: Uint8Array; start: number; end: number }

/**
 * The file with the packet as all that it says in words, behind JFIF, which wants to be first; IPTC-IIM with our credit follows
 * for readers that know nothing newer. Exif, comments and other application segments go: generators write their prompts there.
 */
export function markJpeg(bytes: Uint8Array, packet: Uint8Array): Uint8Array<ArrayBuffer> {
  const removals: Edit[] = []
  let at = 2
  let isFirst = true
  for (const { marker, body, start, end } of jpegSegments(bytes)) {
    if (!isKept(marker, body)) {
      removals.push({ from: start, to: end, put: [] })
      continue
    }
    isFirst &&= marker === APP0
    if (isFirst) at = end
  }
  const put = [segment(APP1, ascii(XMP), packet), segment(APP13, ascii(PHOTOSHOP), creditResource())]
  return applyEdits(bytes, [{ from: at, to: at, put }, ...removals])
}

/** The XMP packet of a JPEG; null when it has none. */
export function xmpOfJpeg(bytes: Uint8Array): Uint8Array | null {
  for (const { marker, body } of jpegSegments(bytes))
    if (marker === APP1 && startsWith(body, XMP)) return body.subarray(XMP.length)
  return null
}

function isKept(marker: number, body: Uint8Array): boolean {
  if (marker !== COM && (marker < APP0 || marker > APP15)) return true
  const signature = KEPT[marker]
  return signature !== undefined && startsWith(body, signature)
}

/** Segments before the first scan (T.81 Annex B). Throws ImageError `corrupt` when there is no scan. */
export function* jpegSegments(bytes: Uint8Array): Generator<JpegSegment> {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) throw new ImageError('corrupt', 'not a JPEG file')
  let at = 2
  for (let count = 0; count < MAX_SEGMENTS; count++) {
    const start = at
    if (bytes[at] !== 0xff) throw new ImageError('corrupt', 'the JPEG has no marker where one must be')
    while (bytes[at] === 0xff) at++ // may be repeated: fill bytes, B.1.1.2
    const marker = bytes[at++]
    if (marker === SOS) return
    if (marker === undefined || marker === EOI) break
    if (isAlone(marker)) continue
    const length = at + 2 <= bytes.length ? (bytes[at]! << 8) | bytes[at + 1]! : 0
    if (length < 2 || at + length > bytes.length) break
    yield { marker, body: bytes.subarray(at + 2, at + length), start, end: at + length }
    at += length
  }
  throw new ImageError('corrupt', 'the JPEG file ends before its first scan')
}

function segment(marker: number, ...parts: Uint8Array[]): Uint8Array {
  const length = 2 + parts.reduce((sum, part) => sum + part.length, 0)
  return join([Uint8Array.of(0xff, marker, length >> 8, length & 255), ...parts])
}

/** Image resource 0404 with the IIM datasets 2:00 (version 4) and 2:110 (credit), IPTC-IIM 4.2 section 1.5. */
function creditResource(): Uint8Array {
  const datasets = [0x1c, 2, 0, 0, 2, 0, 4, 0x1c, 2, 110, 0, CREDIT.length, ...ascii(CREDIT)]
  return Uint8Array.of(...ascii('8BIM'), 4, 4, 0, 0, 0, 0, 0, datasets.length, ...datasets)
}
