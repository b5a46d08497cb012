import { z } from '@hono/zod-openapi'
import { and, desc, eq, sql } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { poses, poseUses } from '../../db/tables/poses'
import { isVisibleTo } from './visible'
import { VisibleCard, visibleColumns } from './visible-card'

export const RecentPoseSchema = VisibleCard.extend({
  uses: z.number().int().openapi({ description: 'Pictures that the caller has made of it' }),
  lastUsedAt: z.string().openapi({ format: 'date-time' }),
}).openapi('RecentPose')

/** Time and id of the last pose shown: two may have been used in the same millisecond. */
export type PoseMoment = { at: number; poseId: string }

/** A cursor of a list that is ordered by time and pose, `1764547200000:carry-box-chest`. */
export const MomentCursor = z.string().regex(/^\d{1,15}:[a-z0-9-]{1,80}$/, 'must be a cursor of this list')

export const momentOf = (cursor: string): PoseMoment => {
  const colon = cursor.indexOf(':')
  return { at: Number(cursor.slice(0, colon)), poseId: cursor.slice(colon + 1) }
}

export const cursorOf = ({ at, poseId }: PoseMoment): string => `${at}:${poseId}`

/**
 * What somebody made pictures of, newest first, `limit` rows after a moment. What the library hides meanwhile is left out.
 * A pose that is used again while one pages goes to the front: it is seen with the next first page, and never twice.
 * Reads the rows of all poses that the person has used, at most one for each pose there is.
 */
export const recentPoses = (db: Database, userId: string, after: PoseMoment | null, limit: number) =>
  db
    .select({ ...visibleColumns(userId), uses: poseUses.uses, lastUsedAt: poseUses.lastUsedAt })
    .from(poseUses)
    .innerJoin(poses, eq(poses.id, poseUses.poseId))
    .where(
      and(
        eq(poseUses.userId, userId),
        after ? sql`(${poseUses.lastUsedAt}, ${poseUses.poseId}) < (${after.at}, ${after.poseId})` : undefined,
        isVisibleTo(userId),
      ),
    )
    .orderBy(desc(poseUses.lastUsedAt), desc(poseUses.poseId))
    .limit(limit)
