import { fail } from '../http/errors'
import { foldText } from '../moderation/fold'
import { withDigits } from './age-numbers'
import { plainSigns, readingsOf } from './disguise'
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
  const folded = foldText(text.replace(/[‐-―]/g, '-').replace(/[’‘]/g, "'"))
  return readingsOf(plainSigns(folded)).some((reading) => tellsOfMinor(withDigits(reading), telling))
}

function tellsOfMinor(plain: string, telling: Telling): boolean {
  const present = telling === 'story' ? plain.replace(PAST_WORDS, ' ; ') : plain
  return MINOR_WORDS.test(present.replace(HARMLESS_WORDS, ' ; ').replace(/\s+/g, ' ').trim())
}

type Texts = Record<string, string | readonly string[] | undefined>
/** Texts of an avatar, or lists of them, by the name of their field. */
export type AvatarTexts = { looks?: Texts; story?: Texts }

/**
 * Throws 422 PROMPT_REJECTED with the field that describes somebody under 18; of looks that do so only together, the last:
 * a model reads them in one prompt.
 */
export function refuseMinors(texts: AvatarTexts): void {
  for (const telling of ['looks', 'story'] as const)
    for (const [field, text] of Object.entries(texts[telling] ?? {}))
      if (text && describesMinor(typeof text === 'string' ? text : text.join(', '), telling)) throw minorIn(field)
  const looks = Object.entries(texts.looks ?? {}).filter(([, text]) => text !== undefined && text.length > 0)
  const orders = [looks, looks.toReversed()].map((fields) => fields.flatMap(([, text]) => text ?? []))
  if (orders.some((said) => said.length > 1 && describesMinor(said.join(' ')))) throw minorIn(looks.at(-1)![0])
}

const minorIn = (field: string) => fail('PROMPT_REJECTED', { field, reason: 'minor' })
