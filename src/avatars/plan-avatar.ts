import { eq } from 'drizzle-orm'
import { avatarCreator } from '../apps/avatar-creator/app'
import type { AvatarWish } from '../apps/avatar-creator/params'
import type { AvatarGiven } from '../apps/avatar-creator/plan'
import type { Ctx } from '../ctx'
import { avatarPresets } from '../db/tables/avatars'
import type { AvatarParams, TaskPlan } from '../generations/types'
import type { Caller } from '../http/access-token'
import { fail, invalidField, type Language } from '../http/errors'
import { fingerprint } from '../http/idempotency'
import { sha256Hex } from '../kernel/hash'
import { refuseMinors } from '../likeness/minors'
import { toConsent } from '../likeness/policy'
import { refuseUnsafe } from '../moderation/refuse-unsafe'
import { requireUpload } from '../uploads/find-upload'
import { namedAvatar, toAvatarRef } from './avatar-ref'
import { attributesOf, completeAttributes, completePersona, personaOf } from './fields'
import { hasAvatarProject } from './find-avatar-project'
import { portraitPose } from './portrait-pose'

/** What a start comes to. `fingerprint` is that of the wish without its quote: what a quote is bound to. */
export type AvatarPlan = { projectId: string; params: AvatarParams; tasks: TaskPlan[]; fingerprint: string }

const DEFAULT_NAME = 'Avatar'
const MAX_WORDS_CHARACTERS = 500

/** What a wish begins with: a preset, another avatar, or nothing. */
type Base = Pick<AvatarGiven, 'name' | 'persona' | 'attributes' | 'words' | 'presetId' | 'parent'> & {
  projectId: string
  /** Of the person that is kept; null: one is drawn. */
  lookSeed: number | null
}

/**
 * The avatars that a caller asks for, counted the same for a quote and for the start. The words come first: what is
 * refused has touched nothing. Throws PROMPT_REJECTED for words that no picture may show or that describe somebody under
 * 18, and NOT_FOUND for a project, a preset, an avatar or an upload that is not there or not the caller's; all name the
 * field.
 */
export async function planAvatar(ctx: Ctx, caller: Caller, wish: AvatarWish, language: Language): Promise<AvatarPlan> {
  await refuseWords(ctx, caller, wish)
  const base = await baseOf(ctx, caller.userId, wish, language)
  if (wish.way === 'variation' || wish.way === 'from_preset') await refuseTogether(ctx, caller, base)
  const seed = seedOf(wish)
  const given: AvatarGiven = {
    ...base,
    consent: 'consent' in wish ? await toConsent(wish.consent, language) : null,
    lookSeed: base.lookSeed ?? seed,
    pose: portraitPose(),
  }
  if (wish.way === 'text_to_image' && isNobody(given))
    throw invalidField('words', 'words or attributes must say who it is')
  return {
    projectId: base.projectId,
    params: avatarCreator.params(wish, given),
    tasks: avatarCreator.plan(wish, given, seed),
    fingerprint: await fingerprint('POST', `/apps/${avatarCreator.id}`, {
      ...wish,
      quoteId: undefined,
      // A photo is sent with the start: whoever asks what it will cost has another one, or none that matters.
      ...(wish.way === 'uploaded' && { uploadId: undefined }),
    }),
  }
}

async function refuseWords(ctx: Ctx, caller: Caller, wish: AvatarWish): Promise<void> {
  const words = 'words' in wish ? wish.words : undefined
  const persona = 'persona' in wish ? wish.persona : undefined
  const looks = { words, 'persona.personality': persona?.personality }
  const story = {
    name: wish.name,
    'persona.name': persona?.name ?? undefined,
    'persona.background': persona?.background,
  }
  refuseMinors({ looks, story })
  await refuseUnsafe(ctx, caller, { words, 'persona.personality': persona?.personality?.join(', '), ...story })
}

/** New words with what was said of the person before: the model reads them in one prompt. */
async function refuseTogether(ctx: Ctx, caller: Caller, { words, persona }: Base): Promise<void> {
  const { personality, background } = persona
  refuseMinors({ looks: { 'persona.personality': personality, words }, story: { 'persona.background': background } })
  const traits = personality.join(', ')
  await refuseUnsafe(ctx, caller, { 'persona.personality': traits, 'persona.background': background, words })
}

const seedOf = (wish: AvatarWish): number =>
  ('seed' in wish ? wish.seed : undefined) ?? crypto.getRandomValues(new Uint32Array(1))[0]!

const isNobody = ({ words, attributes }: AvatarGiven): boolean =>
  words.trim() === '' && Object.values(attributes).every((said) => said === null)

function baseOf(ctx: Ctx, userId: string, wish: AvatarWish, language: Language): Promise<Base> {
  if (wish.way === 'variation') return variationOf(ctx, userId, wish, language)
  return newPerson(ctx, userId, wish, language)
}

type NewWish = Exclude<AvatarWish, { way: 'variation' }>

async function newPerson(ctx: Ctx, userId: string, wish: NewWish, language: Language): Promise<Base> {
  const { projectId } = wish
  if (!(await hasAvatarProject(ctx.db, userId, projectId))) throw fail('NOT_FOUND', { field: 'projectId' })
  if (wish.way === 'from_preset') return presetPerson(ctx, wish, language)
  if (wish.way === 'from_reference') await requireUpload(ctx.db, userId, wish.referenceImageId, 'referenceImageId')
  if (wish.way === 'uploaded') await requireUpload(ctx.db, userId, wish.uploadId, 'file')
  const photoId = wish.way === 'from_reference' ? wish.referenceImageId : wish.way === 'uploaded' ? wish.uploadId : null
  return {
    ...{ projectId, name: wish.name ?? DEFAULT_NAME, words: 'words' in wish ? wish.words : '' },
    ...{ attributes: completeAttributes(wish.attributes), persona: completePersona(wish.persona) },
    ...{ presetId: null, parent: null, lookSeed: photoId === null ? null : await seedOfPhoto(photoId) },
  }
}

/** Who is in a photo looks the same in every avatar of it, and is found by that when the photo itself is gone. */
const seedOfPhoto = async (uploadId: string): Promise<number> =>
  Number.parseInt((await sha256Hex(uploadId)).slice(0, 8), 16)

async function presetPerson(
  { db }: Ctx,
  wish: Extract<AvatarWish, { way: 'from_preset' }>,
  language: Language,
): Promise<Base> {
  const { projectId, presetId } = wish
  const [preset] = await db.select().from(avatarPresets).where(eq(avatarPresets.id, presetId))
  if (!preset?.isPublic) throw fail('NOT_FOUND', { field: 'presetId' })
  return {
    ...{ projectId, presetId, parent: null, lookSeed: preset.seed },
    name: wish.name ?? (language === 'id' ? preset.nameId : preset.nameEn),
    words: joined(preset.words, wish.words),
    attributes: completeAttributes(wish.attributes, attributesOf(preset)),
    persona: completePersona(wish.persona, personaOf(preset)),
  }
}

async function variationOf(
  { db }: Ctx,
  userId: string,
  wish: Extract<AvatarWish, { way: 'variation' }>,
  language: Language,
): Promise<Base> {
  const avatar = await namedAvatar(db, userId, wish.avatarId, 'avatarId')
  return {
    ...{ projectId: avatar.projectId, presetId: null, parent: toAvatarRef(avatar) },
    name: wish.name ?? variationName(avatar.name, language),
    words: wish.words ?? avatar.words,
    attributes: completeAttributes(wish.attributes, attributesOf(avatar)),
    persona: personaOf(avatar),
    lookSeed: wish.keep === 'person' ? avatar.lookSeed : null,
  }
}

const VARIATION: Record<Language, string> = { id: ' (variasi)', en: ' (variation)' }
const MAX_NAME_CHARACTERS = 100

/** Told apart from its parent in a list; a variation of a variation is called one all the same. */
function variationName(name: string, language: Language): string {
  const suffix = VARIATION[language]
  const isOne = Object.values(VARIATION).some((each) => name.endsWith(each))
  return isOne ? name : `${name.slice(0, MAX_NAME_CHARACTERS - suffix.length)}${suffix}`
}

/** The preset's words are the ones that give way: who adds more than there is room for, means it. */
const joined = (words: string, added: string): string =>
  added === '' ? words : [added, words].join(', ').slice(0, MAX_WORDS_CHARACTERS)
