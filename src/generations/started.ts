import { z } from '@hono/zod-openapi'
import type { JobView } from './types'
import { GenerationSchema, toGeneration } from './views'

/** Said for a job when nothing was measured yet. */
const FIRST_GUESS_MS_PER_PICTURE = 1_000

export const StartedSchema = z
  .object({
    generation: GenerationSchema,
    totalPosesExpected: z.number().int(),
    creditCharged: z.number().int().openapi({ description: 'Credits reserved; each picture settles alone' }),
    estimatedCompletionTime: z.string().openapi({ format: 'date-time' }),
    links: z.object({ self: z.string(), results: z.string(), cancel: z.string(), events: z.string() }),
  })
  .openapi('StartedGeneration')

export const selfPath = (job: JobView): string => `/api/v1/apps/pose-generator/generations/${job.id}`

export function toStarted(job: JobView): z.infer<typeof StartedSchema> {
  const self = selfPath(job)
  const leftMs = job.remainingMs ?? (job.total + job.queuePosition) * FIRST_GUESS_MS_PER_PICTURE
  return {
    generation: toGeneration(job),
    totalPosesExpected: job.total,
    creditCharged: job.creditsHeld,
    estimatedCompletionTime: new Date(job.createdAt + leftMs).toISOString(),
    links: { self, results: `${self}/results`, cancel: `${self}/cancellation`, events: '/api/v1/events' },
  }
}
