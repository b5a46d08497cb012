import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { VotedSchema } from '../views'
import { giveVote } from '../vote'

const route = defineRoute({
  operationId: 'voteForPoseRequest',
  method: 'post',
  path: '/api/v1/apps/pose-generator/requests/{id}/vote',
  tags: ['Pose requests'],
  summary: 'Vote for a request; again changes nothing',
  ...access('user'),
  request: { params: idParam('request') },
  responses: {
    200: json(VotedSchema),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'ALREADY_DECIDED', 'VALIDATION_FAILED'),
  },
})

export const registerGiveVote = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    return c.json(await giveVote(ctx, caller.userId, c.req.valid('param').id), 200)
  })
