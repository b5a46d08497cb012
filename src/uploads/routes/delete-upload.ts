import { and, eq } from 'drizzle-orm'
import { uploads } from '../../db/tables/uploads'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors } from '../../http/responses'
import { eraseBytes } from '../store-upload'

const route = defineRoute({
  operationId: 'deleteUpload',
  method: 'delete',
  path: '/api/v1/uploads/{id}',
  summary: 'Delete an upload, which frees its storage at once',
  description:
    'A project that shows it goes on without an avatar. Pictures that are made stay. A running generation that needs it ' +
    'fails the pictures it has not begun (INVALID) and gives their credits back; those that have it already may still come.',
  ...access('user', 'upload'),
  request: { params: idParam('upload') },
  responses: {
    204: { description: 'Deleted' },
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

/** The row first: from then on nobody sees the picture, and bytes that a crash leaves behind are found by reapOrphans. */
export const registerDeleteUpload = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const [deleted] = await ctx.db
      .delete(uploads)
      .where(and(eq(uploads.id, c.req.valid('param').id), eq(uploads.userId, caller.userId)))
      .returning({ objectKey: uploads.objectKey })
    if (!deleted) throw fail('NOT_FOUND')
    await eraseBytes(ctx, deleted.objectKey)
    return c.body(null, 204)
  })
