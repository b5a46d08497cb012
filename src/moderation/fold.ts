import confusables from '../../data/moderation/confusables.json' with { type: 'json' }

const ASCII = /^[\0-\x7f]*$/
/** All that a prompt is rid of before a model reads it (src/apps/prompt/phrases.ts), and what nobody sees. */
const INVISIBLE = /[\p{Cf}\p{DI}\p{Co}\p{Cs}]/gu
const MARKS = /\p{M}/gu

/** Characters that look like a Latin letter and that Unicode does not call one. */
const lookAlikes = new Map<string, string>([
  ...Object.entries(confusables.letters).flatMap(([letter, characters]) =>
    [...characters].map((character) => [character, letter] as const),
  ),
  ...confusables.alphabets.flatMap(({ from }) =>
    Array.from({ length: 26 }, (_, n) => [String.fromCodePoint(from.codePointAt(0)! + n), letterAt(n)] as const),
  ),
])

/**
 * A text as it reads: without invisible characters, accents, case, width and fancy alphabets; Greek and Cyrillic letters
 * as the Latin ones they look like. Digits and signs that stand for letters stay (word-tree.ts).
 */
export function foldText(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  const plain = text.replace(INVISIBLE, '').normalize('NFKC').toLowerCase().normalize('NFD').replace(MARKS, '')
  let folded = ''
  for (const character of plain) folded += lookAlikes.get(character) ?? character
  return folded
}

function letterAt(n: number): string {
  return String.fromCharCode(97 + n)
}
