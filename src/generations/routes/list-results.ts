import { z } from '@hono/zod-openapi'
import { and, asc, eq, gt } from 'drizzle-orm'
import { generatedPoses } from '../../db/tables/generations'
import { shownVariants } from '../../exports/variants-shown'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { shownWithCharged } from '../charged-versions'
import { PictureSchema, toPicture, toUnmadePicture } from '../views'

const route = defineRoute({
  operationId: 'listResults',
  method: 'get',
  path: '/api/v1/apps/pose-generator/generations/{id}/results',
  summary: 'The pictures of a generation that have an end, in their order; partial while it runs',
  ...access('user', 'generation'),
  request: {
    params: idParam('generation'),
    query: PageQuery.extend({
      cursor: z
        .string()
        .regex(/^\d{1,4}$/, 'must be a cursor of this list')
        .optional(),
    }),
  },
  responses: { 200: json(pageOf(PictureSchema)), ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerListResults = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id } = c.req.valid('param')
    const { limit, cursor } = c.req.valid('query')
    const after = cursor === undefined ? -1 : Number(cursor)
    const user = userObject(ctx.env, caller.userId)
    const unmade = await user.unmadePictures(id)
    if (!unmade) throw fail('NOT_FOUND')
    const made = await ctx.db
      .select()
      .from(generatedPoses)
      .where(and(eq(generatedPoses.generationId, id), gt(generatedPoses.position, after)))
      .orderBy(asc(generatedPoses.position))
      .limit(limit + 1)
    // A crash between a picture's row and its end can leave a row of what was given up, uncharged: the object decides.
    const gaveUp = new Set(unmade.tasks.map((task) => task.position))
    const kept = await shownWithCharged(
      ctx,
      caller.userId,
      made.filter((row) => !gaveUp.has(row.position)),
    )
    const files = await shownVariants(ctx.db, kept)
    const rows = [
      ...kept.map((row) => ({
        position: row.position,
        picture: () => toPicture(ctx.config.MEDIA_SIGNING_SECRET, row, ctx.now(), files.get(row.id)),
      })),
      ...unmade.tasks
        .filter((task) => task.position > after)
        .map((task) => ({ position: task.position, picture: async () => toUnmadePicture(task, unmade.size) })),
    ].sort((a, b) => a.position - b.position)
    const { items, page } = toPage(rows, limit, (row) => String(row.position))
    return c.json({ items: await Promise.all(items.map((row) => row.picture())), page }, 200)
  })
