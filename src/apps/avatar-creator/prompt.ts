import type { AvatarParams } from '../../generations/types'
import { personOf } from '../prompt/person-of'
import { joinPhrases, phrasesOf } from '../prompt/phrases'
import { subjectPhrases } from '../prompt/subject-words'

/**
 * The prompt of an avatar's own picture: who, what was said, how it is framed and lit, on one line within the limits of
 * phrases.ts. The picture is a reference for all later ones, so face and clothes are to be seen clearly, before nothing.
 * Nothing is turned into a negative, FLUX has none. What the seller wrote is kept longest.
 */
export function avatarPrompt(person: Pick<AvatarParams, 'attributes' | 'persona' | 'words'>): string {
  const { avatar, persona } = personOf(person)
  return joinPhrases([
    { keep: 1, phrases: subjectPhrases({ gender: 'adult', ...avatar }, persona) },
    { keep: 0, phrases: phrasesOf(person.words) },
    { keep: 2, phrases: ['half-length portrait', 'facing the camera', 'face clearly visible', 'arms relaxed'] },
    { keep: 3, phrases: ['plain light grey studio background', 'soft even studio light'] },
    { keep: 4, phrases: ['sharp focus', 'natural skin texture', 'commercial photo'] },
  ])
}
