import { GenerateAvatar } from '../../apps/avatar-creator/params'
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
  operationId: 'generateAvatar',
  method: 'post',
  path: `${AVATAR_PATH}/projects/{id}/avatars/generate`,
  tags: ['Avatars'],
  summary: 'Avatars from words and looks',
  description: PREFER_DESCRIPTION,
  ...accessWithJson('user', 'avatarProject'),
  request: { params: idParam('avatarProject'), headers: IdempotencyHeader, body: jsonBody(GenerateAvatar) },
  responses: STARTS,
})

export const registerGenerateAvatar = (app: App) =>
  app.openapi(route, async (c) => {
    const { id } = c.req.valid('param')
    const wish = { ...c.req.valid('json'), way: 'text_to_image', projectId: id } as const
    const { body, headers } = await startAsAsked(c, c.req.valid('header')['idempotency-key'], wish)
    return c.json(body, 202, headers)
  })
