import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { readCategories, toCategory } from '../categories'
import { CuratedCategory } from '../category-fields'

const route = defineRoute({
  operationId: 'listCuratedCategories',
  method: 'get',
  path: '/api/v1/admin/pose-categories',
  tags: ['Library admin'],
  summary: 'All categories of poses, empty ones too, by level and order',
  ...access('admin'),
  responses: {
    200: json(z.object({ items: z.array(CuratedCategory) })),
    ...errors('UNAUTHENTICATED', 'FORBIDDEN'),
  },
})

export const registerListCuratedCategories = (app: App) =>
  app.openapi(route, async (c) => c.json({ items: (await readCategories(c.var.ctx.db)).map(toCategory) }, 200))
