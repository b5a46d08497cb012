import { fail } from '../http/errors'
import { foldText } from '../moderation/fold'
import { withDigits } from './age-numbers'
import { HARMLESS, MINOR, PAST } from './minor-words'

/** What of a text is about the person now: of looks everything, of a story not what the person was once or has at home. */
export type Telling = 'looks' | 'story'

const HARMLESS_WORDS = new RegExp(HARMLESS.join('|'), 'g')
const PAST_WORDS = new RegExp(PAST.join('|'), 'g')
const MINOR_WORDS = new RegExp(MINOR.join('|'))

/**
 * Whether a text, in Indonesian or English, describes somebody under 18, or puts a child into the picture. It reads words,
 * not meaning: what it does not know passes, and the report path is there for that.
 */
export function describesMinor(text: string, telling: Telling = 'looks'): boolean {
  const plain = withDigits(foldText(text.replace(/[‐-―]/g, '-').replace(/[’‘]/g, "'"))).replace(/\s+/g, ' ')
  const present = telling === 'story' ? plain.replace(PAST_WORDS, ' ; ') : plain
  return MINOR_WORDS.test(present.replace(HARMLESS_WORDS, ' ; ').replace(/\s+/g, ' ').trim())
}

/** Texts of an avatar by the name of their field. */
export type AvatarTexts = { looks?: Record<string, string | undefined>; story?: Record<string, string | undefined> }

/** Throws 422 PROMPT_REJECTED with the field that describes somebody under 18. */
export function refuseMinors(texts: AvatarTexts): void {
  for (const telling of ['looks', 'story'] as const)
    for (const [field, text] of Object.entries(texts[telling] ?? {}))
      if (text && describesMinor(text, telling)) throw fail('PROMPT_REJECTED', { field, reason: 'minor' })
}
