import { z } from '@hono/zod-openapi'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors, json, jsonBody } from '../../http/responses'
import { attemptsObject } from '../../objects'
import { answerInCallersLanguage } from '../caller-language'
import { isComparable } from '../shape/cells'
import { NearPoseCard, nearCards } from '../shape/near-cards'
import { nearestPoses } from '../shape/nearest-poses'

/** Free, but every one reads up to 4,800 rows. An object of the user's own counts: an isolate's memory would not. */
const SEARCHES_PER_MINUTE = { max: 60, windowMs: 60_000 }

const DEFAULT_NEAREST = 12
const MAX_NEAREST = 50
/** Pixels of the largest picture anybody has, many times over. */
const MAX_COORDINATE = 100_000

const NUMBERS = 18 * 3

const Numbers = (count: number) =>
  z.array(z.number().min(-MAX_COORDINATE).max(MAX_COORDINATE)).length(count, `must have ${count} numbers`)

const Person = z
  .strictObject({
    keypoints2d: Numbers(NUMBERS).openapi({
      description:
        'COCO-18: 18 x (x, y, v). x and y in one unit, pixels or parts of a square picture; v 0 = not seen. What a detector only guesses should have v 0.',
    }),
    handLeft2d: Numbers(42).nullable().default(null).openapi({ description: '21 x (x, y)' }),
    handRight2d: Numbers(42).nullable().default(null),
  })
  .refine((person) => person.keypoints2d.length !== NUMBERS || isComparable(person), {
    path: ['keypoints2d'],
    message: 'must have at least 4 joints with v above 0, not all in one place',
  })

const route = defineRoute({
  operationId: 'findNearestPoses',
  method: 'post',
  path: '/api/v1/apps/pose-generator/poses/nearest',
  tags: ['Pose library'],
  summary: 'Poses of the library, and own ones, nearest to a skeleton: free, nothing is kept',
  description:
    'A browser that finds a skeleton in a photo sends its joints only: the photo stays where it is. Hidden joints do no harm.',
  ...accessWithJson('user'),
  request: {
    body: jsonBody(
      z.strictObject({
        people: z.array(Person).min(1).max(2),
        limit: z.number().int().min(1).max(MAX_NEAREST).default(DEFAULT_NEAREST),
      }),
    ),
  },
  responses: {
    200: json(z.object({ items: z.array(NearPoseCard).openapi({ description: 'The nearest first' }) })),
    ...errors('INVALID_JSON', 'UNAUTHENTICATED', 'TOO_LARGE', 'UNSUPPORTED_TYPE'),
    ...errors('VALIDATION_FAILED', 'RATE_LIMITED'),
  },
})

export const registerFindNearestPoses = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { people, limit } = c.req.valid('json')
    const slot = await attemptsObject(ctx.env, `nearest:${caller.userId}`).takeSlot(SEARCHES_PER_MINUTE)
    if (!slot.ok) throw fail('RATE_LIMITED', undefined, Math.ceil(slot.retryAfterMs / 1_000))
    const near = await nearestPoses(ctx.db, people, { ownerId: caller.userId, limit })
    const language = answerInCallersLanguage(c)
    return c.json({ items: await nearCards(ctx, near, { language, userId: caller.userId }) }, 200)
  })
