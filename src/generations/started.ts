import { z } from '@hono/zod-openapi'
import { type Estimate, EstimateSchema } from './estimate'
import type { JobView } from './types'
import { GenerationSchema, toGeneration } from './views'

/** Said for a job when nothing was measured yet. */
const FIRST_GUESS_MS_PER_PICTURE = 1_000

export const StartedSchema = z
  .object({
    generation: GenerationSchema,
    totalPosesExpected: z.number().int(),
    creditCharged: z.number().int().openapi({ description: 'Credits reserved; each picture settles alone' }),
    estimate: EstimateSchema,
    estimatedCompletionTime: z.string().openapi({ format: 'date-time', description: 'Rather too late than too early' }),
    links: z.object({ self: z.string(), results: z.string(), cancel: z.string(), events: z.string() }),
  })
  .openapi('StartedGeneration')

export const selfPath = (job: JobView): string => `/api/v1/apps/pose-generator/generations/${job.id}`

/** What a start answers, with `estimate` as of `at`. A replay tells of the moment of its first answer. */
export function toStarted(
  job: JobView,
  estimate: Estimate = null,
  at: number = job.createdAt,
): z.infer<typeof StartedSchema> {
  const self = selfPath(job)
  const firstGuessMs = (job.total + job.queuePosition) * FIRST_GUESS_MS_PER_PICTURE
  const leftMs = estimate ? estimate.p90Seconds * 1_000 : (job.remainingMs ?? firstGuessMs)
  return {
    generation: toGeneration(job),
    totalPosesExpected: job.total,
    creditCharged: job.creditsHeld,
    estimate,
    estimatedCompletionTime: new Date(job.endedAt ?? at + leftMs).toISOString(),
    links: { self, results: `${self}/results`, cancel: `${self}/cancellation`, events: '/api/v1/events' },
  }
}
