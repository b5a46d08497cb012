/**
 * What an avatar's looks may be, in the words that models and the renderer get (underscores are spaces there). Kept by a CHECK in
 * D1, so a value is added by a migration and never renamed.
 */
export const AVATAR_ATTRIBUTES = {
  gender: ['female', 'male', 'non_binary'],
  /** Adults only: there is no younger range. */
  ageRange: ['18-24', '25-34', '35-44', '45-54', '55-64', '65-80'],
  ethnicity: [
    ...(['javanese', 'sundanese', 'betawi', 'batak', 'minangkabau', 'malay', 'balinese', 'bugis', 'dayak'] as const),
    ...(['papuan', 'moluccan', 'acehnese', 'chinese_indonesian', 'arab_indonesian', 'indian_indonesian'] as const),
    ...(['southeast_asian', 'east_asian', 'south_asian', 'middle_eastern', 'african', 'european'] as const),
    ...(['latin_american', 'mixed'] as const),
  ],
  bodyType: ['petite', 'slim', 'average', 'athletic', 'curvy', 'plus_size'],
  hairStyle: [
    ...(['short', 'crop', 'bob', 'medium', 'long', 'ponytail', 'bun', 'braid', 'curly', 'wavy', 'bald'] as const),
    'hijab',
  ],
  hairColor: ['black', 'dark_brown', 'brown', 'light_brown', 'blonde', 'red', 'grey', 'white'],
  eyeColor: ['dark_brown', 'brown', 'hazel', 'green', 'blue', 'grey'],
  skinTone: ['fair', 'light', 'medium', 'tan', 'brown', 'dark'],
  style: ['casual', 'business', 'formal', 'traditional', 'modest', 'streetwear', 'sporty', 'elegant', 'creative'],
} as const

export type AttributeName = keyof typeof AVATAR_ATTRIBUTES

/** Null: nobody said. */
export type AvatarAttributes = { [Name in AttributeName]: (typeof AVATAR_ATTRIBUTES)[Name][number] | null }

export const ATTRIBUTE_NAMES = Object.keys(AVATAR_ATTRIBUTES) as AttributeName[]

export const MIN_PERSONA_AGE = 18
export const MAX_PERSONA_AGE = 100
export const MAX_PERSONALITY_TRAITS = 8

/** Who the avatar is said to be. */
export type Persona = {
  name: string | null
  /** Years, at least 18. */
  age: number | null
  personality: string[]
  background: string
}
