import { ImageError } from '../render/image/image-error'
import { encodeChunk, type PngChunk, readChunks } from '../render/image/png-chunks'
import { applyEdits, ascii, type Edit, join, startsWith } from './edits'

/** XMP specification part 3, section 1.1.5: an iTXt chunk of this keyword, not compressed, no language, no translation. */
const KEYWORD = 'XML:com.adobe.xmp\0'
const UNCOMPRESSED = '\0\0\0\0'

const isXmp = ({ type, data }: PngChunk): boolean => type === 'iTXt' && startsWith(data, KEYWORD)

/** Ancillary chunks that say what the pixels look like (PNG specification, third edition, section 11.3). */
const KEPT = new Set(['tRNS', 'cHRM', 'gAMA', 'iCCP', 'sBIT', 'sRGB', 'cICP', 'mDCV', 'cLLI', 'bKGD', 'hIST', 'pHYs'])
/** Section 5.4: bit 5 of the first letter. */
const isCritical = ({ type }: PngChunk): boolean => (type.charCodeAt(0) & 0x20) === 0
const isKept = (chunk: PngChunk): boolean => isCritical(chunk) || KEPT.has(chunk.type)

/**
 * The file with the packet as all that it says in words, before the pixels, where readers that stop there find it. Texts, Exif
 * and what others invented go: generators write their prompts and graphs there. So does what follows IEND.
 */
export function markPng(bytes: Uint8Array, packet: Uint8Array): Uint8Array<ArrayBuffer> {
  const removals: Edit[] = []
  let at: number | undefined
  let end = bytes.length
  for (const chunk of readChunks(bytes)) {
    const start = chunk.data.byteOffset - bytes.byteOffset - 8
    end = start + 12 + chunk.data.length
    if (chunk.type === 'IDAT') at ??= start
    if (!isKept(chunk)) removals.push({ from: start, to: end, put: [] })
  }
  if (at === undefined) throw new ImageError('corrupt', 'the PNG file has no pixels')
  const text = join([ascii(KEYWORD + UNCOMPRESSED), packet])
  return applyEdits(bytes.subarray(0, end), [{ from: at, to: at, put: [encodeChunk('iTXt', text)] }, ...removals])
}

/** The XMP packet of a PNG, or of what comes before its pixels; null when it has none, or only a compressed one. */
export function xmpOfPng(bytes: Uint8Array, until: 'IDAT' | 'IEND' = 'IEND'): Uint8Array | null {
  let packet: Uint8Array | null = null
  for (const chunk of readChunks(bytes)) {
    if (chunk.type === until) break
    if (!isXmp(chunk) || chunk.data[KEYWORD.length] !== 0) continue
    const language = chunk.data.indexOf(0, KEYWORD.length + 2)
    const translation = chunk.data.indexOf(0, language + 1)
    if (language >= 0 && translation > language) packet ??= chunk.data.subarray(translation + 1)
  }
  return packet
}
