import { sql } from 'drizzle-orm'
import type { GenerateBody } from '../apps/pose-generator/params'
import type { PlannedPose } from '../apps/pose-generator/plan'
import type { Ctx } from '../ctx'
import type { Database } from '../db/client'
import { poses } from '../db/tables/poses'
import type { Caller } from '../http/access-token'
import { invalidField, type Language } from '../http/errors'
import { draftPoses, MAX_DRAFTS } from '../poses/draft/draft-poses'
import { refusePremium } from '../poses/premium'
import type { DraftPose } from './types'

type Ask = {
  body: GenerateBody
  userId: string
  seed: number
  language: Language
  /** Whose plan decides about premium poses; left out where a picture that is there is only looked at again. */
  tier?: Caller['tier']
}

/**
 * The poses that a request comes to: those of the library and of the caller that it names, in its order, or drafts of what it describes,
 * which are kept with the job. Throws 422 for a pose that is not there, and for words that no pose fits.
 */
export async function choosePoses(
  ctx: Ctx,
  { body, userId, seed, language, tier }: Ask,
): Promise<{ poses: PlannedPose[]; drafts?: DraftPose[] }> {
  if (body.generationType === 'GALLERY_REFERENCE') {
    const rows = await findNamed(ctx.db, userId, body.selectedPoseIds)
    if (tier) await refusePremium(ctx, { userId, tier }, rows)
    return { poses: planNamed(rows, body.selectedPoseIds, language) }
  }
  const count = Math.min(MAX_DRAFTS, body.variationCount)
  const found = await draftPoses(ctx, { userId, text: body.textPrompt, count, seed })
  if (found.length === 0) throw invalidField('textPrompt', 'no pose fits these words')
  const drafts = found.map(({ geometry, props, words, name, promptHint }) => ({
    ...{ geometry, props, words, name, promptHint },
  }))
  const planned = drafts.map(({ name, promptHint, props }, draft) => ({
    ...{ id: null, draft, name: name[language], promptHint, props },
  }))
  return { poses: planned, drafts }
}

type Named = Pick<typeof poses.$inferSelect, 'id' | 'nameEn' | 'nameId' | 'promptHint' | 'props' | 'isPremium'>

/** Those of these poses that the caller may use: the library's and his own. */
async function findNamed(db: Database, userId: string, ids: readonly string[]): Promise<Named[]> {
  const rows = await db
    .select({
      ...{ id: poses.id, nameEn: poses.nameEn, nameId: poses.nameId, promptHint: poses.promptHint, props: poses.props },
      ...{ isPremium: poses.isPremium, isPublic: poses.isPublic, ownerId: poses.ownerId, deletedAt: poses.deletedAt },
    })
    .from(poses)
    // One bound value for all ids: a statement takes 100. Who may is judged below: another condition would tempt SQLite to
    // walk an index of all poses.
    .where(sql`${poses.id} in (select value from json_each(${JSON.stringify(ids)}))`)
  return rows.filter(({ isPublic, ownerId, deletedAt }) => isPublic || (ownerId === userId && deletedAt === null))
}

function planNamed(rows: readonly Named[], ids: readonly string[], language: Language): PlannedPose[] {
  const found = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => {
    const pose = found.get(id)
    if (!pose) throw invalidField('selectedPoseIds', `there is no pose ${id}`)
    return { id, name: language === 'en' ? pose.nameEn : pose.nameId, promptHint: pose.promptHint, props: pose.props }
  })
}
