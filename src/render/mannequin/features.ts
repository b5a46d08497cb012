// Body, skin, hair and eyes of an avatar: the enumerated attributes by table, other words by pattern.
import type { Chooser } from './hash'
import type { Rgb } from './material'
import type { BodyFigure, Hairstyle } from './outfit'
import { EYES, HAIRS, HAIRSTYLES, PLAIN_STYLES, SKINS } from './wardrobe'

/** The first row of `table` whose pattern `text` matches. */
export const first = <T>(table: readonly (readonly [RegExp, T])[], text: string): T | null =>
  table.find(([pattern]) => pattern.test(text))?.[1] ?? null

const keyOf = (value: string | null | undefined): string => (value ?? '').trim().toLowerCase()

// biome-ignore format: lightest first
const SKIN_TONES: Record<string, Rgb> = {
  fair: [248, 220, 198], light: [236, 196, 164], medium: [214, 164, 126], tan: [186, 134, 96], brown: [150, 102, 70], dark: [106, 70, 50],
}
/** Where nobody says the tone, a common one of the people named: there is no single one. */
// biome-ignore format: a table
const PEOPLES: Record<string, Rgb> = {
  javanese: [202, 150, 112], sundanese: [216, 168, 130], betawi: [206, 156, 120], batak: [194, 142, 104], minangkabau: [212, 162, 122],
  malay: [208, 158, 118], balinese: [192, 138, 98], bugis: [198, 146, 108], dayak: [224, 178, 140], papuan: [104, 68, 50],
  moluccan: [142, 96, 68], acehnese: [196, 146, 112], chinese_indonesian: [238, 200, 168], arab_indonesian: [210, 160, 126],
  indian_indonesian: [158, 108, 76], southeast_asian: [204, 154, 116], east_asian: [240, 204, 174], south_asian: [164, 114, 80],
  middle_eastern: [214, 168, 134], african: [92, 60, 44], european: [244, 212, 190], latin_american: [200, 148, 114], mixed: [220, 174, 140],
}

/** The tone given, else that of the people named; null: neither says. */
export function skinOf(tone: string | null | undefined, ethnicity: string | null | undefined): Rgb | null {
  const [named, people] = [keyOf(tone), keyOf(ethnicity)]
  return SKIN_TONES[named] ?? (named === '' ? PEOPLES[people] : undefined) ?? first(SKINS, `${named} ${people}`)
}

// biome-ignore format: a table
const HAIR_COLOURS: Record<string, Rgb> = {
  black: [30, 25, 25], dark_brown: [56, 38, 30], brown: [92, 58, 40], light_brown: [136, 94, 60], blonde: [212, 172, 112], red: [150, 64, 36],
  grey: [142, 142, 144], white: [222, 220, 216],
}
export const hairColourOf = (said: string | null | undefined): Rgb | null =>
  HAIR_COLOURS[keyOf(said)] ?? first(HAIRS, keyOf(said))

/** What nobody said: dark brown, as the kernel has always painted it. */
export const EYES_UNSAID: Rgb = [84, 54, 36]
// biome-ignore format: a table
const EYE_COLOURS: Record<string, Rgb> = {
  dark_brown: [62, 38, 26], brown: [112, 70, 38], hazel: [146, 108, 52], green: [84, 128, 74], blue: [72, 112, 150], grey: [124, 136, 146],
}
export const eyesOf = (said: string | null | undefined): Rgb =>
  EYE_COLOURS[keyOf(said)] ?? first(EYES, keyOf(said)) ?? EYES_UNSAID

/** Exact names of styles; other words as `HAIRSTYLES` reads them. */
// biome-ignore format: a list
const STYLES: readonly Hairstyle[] = [
  'short', 'crop', 'bob', 'medium', 'long', 'ponytail', 'bun', 'braid', 'curly', 'wavy', 'bald', 'pixie',
]

/** The hairstyle of an attribute, of words beside "hair", or of words that can mean nothing else. */
export function hairstyleOf(said: string | null | undefined, besideHair: string, text: string): Hairstyle | null {
  const exact = STYLES.find((style) => style === keyOf(said))
  return exact ?? first(HAIRSTYLES, keyOf(said) || besideHair) ?? first(HAIRSTYLES.slice(0, PLAIN_STYLES), text)
}

/** Hair and eyes that a people is known for, where nobody says: null leaves them to the seed. */
export function commonHair(
  ethnicity: string | null | undefined,
  choose: Chooser,
): { colour: Rgb; curly: boolean } | null {
  const people = keyOf(ethnicity)
  if (people === 'european') {
    const name = choose(['light_brown', 'brown', 'blonde'] as const)
    return { colour: HAIR_COLOURS[name] ?? [92, 58, 40], curly: false }
  }
  if (people === 'papuan' || people === 'african') return { colour: [28, 23, 23], curly: true }
  return null
}

// biome-ignore format: one figure per line
const FIGURE_WORDS: readonly [RegExp, BodyFigure][] = [
  [/\b(?:plus.?size|overweight|fat|chubby|heavy|gemuk|gendut|gempal|besar)\b/, 'plus'],
  [/\b(?:curvy|hourglass|voluptuous|full.figured|berisi|sintal|montok)\b/, 'curvy'],
  [/\b(?:athletic|muscular|fit|sporty|atletis|berotot|kekar)\b/, 'athletic'],
  [/\b(?:petite|mungil)\b/, 'petite'],
  [/\b(?:slim|slender|skinny|thin|lean|kurus|langsing|ramping)\b/, 'slim'],
]

/** The build that an attribute names, in either language; `average` when it is null, empty or unknown. */
export const figureOf = (bodyType: string | null | undefined): BodyFigure =>
  first(FIGURE_WORDS, keyOf(bodyType).replaceAll('_', ' ')) ?? 'average'

/** Years in the middle of a range such as `25-34`; null for anything else. */
export function yearsOf(ageRange: string | null | undefined): number | null {
  const match = /^(\d{2})\s*[-\u2013]\s*(\d{2})$/.exec(keyOf(ageRange))
  return match ? (Number(match[1]) + Number(match[2])) / 2 : null
}

/** How grey hair is whose colour nobody gave, 0..1. */
export function greyOf(age: 'young' | 'adult' | 'senior', years: number | null): number {
  if (years === null) return age === 'senior' ? 0.55 : 0
  return years < 45 ? 0 : years < 55 ? 0.16 : years < 65 ? 0.42 : 0.75
}
