import { searchWords } from './search-words'
import { synonymsOf } from './synonyms'
import { correctionsOf, type Vocabulary } from './vocabulary'

/** One word of a search: the FTS5 expression of all that means it, and how much it says (its rarity, above 0). */
export type WordMatch = { expression: string; weight: number }

/** `every`: poses that have every word, null when the index lacks one of them. `some`: poses that have any. */
export type MatchExpressions = { every: string | null; some: string; words: WordMatch[] }

/** Inflections and synonyms of one word; more would only cost time. */
const MAX_ALTERNATIVES = 16

/**
 * Turns what a user typed into FTS5 queries (https://sqlite.org/fts5.html#full_text_query_syntax). Only quoted words
 * that the index knows get into them, so no quote, operator or column filter of the user's ever reaches the parser.
 * `null` when the index knows none of the words, nor one like them.
 */
export function matchExpressions(text: string, vocabulary: Vocabulary): MatchExpressions | null {
  const asked = searchWords(text)
  const words = asked
    .map((word, index) => alternativesOf(word, vocabulary, index === asked.length - 1))
    .filter((phrases) => phrases.length > 0)
    .map((phrases) => ({ expression: `(${phrases.join(' OR ')})`, weight: weightOf(phrases, vocabulary) }))
  if (words.length === 0) return null
  const expressions = words.map(({ expression }) => expression)
  return {
    every: words.length === asked.length ? expressions.join(' AND ') : null,
    some: expressions.join(' OR '),
    words,
  }
}

/** Rarity as in inverse document frequency: ln(1 + poses / poses that have it), here of the commonest alternative. */
function weightOf(phrases: string[], { poseCounts, mostPoses }: Vocabulary): number {
  const counts = phrases.map((phrase) => poseCounts.get(phrase.replace(/["*]/g, '')) ?? 1)
  return Math.log(1 + mostPoses / Math.max(...counts))
}

function alternativesOf(word: string, vocabulary: Vocabulary, isLast: boolean): string[] {
  const direct = phrasesOf(word, vocabulary, isLast)
  const phrases =
    direct.length > 0
      ? direct
      : correctionsOf(word, vocabulary).flatMap((correction) => phrasesOf(correction, vocabulary, false))
  return [...new Set(phrases)].slice(0, MAX_ALTERNATIVES)
}

/**
 * The word itself, its plural or singular, its synonyms, and what starts with it. A prefix is tried when the word has
 * four letters, or is unknown and may still be in the making (the last one, or three letters): `men` must not find
 * every Indonesian verb that starts so.
 */
function phrasesOf(word: string, vocabulary: Vocabulary, isLast: boolean): string[] {
  const others = isCommon(word, vocabulary) ? [] : [...pluralsOf(word), ...synonymsOf(word)]
  const known = [word, ...others].filter((other) => vocabulary.poseCounts.has(other))
  const unfinished = known.length === 0 && (isLast || word.length >= 3)
  const prefix = (word.length >= 4 || unfinished) && vocabulary.hasPrefix(word) ? [`"${word}"*`] : []
  return [...known.map((other) => `"${other}"`), ...prefix]
}

// bm25 gives a word next to nothing that half of the poses have; a rarer synonym would then decide the order alone.
const isCommon = (word: string, { poseCounts, mostPoses }: Vocabulary): boolean =>
  (poseCounts.get(word) ?? 0) > mostPoses / 4

const pluralsOf = (word: string): string[] => [
  `${word}s`,
  `${word}es`,
  ...(word.endsWith('s') ? [word.slice(0, -1)] : []),
  ...(word.endsWith('es') ? [word.slice(0, -2)] : []),
]
