import { AvatarFromPreset } from '../../apps/avatar-creator/params'
import { PREFER_DESCRIPTION } from '../../generations/wait'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { idParam } from '../../http/fields'
import { IdempotencyHeader } from '../../http/idempotency'
import { jsonBody } from '../../http/responses'
import { STARTS, startAsAsked } from '../answer-start'
import { AVATAR_PATH } from '../fields'

const route = defineRoute({
  operationId: 'createAvatarFromPreset',
  method: 'post',
  path: `${AVATAR_PATH}/projects/{id}/avatars/from-preset`,
  tags: ['Avatars'],
  summary: 'Avatars that begin as a preset',
  description: PREFER_DESCRIPTION,
  ...accessWithJson('user', 'avatarProject'),
  request: { params: idParam('avatarProject'), headers: IdempotencyHeader, body: jsonBody(AvatarFromPreset) },
  responses: STARTS,
})

export const registerAvatarFromPreset = (app: App) =>
  app.openapi(route, async (c) => {
    const { id } = c.req.valid('param')
    const wish = { ...c.req.valid('json'), way: 'from_preset', projectId: id } as const
    const { body, headers } = await startAsAsked(c, c.req.valid('header')['idempotency-key'], wish)
    return c.json(body, 202, headers)
  })
