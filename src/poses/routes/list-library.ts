import { z } from '@hono/zod-openapi'
import { access, callerOf } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors, json } from '../../http/responses'
import { answerInCallersLanguage } from '../caller-language'
import { listCards } from '../library/list-poses-cards'
import { readCursor, writeCursor } from '../library/list-poses-cursor'
import { requireCollection } from '../library/list-poses-personal'
import { filterKey, isPersonal, PoseFilter } from '../library/pose-filter'
import { toVisibleCard } from '../people/visible-card'
import { PoseCard } from '../pose-card'

const LibraryPage = z.object({
  items: z.array(PoseCard),
  page: z.object({
    page: z.number().int().openapi({ description: '1 for what a cursor answers.' }),
    limit: z.number().int(),
    total: z.number().int(),
    totalPages: z.number().int(),
    isTotalExact: z.boolean().openapi({ description: 'false: there are more than `total`, which were not counted.' }),
    nextCursor: z.string().nullable().openapi({ description: 'Pages by it neither repeat nor skip what was there.' }),
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
  responses: { 200: json(LibraryPage), ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerListLibrary = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const filter = c.req.valid('query')
    const caller = await callerOf(c)
    const userId = caller?.userId ?? null
    if (isPersonal(filter)) {
      if (userId === null) throw fail('UNAUTHENTICATED')
      await requireCollection(ctx.db, filter, userId)
    }
    const language = answerInCallersLanguage(c)
    const secret = ctx.config.MEDIA_SIGNING_SECRET
    const listKey = JSON.stringify([filterKey(filter), language, isPersonal(filter) ? userId : null])
    const place = filter.cursor === undefined ? null : await readCursor(secret, listKey, filter.cursor)
    const { rows, page } = await listCards(ctx, { filter, language, userId, place })
    c.header('vary', 'Authorization', { append: true })
    if (userId !== null) c.header('cache-control', 'private, no-cache')

    const items = await Promise.all(
      rows.map((row) => toVisibleCard(ctx, row, language, row.isFavorite === null ? null : row.isFavorite === 1)),
    )
    const { limit } = filter
    const { next } = page
    const { count: total, isExact: isTotalExact } = page.total
    const nextCursor = next ? await writeCursor(secret, listKey, next) : null
    const totalPages = Math.ceil(total / limit)
    return c.json({ items, page: { page: filter.page, limit, total, totalPages, isTotalExact, nextCursor } }, 200)
  })
