import type { z } from '@hono/zod-openapi'
import { eq, sql } from 'drizzle-orm'
import { encodeTime } from 'ulid'
import type { Ctx } from '../ctx'
import { poseCategories } from '../db/tables/poses'
import { poseRequests } from '../db/tables/requests'
import type { Caller } from '../http/access-token'
import { fail, invalidField } from '../http/errors'
import { DAY_MS, startOfWibDay, wibDay } from '../kernel/calendar'
import { ID_PREFIXES, newId } from '../kernel/ids'
import { refuseUnsafe } from '../moderation/refuse-unsafe'
import { attemptsObject } from '../objects'
import { requireUpload } from '../uploads/find-upload'
import { type NewRequest, oneSpaced } from './fields'
import { isOpenRequest } from './moves'

/** Requests of one person that may wait for us at the same time, and those of a day in Jakarta. */
const MAX_OPEN_REQUESTS = 5
const MAX_REQUESTS_PER_DAY = 10
/** Of a day's length, refused ones and those taken back too: asking and taking back in turns would have no end. */
export const TRIES_PER_DAY = { max: 40, windowMs: DAY_MS }
/** The same name is looked for among so many of the newest requests: what everybody sees is older only when nobody asks. */
const NAMES_LOOKED_AT = 2_000

/** What a request says, once its name has one space between words. */
type Wording = Partial<z.infer<typeof NewRequest>>

/**
 * Refuses what no request may say: words that are not allowed (422 PROMPT_REJECTED), a category that is not there (422), a
 * picture that is not the caller's (404).
 */
export async function checkWording(ctx: Ctx, caller: Caller, wording: WithNulls<Wording>): Promise<void> {
  const { name, description, creditName, category, referenceImageId } = wording
  await refuseUnsafe(ctx, caller, { name, description, creditName: creditName ?? undefined })
  if (category) {
    const [known] = await ctx.db
      .select({ slug: poseCategories.slug })
      .from(poseCategories)
      .where(eq(poseCategories.slug, category))
    if (!known) throw invalidField('category', 'must be the id of a category')
  }
  if (referenceImageId) await requireUpload(ctx.db, caller.userId, referenceImageId, 'referenceImageId')
}

type WithNulls<T> = { [K in keyof T]: T[K] | null | undefined } & {
  name?: string | undefined
  description?: string | undefined
}

/** Called before anything is looked for. Throws RATE_LIMITED. */
export async function takeRequestSlot(ctx: Ctx, userId: string): Promise<void> {
  const slot = await attemptsObject(ctx.env, `pose-requests:${userId}`).takeSlot(TRIES_PER_DAY)
  if (!slot.ok) throw fail('RATE_LIMITED', undefined, Math.ceil(slot.retryAfterMs / 1_000))
}

/**
 * Asks for a pose and answers the id of the request. The limits and the name are judged by the insert itself, so that a
 * hundred at once are no more than five. Throws 409 CONFLICT (`requestId` of the same name: vote for that one; or `open`:
 * too many wait) and 429 RATE_LIMITED (the day is full).
 */
export async function createRequest(ctx: Ctx, caller: Caller, body: z.infer<typeof NewRequest>): Promise<string> {
  await checkWording(ctx, caller, body)
  const id = newId('request')
  const now = ctx.now()
  const name = oneSpaced(body.name)
  const { category = null, referenceImageId = null, creditName = null } = body
  const inserted = await ctx.db.all<{ id: string }>(sql`
    insert into ${poseRequests} (id, user_id, name, description, category_slug, use_case, reference_upload_id, credit_name,
      created_at, updated_at)
    select ${id}, ${caller.userId}, ${name}, ${body.description}, ${category}, ${body.useCase}, ${referenceImageId},
      ${creditName}, ${now}, ${now}
    where (${openOf(caller.userId)}) < ${MAX_OPEN_REQUESTS} and (${madeToday(caller.userId, now)}) < ${MAX_REQUESTS_PER_DAY}
      and not exists (${sameName(name, id)})
    returning id`)
  if (inserted.length === 0) throw await whyNot(ctx, caller, name, id, now)
  return id
}

const openOf = (userId: string) =>
  sql`select count(*) from ${poseRequests} where ${poseRequests.userId} = ${userId} and ${isOpenRequest}`

/** Ids are in the order of time: so this reads the day, not all that somebody ever asked for. */
const madeToday = (userId: string, now: number) => sql`select count(*) from ${poseRequests}
  where ${poseRequests.userId} = ${userId} and ${poseRequests.id} >= ${`${ID_PREFIXES.request}_${encodeTime(startOfWibDay(wibDay(now)))}`}`

/** Open requests of this name but `exceptId`, of whomever. */
export const sameName = (name: string, exceptId: string) => sql`select id from
  (select id, name, status from ${poseRequests} where id > ${ID_PREFIXES.request} order by id desc
    limit ${NAMES_LOOKED_AT}) as latest
  where lower(latest.name) = lower(${name}) and latest.status in ('pending', 'approved', 'in_progress')
    and latest.id <> ${exceptId} limit 1`

/** The request of the same name that waits already; undefined for none. */
export async function findSameName(ctx: Ctx, name: string, exceptId: string): Promise<string | undefined> {
  const [same] = await ctx.db.all<{ id: string }>(sameName(name, exceptId))
  return same?.id
}

async function whyNot(ctx: Ctx, caller: Caller, name: string, id: string, now: number) {
  const same = await findSameName(ctx, name, id)
  if (same) return sameNameRefusal(same)
  const [today] = await ctx.db.all<{ n: number }>(sql`select (${madeToday(caller.userId, now)}) as n`)
  if (today!.n >= MAX_REQUESTS_PER_DAY) {
    const restSeconds = Math.ceil((startOfWibDay(wibDay(now) + 1) - now) / 1000)
    return fail('RATE_LIMITED', { perDay: MAX_REQUESTS_PER_DAY }, restSeconds)
  }
  return fail('CONFLICT', { reason: 'too many of your requests wait already', open: MAX_OPEN_REQUESTS })
}

export const sameNameRefusal = (requestId: string) =>
  fail('CONFLICT', { reason: 'somebody asks for this already: vote for it', requestId })
