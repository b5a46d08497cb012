import { pluralsOf } from './search-word-forms'
import { searchWords } from './search-words'
import { synonymsOf } from './synonyms'
import { correctionsOf, type Vocabulary } from './vocabulary'

/** FTS5 phrases that stand for one word, and how surely, in tenths: 10 is the word itself. */
export type Means = { tenths: number; phrases: string[] }

/** One word of a search, the surest means first; `neighbor` is the phrase of it and the next word, if both are known. */
export type WordMatch = { means: Means[]; neighbor?: string }

/** `isEvery`: the index knows each word that was asked for, or one like it. */
export type WordMatches = { words: WordMatch[]; isEvery: boolean }

const ITSELF = 10
const FORM = 9
const SYNONYM = 8
const CORRECTION = 7
const BEGINNING = 6
const CORRECTION_SYNONYM = 5

/** Inflections and synonyms of one word; more would only cost time. */
const MAX_ALTERNATIVES = 16

/**
 * Turns what a user typed into FTS5 phrases (https://sqlite.org/fts5.html#full_text_query_syntax). Only quoted words
 * that the index knows get into them, so no quote, operator or column filter of the user's ever reaches the parser.
 * `null` when the index knows none of the words, nor one like them.
 */
export function matchWords(text: string, vocabulary: Vocabulary): WordMatches | null {
  const asked = searchWords(text)
  const isKnown = (word: string) => vocabulary.poseCounts.has(word)
  const words: WordMatch[] = []
  for (const [index, word] of asked.entries()) {
    // `hand shake` is handshake: whoever writes it apart means both words by it.
    const joined = [(asked[index - 1] ?? ' ') + word, word + (asked[index + 1] ?? ' ')].filter(isKnown)
    const means = meansOf(word, joined, vocabulary, index === asked.length - 1)
    if (means.length === 0) continue
    const next = asked[index + 1]
    const hasNeighbor = next !== undefined && isKnown(word) && isKnown(next)
    words.push({ means, ...(hasNeighbor && { neighbor: `"${word} ${next}"` }) })
  }
  return words.length === 0 ? null : { words, isEvery: words.length === asked.length }
}

/** The expression of all that means a word. */
export const anyMeans = ({ means }: WordMatch): string => `(${means.flatMap(({ phrases }) => phrases).join(' OR ')})`

function meansOf(word: string, joined: string[], vocabulary: Vocabulary, isLast: boolean): Means[] {
  const direct = directMeans(word, vocabulary, isLast)
  const means = [{ tenths: ITSELF, phrases: joined.map(quoted) }, ...direct]
  if (direct.length === 0) means.push(...guessedMeans(word, vocabulary))
  const seen = new Set<string>()
  return means
    .map(({ tenths, phrases }) => ({ tenths, phrases: phrases.filter((phrase) => isNew(phrase, seen)) }))
    .filter(({ phrases }) => phrases.length > 0)
}

function isNew(phrase: string, seen: Set<string>): boolean {
  if (seen.has(phrase) || seen.size >= MAX_ALTERNATIVES) return false
  seen.add(phrase)
  return true
}

/**
 * The word itself, its plural or singular, its synonyms, and what starts with it. A prefix is tried when the word has
 * four letters, or is unknown and may still be in the making (the last one, or three letters): `men` must not find
 * every Indonesian verb that starts so.
 */
function directMeans(word: string, vocabulary: Vocabulary, isLast: boolean): Means[] {
  const isKnown = (other: string) => vocabulary.poseCounts.has(other)
  const itself = isKnown(word) ? [word] : []
  const plurals = pluralsOf(word).filter(isKnown)
  const synonyms = synonymsOf(word).filter(isKnown)
  const isUnfinished = itself.length + plurals.length + synonyms.length === 0 && (isLast || word.length >= 3)
  const hasPrefix = (word.length >= 4 || isUnfinished) && vocabulary.hasPrefix(word)
  const forms = isUnfinished && !hasPrefix ? vocabulary.formsOf(word) : []
  return [
    { tenths: ITSELF, phrases: itself.map(quoted) },
    { tenths: FORM, phrases: [...plurals, ...forms].map(quoted) },
    { tenths: SYNONYM, phrases: synonyms.map(quoted) },
    { tenths: BEGINNING, phrases: hasPrefix ? [`${quoted(word)}*`] : [] },
  ].filter(({ phrases }) => phrases.length > 0)
}

/** What a word may have been that the index does not know. */
function guessedMeans(word: string, vocabulary: Vocabulary): Means[] {
  const meant = correctionsOf(word, vocabulary).map((correction) => directMeans(correction, vocabulary, false))
  const surely = (isSure: boolean) =>
    meant.flatMap((means) => means.filter(({ tenths }) => tenths >= FORM === isSure).flatMap(({ phrases }) => phrases))
  return [
    { tenths: CORRECTION, phrases: surely(true) },
    { tenths: CORRECTION_SYNONYM, phrases: surely(false) },
  ]
}

const quoted = (word: string): string => `"${word}"`
