import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { poses } from '../../db/tables/poses'
import type { Language } from '../../http/errors'
import { cardColumns, PoseCard, toPoseCard } from '../pose-card'
import type { NearPose } from './nearest-poses'

/** Distance at which nobody sees a likeness any more: three quarters of all pairs of the library are farther apart. */
const UNLIKE_DISTANCE = 0.33

export const NearPoseCard = PoseCard.extend({
  distance: z.number().openapi({
    description:
      '0..1: how far the joints are apart once moved and scaled to fit; 1 is about a third of a standing body',
  }),
  similarity: z.number().int().openapi({
    description: '100 = the same skeleton, 0 = no more alike than two poses drawn by lot',
  }),
  mirrored: z.boolean().openapi({ description: 'It fits as its mirror image' }),
  isOtherView: z.boolean().openapi({ description: 'The pose asked about, from another side or mirrored' }),
}).openapi('NearPoseCard')

/** The cards of found poses, in their order. `basePose`: of the pose asked about, if it was one of the library. */
export async function nearCards(
  db: Database,
  near: readonly NearPose[],
  language: Language,
  basePose?: string,
): Promise<z.infer<typeof NearPoseCard>[]> {
  const ids = JSON.stringify(near.map(({ poseId }) => poseId))
  const rows = await db
    .select({ ...cardColumns, basePose: poses.basePose, ownerId: poses.ownerId })
    .from(poses)
    .where(sql`${poses.id} in (select value from json_each(${ids}))`)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return near.flatMap(({ poseId, distance, mirrored }) => {
    const pose = byId.get(poseId)
    // A pose may be gone since it was found.
    if (!pose) return []
    return {
      ...toPoseCard(pose, language),
      distance: Math.round(distance * 10_000) / 10_000,
      similarity: Math.round(Math.max(0, 1 - distance / UNLIKE_DISTANCE) * 100),
      mirrored,
      isOtherView: pose.basePose === basePose,
    }
  })
}
