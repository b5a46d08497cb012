/** A word of a folded text. `joined`: only marks such as `.`, `-` or `_` stand between it and the word before. */
export type Word = { text: string; joined: boolean }

const WORD = /[a-z0-9@$€£¢¥!|*]+/g
/** Signs at the ends are punctuation, not letters: `nude!!!`, `**nude**`. */
const PUNCTUATION = '!|*'

/** The words of a folded text (fold.ts): runs of letters, digits and the signs that may stand for letters. */
export function wordsOf(folded: string): Word[] {
  const words: Word[] = []
  let end = 0
  for (const { 0: run, index } of folded.matchAll(WORD)) {
    const text = trimmed(run)
    if (text === '') continue
    words.push({ text, joined: words.length > 0 && !hasSpace(folded, end, index) })
    end = index + run.length
  }
  return words
}

function trimmed(run: string): string {
  let from = 0
  let to = run.length
  while (from < to && PUNCTUATION.includes(run[from]!)) from++
  while (to > from && PUNCTUATION.includes(run[to - 1]!)) to--
  return run.slice(from, to)
}

function hasSpace(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (text.charCodeAt(at) <= 32) return true
  return false
}
