import type { Context } from 'hono'
import type { AvatarWish } from '../apps/avatar-creator/params'
import type { Ctx } from '../ctx'
import { estimateFor } from '../generations/outlook'
import { TASK_WINDOWS } from '../generations/start-job'
import type { JobView } from '../generations/types'
import { preferredWait, waitForEnd } from '../generations/wait'
import type { Caller } from '../http/access-token'
import type { AppEnv } from '../http/app-env'
import { type Language, languageOf } from '../http/errors'
import { fingerprint } from '../http/idempotency'
import { errors, json } from '../http/responses'
import { userObject } from '../objects'
import { avatarGenerationPath, StartedAvatarsSchema, toStartedAvatars } from './generation-views'
import { planAvatar } from './plan-avatar'
import { startAvatar } from './start-avatar'

type Ask = {
  wish: AvatarWish
  idempotencyKey: string
  /** Of the whole request. */
  fingerprint: string
  language: Language
  prefer: string | undefined
}

/** The answers that every start of avatars may give besides its own. */
export const START_ERRORS = {
  ...errors('INVALID_JSON', 'INVALID_HEADER', 'UNAUTHENTICATED', 'INSUFFICIENT_CREDITS', 'FORBIDDEN', 'NOT_FOUND'),
  ...errors('TOO_LARGE', 'UNSUPPORTED_TYPE', 'RATE_LIMITED', 'UNAVAILABLE'),
  ...errors('VALIDATION_FAILED', 'PROMPT_REJECTED', 'IDEMPOTENCY_KEY_REUSED'),
  ...errors('QUOTE_USED', 'QUOTE_EXPIRED'),
}

/** The answers of a start whose body is JSON. */
export const STARTS = {
  202: json(StartedAvatarsSchema, 'Accepted; `Idempotent-Replayed: true` when this key was answered before'),
  ...START_ERRORS,
}

/** Starts what a route whose body is JSON was asked for: same key and same wish, same answer. */
export async function startAsAsked(c: Context<AppEnv>, idempotencyKey: string, wish: AvatarWish) {
  return startAndWait(c.var.ctx, c.var.caller, {
    ...{ wish, idempotencyKey, fingerprint: await fingerprint('POST', `avatars/${wish.way}`, wish) },
    ...{ language: languageOf(c.req.header('accept-language')), prefer: c.req.header('prefer') },
  })
}

/** Plans, starts, and waits as long as the client prefers. `replayed`: this key has been answered before. */
export async function startAndWait(ctx: Ctx, caller: Caller, { wish, language, prefer, ...asked }: Ask) {
  const plan = await planAvatar(ctx, caller, wish, language)
  const { job, replayed } = await startAvatar(ctx, caller, {
    ...{ ...asked, plan, route: `avatar-${wish.way}` },
    ...('quoteId' in wish && { quoteId: wish.quoteId }),
  })
  const waited = await waitForEnd(ctx, caller.userId, job.id, preferredWait(prefer))
  const { shown, avatarIds } = await look(ctx, caller, job)
  const estimate = await estimateFor(ctx, shown, TASK_WINDOWS[caller.tier], async () => plan.params.picture)
  const headers: Record<string, string> = {
    ...{ ...waited, location: avatarGenerationPath(job.id) },
    ...(replayed && { 'idempotent-replayed': 'true' }),
  }
  return {
    body: toStartedAvatars(Object.keys(waited).length > 0 ? shown : job, avatarIds, estimate),
    headers,
    replayed,
  }
}

/** The job as it is now, and the ids that were chosen when it started, which a replay has not. */
async function look({ env }: Ctx, { userId }: Caller, job: JobView) {
  const found = await userObject(env, userId).pictureWork(job.id)
  return { shown: found?.job ?? job, avatarIds: found?.tasks.map(({ imageId }) => imageId) ?? [] }
}
