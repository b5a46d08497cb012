import { sql } from 'drizzle-orm'
import type { GenerateBody } from '../apps/pose-generator/params'
import type { PlannedPose } from '../apps/pose-generator/plan'
import type { Ctx } from '../ctx'
import type { Database } from '../db/client'
import { poses } from '../db/tables/poses'
import { invalidField, type Language } from '../http/errors'
import { draftPoses, MAX_DRAFTS } from '../poses/draft/draft-poses'
import type { DraftPose } from './types'

type Ask = { body: GenerateBody; userId: string; seed: number; language: Language }

/**
 * The poses that a request comes to: those of the library that it names, in its order, or drafts of what it describes,
 * which are kept with the job. Throws 422 for a pose that is not there, and for words that no pose fits.
 */
export async function choosePoses(
  ctx: Ctx,
  { body, userId, seed, language }: Ask,
): Promise<{ poses: PlannedPose[]; drafts?: DraftPose[] }> {
  if (body.generationType === 'GALLERY_REFERENCE')
    return { poses: await libraryPoses(ctx.db, body.selectedPoseIds, language) }
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

async function libraryPoses(db: Database, ids: readonly string[], language: Language): Promise<PlannedPose[]> {
  const rows = await db
    .select({
      id: poses.id,
      nameEn: poses.nameEn,
      nameId: poses.nameId,
      promptHint: poses.promptHint,
      props: poses.props,
    })
    .from(poses)
    // One bound value for all ids: a statement takes 100.
    .where(sql`${poses.id} in (select value from json_each(${JSON.stringify(ids)})) and ${poses.isPublic}`)
  const found = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => {
    const pose = found.get(id)
    if (!pose) throw invalidField('selectedPoseIds', `there is no pose ${id}`)
    return { id, name: language === 'en' ? pose.nameEn : pose.nameId, promptHint: pose.promptHint, props: pose.props }
  })
}
