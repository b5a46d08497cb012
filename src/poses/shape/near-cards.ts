import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import type { Ctx } from '../../ctx'
import { poses } from '../../db/tables/poses'
import type { Language } from '../../http/errors'
import { toVisibleCard, visibleColumns } from '../people/visible-card'
import { PoseCard } from '../pose-card'
import { type NearPose, roundedDistance } from './nearest-poses'

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

type Asked = { language: Language; userId: string | null; basePose?: string }

/**
 * The cards of found poses, in their order; `userId` is shown own poses, with links that open, and favourites.
 * `basePose`: of the pose asked about, if it was one of the library.
 */
export async function nearCards(
  ctx: Ctx,
  near: readonly NearPose[],
  { language, userId, basePose }: Asked,
): Promise<z.infer<typeof NearPoseCard>[]> {
  const ids = JSON.stringify(near.map(({ poseId }) => poseId))
  const rows = await ctx.db
    .select({ ...visibleColumns(userId ?? ''), basePose: poses.basePose })
    .from(poses)
    .where(sql`${poses.id} in (select value from json_each(${ids}))`)
  const byId = new Map(rows.map((row) => [row.id, row]))
  // A pose may be gone since it was found.
  const there = near.flatMap((found) => {
    const pose = byId.get(found.poseId)
    return pose ? { ...found, pose } : []
  })
  return Promise.all(
    there.map(async ({ pose, distance, mirrored }) => ({
      ...(await toVisibleCard(ctx, pose, language, userId === null ? null : pose.isFavorite)),
      distance: roundedDistance(distance),
      similarity: Math.round(Math.max(0, 1 - distance / UNLIKE_DISTANCE) * 100),
      mirrored,
      isOtherView: pose.basePose === basePose,
    })),
  )
}
