import { z } from '@hono/zod-openapi'
import {
  ATTRIBUTE_NAMES,
  type AttributeName,
  AVATAR_ATTRIBUTES,
  type AvatarAttributes,
  MAX_PERSONA_AGE,
  MAX_PERSONALITY_TRAITS,
  MIN_PERSONA_AGE,
  type Persona,
} from '../db/tables/avatar-attributes'
import { freeText, promptText } from '../http/fields'

export const AVATAR_PATH = '/api/v1/apps/avatar-creator'
/** Avatars of a project, and projects, are looked at twenty at a time. */
export const AVATARS_PER_PAGE = 20

const oneOf = <Name extends AttributeName>(name: Name, description: string) =>
  z.enum(AVATAR_ATTRIBUTES[name]).nullable().optional().openapi({ description })

/** Looks. What is left out stays as it was, or is left to the model; null says that nobody cares. */
export const AttributesField = z
  .strictObject({
    gender: oneOf('gender', 'As it is to be seen'),
    ageRange: oneOf('ageRange', 'Years; adults only'),
    ethnicity: oneOf('ethnicity', 'Indonesian peoples first, then wider ones'),
    bodyType: oneOf('bodyType', 'Build'),
    hairStyle: oneOf('hairStyle', '`hijab` covers the hair'),
    hairColor: oneOf('hairColor', 'Colour of the hair'),
    eyeColor: oneOf('eyeColor', 'Colour of the eyes'),
    skinTone: oneOf('skinTone', 'From fair to dark'),
    style: oneOf('style', 'How the person dresses'),
  })
  .openapi('AvatarAttributesWish')

const personality = z
  .array(freeText(1, 30))
  .max(MAX_PERSONALITY_TRAITS)
  .refine((traits) => new Set(traits.map((trait) => trait.toLowerCase())).size === traits.length, 'must be distinct')

/** Who the person is said to be. What is left out stays as it was, or is empty. */
export const PersonaField = z
  .strictObject({
    name: freeText(1, 100).nullable().optional(),
    age: z
      .number()
      .int()
      .min(MIN_PERSONA_AGE)
      .max(MAX_PERSONA_AGE)
      .nullable()
      .optional()
      .openapi({ description: 'Years; there are no minors here' }),
    personality: personality.optional().openapi({ description: 'Traits, each another one, e.g. `warm`' }),
    background: freeText(0, 500).optional().openapi({ description: 'A story in a few sentences' }),
  })
  .openapi('PersonaWish')

export type GivenAttributes = z.infer<typeof AttributesField>
export type GivenPersona = z.infer<typeof PersonaField>

/** What an avatar is called in lists. */
export const avatarName = () => freeText(1, 100)

/** What a model is told of clothes, expression and setting, besides the attributes. */
export const avatarWords = () => promptText(0, 500)

export const EMPTY_ATTRIBUTES: AvatarAttributes = {
  ...{ gender: null, ageRange: null, ethnicity: null, bodyType: null },
  ...{ hairStyle: null, hairColor: null, eyeColor: null, skinTone: null, style: null },
}

export const EMPTY_PERSONA: Persona = { name: null, age: null, personality: [], background: '' }

/** An object without the keys that hold undefined: a spread of it changes only what was given. */
const given = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>
  }

/** All nine: those that were given, and `base` (null each) for the others. */
export const completeAttributes = (wish: GivenAttributes = {}, base = EMPTY_ATTRIBUTES): AvatarAttributes => ({
  ...base,
  ...given(wish),
})

export const completePersona = (wish: GivenPersona = {}, base = EMPTY_PERSONA): Persona => ({ ...base, ...given(wish) })

type PersonColumns = AvatarAttributes & {
  personaName: string | null
  personaAge: number | null
  personaPersonality: string[]
  personaBackground: string
}

/** Of a row of an avatar or of a preset. */
export const attributesOf = (row: AvatarAttributes): AvatarAttributes =>
  Object.fromEntries(ATTRIBUTE_NAMES.map((name) => [name, row[name]])) as AvatarAttributes

export const personaOf = (row: Omit<PersonColumns, AttributeName>): Persona => ({
  name: row.personaName,
  age: row.personaAge,
  personality: row.personaPersonality,
  background: row.personaBackground,
})

/**
 * Columns of a row for what was given, and no others: an insert has its defaults for the rest, an update leaves it as it
 * is. Full attributes and personas give all columns.
 */
export const toColumns = (attributes: GivenAttributes, persona: GivenPersona): Partial<PersonColumns> => ({
  ...given(attributes),
  ...given({
    personaName: persona.name,
    personaAge: persona.age,
    personaPersonality: persona.personality,
    personaBackground: persona.background,
  }),
})
