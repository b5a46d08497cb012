import { requireLiveAdmin } from '../../admin/require-live-admin'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors } from '../../http/responses'
import { CategoryParam } from '../category-fields'
import { deleteCategory } from '../change-categories'

const route = defineRoute({
  operationId: 'deletePoseCategory',
  method: 'delete',
  path: '/api/v1/admin/pose-categories/{slug}',
  tags: ['Library admin'],
  summary: 'Remove an empty category; one with poses or subcategories is a 409 that says how many',
  ...access('admin'),
  request: { params: CategoryParam },
  responses: {
    204: { description: 'Removed' },
    ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'VALIDATION_FAILED'),
  },
})

export const registerDeletePoseCategory = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await requireLiveAdmin(ctx, caller)
    await deleteCategory(ctx, caller.userId, c.req.valid('param').slug)
    return c.body(null, 204)
  })
