/** What is known of an avatar's looks. Every field is a word or two in English; what is absent is left to the model. */
export type AvatarAttributes = {
  /** `female` and `male` become woman and man; any other word is taken as it is. */
  gender?: string
  /** `25-34`, or words such as `young adult`. */
  ageRange?: string
  ethnicity?: string
  bodyType?: string
  hairStyle?: string
  hairColor?: string
  eyeColor?: string
  skinTone?: string
  /** How they dress: `casual`, `modest fashion`. */
  style?: string
}

/** Who the avatar is said to be. A name is not part of it: a model might draw its namesake. */
export type Persona = {
  /** In years; counts more than the age range of the looks. */
  age?: number
  personality?: readonly string[]
  /** Their story in a few words: `owner of a batik shop`. */
  background?: string
}

const NOUNS: Record<string, string> = { female: 'woman', male: 'man', woman: 'woman', man: 'man' }
/** Hairstyles that cannot be followed by "hair". */
const NO_HAIR_WORD = /\b(hair|hijab|headscarf|scarf|bald|braids?|bun|ponytail|afro|bob|turban)\b/i

/** The person in phrases, who first, then the looks, then the character; none when nothing is known. */
export function subjectPhrases(avatar: AvatarAttributes = {}, persona: Persona = {}): string[] {
  if (Object.keys(avatar).length === 0 && Object.keys(persona).length === 0) return []
  return [
    whoPhrase(avatar),
    agePhrase(avatar, persona),
    withNoun(avatar.bodyType, 'build', /\b(build|body|figure)\b/i),
    hairPhrase(avatar),
    withNoun(avatar.eyeColor, 'eyes', /\beyes?\b/i),
    withNoun(avatar.skinTone, 'skin', /\b(skin|complexion)\b/i),
    withNoun(avatar.style, 'style', /\b(style|outfit|clothes|fashion|wear)\b/i),
    persona.personality?.length ? `${listed(persona.personality)} expression` : '',
    persona.background ?? '',
  ].filter((phrase) => phrase.trim() !== '')
}

function whoPhrase({ ageRange = '', ethnicity = '', gender = '' }: AvatarAttributes): string {
  const noun = NOUNS[gender.toLowerCase()] ?? (gender === '' ? 'person' : `${gender} person`)
  const age = isYears(ageRange) ? '' : ageRange
  const words = [age, ethnicity, noun].filter((word) => word !== '').join(' ')
  return `${/^[aeiou]/i.test(words) ? 'an' : 'a'} ${words}`
}

function agePhrase({ ageRange = '' }: AvatarAttributes, { age }: Persona): string {
  if (age !== undefined) return `${age} years old`
  return isYears(ageRange) ? `aged ${ageRange.replace(/\s*[-\u2013]\s*/, ' to ')}` : ''
}

const isYears = (ageRange: string): boolean => /^\d/.test(ageRange)

function hairPhrase({ hairStyle = '', hairColor = '' }: AvatarAttributes): string {
  const words = [hairStyle, hairColor].filter((word) => word !== '').join(' ')
  if (words === '') return ''
  return NO_HAIR_WORD.test(hairStyle) ? [hairColor, hairStyle].join(' ').trim() : `${words} hair`
}

const withNoun = (words: string | undefined, noun: string, has: RegExp): string =>
  words === undefined || words === '' || has.test(words) ? (words ?? '') : `${words} ${noun}`

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
