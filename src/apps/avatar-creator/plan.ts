import type { AvatarConsent, AvatarParams, AvatarRef, DraftPose, JobParams, TaskPlan } from '../../generations/types'
import { newId } from '../../kernel/ids'
import type { AvatarWish } from './params'
import { avatarPrompt } from './prompt'

/** Width to height 3:4: a face and the clothes, at sides that every provider makes. */
const PORTRAIT = { widthPx: 768, heightPx: 1024 }

/** What the host found for a wish: who it is about, and how the portrait is posed. */
export type AvatarGiven = Pick<AvatarParams, 'name' | 'persona' | 'attributes' | 'words' | 'lookSeed' | 'presetId'> & {
  consent: AvatarConsent | null
  /** The avatar that a variation is made of. */
  parent: AvatarRef | null
  pose: DraftPose
}

/** What all avatars of a start share. */
export function paramsOf(wish: AvatarWish, given: AvatarGiven): AvatarParams {
  const { name, persona, attributes, words, lookSeed, presetId, consent, parent } = given
  return {
    ...{ way: wish.way, name, persona, attributes, words, lookSeed, presetId, consent },
    uploadId: uploadOf(wish),
    face: wish.way === 'uploaded' ? (wish.face ?? null) : null,
    ...(parent && { avatar: parent }),
    picture: wish.way === 'uploaded' ? null : pictureOf(wish, given),
  }
}

const uploadOf = (wish: AvatarWish): string | null =>
  wish.way === 'uploaded' ? wish.uploadId : wish.way === 'from_reference' ? wish.referenceImageId : null

function pictureOf(wish: AvatarWish, { attributes, words, lookSeed, parent, pose }: AvatarGiven): JobParams {
  const sameFace = wish.way === 'variation' && wish.keep === 'person' ? parent : null
  return {
    ...PORTRAIT,
    avatarUploadId: uploadOf(wish),
    findFace: true,
    ...(sameFace && { avatar: sameFace }),
    subject: { key: '', words: '', person: words, attributes, seed: lookSeed },
    background: null,
    outputFormats: [],
    drafts: [pose],
  }
}

/** The seed that draws the person: that of the one who is shown, or another one for each avatar to choose from. */
export const lookSeedOf = ({ lookSeed, picture }: AvatarParams, position: number): number =>
  picture === null || picture.avatar || picture.avatarUploadId !== null ? lookSeed : (lookSeed + position) >>> 0

/** The avatars of a start. Seeds count up from `seed` (uint32, wrapping). The id of a task's picture is that of its avatar. */
export function planTasks(wish: AvatarWish, given: AvatarGiven, seed: number): TaskPlan[] {
  const prompt = wish.way === 'uploaded' ? '' : avatarPrompt(given)
  return Array.from({ length: wish.way === 'uploaded' ? 1 : wish.variationCount }, (_, position) => ({
    variationKey: `avatar-v${position}`,
    imageId: newId('avatar'),
    name: nameOf(given.name, position),
    poseId: null,
    draft: wish.way === 'uploaded' ? null : 0,
    prompt,
    seed: (seed + position) >>> 0,
  }))
}

const MAX_NAME_CHARACTERS = 100

/** The second to choose from is `Sari 2`. */
function nameOf(name: string, position: number): string {
  const suffix = position === 0 ? '' : ` ${position + 1}`
  return `${name.slice(0, MAX_NAME_CHARACTERS - suffix.length)}${suffix}`
}
