import type { BackgroundMode } from '../../generations/types'
import { colorName } from '../prompt/color-names'
import { flatten, joinPhrases, phrasesOf } from '../prompt/phrases'
import { type AvatarAttributes, type Persona, subjectPhrases } from '../prompt/subject-words'

type Background = { mode: BackgroundMode; prompt?: string; color?: string } | null

export type PromptParts = {
  /** What the pose library, or the draft of a pose, says of the pose, in English. */
  poseHint: string
  /** What the seller wrote: the description in text mode, extra words in gallery mode. */
  wanted: string
  background: Background
  avatar?: AvatarAttributes
  persona?: Persona
  /** What was said of the avatar when it was made: clothes, mostly. */
  person?: string
  /** What the pose stands on, leans on or holds; names of the pose library. */
  props?: readonly string[]
}

/** How a prop is said. What the hint names already is not said again, and "product" is the seller's to name. */
const PROP_WORDS: Record<string, string> = {
  product: 'with a product',
  chair: 'on a chair',
  stool: 'on a stool',
  platform: 'on a low platform',
  table: 'at a table',
  wall: 'beside a wall',
  support: 'leaning on a support',
}

/**
 * The prompt of one picture: who, the pose, what is wanted, where, and how it is lit, on one line within the limits of
 * phrases.ts. Pure: the same parts give the same prompt. Nothing is turned into a negative, FLUX has none: "no hat"
 * draws hats. What the seller wrote is kept longest.
 */
export function buildPrompt(parts: PromptParts): string {
  const { poseHint, wanted, background, avatar, persona, person = '', props = [] } = parts
  return joinPhrases([
    { keep: 1, phrases: subjectPhrases(avatar, persona) },
    { keep: 2, phrases: phrasesOf(person) },
    { keep: 2, phrases: phrasesOf(poseHint) },
    { keep: 0, phrases: phrasesOf(wanted) },
    { keep: 4, phrases: props.flatMap((prop) => propPhrase(prop, poseHint, wanted)) },
    { keep: 3, phrases: [backgroundPhrase(background)] },
    { keep: 5, phrases: [lightPhrase(background), 'sharp focus', 'natural skin texture', 'commercial photo'] },
  ])
}

function propPhrase(prop: string, poseHint: string, wanted: string): string[] {
  const isNamed = poseHint.toLowerCase().includes(prop.toLowerCase())
  if (isNamed || (prop === 'product' && wanted.trim() !== '')) return []
  return [PROP_WORDS[prop] ?? `with ${prop.replaceAll('-', ' ')}`]
}

/** An uploaded background, or none, is put behind the person afterwards: what can be cut out cleanly is asked for. */
function backgroundPhrase(background: Background): string {
  const said = background?.mode === 'ai_generate' ? phrasesOf(background.prompt ?? '').map(flatten) : []
  // What was nothing but signs that nobody sees leaves no empty place between two commas.
  if (said.some((phrase) => phrase !== '')) return `background: ${said.filter((phrase) => phrase !== '').join(', ')}`
  if (background?.mode === 'solid_color' && background.color)
    return `plain ${colorName(background.color)} background (${background.color.toUpperCase()})`
  return background?.mode === 'upload' || background?.mode === 'transparent'
    ? 'plain neutral studio background'
    : 'seamless studio background'
}

/** Studio light in a rice field would look pasted in. */
const lightPhrase = (background: Background): string =>
  background?.mode === 'ai_generate' && background.prompt ? 'light that fits the background' : 'soft studio light'
