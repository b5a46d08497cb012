import { z } from '@hono/zod-openapi'
import { access, callerOf } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors, json } from '../../http/responses'
import { answerInCallersLanguage } from '../caller-language'
import { countFacets } from '../library/facets'
import { requireCollection } from '../library/list-poses-personal'
import { isPersonal, PoseFacetFilter } from '../library/pose-filter'

const counts = <V extends z.ZodType>(value: V) => z.array(z.object({ value, count: z.number().int() }))

const Facets = z
  .object({
    facets: z.object({
      category: counts(z.string()).openapi({ description: 'Every level: a pose counts in all above its own.' }),
      difficulty: counts(z.string()),
      gender: counts(z.string()),
      view: counts(z.string()),
      stance: counts(z.string()),
      framing: counts(z.string()),
      people: counts(z.number().int()),
      featured: counts(z.boolean()),
      premium: counts(z.boolean()),
      tags: counts(z.string()).openapi({ description: "The 30 commonest, in the caller's language." }),
      props: counts(z.string()),
    }),
    isCapped: z.boolean().openapi({ description: 'true: some counts are of the first 2,000 poses that match.' }),
  })
  .openapi('PoseFacets')

const route = defineRoute({
  operationId: 'listPoseFacets',
  method: 'get',
  path: '/api/v1/apps/pose-generator/library/facets',
  tags: ['Pose library'],
  summary: 'How many poses have each value, among those that the other filters leave',
  description:
    'By the values of the poses themselves: a filter by `male`, `female`, `angled`, `profile` or `back` finds more than the ' +
    'poses with this very value. A facet leaves its own filter out; tags and props count with all filters.',
  ...access('public'),
  request: { query: PoseFacetFilter },
  responses: { 200: json(Facets), ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerListPoseFacets = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const filter = c.req.valid('query')
    const isOwn = isPersonal(filter)
    const userId = isOwn ? ((await callerOf(c))?.userId ?? null) : null
    if (isOwn) {
      if (userId === null) throw fail('UNAUTHENTICATED')
      await requireCollection(ctx.db, filter, userId)
    }
    const language = answerInCallersLanguage(c)
    const facets = await countFacets(ctx, filter, language, userId)
    c.header('vary', 'Authorization', { append: true })
    if (isOwn) c.header('cache-control', 'private, no-cache')
    return c.json(facets as z.infer<typeof Facets>, 200)
  })
