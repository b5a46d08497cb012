import { z } from '@hono/zod-openapi'
import type { Ctx } from '../../ctx'
import { access, callerOf } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { queryInteger } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { answerInCallersLanguage } from '../caller-language'
import { readCache, writeCache } from '../library/library-cache'
import { readLibraryVersion } from '../library/library-cache-version'
import { loadLibraryPose, type PoseRecord } from '../load-pose'
import { PoseIdParam } from '../pose-id'
import { NearPoseCard, nearCards } from '../shape/near-cards'
import { type NearPose, nearestPoses } from '../shape/nearest-poses'

const DEFAULT_SIMILAR = 12
const MAX_SIMILAR = 50

const route = defineRoute({
  operationId: 'listSimilarPoses',
  method: 'get',
  path: '/api/v1/apps/pose-generator/library/{id}/similar',
  tags: ['Pose library'],
  summary: 'Poses whose skeletons are nearest to this one, the nearest first',
  ...access('public'),
  request: {
    params: PoseIdParam,
    query: z.object({
      limit: queryInteger(1, MAX_SIMILAR, DEFAULT_SIMILAR),
      otherViews: z.enum(['true', 'false']).default('false').openapi({
        description:
          '`true`: also the same pose from other sides and mirrored (`isOtherView`), which the pose itself offers too',
      }),
    }),
  },
  responses: { 200: json(z.object({ items: z.array(NearPoseCard) })), ...errors('NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerListSimilarPoses = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const { limit, otherViews } = c.req.valid('query')
    // Before the pose: what is kept under a version may be newer than it, never older.
    const version = await readLibraryVersion(ctx.db)
    const pose = await loadLibraryPose(ctx.db, c.req.valid('param').id)
    const near = await similarTo(ctx, version, pose, otherViews === 'true')
    const language = answerInCallersLanguage(c)
    const userId = (await callerOf(c))?.userId ?? null
    c.header('vary', 'Authorization', { append: true })
    if (userId !== null) c.header('cache-control', 'private, no-cache')
    return c.json(
      { items: await nearCards(ctx, near.slice(0, limit), { language, userId, basePose: pose.basePose }) },
      200,
    )
  })

/** Worked out once for each version of the library: anybody may ask, and a search reads up to 4,800 rows. */
async function similarTo(ctx: Ctx, version: string, pose: PoseRecord, withOtherViews: boolean): Promise<NearPose[]> {
  const query = JSON.stringify(['similar', pose.id, withOtherViews])
  const kept = await readCache<NearPose[]>(version, query)
  if (kept) return kept
  const near = await nearestPoses(ctx.db, pose.geometry.people, {
    limit: MAX_SIMILAR,
    excludeIds: [pose.id],
    ...(!withOtherViews && { excludeBasePose: pose.basePose }),
  })
  ctx.later(writeCache(ctx.log, version, query, near))
  return near
}
