import { z } from '@hono/zod-openapi'
import { and, eq, isNull } from 'drizzle-orm'
import { avatars } from '../../db/tables/avatars'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json, jsonBody } from '../../http/responses'
import { refuseMinors } from '../../likeness/minors'
import { refuseUnsafe } from '../../moderation/refuse-unsafe'
import {
  AttributesField,
  AVATAR_PATH,
  avatarName,
  completePersona,
  PersonaField,
  personaOf,
  toColumns,
} from '../fields'
import { type AvatarRow, requireAvatar } from '../find-avatar'
import { AvatarSchema, toAvatar } from '../views'

const ChangedAvatar = z.strictObject({
  name: avatarName().optional(),
  persona: PersonaField.optional(),
  attributes: AttributesField.optional(),
})

const route = defineRoute({
  operationId: 'updateAvatar',
  method: 'put',
  path: `${AVATAR_PATH}/avatars/{id}`,
  tags: ['Avatars'],
  summary: 'Change what is said of an avatar; what is left out stays, and so does its picture',
  ...accessWithJson('user', 'avatar'),
  request: { params: idParam('avatar'), body: jsonBody(ChangedAvatar) },
  responses: {
    200: json(AvatarSchema),
    ...errors(
      ...(['INVALID_JSON', 'UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT', 'TOO_LARGE', 'UNSUPPORTED_TYPE'] as const),
      ...(['VALIDATION_FAILED', 'PROMPT_REJECTED'] as const),
    ),
  },
})

export const registerUpdateAvatar = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id } = c.req.valid('param')
    const { name, persona, attributes = {} } = c.req.valid('json')
    const before = await requireAvatar(ctx.db, caller.userId, id)
    if (name !== undefined || persona) {
      const { 'persona.background': story, 'persona.personality': traits, ...looks } = saidOf({ name, persona }, before)
      refuseMinors({ looks: { ...looks, 'persona.personality': traits }, story: { 'persona.background': story } })
      const all = { ...looks, 'persona.personality': traits.join(', '), 'persona.background': story }
      await refuseUnsafe(ctx, caller, all)
    }
    const [row] = await ctx.db
      .update(avatars)
      .set({ ...toColumns(attributes, persona ?? {}), ...(name !== undefined && { name }), updatedAt: ctx.now() })
      .where(and(eq(avatars.id, id), eq(avatars.userId, caller.userId), isAsRead(before)))
      .returning()
    if (!row) await requireAvatar(ctx.db, caller.userId, id)
    if (!row) throw fail('CONFLICT', { reason: 'it was changed at this moment: look at it and send yours again' })
    return c.json(await toAvatar(ctx.config.MEDIA_SIGNING_SECRET, row, ctx.now()), 200)
  })

/** The words were judged together with those that were read: of two changes at once only one may follow from them. */
const isAsRead = ({ name, personaName, personaPersonality, personaBackground }: AvatarRow) =>
  and(
    eq(avatars.name, name),
    personaName === null ? isNull(avatars.personaName) : eq(avatars.personaName, personaName),
    eq(avatars.personaPersonality, personaPersonality),
    eq(avatars.personaBackground, personaBackground),
  )

/** With what stays: words that would be refused in one request are refused in two. */
function saidOf({ name, persona }: Pick<z.infer<typeof ChangedAvatar>, 'name' | 'persona'>, before: AvatarRow) {
  const after = completePersona(persona, personaOf(before))
  return {
    name: name ?? before.name,
    'persona.name': after.name ?? undefined,
    words: before.words,
    'persona.personality': after.personality,
    'persona.background': after.background,
  }
}
