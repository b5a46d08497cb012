// Colour names in English and Indonesian, and where in a sentence they belong.
import type { Rgb } from './material'

// biome-ignore format: one colour per line
export const COLOURS: readonly [RegExp, Rgb][] = [
  [/\b(?:black|hitam)\b/, [42, 42, 46]],
  [/\b(?:off.?white|broken white|ivory|gading)\b/, [240, 232, 216]],
  [/\b(?:white|putih)\b/, [240, 239, 235]],
  [/\b(?:grey|gray|abu.?abu|abu)\b/, [138, 140, 145]],
  [/\b(?:silver|perak)\b/, [186, 190, 196]],
  [/\b(?:maroon|dark red|merah maroon|burgundy|marun|merah (?:tua|marun|hati))\b/, [118, 32, 44]],
  [/\b(?:pink|merah muda|merah jambu)\b/, [238, 152, 178]],
  [/\b(?:red|merah)\b/, [196, 48, 46]],
  [/\b(?:dusty pink|rose|mawar)\b/, [204, 142, 146]],
  [/\b(?:fuchsia|magenta)\b/, [204, 52, 126]],
  [/\b(?:peach|persik|salem)\b/, [246, 188, 158]],
  [/\b(?:orange|jingga|oranye|oren)\b/, [232, 126, 52]],
  [/\b(?:terracotta|terakota|bata)\b/, [190, 96, 68]],
  [/\b(?:mustard|mustar)\b/, [208, 160, 54]],
  [/\b(?:gold|golden|emas)\b/, [212, 172, 88]],
  [/\b(?:yellow|kuning)\b/, [242, 202, 76]],
  [/\b(?:cream|krem|beige|nude)\b/, [226, 208, 180]],
  [/\b(?:khaki|kaki)\b/, [182, 164, 124]],
  [/\b(?:mocha|moka|tan|camel)\b/, [176, 136, 98]],
  [/\b(?:brown|c[oke]+lat|chocolate)\b/, [122, 82, 56]],
  [/\b(?:sage|hijau sage)\b/, [158, 174, 146]],
  [/\b(?:olive|army|zaitun|hijau (?:army|zaitun|olive))\b/, [104, 108, 66]],
  [/\b(?:mint|hijau mint)\b/, [170, 220, 198]],
  [/\b(?:emerald|zamrud|botol green|hijau botol|hijau tua|dark green|emerald green)\b/, [30, 96, 74]],
  [/\b(?:tosca|hijau tos[ck]a|biru tos[ck]a|toska|teal|turquoise)\b/, [54, 156, 152]],
  [/\b(?:green|hijau)\b/, [74, 142, 84]],
  [/\b(?:navy|dark blue|dongker|biru (?:tua|dongker|navy))\b/, [38, 52, 92]],
  [/\b(?:light blue|sky blue|baby blue|biru (?:muda|langit))\b/, [156, 198, 232]],
  [/\b(?:denim|jeans?)\b/, [74, 98, 136]],
  [/\b(?:blue|biru)\b/, [58, 108, 184]],
  [/\b(?:lilac|lavender|lavendel)\b/, [188, 170, 216]],
  [/\b(?:purple|violet|ungu)\b/, [122, 76, 156]],
]

/** The colour named first in `text` (lower case), longest names first by their order above. */
export function colourIn(text: string): Rgb | null {
  let found: Rgb | null = null
  let first = Number.POSITIVE_INFINITY
  for (const [pattern, colour] of COLOURS) {
    const at = text.search(pattern)
    if (at >= 0 && at < first) {
      first = at
      found = colour
    }
  }
  return found
}

/**
 * The colour of a thing: Indonesian puts it after the noun ("kemeja merah"), English before ("red shirt"). Looks at the
 * three words after `noun` up to a comma or a joining word, then at the three words before it.
 */
export function colourOf(text: string, noun: RegExp): Rgb | null {
  const match = noun.exec(text)
  if (!match) return null
  const stop = /[,.;:]|\b(?:dan|and|with|dengan|serta|plus|in|di|pakai|memakai|wearing)\b/
  const after = (text.slice(match.index + match[0].length).split(stop)[0] ?? '')
    .trim()
    .split(/\s+/)
    .slice(0, 3)
    .join(' ')
  const before = (text.slice(0, match.index).split(stop).at(-1) ?? '').trim().split(/\s+/).slice(-3).join(' ')
  return colourIn(after) ?? colourIn(before) ?? colourIn(match[0])
}
