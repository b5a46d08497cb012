import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { answerInCallersLanguage } from '../caller-language'
import { listPoses } from '../list-poses'
import { PoseCard, toPoseCard } from '../pose-card'
import { PoseFilter } from '../pose-filter'

const LibraryPage = z.object({
  items: z.array(PoseCard),
  page: z.object({
    page: z.number().int(),
    limit: z.number().int(),
    total: z.number().int(),
    totalPages: z.number().int(),
  }),
})

const route = defineRoute({
  operationId: 'listLibrary',
  method: 'get',
  path: '/api/v1/apps/pose-generator/library',
  tags: ['Pose library'],
  summary: 'Poses of the library, filtered, searched and sorted',
  ...access('public'),
  request: { query: PoseFilter },
  responses: { 200: json(LibraryPage), ...errors('VALIDATION_FAILED') },
})

export const registerListLibrary = (app: App) =>
  app.openapi(route, async (c) => {
    const filter = c.req.valid('query')
    const language = answerInCallersLanguage(c)
    const { rows, total } = await listPoses(c.var.ctx.db, filter, language)
    const { page, limit } = filter
    const items = rows.map((row) => toPoseCard(row, language))
    return c.json({ items, page: { page, limit, total, totalPages: Math.ceil(total / limit) } }, 200)
  })
