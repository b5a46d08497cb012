import { z } from '@hono/zod-openapi'
import { AVATAR_WAYS } from '../db/tables/avatars'
import { JOB_STATUSES } from '../db/tables/pictures'
import { type Estimate, EstimateSchema } from '../generations/estimate'
import type { AvatarWay, JobView } from '../generations/types'
import { AVATAR_PATH } from './fields'
import { AvatarSchema } from './views'

const timestamp = z.string().openapi({ format: 'date-time' })

/** What a list tells of a generation of avatars. */
export const AvatarGenerationSchema = z
  .object({
    id: z.string(),
    projectId: z.string(),
    sourceType: z.enum(AVATAR_WAYS),
    status: z.enum(JOB_STATUSES),
    avatarsTotal: z.number().int(),
    avatarsCompleted: z.number().int(),
    avatarsFailed: z.number().int(),
    avatarsCancelled: z.number().int(),
    percentage: z.number().int(),
    creditCharged: z.number().int(),
    createdAt: timestamp,
    endedAt: timestamp.nullable(),
  })
  .openapi('AvatarGeneration')

type Counts = Pick<
  JobView,
  | 'id'
  | 'projectId'
  | 'status'
  | 'total'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'creditsCharged'
  | 'createdAt'
  | 'endedAt'
> & { type: string }

/** A job of the user's object or its row in D1. */
export const toAvatarGeneration = (job: Counts): z.infer<typeof AvatarGenerationSchema> => ({
  ...{ id: job.id, projectId: job.projectId, sourceType: job.type as AvatarWay, status: job.status },
  ...{ avatarsTotal: job.total, avatarsCompleted: job.completed },
  ...{ avatarsFailed: job.failed, avatarsCancelled: job.cancelled },
  percentage: Math.floor((100 * (job.completed + job.failed + job.cancelled)) / job.total),
  creditCharged: job.creditsCharged,
  createdAt: new Date(job.createdAt).toISOString(),
  endedAt: job.endedAt === null ? null : new Date(job.endedAt).toISOString(),
})

export const RunningAvatarGenerationSchema = AvatarGenerationSchema.extend({
  creditHeld: z.number().int().openapi({ description: 'Still reserved for avatars without an end' }),
  creditRefunded: z.number().int().openapi({ description: 'Released: failed or cancelled' }),
  queuePosition: z.number().int(),
  estimatedTimeRemaining: z.number().int().nullable().openapi({ description: 'Seconds' }),
  isDelayed: z.boolean().openapi({ description: 'Waits for an image service that is down; nothing is charged' }),
}).openapi('RunningAvatarGeneration')

export const toRunningAvatarGeneration = (job: JobView): z.infer<typeof RunningAvatarGenerationSchema> => ({
  ...toAvatarGeneration(job),
  creditHeld: job.creditsHeld - job.creditsCharged - job.creditsReleased,
  creditRefunded: job.creditsReleased,
  queuePosition: job.queuePosition,
  estimatedTimeRemaining: job.remainingMs === null ? null : Math.ceil(job.remainingMs / 1000),
  isDelayed: job.isDelayed,
})

/** One avatar of a generation: to be made, made, or not made and why. */
export const AvatarTaskSchema = z
  .object({
    id: z.string().openapi({ description: 'Of the avatar, from the start on' }),
    name: z.string(),
    status: z.enum(['pending', 'completed', 'failed', 'cancelled', 'deleted']),
    error: z.string().nullable().openapi({ description: 'Why there is no avatar; its credits are back' }),
    avatar: AvatarSchema.nullable(),
  })
  .openapi('AvatarTask')

export const StartedAvatarsSchema = z
  .object({
    generation: RunningAvatarGenerationSchema,
    avatarIds: z.array(z.string()).openapi({ description: 'Ids that the avatars have as soon as they are there' }),
    creditCharged: z.number().int().openapi({ description: 'Credits reserved; each avatar settles alone' }),
    estimate: EstimateSchema,
    links: z.object({ self: z.string(), cancel: z.string(), events: z.string() }),
  })
  .openapi('StartedAvatars')

export const avatarGenerationPath = (id: string): string => `${AVATAR_PATH}/generations/${id}`

export function toStartedAvatars(
  job: JobView,
  avatarIds: string[],
  estimate: Estimate,
): z.infer<typeof StartedAvatarsSchema> {
  const self = avatarGenerationPath(job.id)
  return {
    generation: toRunningAvatarGeneration(job),
    avatarIds,
    creditCharged: job.creditsHeld,
    estimate,
    links: { self, cancel: `${self}/cancellation`, events: '/api/v1/events' },
  }
}
