import { z } from '@hono/zod-openapi'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { freeText, idParam } from '../../http/fields'
import { errors, json, jsonBody } from '../../http/responses'
import { AVATAR_PATH } from '../fields'
import { changeAvatarProject, findAvatarProject } from '../find-avatar-project'
import { AvatarProjectSchema, toAvatarProject } from '../views'

const route = defineRoute({
  operationId: 'updateAvatarProject',
  method: 'put',
  path: `${AVATAR_PATH}/projects/{id}`,
  tags: ['Avatars'],
  summary: 'Change a project of avatars; what is left out stays',
  ...accessWithJson('user', 'avatarProject'),
  request: {
    params: idParam('avatarProject'),
    body: jsonBody(z.strictObject({ name: freeText(1, 100).optional(), description: freeText(0, 500).optional() })),
  },
  responses: {
    200: json(AvatarProjectSchema),
    ...errors('INVALID_JSON', 'UNAUTHENTICATED', 'NOT_FOUND', 'TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED'),
  },
})

export const registerUpdateAvatarProject = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id } = c.req.valid('param')
    await changeAvatarProject(ctx.db, caller.userId, id, c.req.valid('json'), ctx.now())
    const row = await findAvatarProject(ctx.db, caller.userId, id)
    if (!row) throw fail('NOT_FOUND')
    return c.json(toAvatarProject(row), 200)
  })
