import type { AvatarAttributes as Attributes } from '../../db/tables/avatar-attributes'
import type { AvatarRef } from '../../generations/types'
import type { AvatarAttributes, Persona } from './subject-words'

/** Peoples are written with capitals. */
const capitalized = (words: string): string => words.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())

/** Looks in a prompt's words; what nobody said is left out. Covered or missing hair has no colour. */
export function attributeWords({ ethnicity, hairColor, ...rest }: Attributes): AvatarAttributes {
  const hasHair = rest.hairStyle !== 'hijab' && rest.hairStyle !== 'bald'
  const said = {
    ...rest,
    ethnicity: ethnicity && (ethnicity === 'mixed' ? 'mixed-race' : capitalized(ethnicity.replaceAll('_', ' '))),
    hairColor: hasHair ? hairColor : null,
  }
  return Object.fromEntries(
    Object.entries(said).flatMap(([name, words]) => (words === null ? [] : [[name, words.replaceAll('_', ' ')]])),
  )
}

/** What a prompt says of an avatar, in the parts that prompts are built of. A persona's name is not told. */
export function personOf({ attributes, persona, words }: Pick<AvatarRef, 'attributes' | 'persona' | 'words'>) {
  const { age, personality, background } = persona
  const told: Persona = {
    ...(age !== null && { age }),
    ...(personality.length > 0 && { personality }),
    ...(background !== '' && { background }),
  }
  return { avatar: attributeWords(attributes), persona: told, person: words }
}
