import type { Outcome } from '../durable-objects/user/tasks'
import { type MadeVersion, makeVersion, type VersionSource } from '../src/backgrounds/make-version'
import { findVersion, type VersionRow } from '../src/backgrounds/versions'
import { wishHash } from '../src/backgrounds/wish'
import type { Config } from '../src/config'
import type { Ctx } from '../src/ctx'
import type { BackgroundWish } from '../src/db/tables/pictures'
import { CROWDED_RETRY_MS, isCrowded } from '../src/exports/one-at-a-time'
import type { JobParams } from '../src/generations/types'
import { backoffSeconds } from '../src/kernel/backoff'
import { MAX_TASK_TRIES } from '../src/kernel/limits'
import { describeError } from '../src/kernel/log'
import type { PoseMessage } from '../src/messages'
import { ProviderError } from '../src/providers/contract'
import { RULES } from '../src/providers/errors'
import { newRun, RunState } from '../src/providers/run-state'
import { segmenterOf } from '../src/providers/segment'

/** After so many tries a picture is delivered as it was made, and its background is not charged. */
const MAX_STAGE_TRIES = 3
const FIRST_WAIT_SECONDS = 2
/** Its tries are counted among the failures of the run, which outlives this consumer. */
const STAGE = 'BACKGROUND'

type Background = JobParams['background']

/**
 * Whether a shoot's background is put behind the person when the picture is there: the original is kept then, a colour is
 * that colour and an upload that picture. Without anybody to cut people out a colour is said in words, and an upload is not
 * done. A place in words is painted by the model itself, which lights the person by it.
 */
export function isStaged(config: Config, background: Background): background is NonNullable<Background> {
  if (!background || background.mode === 'ai_generate') return false
  const drawsMasks = config.IMAGE_PROVIDERS.includes('embedded') && config.EMBEDDED_FIXED !== '1'
  return drawsMasks || segmenterOf(config) !== null
}

type Ask = { message: PoseMessage; background: NonNullable<Background>; picture: VersionSource } & {
  run: string | null
  /** Of the whole task; see Claim. */
  tries: number
}

/**
 * Makes the version of a picture that its shoot asked for; its row, and the picture's, are the caller's to write. A failure
 * is a retry, which finds the picture in R2; null after the last: the picture is delivered without.
 */
export async function stageBackground(
  ctx: Ctx,
  { message, background, picture, run, tries }: Ask,
): Promise<{ kind: 'staged'; made: MadeVersion } | Extract<Outcome, { kind: 'retry' }> | null> {
  const wish = wishOfShoot(background)
  try {
    const hash = await wishHash(wish)
    const madeBy = `${message.jobId}:${message.position}`
    const made = await makeVersion(ctx, { picture, wish, hash, plate: null, madeBy })
    if (made && made !== 'gone') return { kind: 'staged', made }
    const error = new ProviderError('INVALID', made ? 'the picture is gone' : 'no mask')
    return afterFailure(ctx, message, { run, tries }, error)
  } catch (error) {
    return afterFailure(ctx, message, { run, tries }, error)
  }
}

/** The version that an earlier try of this task has written down; undefined for none. */
export const findStaged = async (
  { db }: Pick<Ctx, 'db'>,
  background: NonNullable<Background>,
  imageId: string,
): Promise<VersionRow | undefined> => findVersion(db, imageId, await wishHash(wishOfShoot(background)))

const wishOfShoot = ({ mode, color, uploadId }: NonNullable<Background>): BackgroundWish => ({
  mode,
  ...(mode === 'solid_color' && color !== undefined && { color: color.toUpperCase() }),
  ...(mode === 'upload' && uploadId !== undefined && { uploadId }),
  shadow: mode !== 'transparent',
})

function afterFailure(
  { log }: Ctx,
  { jobId }: PoseMessage,
  { run: kept, tries: triesOfTask }: Pick<Ask, 'run' | 'tries'>,
  error: unknown,
) {
  const run = kept === null ? newRun() : RunState.parse(JSON.parse(kept))
  // Who found too many before him has not tried.
  const isTry = !isCrowded(error)
  const tries = (run.failures[STAGE] ?? 0) + (isTry ? 1 : 0)
  const code = error instanceof ProviderError || isCrowded(error) ? error.code : 'INTERNAL'
  const maxTries =
    error instanceof ProviderError ? Math.min(RULES[error.code].maxTries, MAX_STAGE_TRIES) : MAX_STAGE_TRIES
  log('warn', 'background_not_staged', { code, jobId, tries, error: describeError(error) })
  // One try more of the task, and it would be given up with its picture, which is there.
  if (tries >= maxTries || triesOfTask + 1 >= MAX_TASK_TRIES) return null
  const failures = { ...run.failures, [STAGE]: tries }
  return {
    ...{ kind: 'retry' as const, code },
    delayMs: isTry ? 1_000 * backoffSeconds(tries, FIRST_WAIT_SECONDS) : CROWDED_RETRY_MS,
    run: JSON.stringify({ ...run, handle: null, failures }),
  }
}
