import { z } from '@hono/zod-openapi'
import type { Ctx } from '../../ctx'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail, languageOf } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { sha256Hex } from '../../kernel/hash'
import { attemptsObject } from '../../objects'
import { checkBytes } from '../check-bytes'
import { CHECKS } from '../check-variant'
import { ensureVariant } from '../ensure-variant'
import { formatName, OptionsQuery, optionsOf } from '../fields'
import { oneAtATime } from '../one-at-a-time'
import { FORMAT_IDS } from '../types'

/** A check reads a file and may decode it, 20 ms of CPU, in the line where exports wait. */
export const CHECKS_PER_MINUTE = 60
const MINUTE_MS = 60_000
const RETRY_AFTER_SECONDS = 1

const CheckSchema = z
  .object({
    name: z.enum(CHECKS),
    passed: z.boolean().nullable().openapi({ description: 'Null: advice, which fails nothing' }),
    found: z.string().openapi({ description: 'In the file; in the caller’s language' }),
    wanted: z.string(),
    fix: z
      .string()
      .nullable()
      .openapi({ description: 'A request that mends it, with its body; null when there is none' }),
  })
  .openapi('Check')

const route = defineRoute({
  operationId: 'checkVariant',
  method: 'get',
  path: '/api/v1/apps/pose-generator/poses/{id}/exports/{format}/check',
  summary: 'Whether a marketplace would take the file of a picture in a format',
  description:
    'Makes the file if it is not there yet, and looks at its bytes: pixels, size, type, density, colours, the mark that ' +
    'AI made it; for marketplaces also how white its background is and how large the subject. The reminder of AI labels ' +
    'says what is known of the platform’s rule and from where. The platform itself decides.',
  ...access('user', 'picture'),
  request: {
    params: idParam('image').extend({ format: formatName().openapi({ param: { name: 'format', in: 'path' } }) }),
    query: OptionsQuery,
  },
  responses: {
    200: json(
      z.object({
        format: z.enum(FORMAT_IDS),
        passed: z.boolean().openapi({ description: 'No check failed' }),
        checks: z.array(CheckSchema),
      }),
    ),
    ...errors(
      ...(['UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT', 'VALIDATION_FAILED', 'INVALID_IMAGE', 'RATE_LIMITED'] as const),
      'UNAVAILABLE',
    ),
  },
})

export const registerCheckVariant = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id, format } = c.req.valid('param')
    const options = optionsOf(c.req.valid('query'))
    const { picture, variant } = await ensureVariant(ctx, caller.userId, id, format, options)
    await takeCheck(ctx, caller.userId)
    const size = { width: picture.widthPx, height: picture.heightPx }
    const made = { imageId: id, format, picture: size, figures: picture.figures ?? [] }
    const checked = await oneAtATime(
      async () => {
        const object = await ctx.env.MEDIA.get(variant.objectKey)
        // Deleted this very moment: the next request makes it anew.
        if (!object) throw fail('UNAVAILABLE', { format }, RETRY_AFTER_SECONDS)
        const bytes = new Uint8Array(await object.arrayBuffer())
        return checkBytes(bytes, made, languageOf(c.req.header('accept-language')))
      },
      { owner: caller.userId },
    )
    return c.json({ format, ...checked }, 200)
  })

async function takeCheck({ env }: Ctx, userId: string): Promise<void> {
  const counter = attemptsObject(env, await sha256Hex(`checks\n${userId}`))
  const admission = await counter.takeSlot({ max: CHECKS_PER_MINUTE, windowMs: MINUTE_MS })
  if (admission.ok) return
  const details = { limit: 'checksPerMinute', max: CHECKS_PER_MINUTE, remaining: 0 }
  throw fail('RATE_LIMITED', details, Math.ceil(admission.retryAfterMs / 1000))
}
