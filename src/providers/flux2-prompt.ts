import type { GenSpec } from './contract'

/** Workers AI takes no longer one. */
export const MAX_FLUX2_PROMPT_CHARACTERS = 2_048

/**
 * The prompt of a FLUX.2 model, which has no ControlNet: pictures are followed as far as the words tell it to. Image 1 is
 * the control map, image 2 the avatar. What does not fit is cut between two phrases, at the end.
 */
export function flux2Prompt({ prompt, control, reference }: Pick<GenSpec, 'prompt' | 'control' | 'reference'>): string {
  if (!control) return cutAtPhrase(prompt, MAX_FLUX2_PROMPT_CHARACTERS)
  const isAlone = control.pose.people.length === 1
  const words = reference ? withCharacter(isAlone) : withoutCharacter(isAlone)
  return cutAtPhrase(`${words} ${prompt}`, MAX_FLUX2_PROMPT_CHARACTERS)
}

const withCharacter = (isAlone: boolean): string =>
  `Image 1 is a pose guide, image 2 the character. ${
    isAlone
      ? 'Draw the character of image 2 in exactly the pose of image 1.'
      : 'Draw the people in exactly the poses of image 1, the first as the character of image 2.'
  }`

const withoutCharacter = (isAlone: boolean): string =>
  `Image 1 is a pose guide. Draw ${isAlone ? 'one person in exactly the pose' : 'the people in exactly the poses'} of image 1.`

function cutAtPhrase(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text
  const head = text.slice(0, maxCharacters)
  const end = Math.max(head.lastIndexOf(','), head.lastIndexOf('. ') + 1)
  // Words without any comma end at a space; half a surrogate pair would be no text at all.
  return head
    .slice(0, end > maxCharacters / 2 ? end : Math.max(head.lastIndexOf(' '), 0) || maxCharacters - 1)
    .trimEnd()
}
