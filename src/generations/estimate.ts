import { z } from '@hono/zod-openapi'
import type { ProviderStatus } from '../../durable-objects/provider/types'
import type { JobView } from './types'

/** From this many ended pictures on a job's own pace says more than its provider's figures. */
const PACE_FROM_PICTURES = 3
/** How much longer than usual an unlucky shoot takes, where no figures of a provider tell. */
const GUESSED_SPREAD = 1.5
/** One slow picture among quick ones must not frighten anybody. */
const MAX_SPREAD = 3

export const EstimateSchema = z
  .object({
    p50Seconds: z.number().int().openapi({ description: 'Until the last picture, as it usually goes' }),
    p90Seconds: z.number().int().openapi({ description: 'If nearly every picture is a slow one' }),
  })
  .nullable()
  .openapi({ description: 'From recent measurements; null when there are none, or an image service is down' })

/** Whole seconds from now until the last picture. */
export type Estimate = z.infer<typeof EstimateSchema>

/** What is known of the provider that would make the next picture. */
export type Measured = Pick<ProviderStatus, 'p50Ms' | 'p90Ms' | 'slots'>

type Counts = Pick<JobView, 'total' | 'completed' | 'failed' | 'cancelled' | 'queuePosition'>
type Job = Counts & Pick<JobView, 'startedAt' | 'remainingMs' | 'isDelayed'>

/**
 * How long a job will take from now. `measured` is null for a provider that nobody measures (embedded) or that could not
 * be asked: then the job's own pace counts, or that of the job before it. `window` is the seller's tasks in the queue at
 * once. Null when nobody can know.
 */
export function estimate(job: Job, measured: Measured | null, window: number, now: number): Estimate {
  const done = job.completed + job.failed
  const left = job.total - done - job.cancelled
  if (left === 0) return { p50Seconds: 0, p90Seconds: 0 }
  if (job.isDelayed) return null
  if (done >= PACE_FROM_PICTURES && job.startedAt !== null)
    return spread(((now - job.startedAt) / done) * left, spreadOf(measured))
  const { p50Ms = null, p90Ms = null } = measured ?? {}
  if (measured === null || p50Ms === null || p90Ms === null)
    return job.remainingMs === null ? null : spread(job.remainingMs, GUESSED_SPREAD)
  const rounds = Math.ceil((left + job.queuePosition) / parallelism(job, left, measured, window))
  return { p50Seconds: seconds(rounds * p50Ms), p90Seconds: seconds(rounds * p90Ms) }
}

/**
 * Pictures of this job at once: no more than its window, and of the slots those that others leave. While others wait,
 * slots are shared fairly (durable-objects/provider/line.ts): against one other seller that is half of them.
 */
function parallelism(job: Job, left: number, { slots }: Measured, window: number): number {
  // Of a job that has begun some pictures are among those that the provider counts.
  const own = job.startedAt === null ? 0 : Math.min(window, left)
  const others = Math.max(0, slots.inUse + slots.waiting - own)
  const free = Math.max(slots.limit - others, Math.floor(slots.limit / 2))
  return Math.max(1, Math.min(window, free))
}

const spreadOf = (measured: Measured | null): number =>
  measured?.p50Ms && measured.p90Ms ? Math.min(MAX_SPREAD, measured.p90Ms / measured.p50Ms) : GUESSED_SPREAD

const spread = (p50Ms: number, factor: number): Estimate => ({
  p50Seconds: seconds(p50Ms),
  p90Seconds: seconds(p50Ms * factor),
})

const seconds = (ms: number): number => Math.max(0, Math.ceil(ms / 1000))
