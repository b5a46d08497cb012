import { backgrounds } from '../apps/backgrounds/app'
import { platePrompt } from '../apps/backgrounds/plate-prompt'
import { currentPrices } from '../credits/prices'
import type { Ctx } from '../ctx'
import type { BackgroundWish } from '../db/tables/pictures'
import { chargedOf } from '../generations/charged-versions'
import type { PictureRow } from '../generations/find-pictures'
import { outlookFor } from '../generations/outlook'
import { rateLimits } from '../generations/start-generation'
import { secondsUntil, startRefusal, tryStart } from '../generations/start-job'
import type { JobView, TaskPlan } from '../generations/types'
import type { Caller } from '../http/access-token'
import { type ApiError, fail } from '../http/errors'
import { newId } from '../kernel/ids'
import { userObject } from '../objects'
import { canBeCutOut } from './find-mask'
import { findVersions, showVersions } from './versions'
import { seedOf, wishHash } from './wish'

type Ask = {
  route: string
  idempotencyKey: string
  fingerprint: string
  pictures: PictureRow[]
  wish: BackgroundWish
}

/** `job` makes what is missing; null when every picture has such a background already: those are shown at once, and free. */
export type StartedChange = { job: JobView | null; replayed: boolean; shownIds: string[] }

/** Nothing new gets in, in the very transaction that still answers replays. */
const NOTHING = { posesPerHour: 0, generatesPerMinute: 0 }
/** Settings change by a deployment, not by waiting. */
const NOT_SET_UP_RETRY_SECONDS = 600

/**
 * Gives pictures of the caller another background: what was made before is shown, the rest becomes a job. When nobody could
 * make it now it is a 503 before anything is held.
 */
export async function startChange(ctx: Ctx, caller: Caller, ask: Ask): Promise<StartedChange> {
  const { pictures, wish } = ask
  const hash = await wishHash(wish)
  const ids = pictures.map(({ id }) => id)
  const found = await findVersions(ctx.db, ids, hash)
  const known = new Set((await chargedOf(ctx, caller.userId, found)).map(({ imageId }) => imageId))
  const missing = pictures.filter(({ id }) => !known.has(id))
  const started =
    missing.length === 0 ? await remembered(ctx, caller, ask) : await start(ctx, caller, ask, missing, hash)
  const shownIds = ids.filter((id) => known.has(id))
  // A replay of what started a job has shown what there was when it came first.
  if (!started.replayed || !started.job) await showVersions(ctx.db, shownIds, hash)
  return { ...started, shownIds }
}

/** Nothing to make: the key is kept all the same, or answers with the job that it once started. */
async function remembered(
  ctx: Ctx,
  caller: Caller,
  { route, idempotencyKey: key, fingerprint }: Ask,
): Promise<Pick<StartedChange, 'job' | 'replayed'>> {
  const answer = await userObject(ctx.env, caller.userId).remember(
    { route, key, fingerprint },
    'null',
    caller.sessionId,
  )
  if (!answer.ok) throw fail(answer.code === 'SESSION_REVOKED' ? 'UNAUTHENTICATED' : 'IDEMPOTENCY_KEY_REUSED')
  return { job: JSON.parse(answer.answer) as JobView | null, replayed: answer.replayed }
}

/** They have the numbers of shoots, and are counted apart from them. */
const LIMIT_NAMES = { generatesPerMinute: 'backgroundJobsPerMinute', posesPerHour: 'backgroundsPerHour' }

async function start(
  ctx: Ctx,
  caller: Caller,
  { route, idempotencyKey: key, fingerprint, wish }: Ask,
  pictures: PictureRow[],
  hash: string,
): Promise<Pick<StartedChange, 'job' | 'replayed'>> {
  const [refusal, prices] = await Promise.all([
    whyNot(ctx, pictures, wish),
    currentPrices(ctx.db, backgrounds.id, ctx.now()),
  ])
  const answer = await tryStart(ctx, caller, {
    ...{ route, key, fingerprint },
    job: {
      ...{ id: newId('backgroundJob'), app: 'backgrounds', projectId: '', type: 'BACKGROUND', textPrompt: null },
      params: { wish },
    },
    tasks: pictures.map((picture) => toTask(picture, wish, hash)),
    price: backgrounds.price(prices),
    limits: refusal ? NOTHING : rateLimits(ctx.config),
    fund: 'credits',
  })
  if (answer.ok) return { job: answer.job, replayed: answer.replayed }
  if (refusal && answer.code === 'RATE_LIMITED') throw refusal
  throw startRefusal(answer, ctx.now(), LIMIT_NAMES)
}

/** The seed is the place's; a change of a colour has none to speak of. */
const toTask = (picture: PictureRow, wish: BackgroundWish, hash: string): TaskPlan => ({
  ...{ variationKey: picture.id, imageId: picture.id, name: picture.variationKey, poseId: picture.poseId, draft: null },
  prompt: wish.prompt === undefined ? '' : platePrompt(wish.prompt),
  seed: seedOf(wish, hash),
})

/** The answer when nobody could make it now; null when it can be made. */
async function whyNot(ctx: Ctx, pictures: PictureRow[], wish: BackgroundWish): Promise<ApiError | null> {
  if (!pictures.every((picture) => canBeCutOut(ctx, picture)))
    return unavailable('no service that cuts people out of pictures is set up', NOT_SET_UP_RETRY_SECONDS)
  if (wish.mode !== 'ai_generate') return null
  const sizes = new Map(pictures.map(({ widthPx, heightPx }) => [`${widthPx}x${heightPx}`, { widthPx, heightPx }]))
  for (const size of sizes.values()) {
    const outlook = await outlookFor(ctx, { ...size, avatarUploadId: null, plate: true })
    if (outlook.isDown)
      return unavailable('no image service makes backgrounds now', secondsUntil(outlook.retryAfterMs, 0))
  }
  return null
}

const unavailable = (reason: string, seconds: number): ApiError =>
  fail('UNAVAILABLE', { reason: `${reason}; nothing was charged` }, seconds)
