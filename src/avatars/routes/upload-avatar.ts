import { UploadAvatar } from '../../apps/avatar-creator/params'
import { PREFER_DESCRIPTION } from '../../generations/wait'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { languageOf } from '../../http/errors'
import { idParam } from '../../http/fields'
import { fingerprint, IdempotencyHeader } from '../../http/idempotency'
import { refuseInvalid } from '../../http/refuse-invalid'
import { errors, json } from '../../http/responses'
import { sha256Hex } from '../../kernel/hash'
import { withRoomFor } from '../../uploads/body-room'
import { readForm } from '../../uploads/read-file'
import { dropUpload, readEarlier, storeUpload, uploadRefused } from '../../uploads/store-upload'
import { START_ERRORS, startAndWait } from '../answer-start'
import { AVATAR_PATH } from '../fields'
import { StartedAvatarsSchema } from '../generation-views'

// Plain schemas: the bytes are judged by decodeUpload, the fields by UploadAvatar.
const form = {
  type: 'object',
  properties: {
    file: {
      type: 'string',
      format: 'binary',
      description: 'Required. PNG, JPEG or WebP, at most 10 MiB and 8 megapixels',
    },
    consent: { type: 'string', description: 'Required. JSON of LikenessConsent' },
    name: { type: 'string', minLength: 1, maxLength: 100 },
    attributes: { type: 'string', description: 'JSON of AvatarAttributesWish' },
    persona: { type: 'string', description: 'JSON of PersonaWish' },
    face: { type: 'string', description: 'JSON of FaceBox, when the face is not found' },
    quoteId: { type: 'string' },
  },
} as const

const route = defineRoute({
  operationId: 'uploadAvatar',
  method: 'post',
  path: `${AVATAR_PATH}/projects/{id}/avatars/upload`,
  tags: ['Avatars'],
  summary: 'An avatar from a photo: cropped around the face, without metadata',
  description: `The photo is kept among the caller’s uploads. ${PREFER_DESCRIPTION}`,
  ...access('user', 'avatarProject'),
  request: {
    params: idParam('avatarProject'),
    headers: IdempotencyHeader,
    body: { description: 'A form with one file', content: { 'multipart/form-data': { schema: form } } },
  },
  responses: {
    202: json(StartedAvatarsSchema, 'Accepted; `Idempotent-Replayed: true` when this key was answered before'),
    ...START_ERRORS,
    ...errors('STORAGE_FULL', 'QUOTE_USED', 'QUOTE_EXPIRED'),
    ...errors('VALIDATION_FAILED', 'PROMPT_REJECTED', 'IDEMPOTENCY_KEY_REUSED', 'INVALID_IMAGE'),
  },
})

/** Fields of a form that are objects; what is no JSON stays text, which no schema takes for one. */
const OBJECTS = ['attributes', 'persona', 'consent', 'face']

export const registerUploadAvatar = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const projectId = c.req.valid('param').id
    const earlier = await readEarlier(ctx, caller.userId)
    const { stored, fields, sha256 } = await withRoomFor(c.req.raw, caller.userId, async () => {
      const { file, fields } = await readForm(c.req.raw)
      const read = UploadAvatar.safeParse(objectsIn(fields))
      // Before the photo is looked at: what is wrong with the rest is cheaper to know.
      if (!read.success) throw refuseInvalid({ target: 'form', success: false, error: read.error })
      return {
        ...{ fields: read.data, sha256: await sha256Hex(file.bytes) },
        stored: await storeUpload(ctx, caller.userId, earlier, file),
      }
    })
    const language = languageOf(c.req.header('accept-language'))
    if (!stored.ok) throw uploadRefused(stored, language)
    const wish = { ...fields, way: 'uploaded', projectId, uploadId: stored.row.id } as const
    let isUsed = false
    try {
      const { body, headers, replayed } = await startAndWait(ctx, caller, {
        wish,
        idempotencyKey: c.req.valid('header')['idempotency-key'],
        // By the file and not by its upload, which is another one each time.
        fingerprint: await fingerprint('POST', `avatars/${wish.way}`, { ...wish, uploadId: undefined, sha256 }),
        language,
        prefer: c.req.header('prefer'),
      })
      isUsed = !replayed
      return c.json(body, 202, headers)
    } finally {
      // A photo of somebody is not kept for an avatar that nobody makes.
      if (!isUsed) await dropUpload(ctx, stored.row)
    }
  })

function objectsIn(fields: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, text]) => [name, OBJECTS.includes(name) ? jsonOrText(text) : text]),
  )
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
