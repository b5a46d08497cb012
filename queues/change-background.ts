import type { Outcome } from '../durable-objects/user/tasks'
import { findMask } from '../src/backgrounds/find-mask'
import { makeVersion, type Plate } from '../src/backgrounds/make-version'
import { findVersion, recordVersion, showVersion, takeOver, type VersionRow } from '../src/backgrounds/versions'
import { wishHash } from '../src/backgrounds/wish'
import type { Ctx } from '../src/ctx'
import type { BackgroundWish } from '../src/db/tables/pictures'
import { placeOf } from '../src/generations/charged-versions'
import { findPicture, type PictureRow } from '../src/generations/find-pictures'
import { plateKey } from '../src/generations/object-keys'
import { eventImage } from '../src/media/event-image'
import type { PoseMessage } from '../src/messages'
import { userObject } from '../src/objects'
import { ProviderError } from '../src/providers/contract'
import { RULES } from '../src/providers/errors'
import { ImageError } from '../src/render/image/image-error'
import { runProvider } from './run-provider'
import type { Claimed } from './run-task'

/** A matting service that only ever says "later" is asked so often. */
const MAX_MATTING_TRIES = 5
const MAX_MATTING_WAIT_MS = 60_000
const FIRST_MATTING_WAIT_MS = 1_000

type Work = {
  ctx: Ctx
  message: PoseMessage
  claim: Claimed<'backgrounds'>
  picture: PictureRow
  wish: BackgroundWish
  hash: string
  madeBy: string
}

/**
 * Gives a picture another background: mask, place, pixels, R2, row. Every step finds what an earlier try of it left. Charged
 * is who made the row, and the row says who that was: of two jobs for one wish one pays, and a crash between the row and the
 * end of the task is paid at the next try.
 */
export async function changeBackground(
  ctx: Ctx,
  message: PoseMessage,
  claim: Claimed<'backgrounds'>,
): Promise<Outcome> {
  const { wish } = claim.params
  const picture = await findPicture(ctx, message.userId, claim.task.imageId)
  if (!picture) return { kind: 'failed', code: 'PICTURE_GONE' }
  const hash = await wishHash(wish)
  const madeBy = `${message.jobId}:${message.position}`
  const work = { ctx, message, claim, picture, wish, hash, madeBy }
  const known = await findVersion(ctx.db, picture.id, hash)
  if (known) return again(work, known)
  try {
    return await make(work)
  } catch (error) {
    if (error instanceof ProviderError) return afterMatting(work, error)
    if (error instanceof ImageError) return { kind: 'failed', code: 'INVALID' }
    throw error
  }
}

/**
 * Made by another job meanwhile: it is shown, as the last wish, and it is that one's to pay, unless that one was called off or
 * given up before it paid. Made by this task before a crash: it is shown already.
 */
async function again({ ctx, message, picture, madeBy }: Work, version: VersionRow): Promise<Outcome> {
  if (version.madeBy === madeBy) return done(ctx, picture, version, true)
  const [state] = await userObject(ctx.env, message.userId).taskStates([placeOf(version.madeBy)])
  const isCharged = (state === 'failed' || state === 'cancelled') && (await takeOver(ctx.db, version, madeBy))
  await showVersion(ctx.db, picture.id, version.id)
  return done(ctx, picture, version, isCharged)
}

async function make(work: Work): Promise<Outcome> {
  const { ctx, picture, wish, hash, madeBy } = work
  const found = wish.mode === 'ai_generate' ? await findPlate(work) : null
  // Who cannot be cut out needs no place: a mask is cheaper, so it comes first.
  if (wish.mode === 'ai_generate' && !found && !(await hasMask(work))) return { kind: 'failed', code: 'PROVIDER_DOWN' }
  const plate = wish.mode === 'ai_generate' && !found ? await makePlate(work) : found
  if (plate && 'kind' in plate) return plate
  const made = await makeVersion(ctx, { picture, wish, hash, plate, madeBy })
  if (made === 'gone') return { kind: 'failed', code: 'PICTURE_GONE' }
  if (!made) return { kind: 'failed', code: 'PROVIDER_DOWN' }
  // What an earlier change paid for the mask is in that one's row.
  const costMicroUsd = made.row.costMicroUsd! - (picture.maskKey === null ? 0 : made.maskMicroUsd)
  const version = await recordVersion(ctx, { ...made, row: { ...made.row, costMicroUsd } })
  if (wish.mode === 'ai_generate') await ctx.env.MEDIA.delete(plateKey(picture.outputKey, hash))
  return done(ctx, picture, version, version.madeBy === madeBy)
}

/** Only a first step looks: later ones go on with what a provider has begun, and the mask is kept. */
async function hasMask({ ctx, claim, picture }: Work): Promise<boolean> {
  if (claim.run !== null) return true
  const master = async () => {
    const object = await ctx.env.MEDIA.get(picture.outputKey)
    if (!object) throw new ProviderError('INVALID', 'the picture is gone')
    return new Uint8Array(await object.arrayBuffer())
  }
  return (await findMask(ctx, picture, master)) !== null
}

/** A place from an earlier try: it was paid for. */
async function findPlate({ ctx, picture, hash }: Work): Promise<Plate | null> {
  const object = await ctx.env.MEDIA.get(plateKey(picture.outputKey, hash))
  if (!object) return null
  const { provider = '', model = '', simulated, cost } = object.customMetadata ?? {}
  const bytes = new Uint8Array(await object.arrayBuffer())
  return { bytes, provider, model, simulated: simulated === '1', costMicroUsd: Number(cost ?? 0) }
}

/** The place behind the person, as a picture of its own with the runner's slots, circuits, handles and judges. */
async function makePlate(work: Work): Promise<Plate | Outcome> {
  const { ctx, message, claim, picture, wish, hash } = work
  const made = await runProvider(ctx, message, {
    ...{ attempt: claim.attempt, run: claim.run, share: claim.share, task: claim.task, isPlate: true },
    params: {
      ...{ widthPx: picture.widthPx, heightPx: picture.heightPx, avatarUploadId: null, outputFormats: [] },
      subject: { key: picture.id, words: '' },
      background: { mode: 'ai_generate', prompt: wish.prompt ?? '' },
    },
  })
  if (made.kind !== 'made') return made
  const { bytes, mime, providerId: provider, model, costMicroUsd } = made.image
  const { simulated } = made.provider
  await ctx.env.MEDIA.put(plateKey(picture.outputKey, hash), bytes, {
    httpMetadata: { contentType: mime },
    customMetadata: { provider, model, simulated: simulated ? '1' : '0', cost: String(costMicroUsd) },
  })
  return { bytes, provider, model, simulated, costMicroUsd }
}

/** What follows from a matting service that failed; the policy is that of image providers. */
function afterMatting({ ctx, message, claim }: Work, error: ProviderError): Outcome {
  const { maxTries, delaysMs } = RULES[error.code]
  const tries = claim.tries + 1
  ctx.log('warn', 'matting_failed', { code: error.code, detail: error.safeDetail, jobId: message.jobId, tries })
  if (tries >= Math.min(maxTries, MAX_MATTING_TRIES)) return { kind: 'failed', code: error.code }
  const asked = error.retryAfterMs ?? delaysMs[Math.min(tries, delaysMs.length) - 1] ?? 0
  const delayMs = Math.min(Math.max(asked, FIRST_MATTING_WAIT_MS), MAX_MATTING_WAIT_MS)
  return { kind: 'retry', code: error.code, delayMs }
}

const done = async (ctx: Ctx, picture: PictureRow, version: VersionRow, charged: boolean): Promise<Outcome> => ({
  kind: 'done',
  backgroundDone: charged,
  image: await eventImage(ctx, picture, version.id),
})
