import { inflateSync } from 'node:zlib'
import { parseProfile, type RgbProfile } from './icc-profile'
import { MAX_PROFILE_BYTES } from './limits'
import { convertToSrgb, DISPLAY_P3, isSrgb } from './to-srgb'

/**
 * What a file says its colours mean: an ICC profile (deflated in PNG's iCCP), or code points (PNG's cICP: ITU-T H.273
 * sections 8.1 to 8.3). Not read yet: a picture is refused for its size before anything of it is inflated.
 */
export type ColorNote =
  | { kind: 'icc'; bytes: Uint8Array; isDeflated: boolean }
  | { kind: 'cicp'; primaries: number; transfer: number; matrix: number; isFullRange: boolean }

/**
 * Makes the pixels sRGB, in place. True when they were converted; false when the file has a profile that is not
 * understood, so that its colours are taken as they stand; null when nothing was to be done.
 */
export function applyColorNote(rgba: Uint8Array, note: ColorNote | undefined): boolean | null {
  if (!note) return null
  const profile = note.kind === 'icc' ? iccProfile(note) : cicpProfile(note)
  if (profile === 'srgb' || (profile && isSrgb(profile))) return null
  if (!profile) return false
  convertToSrgb(rgba, profile)
  return true
}

function iccProfile({ bytes, isDeflated }: ColorNote & { kind: 'icc' }): RgbProfile | null {
  if (!isDeflated) return bytes.length <= MAX_PROFILE_BYTES ? parseProfile(bytes) : null
  try {
    return parseProfile(inflateSync(bytes, { maxOutputLength: MAX_PROFILE_BYTES }))
  } catch {
    // Damaged or a bomb: an ancillary chunk, so no reason to refuse the picture.
    return null
  }
}

/** Of H.273's code points those of sRGB and of Display P3. */
const PRIMARIES = { sRGB: 1, P3: 12 }
const TRANSFER_SRGB = 13
const MATRIX_RGB = 0

function cicpProfile({ primaries, transfer, matrix, isFullRange }: ColorNote & { kind: 'cicp' }) {
  if (transfer !== TRANSFER_SRGB || matrix !== MATRIX_RGB || !isFullRange) return null
  if (primaries === PRIMARIES.sRGB) return 'srgb'
  return primaries === PRIMARIES.P3 ? DISPLAY_P3 : null
}
