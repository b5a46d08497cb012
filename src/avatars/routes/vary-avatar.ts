import { VaryAvatar } from '../../apps/avatar-creator/params'
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
  operationId: 'varyAvatar',
  method: 'post',
  path: `${AVATAR_PATH}/avatars/{id}/variations`,
  tags: ['Avatars'],
  summary: 'More like this: the same person in another picture, or another person of the same kind',
  description: PREFER_DESCRIPTION,
  ...accessWithJson('user', 'avatar'),
  request: { params: idParam('avatar'), headers: IdempotencyHeader, body: jsonBody(VaryAvatar) },
  responses: STARTS,
})

export const registerVaryAvatar = (app: App) =>
  app.openapi(route, async (c) => {
    const { id } = c.req.valid('param')
    const wish = { ...c.req.valid('json'), way: 'variation', avatarId: id } as const
    const { body, headers } = await startAsAsked(c, c.req.valid('header')['idempotency-key'], wish)
    return c.json(body, 202, headers)
  })
