import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { answerInCallersLanguage } from '../caller-language'
import { cursorOf, MomentCursor, momentOf, RecentPoseSchema, recentPoses } from '../people/recent'
import { toVisibleCard } from '../people/visible-card'

const route = defineRoute({
  operationId: 'listRecentPoses',
  method: 'get',
  path: '/api/v1/apps/pose-generator/poses/recent',
  tags: ['Pose library'],
  summary: 'The poses that the caller made pictures of, last used first',
  ...access('user'),
  request: { query: PageQuery.extend({ cursor: MomentCursor.optional() }) },
  responses: { 200: json(pageOf(RecentPoseSchema)), ...errors('UNAUTHENTICATED', 'VALIDATION_FAILED') },
})

export const registerListRecentPoses = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { limit, cursor } = c.req.valid('query')
    const language = answerInCallersLanguage(c)
    const after = cursor === undefined ? null : momentOf(cursor)
    const rows = await recentPoses(ctx.db, caller.userId, after, limit + 1)
    const { items, page } = toPage(rows, limit, ({ lastUsedAt, id }) => cursorOf({ at: lastUsedAt, poseId: id }))
    const shown = await Promise.all(
      items.map(async (row) => ({
        ...(await toVisibleCard(ctx, row, language, row.isFavorite)),
        uses: row.uses,
        lastUsedAt: new Date(row.lastUsedAt).toISOString(),
      })),
    )
    return c.json({ items: shown, page }, 200)
  })
