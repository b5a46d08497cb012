import allowed from '../../data/moderation/allow-phrases.json' with { type: 'json' }
import confusables from '../../data/moderation/confusables.json' with { type: 'json' }
import listed from '../../data/moderation/terms.json' with { type: 'json' }
import { buildWordTree, type WordTree } from './word-tree'

/** A term as data/moderation/README.md describes it. `text` is a-z, words of a phrase with single spaces. */
export type Term = {
  id: string
  category: string
  text: string
  /** Letters, spaces not counted. */
  size: number
  /** Found in the middle of a longer word as well. */
  inside: boolean
  /** Never put together from pieces of the text. */
  whole: boolean
  takesPrefixes: boolean
  suffixes: ReadonlySet<string>
}

/** Harmless words that together are not: one of each, with at most so many words between. */
export type Pair = { id: string; category: string; maxWordsBetween: number; one: PhraseIndex; other: PhraseIndex }

/** Phrases by their first word. */
export type PhraseIndex = ReadonlyMap<string, readonly (readonly string[])[]>

export type Lexicon = {
  version: string
  terms: readonly Term[]
  all: WordTree
  insiders: WordTree
  inside: readonly Term[]
  allowed: PhraseIndex
  pairs: readonly Pair[]
  /** Letters (0..25) that a character of a word may stand for, by char code. */
  standsFor: ReadonlyMap<number, readonly number[]>
}

const NO_AFFIX: ReadonlySet<string> = new Set()
const ENGLISH_SUFFIXES = new Set('s es ed ing in er ers z'.split(' '))
const INDONESIAN_SUFFIXES = new Set('nya kan lah kah ku mu an i in pun annya kannya inya'.split(' '))
const NAME_SUFFIXES = new Set(['s', 'nya'])
/** What may stand before an Indonesian term in one word. */
export const PREFIXES: ReadonlySet<string> = new Set(
  'di ke se ber be ter me mem men meng nge ng pe pem pen peng memper diper'.split(' '),
)
/** Names of people and characters are not inflected like words. */
const NAMES = new Set(['copyrighted', 'impersonation'])

type Listed = {
  id: string
  category: string
  term: string
  language: string
  inside?: boolean
  exact?: boolean
  whole?: boolean
}

let prepared: Lexicon | undefined

/** The lists, prepared once per isolate. */
export function lexicon(): Lexicon {
  prepared ??= prepare()
  return prepared
}

function prepare(): Lexicon {
  const terms = (listed.terms as Listed[]).flatMap((term) =>
    expand(term.term, listed.groups).map((text) => toTerm(term, text)),
  )
  const inside = terms.filter((term) => term.inside)
  return {
    version: listed.version,
    terms,
    all: buildWordTree(terms),
    inside,
    insiders: buildWordTree(inside),
    allowed: indexPhrases(allowed.phrases.flatMap((phrase) => expand(phrase, allowed.groups))),
    pairs: listed.pairs.map(({ one, other, ...pair }) => ({
      ...pair,
      one: indexPhrases(one),
      other: indexPhrases(other),
    })),
    standsFor: new Map<number, readonly number[]>([
      ...Array.from({ length: 26 }, (_, letter) => [97 + letter, [letter]] as const),
      ...Object.entries(confusables.leet).map(([sign, letters]) => [sign.charCodeAt(0), numbers(letters)] as const),
    ]),
  }
}

function toTerm({ id, category, language, exact, ...term }: Listed, text: string): Term {
  const isName = NAMES.has(category)
  const inflected = !exact && !isName && language === 'id'
  return {
    ...{ id, category, text, size: text.replaceAll(' ', '').length },
    ...{ inside: term.inside ?? false, whole: term.whole ?? category === 'impersonation' },
    takesPrefixes: inflected && !text.includes(' '),
    suffixes: exact ? NO_AFFIX : isName ? NAME_SUFFIXES : language === 'id' ? INDONESIAN_SUFFIXES : ENGLISH_SUFFIXES,
  }
}

/** `{germ} mati` once for every word of the group `germ`. */
function expand(text: string, groups: Record<string, string[]>): string[] {
  const [slot, name] = /\{(\w+)\}/.exec(text) ?? []
  if (slot === undefined || name === undefined) return [text]
  return (groups[name] ?? []).flatMap((word) => expand(text.replace(slot, word), groups))
}

function indexPhrases(phrases: readonly string[]): PhraseIndex {
  const index = new Map<string, string[][]>()
  for (const phrase of phrases) {
    const words = phrase.split(' ')
    const known = index.get(words[0]!)
    if (known) known.push(words)
    else index.set(words[0]!, [words])
  }
  return index
}

const numbers = (letters: string): number[] => [...letters].map((letter) => letter.charCodeAt(0) - 97)
