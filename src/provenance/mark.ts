import type { ImageType } from '../exports/types'
import { ImageError } from '../render/image/image-error'
import { sameBytes } from './edits'
import { markJpeg, xmpOfJpeg } from './jpeg'
import { markPng, xmpOfPng } from './png'
import { markWebp, xmpOfWebp } from './webp'
import { type Provenance, type ProvenanceFacts, parseXmp, xmpPacket } from './xmp'

/** `readOurs` looks where we put a packet, which in a large PNG saves the sums of all its pixels. */
const KINDS = {
  'image/jpeg': { mark: markJpeg, read: xmpOfJpeg, readOurs: xmpOfJpeg },
  'image/png': { mark: markPng, read: xmpOfPng, readOurs: (bytes: Uint8Array) => xmpOfPng(bytes, 'IDAT') },
  'image/webp': { mark: markWebp, read: xmpOfWebp, readOurs: xmpOfWebp },
} as const satisfies Record<ImageType, unknown>

/** A packet takes 64 KB in a JPEG; a longer one in another file is not of interest. */
const MAX_PACKET_BYTES = 64 * 1024

/**
 * A copy of an encoded picture that says who made it and that AI did, in XMP (and IPTC-IIM in a JPEG); about 1 KB longer.
 * All else that the file said in words is taken out (texts, comments, Exif, others' XMP), so that nothing a provider wrote there
 * (a prompt) gets out. Pixels, colour profile and density stay as they are; the same input gives the same bytes. A file that was marked for the same picture before stays
 * as it is, with its date: so an export of the stored file is that file, byte for byte.
 *
 * Throws ImageError `corrupt` when the file is not whole as far as it must be read: chunks and their sums in PNG and WebP,
 * all before the first scan in JPEG, and no more than the mark itself where there is one. Nothing is decoded.
 */
export function markProvenance(bytes: Uint8Array, type: ImageType, facts: ProvenanceFacts): Uint8Array<ArrayBuffer> {
  const packet = xmpPacket(facts)
  const known = KINDS[type].readOurs(bytes)
  return known && isMarkOf(known, facts) ? new Uint8Array(bytes) : KINDS[type].mark(bytes, packet)
}

/** Our own packet, word for word, but for the date. */
function isMarkOf(packet: Uint8Array, facts: ProvenanceFacts): boolean {
  if (packet.length > MAX_PACKET_BYTES) return false
  const { createdAt } = parseXmp(new TextDecoder().decode(packet))
  return createdAt !== null && sameBytes(packet, xmpPacket({ ...facts, createdAt }))
}

/** What the file says of how it was made; null when it says nothing. Throws ImageError `corrupt` as `markProvenance` does. */
export function readProvenance(bytes: Uint8Array, type: ImageType): Provenance | null {
  const packet = KINDS[type].read(bytes)
  if (!packet) return null
  if (packet.length > MAX_PACKET_BYTES) throw new ImageError('too_large', 'the XMP of the picture is too long')
  return parseXmp(new TextDecoder().decode(packet))
}
