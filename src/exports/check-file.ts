import { inflateSync } from 'node:zlib'
import { jpegSegments } from '../provenance/jpeg'
import { readProvenance } from '../provenance/mark'
import { riffChunks } from '../provenance/webp'
import type { Provenance } from '../provenance/xmp'
import { ImageError } from '../render/image/image-error'
import { readChunks } from '../render/image/png-chunks'
import { readHeader } from '../uploads/header'
import { sniffType } from '../uploads/sniff'
import type { ImageType } from './types'

/** What a finished file says of itself, read from its bytes and from nothing we wrote down when it was made. */
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

type Density = Pick<FileFacts, 'dpi' | 'profile'>

/** Throws ImageError `corrupt` for a file that is not whole, `unsupported` for another kind. No pixel is decoded. */
export function readFileFacts(bytes: Uint8Array): FileFacts {
  const kind = sniffType(bytes)
  if (!kind) throw new ImageError('unsupported', 'neither PNG nor JPEG nor WebP')
  const { width, height } = readHeader(bytes, kind)
  const type: ImageType = `image/${kind}`
  const density = { png: ofPng, jpeg: ofJpeg, webp: ofWebp }[kind](bytes)
  const provenance = readProvenance(bytes, type)
  return { type, widthPx: width, heightPx: height, sizeBytes: bytes.length, ...density, provenance }
}

const MM_PER_INCH = 25.4
const startsWith = (bytes: Uint8Array, text: string): boolean =>
  String.fromCharCode(...bytes.subarray(0, text.length)) === text

const [APP0, APP2] = [0xe0, 0xe2]
/** `ICC_PROFILE`, zero, number of the part, parts (ICC.1:2010 Annex B.4). */
const ICC_HEADER_BYTES = 14

function ofJpeg(bytes: Uint8Array): Density {
  const facts: Density = { dpi: null, profile: 'none' }
  for (const { marker, body } of jpegSegments(bytes)) {
    if (marker === APP0 && startsWith(body, 'JFIF\0') && body.length >= 12) {
      // ITU-T T.871 section 10.1: units, then dots across; 1 per inch, 2 per centimetre, 0 an aspect ratio only.
      const dots = (body[8]! << 8) | body[9]!
      facts.dpi = body[7] === 1 ? dots : body[7] === 2 ? Math.round((dots * MM_PER_INCH) / 10) : null
    } else if (marker === APP2 && startsWith(body, 'ICC_PROFILE\0\x01')) {
      facts.profile = profileOf(body.subarray(ICC_HEADER_BYTES))
    }
  }
  return facts
}

/** A profile of some hundred bytes to a few KB; more is not one of a screen. */
const MAX_PROFILE_BYTES = 1024 * 1024

/** pHYs, sRGB, iCCP and cICP (PNG specification, third edition, section 11.3); the more exact of the last three wins. */
function ofPng(bytes: Uint8Array): Density {
  const facts: Density = { dpi: null, profile: 'none' }
  let exactness = 0
  const tell = (rank: number, profile: FileFacts['profile']) => {
    if (rank > exactness) [exactness, facts.profile] = [rank, profile]
  }
  for (const { type, data } of readChunks(bytes)) {
    if (type === 'pHYs' && data.length === 9 && data[8] === 1) {
      facts.dpi = Math.round((viewOf(data).getUint32(0) * MM_PER_INCH) / 1000)
    } else if (type === 'sRGB') tell(1, 'srgb')
    else if (type === 'iCCP') tell(2, compressedProfile(data))
    else if (type === 'cICP') tell(3, data[0] === 1 && data[1] === 13 ? 'srgb' : 'other')
  }
  return facts
}

function compressedProfile(data: Uint8Array): FileFacts['profile'] {
  try {
    return profileOf(inflateSync(data.subarray(data.indexOf(0) + 2), { maxOutputLength: MAX_PROFILE_BYTES }))
  } catch {
    return 'other'
  }
}

function ofWebp(bytes: Uint8Array): Density {
  for (const { type, data } of riffChunks(bytes)) if (type === 'ICCP') return { dpi: null, profile: profileOf(data) }
  return { dpi: null, profile: 'none' }
}

/** Red, green and blue of sRGB as every profile writes them, adapted to D50. */
const SRGB_PRIMARIES: Record<string, [number, number, number]> = {
  rXYZ: [0.4361, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141],
}
const PRIMARY_TOLERANCE = 0.005

/** By its colours, because anybody may name a profile as they like (ICC.1:2010 sections 7.3, 9.2 and 10.31). */
function profileOf(profile: Uint8Array): 'srgb' | 'other' {
  const view = viewOf(profile)
  if (profile.length < 132) return 'other'
  const found = new Set<string>()
  for (let i = 0, tag = 132; i < Math.min(view.getUint32(128), 64) && tag + 12 <= profile.length; i++, tag += 12) {
    const name = String.fromCharCode(...profile.subarray(tag, tag + 4))
    const at = view.getUint32(tag + 4)
    const wanted = SRGB_PRIMARIES[name]
    if (!wanted || at + 20 > profile.length) continue
    const isClose = wanted.every((value, j) => {
      return Math.abs(view.getInt32(at + 8 + j * 4) / 65536 - value) <= PRIMARY_TOLERANCE
    })
    if (isClose) found.add(name)
  }
  return found.size === 3 ? 'srgb' : 'other'
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
