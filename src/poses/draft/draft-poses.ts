import type { Ctx } from '../../ctx'
import type { DraftPose } from '../../generations/types'
import { compose } from '../grammar/compose'
import { type Understanding, understand } from '../grammar/understand'
import { loadPoses, type PoseRecord } from '../load-pose'
import { searchPoseIds } from '../search/search-poses'
import { heldThings } from './held-things'
import { findCandidates, nearestPose } from './nearest-pose'
import { understandingOf } from './written-pose'
import { writtenPoseOf } from './written-pose-of'

/** A text gets so many different poses at most; further pictures of it have them again. */
export const MAX_DRAFTS = 4

/** Poses that are looked at for those: some may be premium. */
const MAX_FOUND = 4 * MAX_DRAFTS

export type Draft = DraftPose & {
  source: 'grammar' | 'model' | 'library'
  /** The pose of the library that the draft is near to, or is. */
  startPoseId: string | null
  /** What of the text was used. */
  understood: string[]
}

type Ask = { userId: string; text: string /** 1 to MAX_DRAFTS. */; count: number /** uint32. */; seed: number }

/**
 * At most `count` poses for a text, the plainest first; none when nothing in it is known. A model reads it where one is
 * set up, else the grammar; a text that says nothing of a body gets poses of the library that fit its other words. The
 * same text and seed give the same poses, and fewer of them the first ones: a preview, a quote and its start agree.
 */
export async function draftPoses(ctx: Ctx, { userId, text, count, seed }: Ask): Promise<Draft[]> {
  const written = await writtenPoseOf(ctx, userId, text)
  const fromModel = written && understandingOf(written)
  const said = fromModel ?? understand(text)
  if (said.isEmpty) return libraryPoses(ctx, text, count)
  const candidates = await findCandidates(ctx.db, text)
  return compose(said, { count, seed }).map(({ understood, ...draft }) => {
    const start = nearestPose(draft.geometry, candidates)
    return {
      ...withThings(draft, said, text, candidates),
      source: fromModel ? 'model' : 'grammar',
      startPoseId: start?.id ?? null,
      understood: fromModel ? draft.promptHint.split(', ') : understood,
    }
  })
}

/** Poses of the library as they are; none that needs a plan, because a text is not asked for one. */
async function libraryPoses({ db }: Ctx, text: string, count: number): Promise<Draft[]> {
  const ids = await searchPoseIds(db, text, MAX_FOUND)
  const found = await loadPoses(db, ids)
  return ids
    .flatMap((id) => found.get(id) ?? [])
    .filter(({ isPremium }) => !isPremium)
    .slice(0, count)
    .map((pose) => ({
      geometry: pose.geometry,
      props: pose.props,
      words: [pose.nameEn, pose.promptHint, ...pose.tagsEn].join(' '),
      name: { en: pose.nameEn, id: pose.nameId },
      promptHint: pose.promptHint,
      source: 'library',
      startPoseId: pose.id,
      understood: [],
    }))
}

/**
 * The draft with a thing in its hands that the words name and the grammar does not know, as the best found pose that holds
 * one has it. What the grammar knows the renderer draws by itself.
 */
function withThings(draft: DraftPose, said: Understanding, text: string, candidates: PoseRecord[]): DraftPose {
  const [person] = draft.geometry.people
  const hands = (['L', 'R'] as const).filter((side) => isHolding(said.arms[side]))
  // What a draft sits on is the renderer's to place, and it places all or nothing.
  const isKnown = hands.some((side) => said.arms[side]?.object !== undefined)
  if (!person || hands.length === 0 || isKnown || draft.props.some((prop) => prop !== 'product')) return draft
  for (const { geometry } of candidates) {
    const things = heldThings(person, hands, text, geometry)
    if (things) return { ...draft, geometry: { ...draft.geometry, propShapes: things } }
  }
  return draft
}

const isHolding = (arm: Understanding['arms']['L']): boolean => arm?.pose.startsWith('hold') ?? false
