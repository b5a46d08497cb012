import { z } from '@hono/zod-openapi'
import { and, eq } from 'drizzle-orm'
import { generatedPoses, generations } from '../../db/tables/generations'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { compareAgain } from '../compare-again'
import { RecipeSchema, requestAgain, toRecipe } from '../recipe'

const route = defineRoute({
  operationId: 'showRecipe',
  method: 'get',
  path: '/api/v1/apps/pose-generator/poses/{id}/recipe',
  summary: 'How a picture came to be, and the request that makes it again',
  ...access('user', 'picture'),
  request: { params: idParam('image') },
  responses: {
    200: json(z.object({ recipe: RecipeSchema })),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

export const registerShowRecipe = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const [found] = await ctx.db
      .select({ picture: generatedPoses, job: generations })
      .from(generatedPoses)
      .innerJoin(generations, eq(generations.id, generatedPoses.generationId))
      .where(and(eq(generatedPoses.id, c.req.valid('param').id), eq(generatedPoses.userId, caller.userId)))
    if (!found) throw fail('NOT_FOUND')
    const { picture, job } = found
    const params = await userObject(ctx.env, caller.userId).jobParams(job.id)
    const again = params && requestAgain(picture, job, params)
    if (!params || !again) return c.json({ recipe: toRecipe(picture, job, null, ['settings']) }, 200)
    const { isPossible, differences } = await compareAgain(ctx, picture, params, again)
    return c.json({ recipe: toRecipe(picture, job, isPossible ? again : null, differences) }, 200)
  })
