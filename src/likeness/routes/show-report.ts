import { z } from '@hono/zod-openapi'
import { and, desc, eq, sql } from 'drizzle-orm'
import { familyOf } from '../../avatars/delete-avatar'
import type { Ctx } from '../../ctx'
import { avatars } from '../../db/tables/avatars'
import { avatarConsents, CONSENT_KINDS } from '../../db/tables/likeness'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { signMediaPath } from '../../media/sign'
import { findReport } from '../decide-report'
import { findReported } from '../report-subject'
import { ReportSchema, toReport } from '../report-view'

const ShownReport = ReportSchema.extend({
  userId: z.string().nullable().openapi({ description: 'Whose it is' }),
  pictureUrl: z
    .string()
    .nullable()
    .openapi({ description: 'Lives 10 to 15 minutes; null when it is not there any more' }),
  consent: z
    .object({
      kind: z.enum(CONSENT_KINDS),
      policyVersion: z.string(),
      statementSha256: z.string(),
      createdAt: z.string().openapi({ format: 'date-time' }),
    })
    .nullable()
    .openapi({ description: 'What the owner declared of the face; null for one that nobody has in a photo' }),
}).openapi('ShownAvatarReport')

const route = defineRoute({
  operationId: 'showAvatarReport',
  method: 'get',
  path: '/api/v1/admin/avatar-reports/{id}',
  tags: ['Avatars: likeness'],
  summary: 'A report with the picture to look at, whose it is, and what was declared of the face',
  ...access('admin'),
  request: { params: idParam('avatarReport') },
  responses: {
    200: json(ShownReport),
    ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

export const registerShowAvatarReport = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const row = await findReport(ctx, c.req.valid('param').id)
    if (!row) throw fail('NOT_FOUND')
    const reported = await findReported(ctx, row.subject)
    const pictureId = reported && (reported.imageId ?? reported.avatarId ?? reported.uploadId ?? null)
    const avatarId = reported?.avatarId ?? row.avatarId
    // Of a picture that is gone the avatar may still be there.
    const shownBy = reported ?? (avatarId && (await findReported(ctx, avatarId)))
    const consent = shownBy && avatarId && (await consentTo(ctx, shownBy.userId, avatarId))
    const shown = {
      ...toReport(row),
      userId: reported?.userId ?? null,
      pictureUrl: pictureId && (await signMediaPath(ctx.config.MEDIA_SIGNING_SECRET, pictureId, 'original', ctx.now())),
      consent: consent
        ? {
            ...{ kind: consent.kind, policyVersion: consent.policyVersion, statementSha256: consent.statementSha256 },
            createdAt: new Date(consent.createdAt).toISOString(),
          }
        : null,
    }
    return c.json(shown, 200)
  })

/** One consent was given for all avatars of a start, and for what was made from them: any of its family may have it. */
async function consentTo(ctx: Ctx, userId: string, avatarId: string) {
  const family = await familyOf(ctx, userId, avatarId, 'everybody')
  const ids = sql`(select value from json_each(${JSON.stringify(family)}))`
  const starts = sql`(select ${avatars.generationId} from ${avatars} where ${avatars.id} in ${ids})`
  const isOfIt = sql`(${avatarConsents.generationId} in ${starts} or ${avatarConsents.avatarId} in ${ids})`
  const [consent] = await ctx.db
    .select()
    .from(avatarConsents)
    .where(and(eq(avatarConsents.userId, userId), isOfIt))
    .orderBy(desc(sql`${avatarConsents.avatarId} is ${avatarId}`), desc(avatarConsents.id))
    .limit(1)
  return consent
}
