import { sql } from 'drizzle-orm'
import type { GenerateBody } from '../apps/pose-generator/params'
import type { PlannedPose } from '../apps/pose-generator/plan'
import type { Database } from '../db/client'
import { poses } from '../db/tables/poses'
import { invalidField, type Language } from '../http/errors'
import { searchPoseIds } from '../poses/search-poses'

/** The poses asked for, in their order; in text mode those of the library that fit the words best. Unknown: 422. */
export async function choosePoses(db: Database, body: GenerateBody, language: Language): Promise<PlannedPose[]> {
  const text = body.generationType === 'TEXT_DESCRIPTION'
  const ids = text ? await searchPoseIds(db, body.textPrompt, body.variationCount) : body.selectedPoseIds
  if (ids.length === 0) throw invalidField('textPrompt', 'no pose of the library fits these words')
  const rows = await db
    .select({ id: poses.id, nameEn: poses.nameEn, nameId: poses.nameId, promptHint: poses.promptHint })
    .from(poses)
    // One bound value for all ids: a statement takes 100.
    .where(sql`${poses.id} in (select value from json_each(${JSON.stringify(ids)})) and ${poses.isPublic}`)
  const found = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => {
    const pose = found.get(id)
    if (!pose) throw invalidField('selectedPoseIds', `there is no pose ${id}`)
    return { id, name: language === 'en' ? pose.nameEn : pose.nameId, promptHint: pose.promptHint }
  })
}
