import { ImageError } from './image-error'
import { MAX_TEXT_BYTES, MAX_TEXT_ENTRIES } from './limits'
import { encodeChunk, readChunks } from './png-chunks'

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))
const isLatin1 = (text: string): boolean => /^[\t\n\r\x20-\x7e\xa0-\xff]*$/.test(text)

/**
 * Text chunks for keyword -> text: tEXt when Latin-1 will do, otherwise uncompressed iTXt (PNG specification, third edition,
 * sections 11.3.3.2 and 11.3.3.4). Throws ImageError `invalid` for a bad keyword, `too_large` beyond limits.ts.
 */
export function encodeText(text: Record<string, string>): Uint8Array[] {
  const entries = Object.entries(text)
  if (entries.length > MAX_TEXT_ENTRIES) throw new ImageError('too_large', `at most ${MAX_TEXT_ENTRIES} PNG texts`)
  return entries.map(([keyword, value]) => {
    // Section 11.3.3.1: 1 to 79 printable Latin-1 characters, no space at the ends, no two spaces in a row.
    if (!/^(?! )[\x20-\x7e\xa1-\xff]{1,79}(?<! )$/.test(keyword) || keyword.includes('  ')) {
      throw new ImageError('invalid', `"${keyword}" is not a PNG keyword`)
    }
    if (value.includes('\0')) throw new ImageError('invalid', `the PNG text "${keyword}" has a zero character`)
    const chunk = isLatin1(value)
      ? encodeChunk('tEXt', latin1(`${keyword}\0${value}`))
      : encodeChunk('iTXt', Uint8Array.of(...latin1(`${keyword}\0\0\0\0\0`), ...new TextEncoder().encode(value)))
    if (chunk.length > MAX_TEXT_BYTES) throw new ImageError('too_large', `the PNG text "${keyword}" is too long`)
    return chunk
  })
}

/** The tEXt and uncompressed iTXt entries of a PNG file. Throws ImageError `corrupt` like `readChunks`. */
export function readText(png: Uint8Array): Record<string, string> {
  const found: Record<string, string> = Object.create(null)
  for (const { type, data } of readChunks(png)) {
    const end = data.indexOf(0)
    if (end < 1 || (type !== 'tEXt' && type !== 'iTXt')) continue
    const keyword = String.fromCharCode(...data.subarray(0, Math.min(end, 79)))
    if (type === 'tEXt') {
      found[keyword] = new TextDecoder('latin1').decode(data.subarray(end + 1))
    } else if (data[end + 1] === 0) {
      const translated = data.indexOf(0, data.indexOf(0, end + 3) + 1)
      if (translated > end) found[keyword] = new TextDecoder().decode(data.subarray(translated + 1))
    }
  }
  return found
}
