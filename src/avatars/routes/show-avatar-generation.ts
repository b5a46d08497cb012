import { z } from '@hono/zod-openapi'
import { eq } from 'drizzle-orm'
import { avatars } from '../../db/tables/avatars'
import { PREFER_DESCRIPTION, preferredWait, waitForEnd } from '../../generations/wait'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { AVATAR_PATH } from '../fields'
import { AvatarTaskSchema, RunningAvatarGenerationSchema, toRunningAvatarGeneration } from '../generation-views'
import { toAvatar } from '../views'

const route = defineRoute({
  operationId: 'showAvatarGeneration',
  method: 'get',
  path: `${AVATAR_PATH}/generations/{id}`,
  tags: ['Avatars'],
  summary: 'A generation of avatars and how far it is, avatar by avatar',
  description: PREFER_DESCRIPTION,
  ...access('user', 'generation of avatars'),
  request: { params: idParam('avatarGeneration') },
  responses: {
    200: json(z.object({ generation: RunningAvatarGenerationSchema, avatars: z.array(AvatarTaskSchema) })),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

type Status = z.infer<typeof AvatarTaskSchema>['status']
const UNMADE: Record<string, Status> = { failed: 'failed', cancelled: 'cancelled' }

/** Read from the user's object, not from D1: on an event it shows the same or newer. */
export const registerShowAvatarGeneration = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id } = c.req.valid('param')
    const waited = await waitForEnd(ctx, caller.userId, id, preferredWait(c.req.header('prefer')))
    const found = await userObject(ctx.env, caller.userId).pictureWork(id)
    if (found?.work.app !== 'avatar-creator') throw fail('NOT_FOUND')
    const rows = await ctx.db.select().from(avatars).where(eq(avatars.generationId, id))
    const shown = found.tasks.map(async ({ imageId, name, state, errorCode }) => {
      const row = rows.find((each) => each.id === imageId && each.userId === caller.userId)
      // Done, and no row any more: its owner has deleted it.
      const status: Status = state !== 'done' ? (UNMADE[state] ?? 'pending') : row ? 'completed' : 'deleted'
      return {
        ...{ id: imageId, name: row?.name ?? name, status, error: state === 'failed' ? errorCode : null },
        avatar: row && state === 'done' ? await toAvatar(ctx.config.MEDIA_SIGNING_SECRET, row, ctx.now()) : null,
      }
    })
    const generation = toRunningAvatarGeneration(found.job)
    return c.json({ generation, avatars: await Promise.all(shown) }, 200, waited)
  })
