import { AvatarFromPreset } from '../../apps/avatar-creator/params'
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
  operationId: 'createAvatarFromPreset',
  method: 'post',
  path: `${AVATAR_PATH}/projects/{id}/avatars/from-preset`,
  tags: ['Avatars'],
  summary: 'Avatars that begin as a preset',
  description: PREFER_DESCRIPTION,
  ...accessWithJson('user', 'avatarProject'),
  request: { params: idParam('avatarProject'), headers: IdempotencyHeader, body: jsonBody(AvatarFromPreset) },
  responses: {
    202: json(StartedAvatarsSchema, 'Accepted; `Idempotent-Replayed: true` when this key was answered before'),
    ...START_ERRORS,
  },
})

export const registerAvatarFromPreset = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id } = c.req.valid('param')
    const wish = { ...c.req.valid('json'), way: 'from_preset', projectId: id } as const
    const { body, headers } = await startAndWait(ctx, caller, {
      wish,
      idempotencyKey: c.req.valid('header')['idempotency-key'],
      fingerprint: await fingerprint('POST', `avatars/${wish.way}`, wish),
      language: languageOf(c.req.header('accept-language')),
      prefer: c.req.header('prefer'),
    })
    return c.json(body, 202, headers)
  })
