import type { ColorNote } from './color-note'
import { MAX_PROFILE_BYTES } from './limits'

const MARKER = 'ICC_PROFILE\0'
const HEAD_BYTES = MARKER.length + 2

/** Whether the body of an APP2 segment is a part of a colour profile. */
export const isProfilePart = (body: Uint8Array): boolean =>
  body.length > HEAD_BYTES && String.fromCharCode(...body.subarray(0, MARKER.length)) === MARKER

/**
 * The profile that APP2 segments carry in numbered parts (ICC.1:2022 Annex B.4), whatever their order. Parts that are
 * missing, too many or of different counts make an empty profile, which nobody understands: that is no reason to refuse
 * the picture.
 */
export function joinProfile(parts: Uint8Array[]): ColorNote | undefined {
  const [first] = parts
  if (!first) return undefined
  const count = first[HEAD_BYTES - 1]
  const sorted = [...parts].sort((a, b) => a[HEAD_BYTES - 2]! - b[HEAD_BYTES - 2]!)
  const isWhole =
    sorted.length === count &&
    sorted.every((part, i) => part[HEAD_BYTES - 2] === i + 1 && part[HEAD_BYTES - 1] === count)
  const size = sorted.reduce((sum, part) => sum + part.length - HEAD_BYTES, 0)
  if (!isWhole || size > MAX_PROFILE_BYTES) return { kind: 'icc', bytes: new Uint8Array(), isDeflated: false }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const part of sorted) {
    bytes.set(part.subarray(HEAD_BYTES), at)
    at += part.length - HEAD_BYTES
  }
  return { kind: 'icc', bytes, isDeflated: false }
}
