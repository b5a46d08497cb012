/** Digits and signs that stand for letters; `1` is read both ways. */
const LEET: Record<string, string> = {
  0: 'o',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  8: 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
}
/** Between letters, or one at either end of a word: `t33n`, `4nak`, `bab1`; not `16yo`, `5th` or `anak2`. */
const STANDS_FOR_A_LETTER =
  /(?<=[a-z])[013457@$!|8]{1,4}(?=[a-z])|(?<![a-z0-9])[0134578@$](?=[a-z]{3})|(?<=[a-z]{2})[013457@$](?![a-z0-9])/g
/** `t e e n`, `a.n.a.k` */
const SPELLED_OUT = /(?<![a-z0-9])(?:[a-z][ .*~-]){2,20}[a-z](?![a-z0-9])/g
const ARABIC_DIGIT = /[\u0660-\u0669\u06f0-\u06f9]/g

/** Folded text (moderation/fold.ts) with signs between words as spaces, and with our digits. */
export const plainSigns = (text: string): string =>
  text.replace(/[_\s]+/g, ' ').replace(ARABIC_DIGIT, (digit) => String(digit.charCodeAt(0) & 15))

/** A text as it stands, and as it reads when digits are letters and spelled words are whole; each reading once. */
export function readingsOf(text: string): string[] {
  const whole = text.replace(SPELLED_OUT, lettersOf)
  // `a t e e n`: the first letter may be the article.
  const withArticle = text.replace(SPELLED_OUT, (spelled) =>
    spelled.startsWith('a ') ? `a ${lettersOf(spelled.slice(2))}` : lettersOf(spelled),
  )
  const lettered = (one: string) =>
    whole.replace(STANDS_FOR_A_LETTER, (signs) => [...signs].map((sign) => LEET[sign] ?? one).join(''))
  return [...new Set([text, whole, withArticle, lettered('i'), lettered('l')])]
}

const lettersOf = (spelled: string): string => spelled.replace(/[^a-z]/g, '')
