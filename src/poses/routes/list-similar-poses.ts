import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { queryInteger } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { answerInCallersLanguage } from '../caller-language'
import { loadLibraryPose } from '../load-pose'
import { PoseIdParam } from '../pose-id'
import { NearPoseCard, nearCards } from '../shape/near-cards'
import { nearestPoses } from '../shape/nearest-poses'

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
    const { db } = c.var.ctx
    const { limit, otherViews } = c.req.valid('query')
    const pose = await loadLibraryPose(db, c.req.valid('param').id)
    const near = await nearestPoses(db, pose.geometry.people, {
      limit,
      excludeIds: [pose.id],
      ...(otherViews === 'false' && { excludeBasePose: pose.basePose }),
    })
    const language = answerInCallersLanguage(c)
    return c.json({ items: await nearCards(db, near, language, pose.basePose) }, 200)
  })
