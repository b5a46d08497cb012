import { pluralsOf } from './search-word-forms'
import { searchWords } from './search-words'
import { synonymsOf } from './synonyms'
import { shownAs } from './synonyms-of-products'
import { correctionsOf, partsOf, type Vocabulary } from './vocabulary'

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
const SHOWN_AS = 5

/** Inflections and synonyms of one word; more would only cost time. */
const MAX_ALTERNATIVES = 16
const MAX_FORMS_SIDE_BY_SIDE = 3

/**
 * Turns what a user typed into FTS5 phrases (https://sqlite.org/fts5.html#full_text_query_syntax). Only quoted words
 * that the index knows get into them, so no quote, operator or column filter of the user's ever reaches the parser.
 * `null` when the index knows none of the words, nor one like them.
 */
export function matchWords(text: string, vocabulary: Vocabulary): WordMatches | null {
  const asked = searchWords(text)
  const isKnown = (word: string) => vocabulary.poseCounts.has(word)
  const words: (WordMatch & { index: number })[] = []
  for (const [index, word] of asked.entries()) {
    // `hand shake` is handshake: whoever writes it apart means both words by it.
    const joined = [(asked[index - 1] ?? ' ') + word, word + (asked[index + 1] ?? ' ')].filter(isKnown)
    const means = meansOf(word, joined, vocabulary, index === asked.length - 1)
    if (means.length === 0) continue
    words.push({ means, index })
  }
  for (const [at, word] of words.entries()) {
    const next = words[at + 1]
    if (next?.index === word.index + 1) word.neighbor = sideBySide(word, next)
  }
  return words.length === 0 ? null : { words, isEvery: words.length === asked.length }
}

/** The phrases of two words side by side, whatever forms of them; words of the index alone, no beginnings. */
function sideBySide(word: WordMatch, next: WordMatch): string {
  const forms = ({ means }: WordMatch) =>
    means
      .flatMap(({ phrases }) => phrases)
      .filter((phrase) => !phrase.endsWith('*'))
      .slice(0, MAX_FORMS_SIDE_BY_SIDE)
      .map((phrase) => phrase.slice(1, -1))
  const pairs = forms(word).flatMap((first) => forms(next).map((second) => `"${first} ${second}"`))
  return pairs.length === 0 ? '' : `(${pairs.join(' OR ')})`
}

/** The expression of all that means a word. */
export const anyMeans = ({ means }: WordMatch): string => `(${means.flatMap(({ phrases }) => phrases).join(' OR ')})`

function meansOf(word: string, joined: string[], vocabulary: Vocabulary, isLast: boolean): Means[] {
  const direct = directMeans(word, vocabulary, isLast)
  const means = [{ tenths: ITSELF, phrases: joined.map(quoted) }, ...direct]
  const isKnown = (other: string) => vocabulary.poseCounts.has(other)
  const shown = isKnown(word) ? [] : shownAs(word).filter(isKnown)
  if (shown.length > 0) means.push({ tenths: SHOWN_AS, phrases: shown.map(quoted) })
  else if (direct.length === 0) means.push(...guessedMeans(word, vocabulary))
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
  const parts = partsOf(word, vocabulary) ?? []
  const products = correctionsOf(word, vocabulary).flatMap(shownAs)
  const surely = (isSure: boolean) =>
    meant.flatMap((means) => means.filter(({ tenths }) => tenths >= FORM === isSure).flatMap(({ phrases }) => phrases))
  return [
    { tenths: CORRECTION, phrases: [...parts.map(quoted), ...surely(true)] },
    {
      tenths: CORRECTION_SYNONYM,
      phrases: [...surely(false), ...products.filter((other) => vocabulary.poseCounts.has(other)).map(quoted)],
    },
  ]
}

const quoted = (word: string): string => `"${word}"`
