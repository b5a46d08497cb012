import { z } from '@hono/zod-openapi'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { freeText } from '../../http/fields'
import { errors, json, jsonBody } from '../../http/responses'
import { AVATAR_PATH } from '../fields'
import { createAvatarProject, MAX_AVATAR_PROJECTS } from '../find-avatar-project'
import { AvatarProjectSchema, toAvatarProject } from '../views'

const route = defineRoute({
  operationId: 'createAvatarProject',
  method: 'post',
  path: `${AVATAR_PATH}/projects`,
  tags: ['Avatars'],
  summary: `A project: avatars that belong together; at most ${MAX_AVATAR_PROJECTS}`,
  ...accessWithJson('user'),
  request: {
    body: jsonBody(z.strictObject({ name: freeText(1, 100), description: freeText(0, 500).default('') })),
  },
  responses: {
    201: json(AvatarProjectSchema, 'Created'),
    ...errors('INVALID_JSON', 'UNAUTHENTICATED', 'CONFLICT', 'TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED'),
  },
})

export const registerCreateAvatarProject = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const row = await createAvatarProject(ctx.db, caller.userId, c.req.valid('json'), ctx.now())
    return c.json(toAvatarProject(row), 201)
  })
