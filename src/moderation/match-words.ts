import { type Lexicon, PREFIXES, type Term } from './lexicon'
import { after, SPACE, type WordTree } from './word-tree'
import type { Word } from './words'

/**
 * One way of reading the text so far as the beginning of a term, in one number: the node of the tree above bit 9, and
 * below it how it was reached. Counts stop at what a rule asks for, so that equal readings are equal numbers.
 */
type Reading = number
/** Real letters, 0..2. */
const LETTER = 1
/** Stars taken for letters, 0..3. */
const WILDCARD = 1 << 2
/** One-letter words on the way, 0..2. */
const SINGLE = 1 << 4
/** A word of the text ended in the middle of a word of the term ... */
const TORN = 1 << 6
/** ... and what followed was a space. */
const SPACED = 1 << 7
const PREFIXED = 1 << 8
const NODE = 1 << 9

const MIN_LETTERS = 2
const MAX_WILDCARDS = 3
const MIN_SINGLES = 2
/** Readings that are followed at the same time: many times what any text of people needs. */
const MAX_READINGS = 64
/** No term has more letters, so none is spread over more words. */
const MAX_WORDS = 24
const MAX_PREFIX_CHARACTERS = 6
/** Pieces with spaces between them are put together for terms this long: shorter ones stand in harmless texts by chance. */
const MIN_SIZE_ACROSS_SPACES = 6
const MIN_SIZE_ACROSS_MARKS = 4
/** Of two digits or more: an amount or a size, never a piece of a term. */
const NUMBER = /^\d\d+$/
const HANDLE_OR_NUMBER = /^(?:@|\d+)/
const STAR = 42

const nodeOf = (reading: Reading): number => reading >> 9
const lettersOf = (reading: Reading): number => reading & 3
const wildcardsOf = (reading: Reading): number => (reading >> 2) & 3
const singlesOf = (reading: Reading): number => (reading >> 4) & 3

/** A term, and the last word of the text that belongs to it. */
export type Match = { term: Term; to: number }

/**
 * The terms that begin in the word `from`. The text is read letter by letter along the tree of terms, all readings side
 * by side: no letter is ever read twice, so there is nothing to backtrack.
 */
export function matchesFrom(lists: Lexicon, words: readonly Word[], from: number): Match[] {
  const matches: Match[] = []
  let readings: Reading[] = []
  const last = Math.min(words.length, from + MAX_WORDS)
  for (let at = from; at < last; at++) {
    const word = words[at]!
    if (at > from) readings = acrossGap(lists.all, readings, words[at - 1]!, word)
    if (at > from && readings.length === 0) break
    const { text } = word
    const numberEnds = at === from ? (HANDLE_OR_NUMBER.exec(text)?.[0].length ?? 0) : 0
    const plainUntil = endOfPlain(text)
    for (let i = 0; i < text.length; i++) {
      if (at === from) enter(readings, text, i, numberEnds)
      if (readings.length === 0) continue
      readings = step(lists, readings, text.charCodeAt(i), i > 0)
      for (const reading of readings) {
        const term = lists.terms[lists.all.ends[nodeOf(reading)]!]
        if (term && isWorthy(term, reading, word) && endsAt(term, reading, text, i + 1, plainUntil))
          matches.push({ term, to: at })
      }
    }
  }
  return matches
}

/** A term may begin at the start of a word, after a handle's `@`, a number, an exclamation mark or a prefix. */
function enter(readings: Reading[], word: string, i: number, numberEnds: number): void {
  if (i === 0 || i === numberEnds || isMark(word, i - 1)) readings.push(0)
  else if (i > 1 && i <= MAX_PREFIX_CHARACTERS && PREFIXES.has(word.slice(0, i))) readings.push(PREFIXED)
}

/** Every reading with one character more. `inWord`: the character before it belongs to the same word. */
function step({ all, standsFor }: Lexicon, readings: readonly Reading[], code: number, inWord: boolean): Reading[] {
  const next: Reading[] = []
  const real = isLetter(code) ? LETTER : 0
  const letters = standsFor.get(code)
  for (const reading of readings) {
    const node = nodeOf(reading)
    if (code === STAR) {
      if (wildcardsOf(reading) > lettersOf(reading) || wildcardsOf(reading) === MAX_WILDCARDS) continue
      for (let letter = 0; letter < SPACE; letter++) push(next, at(childOf(all, node, letter), reading + WILDCARD))
    } else if (letters) {
      const read = lettersOf(reading) < MIN_LETTERS ? reading + real : reading
      for (const letter of letters) {
        push(next, at(childOf(all, node, letter), read))
        // The same letter again: nuuude.
        if (inWord && all.letter[node] === letter) push(next, reading)
      }
    }
  }
  return next
}

/** The same reading at another node; 0 when there is no such node. */
const at = (node: number, reading: Reading): Reading => (node === 0 ? 0 : node * NODE + (reading & (NODE - 1)))

/** After a letter, over the space of a phrase when it was left out: mickeymouse. */
function childOf(tree: WordTree, node: number, letter: number): number {
  const child = after(tree, node, letter)
  if (child !== 0) return child
  const space = after(tree, node, SPACE)
  return space === 0 ? 0 : after(tree, space, letter)
}

function push(readings: Reading[], reading: Reading): void {
  if (reading !== 0 && readings.length < MAX_READINGS && !readings.includes(reading)) readings.push(reading)
}

/** From one word to the next: at a space of the term, or through the middle of one of its words. */
function acrossGap(tree: WordTree, readings: readonly Reading[], before: Word, word: Word): Reading[] {
  const next: Reading[] = []
  const mayTear = !NUMBER.test(word.text) && !NUMBER.test(before.text)
  const single = isSingle(before) ? SINGLE : 0
  for (const reading of readings) {
    const counted = singlesOf(reading) < MIN_SINGLES ? reading + single : reading
    push(next, at(after(tree, nodeOf(reading), SPACE), counted))
    if (mayTear) push(next, counted | TORN | (word.joined ? 0 : SPACED))
  }
  return next
}

/** Whether what was read is the term, and not numbers, stars or pieces that only look like it. */
function isWorthy(term: Term, reading: Reading, word: Word): boolean {
  if (lettersOf(reading) < MIN_LETTERS || wildcardsOf(reading) * 2 > term.size) return false
  if ((reading & PREFIXED) !== 0 && !term.takesPrefixes) return false
  if ((reading & TORN) === 0) return true
  if (term.whole) return false
  if (term.size >= MIN_SIZE_ACROSS_SPACES) return true
  if (singlesOf(reading) + (isSingle(word) ? 1 : 0) >= MIN_SINGLES) return true
  return (reading & SPACED) === 0 && term.size >= MIN_SIZE_ACROSS_MARKS
}

/** Whether a term may end before the character `i`: at the end, before numbers and marks, or before a suffix. */
function endsAt(term: Term, reading: Reading, word: string, i: number, plainUntil: number): boolean {
  if (i >= plainUntil || isMark(word, i)) return true
  return (reading & TORN) === 0 && term.suffixes.has(word.slice(i, plainUntil))
}

/** Where the digits begin that a word ends with: telanjang2. */
function endOfPlain(word: string): number {
  let end = word.length
  while (end > 0 && isDigit(word.charCodeAt(end - 1))) end--
  return end
}

/** One letter standing alone, as in `n u d e`. */
const isSingle = ({ text }: Word): boolean => text.length === 1 && !isDigit(text.charCodeAt(0))
const isMark = (word: string, i: number): boolean => word[i] === '!' || word[i] === '|'
const isDigit = (code: number): boolean => code >= 48 && code <= 57
const isLetter = (code: number): boolean => code >= 97 && code <= 122
