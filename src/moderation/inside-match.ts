import type { Lexicon, Term } from './lexicon'
import { after } from './word-tree'

const MIN_LETTERS = 2
/** Below a node in one number: how many real letters led to it, at most MIN_LETTERS. */
const NODE = 4

/**
 * A term in the middle of a word: `fotobugil`, `ketelanjangan`. Only terms that no harmless word holds are listed so.
 * A letter may be written several times, or as a digit or sign; what has no two real letters is a number.
 */
export function insideMatch({ insiders, inside, standsFor }: Lexicon, word: string): Term | null {
  if (word.length < 4) return null
  let alive: number[] = []
  for (let at = 0; at < word.length; at++) {
    const code = word.charCodeAt(at)
    const letters = standsFor.get(code)
    const real = code >= 97 && code <= 122 ? 1 : 0
    const next: number[] = []
    const keep = (node: number, count: number) => {
      const reading = node * NODE + Math.min(count, MIN_LETTERS)
      if (node !== 0 && !next.includes(reading)) next.push(reading)
    }
    if (letters)
      for (const letter of letters) {
        keep(after(insiders, 0, letter), real)
        for (const reading of alive) {
          const node = Math.floor(reading / NODE)
          keep(after(insiders, node, letter), (reading % NODE) + real)
          if (insiders.letter[node] === letter) keep(node, reading % NODE)
        }
      }
    for (const reading of next) {
      const term = inside[insiders.ends[Math.floor(reading / NODE)]!]
      if (term && reading % NODE >= MIN_LETTERS) return term
    }
    alive = next
  }
  return null
}
