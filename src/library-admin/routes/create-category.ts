import { requireLiveAdmin } from '../../admin/require-live-admin'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors, json, jsonBody } from '../../http/responses'
import { findCategory, toCategory } from '../categories'
import { CategoryBody, CuratedCategory } from '../category-fields'
import { createCategory } from '../change-categories'

const route = defineRoute({
  operationId: 'createPoseCategory',
  method: 'post',
  path: '/api/v1/admin/pose-categories',
  tags: ['Library admin'],
  summary: 'Add a category of poses; visitors see it when it has one',
  ...accessWithJson('admin'),
  request: { body: jsonBody(CategoryBody) },
  responses: {
    201: json(CuratedCategory, 'Added'),
    ...errors(
      ...(['INVALID_JSON', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'TOO_LARGE'] as const),
      ...(['UNSUPPORTED_TYPE', 'VALIDATION_FAILED', 'UNAVAILABLE'] as const),
    ),
  },
})

export const registerCreatePoseCategory = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await requireLiveAdmin(ctx, caller)
    const body = c.req.valid('json')
    await createCategory(ctx, caller.userId, body)
    const row = await findCategory(ctx.db, body.slug)
    if (!row) throw fail('NOT_FOUND')
    return c.json(toCategory(row), 201)
  })
