import type { ProviderStatus } from '../../durable-objects/provider/types'
import type { ImageProvider } from '../providers/contract'
import { DOWN_PATIENCE_MS } from '../providers/run-state'
import type { Measured } from './estimate'

/** Settings change by a deployment, not by waiting: whoever is told so need not ask every second. */
const NOT_SET_UP_RETRY_MS = 10 * 60_000
const DAY_MS = 24 * 60 * 60_000

/** A provider that could make the picture. `status` is null when nobody guards it, or it could not be read. */
export type Able = Pick<ImageProvider, 'limits'> & { status: ProviderStatus | null; estimateMicroUsd: number }

/**
 * `measured`: of the provider that would make the next picture; null when nobody measures it or it could not be asked.
 * `mustWait`: all of them failed just now and are asked again soon, so that no figures say when a picture comes.
 */
export type Outlook = Down | { isDown: false; measured: Measured | null; mustWait: boolean }
/** `sidesPx`: what the providers make, when it is only the size that none of them takes. */
type Down = { isDown: true; retryAfterMs: number; sidesPx?: { min: number; max: number } }

/** Whether one of these would make a picture now. Down is only what is known to be, and only when all that could make it are. */
export function judge(able: readonly Able[], now: number): Outlook {
  if (able.length === 0) return { isDown: true, retryAfterMs: NOT_SET_UP_RETRY_MS }
  const waits = able.map((each) => hopelessForMs(each, now))
  const usable = able.filter((_, index) => waits[index] === null)
  const [first] = usable
  if (!first) return { isDown: true, retryAfterMs: Math.min(...waits.map((wait) => wait ?? 0)) }
  const { status } = usable.find((each) => each.status === null || each.status.circuit === 'closed') ?? first
  return { isDown: false, measured: status, mustWait: status !== null && pauseOf(status, now) > 0 }
}

/**
 * How long a picture would wait for nothing; null when it may be made. An open circuit counts when its pause outlasts the
 * patience of a picture (queues/run-provider.ts). One whose pause is over does not, however long it was down: the next
 * picture is what finds out whether the provider is back, and if nobody may ask for one it stays down for ever.
 */
function hopelessForMs({ limits, status, estimateMicroUsd }: Able, now: number): number | null {
  if (!limits || !status) return null
  const { downSince, slots, spentTodayMicroUsd, dailyMicroUsd } = status
  const pauseMs = pauseOf(status, now)
  const downMs = downSince === null ? 0 : now - downSince
  if (pauseMs > 0 && (downMs >= DOWN_PATIENCE_MS || pauseMs > DOWN_PATIENCE_MS)) return pauseMs
  // What is booked for pictures under way may come back: only when there are none is the day's money gone for sure.
  const isSpent = slots.inUse === 0 && spentTodayMicroUsd + estimateMicroUsd > dailyMicroUsd
  const untilTomorrowMs = DAY_MS - (now % DAY_MS)
  return isSpent && untilTomorrowMs > DOWN_PATIENCE_MS ? untilTomorrowMs : null
}

const pauseOf = ({ circuit, openUntil }: ProviderStatus, now: number): number =>
  circuit === 'open' && openUntil !== null ? openUntil - now : 0
