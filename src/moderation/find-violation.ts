import { foldText } from './fold'
import { insideMatch } from './inside-match'
import { type Lexicon, lexicon, type PhraseIndex, type Term } from './lexicon'
import { matchesFrom } from './match-words'
import { type Word, wordsOf } from './words'

/** Which term of which version of the lists refused a text; never its words. */
export type Violation = { termId: string; category: string; listVersion: string }

/** Words `from`..`to`, both included. */
type Span = { from: number; to: number }

/**
 * The first term of the lists that a text holds, in whatever dress; null when it may pass. Pure, and linear in the
 * length of the text: 500 characters made to be slow take well under a millisecond (bench/moderation.mjs).
 */
export function findViolation(text: string): Violation | null {
  const lists = lexicon()
  const words = wordsOf(foldText(text))
  const found = findTerm(lists, words) ?? findPair(lists, words)
  return found && { termId: found.id, category: found.category, listVersion: lists.version }
}

function findTerm(lists: Lexicon, words: readonly Word[]): Term | null {
  let allowed: Span[] | undefined
  const isAllowed = (from: number, to: number): boolean => {
    allowed ??= spansOf(lists.allowed, words)
    return allowed.some((span) => span.from <= from && to <= span.to)
  }
  for (let from = 0; from < words.length; from++) {
    const within = insideMatch(lists, words[from]!.text)
    if (within && !isAllowed(from, from)) return within
    for (const { term, to } of matchesFrom(lists, words, from)) if (!isAllowed(from, to)) return term
  }
  return null
}

function findPair(lists: Lexicon, words: readonly Word[]): { id: string; category: string } | null {
  const allowed = spansOf(lists.allowed, words)
  const plain = words.map((word) => spelledOut(lists, word))
  const free = (span: Span) => !allowed.some(({ from, to }) => from <= span.from && span.to <= to)
  for (const pair of lists.pairs) {
    const others = spansOf(pair.other, plain).filter(free)
    if (others.length === 0) continue
    const ones = spansOf(pair.one, plain)
    if (ones.some((one) => others.some((other) => wordsBetween(one, other) <= pair.maxWordsBetween))) return pair
  }
  return null
}

const wordsBetween = (a: Span, b: Span): number => Math.max(a.from, b.from) - Math.min(a.to, b.to) - 1

const ONLY_LETTERS = /^[a-z]+$/
const REAL_LETTER = /[a-z]/

/** A word with its digits and signs as the letters that they first stand for: s3xy. A number stays what it is. */
function spelledOut({ standsFor }: Lexicon, { text }: Word): { text: string } {
  if (ONLY_LETTERS.test(text) || !REAL_LETTER.test(text)) return { text }
  const letters = [...text].map((sign) => standsFor.get(sign.charCodeAt(0))?.[0])
  return { text: letters.map((letter) => (letter === undefined ? '' : String.fromCharCode(97 + letter))).join('') }
}

/** Where phrases stand in a text. */
function spansOf(index: PhraseIndex, words: readonly Pick<Word, 'text'>[]): Span[] {
  const spans: Span[] = []
  for (let from = 0; from < words.length; from++)
    for (const phrase of index.get(words[from]!.text) ?? [])
      if (phrase.every((word, n) => words[from + n]?.text === word)) spans.push({ from, to: from + phrase.length - 1 })
  return spans
}
