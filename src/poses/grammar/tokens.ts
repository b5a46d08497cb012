// A clause's words become tokens: what each word or phrase means, as the lexicon has it.
import { editDistance } from '../search/edit-distance'
import { ENTRIES, type Entry, type Kind } from './lexicon'
import { formsOf, NO_SLIP_WORDS } from './words'

export type Token = { kind: Kind; value: string; text: string }

/** Shorter words are too easily taken for another. */
const SLIP_LETTERS_MIN = 5
/** One wrong letter in a short word makes another word (`green`, `greet`); one left out or doubled seldom does. */
const SWAP_LETTERS_MIN = 7
/** Ordinary words of prompts that stand one letter beside a word of body language. */
const NO_SLIPS = new Set(NO_SLIP_WORDS.split(' '))
const KNOWN_WORDS = [...new Set([...ENTRIES.values()].flat().flatMap(({ words }) => words))]
const KNOWN = new Set(KNOWN_WORDS)

/** Nobody misses the first letter: `merah` (red) is not `serah` (to hand over). */
function isSlip(form: string, known: string): boolean {
  if (form.length < SLIP_LETTERS_MIN || known.length < SLIP_LETTERS_MIN || form[0] !== known[0]) return false
  const isSwap = form.length === known.length && [...form].sort().join() !== [...known].sort().join()
  return (!isSwap || form.length >= SWAP_LETTERS_MIN) && editDistance(form, known, 1) === 1
}

/** The forms of a word that the lexicon may know; a word with one slip counts as the one it was meant to be. */
function knownForms(word: string): string[] {
  const forms = formsOf(word)
  if (word.length < SLIP_LETTERS_MIN || NO_SLIPS.has(word) || forms.some((form) => KNOWN.has(form))) return forms
  return [...forms, ...forms.flatMap((form) => KNOWN_WORDS.filter((known) => isSlip(form, known)))]
}

function matchAt(forms: readonly string[][], start: number): Entry | undefined {
  let best: Entry | undefined
  for (const form of forms[start] ?? [])
    for (const entry of ENTRIES.get(form) ?? []) {
      const fits = entry.words.every((word, i) => i === 0 || forms[start + i]?.includes(word))
      if (fits && entry.words.length > (best?.words.length ?? 0)) best = entry
    }
  return best
}

/** Tokens of one clause in their order; words that say nothing about a pose are left out. */
export function tokensOf(words: readonly string[]): Token[] {
  const forms = words.map(knownForms)
  const tokens: Token[] = []
  for (let i = 0; i < words.length; ) {
    const entry = matchAt(forms, i)
    const length = entry?.words.length ?? 1
    if (entry && entry.kind !== 'nothing')
      tokens.push({ kind: entry.kind, value: entry.value, text: words.slice(i, i + length).join(' ') })
    i += length
  }
  // `She runs a hand through her hair` runs nowhere.
  const isHandRun = ({ kind, value }: Token, i: number) =>
    kind === 'stance' && value === 'run' && /^(side|part)$/.test(tokens[i + 1]?.kind ?? '')
  return tokens.filter((token, i) => !isHandRun(token, i)).map(toDirections)
}

const toDirections = (token: Token, i: number, tokens: readonly Token[]): Token =>
  asDirection(token, tokens[i - 1], tokens[i + 1])

/** `ke kiri`, `look left` and `serong kiri` name a direction, `tangan kiri` and `left hand` a side of the body. */
function asDirection(token: Token, before: Token | undefined, after: Token | undefined): Token {
  if (token.kind !== 'side' || !/^[LR]$/.test(token.value)) return token
  const isOfPart =
    after?.kind === 'part' || (before?.kind === 'part' && before.value !== 'head' && before.value !== 'body')
  const isAimed =
    before?.kind === 'to' ||
    before?.kind === 'view' ||
    before?.kind === 'dir' ||
    (before?.kind === 'act' && /^(look|turn|tilt|lean|point)$/.test(before.value)) ||
    before?.value === 'sides'
  const isAside = isAimed && !(before?.kind !== 'to' && isOfPart && after?.kind === 'part')
  return isAside ? { ...token, kind: 'dir', value: token.value === 'L' ? 'left' : 'right' } : token
}
