import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { VotedSchema } from '../views'
import { takeVote } from '../vote'

const route = defineRoute({
  operationId: 'withdrawPoseRequestVote',
  method: 'delete',
  path: '/api/v1/apps/pose-generator/requests/{id}/vote',
  tags: ['Pose requests'],
  summary: 'Take the vote for a request back; again changes nothing',
  ...access('user'),
  request: { params: idParam('request') },
  responses: {
    200: json(VotedSchema),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'ALREADY_DECIDED', 'VALIDATION_FAILED'),
  },
})

export const registerTakeVote = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    return c.json(await takeVote(ctx, caller.userId, c.req.valid('param').id), 200)
  })
