import { z } from '@hono/zod-openapi'
import { poses } from '../../db/tables/poses'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail, invalidField } from '../../http/errors'
import { errors, json, jsonBody } from '../../http/responses'
import { refuseUnsafe } from '../../moderation/refuse-unsafe'
import { answerInCallersLanguage } from '../caller-language'
import { OwnPoseCard, OwnPoseIdParam, ownPoseWords } from '../own/fields'
import { isOwnPose } from '../own/find-own-pose'
import { toOwnCard } from '../own/own-card'
import { pathOf } from '../own/save-own-pose'

const route = defineRoute({
  operationId: 'updateOwnPose',
  method: 'patch',
  path: '/api/v1/apps/pose-generator/poses/{id}',
  tags: ['Own poses'],
  summary: 'Change the words of a private pose; what is left out stays',
  ...accessWithJson('user', 'pose'),
  request: {
    params: OwnPoseIdParam,
    body: jsonBody(z.strictObject({ ...ownPoseWords, name: ownPoseWords.name.optional() })),
  },
  responses: {
    200: json(OwnPoseCard),
    ...errors('INVALID_JSON', 'UNAUTHENTICATED', 'NOT_FOUND', 'TOO_LARGE', 'UNSUPPORTED_TYPE'),
    ...errors('VALIDATION_FAILED', 'PROMPT_REJECTED'),
  },
})

export const registerUpdateOwnPose = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { name, description, category, tags } = c.req.valid('json')
    await refuseUnsafe(ctx, caller, { name, description, tags: tags?.join(', ') })
    const categoryPath = category === undefined ? undefined : await pathOf(ctx, category)
    if (categoryPath === null) throw invalidField('category', `there is no category ${category}`)
    const [row] = await ctx.db
      .update(poses)
      .set({
        ...(name !== undefined && { nameEn: name, nameId: name }),
        ...(description !== undefined && { descriptionEn: description, descriptionId: description }),
        ...(category !== undefined && categoryPath && { categorySlug: category, categoryPath }),
        ...(tags !== undefined && { tagsEn: tags, tagsId: tags }),
        editedAt: ctx.now(),
      })
      .where(isOwnPose(caller.userId, c.req.valid('param').id))
      .returning()
    if (!row) throw fail('NOT_FOUND')
    return c.json(await toOwnCard(ctx, row, answerInCallersLanguage(c)), 200)
  })
