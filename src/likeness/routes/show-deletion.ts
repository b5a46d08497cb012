import { and, eq } from 'drizzle-orm'
import { avatarDeletions } from '../../db/tables/likeness'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { DeletionSchema, toDeletion } from '../deletion-view'

const route = defineRoute({
  operationId: 'showAvatarDeletion',
  method: 'get',
  path: '/api/v1/apps/avatar-creator/deletions/{id}',
  tags: ['Avatars: likeness'],
  summary: 'What a deletion removed, and whether it is done',
  ...access('user', 'avatar deletion'),
  request: { params: idParam('avatarDeletion') },
  responses: { 200: json(DeletionSchema), ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerShowAvatarDeletion = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const isTheirs = and(eq(avatarDeletions.id, c.req.valid('param').id), eq(avatarDeletions.userId, caller.userId))
    const [row] = await ctx.db.select().from(avatarDeletions).where(isTheirs)
    if (!row) throw fail('NOT_FOUND')
    return c.json(toDeletion(row), 200)
  })
