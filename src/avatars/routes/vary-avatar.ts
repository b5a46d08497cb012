import { VaryAvatar } from '../../apps/avatar-creator/params'
import { PREFER_DESCRIPTION } from '../../generations/wait'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { languageOf } from '../../http/errors'
import { idParam } from '../../http/fields'
import { fingerprint, IdempotencyHeader } from '../../http/idempotency'
import { json, jsonBody } from '../../http/responses'
import { START_ERRORS, startAndWait } from '../answer-start'
import { AVATAR_PATH } from '../fields'
import { StartedAvatarsSchema } from '../generation-views'

const route = defineRoute({
  operationId: 'varyAvatar',
  method: 'post',
  path: `${AVATAR_PATH}/avatars/{id}/variations`,
  tags: ['Avatars'],
  summary: 'More like this: the same person in another picture, or another person of the same kind',
  description: PREFER_DESCRIPTION,
  ...accessWithJson('user', 'avatar'),
  request: { params: idParam('avatar'), headers: IdempotencyHeader, body: jsonBody(VaryAvatar) },
  responses: {
    202: json(StartedAvatarsSchema, 'Accepted; `Idempotent-Replayed: true` when this key was answered before'),
    ...START_ERRORS,
  },
})

export const registerVaryAvatar = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id } = c.req.valid('param')
    const wish = { ...c.req.valid('json'), way: 'variation', avatarId: id } as const
    const { body, headers } = await startAndWait(ctx, caller, {
      wish,
      idempotencyKey: c.req.valid('header')['idempotency-key'],
      fingerprint: await fingerprint('POST', `avatars/${wish.way}`, wish),
      language: languageOf(c.req.header('accept-language')),
      prefer: c.req.header('prefer'),
    })
    return c.json(body, 202, headers)
  })
