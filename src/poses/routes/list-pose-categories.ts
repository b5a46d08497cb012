import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { json } from '../../http/responses'
import { answerInCallersLanguage } from '../caller-language'
import { listCategories } from '../library/list-categories'

const fields = {
  slug: z.string(),
  name: z.string(),
  names: z.object({ en: z.string(), id: z.string() }),
  icon: z.string().nullable().openapi({ description: 'Name of a lucide icon; main categories have one.' }),
  color: z.string().nullable().openapi({ example: '#F97316' }),
  level: z.number().int(),
  poseCount: z.number().int().openapi({ description: 'Public poses in this category and below it.' }),
}

// Three levels are written out: the table's CHECK allows no fourth, and generated clients do not recurse.
const Branch = z.object({ ...fields, children: z.array(z.object(fields)) })
const Root = z.object({ ...fields, children: z.array(Branch) }).openapi('PoseCategory')

const route = defineRoute({
  operationId: 'listPoseCategories',
  method: 'get',
  path: '/api/v1/apps/pose-generator/categories',
  tags: ['Pose library'],
  summary: 'The tree of pose categories with their counts',
  ...access('public'),
  responses: { 200: json(z.object({ items: z.array(Root) })) },
})

export const registerListPoseCategories = (app: App) =>
  app.openapi(route, async (c) => {
    const items = await listCategories(c.var.ctx.db, answerInCallersLanguage(c))
    return c.json({ items }, 200)
  })
