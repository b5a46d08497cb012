import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { DeletionSchema, toDeletion } from '../../likeness/deletion-view'
import { deleteAvatar } from '../delete-avatar'

const KEEPING = ['delete', 'keep'] as const

const route = defineRoute({
  operationId: 'deleteAvatar',
  method: 'delete',
  path: '/api/v1/apps/avatar-creator/avatars/{id}',
  tags: ['Avatars: likeness'],
  summary: 'Delete an avatar with its source photo and the pictures made with it; not while a job uses it',
  description:
    'The history of shoots, the credits and the record of the consent stay, without the avatar. The photo that it was made ' +
    'from stays while another avatar or a project shows it. The same request again answers the same report.',
  ...access('user', 'avatar'),
  request: {
    params: idParam('avatar'),
    query: z.object({
      pictures: z.enum(KEEPING).default('delete').openapi({ description: 'The pictures of shoots that used it' }),
      variations: z.enum(KEEPING).default('keep').openapi({ description: 'The avatars that were made from it' }),
    }),
  },
  responses: {
    200: json(DeletionSchema, 'Deleted, now or before'),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT', 'VALIDATION_FAILED'),
  },
})

export const registerDeleteAvatar = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const deletion = await deleteAvatar(ctx, caller.userId, c.req.valid('param').id, c.req.valid('query'))
    return c.json(toDeletion(deletion), 200)
  })
