import { requireLiveAdmin } from '../../admin/require-live-admin'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors, json, jsonBody } from '../../http/responses'
import { findCategory, toCategory } from '../categories'
import { CategoryChanges, CategoryParam, CuratedCategory } from '../category-fields'
import { updateCategory } from '../change-categories'

const route = defineRoute({
  operationId: 'updatePoseCategory',
  method: 'patch',
  path: '/api/v1/admin/pose-categories/{slug}',
  tags: ['Library admin'],
  summary: 'Change a category of poses; with another parent its poses move along',
  ...accessWithJson('admin'),
  request: { params: CategoryParam, body: jsonBody(CategoryChanges) },
  responses: {
    200: json(CuratedCategory, 'As it is now'),
    ...errors(
      ...(['INVALID_JSON', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'TOO_LARGE'] as const),
      ...(['UNSUPPORTED_TYPE', 'VALIDATION_FAILED', 'UNAVAILABLE'] as const),
    ),
  },
})

export const registerUpdatePoseCategory = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await requireLiveAdmin(ctx, caller)
    const { slug } = c.req.valid('param')
    await updateCategory(ctx, caller.userId, slug, c.req.valid('json'))
    const row = await findCategory(ctx.db, slug)
    if (!row) throw fail('NOT_FOUND')
    return c.json(toCategory(row), 200)
  })
