import { jpegSegments } from '../provenance/jpeg'
import { readProvenance } from '../provenance/mark'
import type { Provenance } from '../provenance/xmp'
import { ImageError } from '../render/image/image-error'
import { readChunks } from '../render/image/png-chunks'
import { applyColorNote } from '../uploads/color-note'
import { type ImageHeader, readHeader } from '../uploads/header'
import { sniffType } from '../uploads/sniff'
import type { ImageType } from './types'

/** What a finished file says of itself, read from its bytes and from nothing that was written down when it was made. */
export type FileFacts = {
  type: ImageType
  widthPx: number
  heightPx: number
  sizeBytes: number
  /** Null when the file does not say; WebP never does. */
  dpi: number | null
  /** `none` is read as sRGB by browsers and shops. */
  profile: 'srgb' | 'none' | 'other'
  /** Null when there is no XMP. */
  provenance: Provenance | null
}

/** Throws ImageError: `corrupt` for a file that is not whole, `unsupported` for another kind. No pixel is decoded. */
export function readFileFacts(bytes: Uint8Array): FileFacts {
  const kind = sniffType(bytes)
  if (!kind) throw new ImageError('unsupported', 'neither PNG nor JPEG nor WebP')
  const { width, height, colors } = readHeader(bytes, kind)
  const type: ImageType = `image/${kind}`
  const { dpi, isTaggedSrgb } = kind === 'png' ? ofPng(bytes) : kind === 'jpeg' ? ofJpeg(bytes) : UNSAID
  return {
    ...{ type, widthPx: width, heightPx: height, sizeBytes: bytes.length, dpi },
    profile: colors ? profileOf(colors) : isTaggedSrgb ? 'srgb' : 'none',
    provenance: readProvenance(bytes, type),
  }
}

const NOTHING = new Uint8Array(0)

/** sRGB is what needs no conversion. */
const profileOf = (colors: ImageHeader['colors']): FileFacts['profile'] =>
  applyColorNote(NOTHING, colors) === null ? 'srgb' : 'other'

type Said = { dpi: number | null; isTaggedSrgb: boolean }
const UNSAID: Said = { dpi: null, isTaggedSrgb: false }

const MM_PER_INCH = 25.4
const APP0 = 0xe0
const JFIF_BYTES = 14

/** ITU-T T.871 section 10.1: units, then dots across; 1 per inch, 2 per centimetre, 0 a shape of pixels only. */
function ofJpeg(bytes: Uint8Array): Said {
  for (const { marker, body } of jpegSegments(bytes)) {
    if (marker !== APP0 || body.length < JFIF_BYTES || String.fromCharCode(...body.subarray(0, 5)) !== 'JFIF\0')
      continue
    const dots = (body[8]! << 8) | body[9]!
    return { ...UNSAID, dpi: body[7] === 1 ? dots : body[7] === 2 ? Math.round((dots * MM_PER_INCH) / 10) : null }
  }
  return UNSAID
}

/** pHYs in dots a metre, and sRGB (PNG specification, third edition, sections 11.3.4.3 and 11.3.2.5). */
function ofPng(bytes: Uint8Array): Said {
  const said = { ...UNSAID }
  for (const { type, data } of readChunks(bytes)) {
    if (type === 'sRGB') said.isTaggedSrgb = true
    if (type !== 'pHYs' || data.length !== 9 || data[8] !== 1) continue
    said.dpi = Math.round((new DataView(data.buffer, data.byteOffset, 4).getUint32(0) * MM_PER_INCH) / 1000)
  }
  return said
}
