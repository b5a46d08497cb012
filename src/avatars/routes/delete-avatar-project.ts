import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { DeletionSchema, toDeletion } from '../../likeness/deletion-view'
import { deleteAvatarProject } from '../delete-avatar'

const route = defineRoute({
  operationId: 'deleteAvatarProject',
  method: 'delete',
  path: '/api/v1/apps/avatar-creator/projects/{id}',
  tags: ['Avatars: likeness'],
  summary: 'Delete a project with its avatars, their source photos and the pictures made with them',
  description: 'Not while a job of the project, or one that uses an avatar of it, runs. One report for all of them.',
  ...access('user', 'avatar project'),
  request: {
    params: idParam('avatarProject'),
    query: z.object({
      pictures: z
        .enum(['delete', 'keep'])
        .default('delete')
        .openapi({ description: 'The pictures of shoots that used its avatars' }),
    }),
  },
  responses: {
    200: json(DeletionSchema, 'Deleted, now or before'),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT', 'VALIDATION_FAILED'),
  },
})

export const registerDeleteAvatarProject = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const deletion = await deleteAvatarProject(ctx, caller.userId, c.req.valid('param').id, c.req.valid('query'))
    return c.json(toDeletion(deletion), 200)
  })
