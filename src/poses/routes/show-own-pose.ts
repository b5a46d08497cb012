import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { answerInCallersLanguage } from '../caller-language'
import { OwnPoseCard, OwnPoseIdParam } from '../own/fields'
import { findOwnPose } from '../own/find-own-pose'
import { toOwnCard } from '../own/own-card'

const route = defineRoute({
  operationId: 'showOwnPose',
  method: 'get',
  path: '/api/v1/apps/pose-generator/poses/{id}',
  tags: ['Own poses'],
  summary: 'A private pose, with fresh links to its pictures',
  ...access('user', 'pose'),
  request: { params: OwnPoseIdParam },
  responses: { 200: json(OwnPoseCard), ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerShowOwnPose = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const row = await findOwnPose(ctx.db, caller.userId, c.req.valid('param').id)
    return c.json(await toOwnCard(ctx, row, answerInCallersLanguage(c)), 200)
  })
