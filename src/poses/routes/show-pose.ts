import { z } from '@hono/zod-openapi'
import { access, callerOf } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { answerInCallersLanguage } from '../caller-language'
import { loadLibraryPose } from '../load-pose'
import { opinionOf } from '../people/opinion'
import { PoseCard, toPoseCard } from '../pose-card'
import { PoseIdParam } from '../pose-id'

const Hand = z.array(z.number()).nullable().openapi({ description: '21 x (x, y) in 0..1, or null.' })

const PoseDetail = PoseCard.extend({
  basePose: z.string().openapi({ description: 'Poses with the same basePose are one pose from several sides.' }),
  promptHint: z.string(),
  people: z.array(
    z.object({
      build: z.enum(['neutral', 'female', 'male']),
      keypoints2d: z.array(z.number()).openapi({ description: 'COCO-18: 18 x (x, y, v), x and y in 0..1, v 0|1|2.' }),
      handLeft2d: Hand,
      handRight2d: Hand,
      joints3d: z.array(z.number()).openapi({ description: '32 x (x, y, z) in metres.' }),
    }),
  ),
  camera: z.object({
    position: z.array(z.number()),
    pitch: z.number(),
    focal: z.number(),
    centerX: z.number(),
    centerY: z.number(),
  }),
  source: z.string(),
  license: z.string(),
  credit: z.string().nullable(),
  stars: z
    .number()
    .int()
    .nullable()
    .openapi({ description: "The caller's own rating; null without one, or without a token." }),
}).openapi('PoseDetail')

const route = defineRoute({
  operationId: 'showPose',
  method: 'get',
  path: '/api/v1/apps/pose-generator/library/{id}',
  tags: ['Pose library'],
  summary: 'One pose with its keypoints',
  ...access('public'),
  request: { params: PoseIdParam },
  responses: { 200: json(PoseDetail), ...errors('NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerShowPose = (app: App) =>
  app.openapi(route, async (c) => {
    const { db } = c.var.ctx
    const { id } = c.req.valid('param')
    const caller = await callerOf(c)
    const [pose, opinion] = await Promise.all([loadLibraryPose(db, id), caller && opinionOf(db, caller.userId, id)])
    c.header('vary', 'Authorization', { append: true })
    if (caller) c.header('cache-control', 'private, no-cache')
    const { basePose, promptHint, source, license, credit, geometry } = pose
    const card = toPoseCard(pose, answerInCallersLanguage(c), opinion?.isFavorite ?? null)
    const people = geometry.people.map(({ build, keypoints2d, handLeft2d, handRight2d, joints3d }) => ({
      build,
      keypoints2d,
      handLeft2d,
      handRight2d,
      joints3d,
    }))
    const { camera } = geometry
    const stars = opinion?.stars ?? null
    return c.json({ ...card, basePose, promptHint, people, camera, source, license, credit, stars }, 200)
  })
