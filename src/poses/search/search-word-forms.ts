/** A shorter rest of a word says nothing: `an`, `ka`. */
const MIN_STEM_CHARS = 3
/** What is left when a prefix and a suffix are taken off must say more. */
const MIN_TWICE_CUT_CHARS = 4

/** What an Indonesian prefix hides of the first letter of the root, written and spoken: `menunjuk`, `nunjuk`: tunjuk. */
const PREFIXES: [string, string[]][] = [
  ['meny', ['s']],
  ['meng', ['', 'k']],
  ['mem', ['', 'p']],
  ['men', ['', 't']],
  ['me', ['']],
  ['ber', ['']],
  ['ter', ['']],
  ['per', ['']],
  ['di', ['']],
  ['ny', ['s']],
  ['ng', ['', 'k']],
  ['n', ['t']],
  ['m', ['p']],
]
const SUFFIXES = ['kan', 'nya', 'an', 'in', 'i', 'ing', 'ed', 'es', 's', 'e']

/**
 * What is left of a word without its prefix and suffix, Indonesian or English: words that share a rest are forms of one
 * word (`nunjuk` and `menunjuk`, `bandingin` and `bandingkan`, `typing` and `type`). Rests need not be words.
 */
export function stemsOf(word: string): string[] {
  const stems = new Set([word])
  for (const start of [word, ...withoutPrefix(word)]) {
    const least = start === word ? MIN_STEM_CHARS : MIN_TWICE_CUT_CHARS
    if (start.length >= MIN_STEM_CHARS) stems.add(start)
    for (const suffix of SUFFIXES) {
      const rest = start.slice(0, -suffix.length)
      if (start.endsWith(suffix) && rest.length >= least) stems.add(undoubled(rest))
    }
  }
  return [...stems].flatMap((stem) => (SPOKEN_E.test(stem) ? [stem, stem.replace(SPOKEN_E, 'a$1')] : [stem]))
}

/** The `e` of spoken Indonesian that is written `a`: `anter`, `pesen`, `puter`. */
const SPOKEN_E = /e([^aeiou])$/

/** What may be the root of an Indonesian verb, `bakar` of `membakar`; empty for a word without such a prefix. */
export const rootsOf = (word: string): string[] =>
  /^(me|ber)/.test(word) ? withoutPrefix(word).filter((root) => root.length >= MIN_TWICE_CUT_CHARS) : []

/** A word with each letter once where it stands twice or more in a row: `kerrenn` as `keren`. */
export const withoutDoubles = (word: string): string => word.replaceAll(/(\p{L})\1+/gu, '$1')

function withoutPrefix(word: string): string[] {
  return PREFIXES.filter(([prefix]) => {
    // One letter is a prefix only where a vowel follows, as in `nulis`, `masang`.
    return word.startsWith(prefix) && (prefix.length > 1 || isVowel(word[1]))
  }).flatMap(([prefix, roots]) => roots.map((root) => root + word.slice(prefix.length)))
}

const isVowel = (letter: string | undefined): boolean => letter !== undefined && 'aiueo'.includes(letter)

/** `runn` of running as `run`. */
const undoubled = (stem: string): string =>
  stem.length > MIN_STEM_CHARS && stem.at(-1) === stem.at(-2) ? stem.slice(0, -1) : stem

/** The consonants of a word: what people leave of it who type fast (`bx`, `ktk`). */
export const skeletonOf = (word: string): string => word.replaceAll(/[aiueo]/g, '')

/** The word's plural and singular. */
export const pluralsOf = (word: string): string[] => [
  `${word}s`,
  `${word}es`,
  ...(word.endsWith('s') ? [word.slice(0, -1)] : []),
  ...(word.endsWith('es') ? [word.slice(0, -2)] : []),
]
