import type { Config } from '../../config'
import type { Ctx } from '../../ctx'
import { attemptsObject } from '../../objects'
import { ProviderError, type ProviderErrorCode } from '../../providers/contract'
import { keepWriting, keptWriting } from './kept-writing'
import { writePose } from './write-pose'
import type { WrittenPose } from './written-pose'

/** A seller waits for it: what takes longer, both turns together, is left to the grammar. */
const WRITING_TIMEOUT_MS = 15_000
/** Every new text is a paid call that nobody is charged for; who writes more in a minute gets the grammar. */
const WRITINGS_PER_MINUTE = { max: 10, windowMs: 60_000 }
/** Of all users together: however many accounts somebody opens, an hour of calls costs no more than this many. */
export const ALL_WRITINGS_PER_HOUR = { max: 1_000, windowMs: 60 * 60_000 }
/** So long after a model did not answer nobody else waits for it in vain. Lost with the isolate: then one more does. */
const REST_MS = 60_000
/** A model that answers nonsense answers; one of these does not. */
const SILENT: readonly ProviderErrorCode[] = [
  ...(['RATE_LIMITED', 'QUOTA', 'AUTH', 'COLD', 'UPSTREAM_5XX', 'NETWORK', 'TIMEOUT'] as const),
]

const restsUntil = new WeakMap<Config, number>()

/** What the configured model makes of a text, now or when it was first asked; null when there is none or it failed. */
export async function writtenPoseOf(ctx: Ctx, userId: string, text: string): Promise<WrittenPose | null> {
  const { config } = ctx
  if (config.POSE_WRITER_MODEL === '' || config.HF_TOKEN === '') return null
  const kept = await keptWriting(ctx, text)
  if (kept) return kept
  if ((restsUntil.get(config) ?? 0) > ctx.now()) return null
  const slot = await attemptsObject(ctx.env, `pose-writer:${userId}`).takeSlot(WRITINGS_PER_MINUTE)
  if (!slot.ok || !(await attemptsObject(ctx.env, 'pose-writer').takeSlot(ALL_WRITINGS_PER_HOUR)).ok) return null
  try {
    return await keepWriting(ctx, text, await writePose(config, callOf(ctx), text))
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    ctx.log('warn', 'pose_not_written', { code: error.code, detail: error.safeDetail })
    if (SILENT.includes(error.code)) restsUntil.set(config, ctx.now() + (error.retryAfterMs ?? REST_MS))
    return null
  }
}

const callOf = ({ now, requestId }: Ctx) => ({
  fetch: ((input, init) => fetch(input, init)) satisfies typeof fetch,
  signal: AbortSignal.timeout(WRITING_TIMEOUT_MS),
  now,
  requestId,
})
