import { z } from '@hono/zod-openapi'
import { CHANGED_BACKGROUND_MODES, JOB_STATUSES } from '../db/tables/pictures'
import type { JobView } from '../generations/types'
import { signMediaPath } from '../media/sign'
import type { VersionRow } from './versions'

const timestamp = z.string().openapi({ format: 'date-time' })

export const BackgroundSchema = z
  .object({
    id: z.string(),
    imageId: z.string(),
    backgroundMode: z.enum(CHANGED_BACKGROUND_MODES),
    backgroundColor: z.string().nullable(),
    backgroundPrompt: z.string().nullable(),
    backgroundImageId: z.string().nullable(),
    seed: z.number().int().nullable(),
    shadow: z.boolean(),
    outputImageUrl: z.string().openapi({ description: 'Signed, lives at most 15 minutes' }),
    thumbnailUrl: z.string(),
    sizeBytes: z.number().int(),
    isShown: z.boolean().openapi({ description: 'The picture is shown, and exported, with this background' }),
    createdAt: timestamp,
  })
  .openapi('Background')

/** A version with fresh signed URLs; `shownId` is the one that its picture is shown with. */
export async function toBackground(
  secret: string,
  row: VersionRow,
  shownId: string | null,
  now: number,
): Promise<z.infer<typeof BackgroundSchema>> {
  const [outputImageUrl, thumbnailUrl] = await Promise.all([
    signMediaPath(secret, row.id, 'original', now),
    signMediaPath(secret, row.id, 'thumbnail', now),
  ])
  const { mode, color, prompt, uploadId, seed, shadow } = row.wish
  return {
    ...{ id: row.id, imageId: row.imageId, backgroundMode: mode },
    ...{ backgroundColor: color ?? null, backgroundPrompt: prompt ?? null, backgroundImageId: uploadId ?? null },
    ...{ seed: seed ?? null, shadow, outputImageUrl, thumbnailUrl, sizeBytes: row.sizeBytes },
    ...{ isShown: row.id === shownId, createdAt: new Date(row.createdAt).toISOString() },
  }
}

export const BackgroundJobSchema = z
  .object({
    id: z.string(),
    status: z.enum(JOB_STATUSES),
    picturesTotal: z.number().int(),
    picturesCompleted: z.number().int(),
    picturesFailed: z.number().int(),
    picturesCancelled: z.number().int(),
    creditHeld: z.number().int().openapi({ description: 'Still reserved for pictures without an end' }),
    creditCharged: z.number().int(),
    creditRefunded: z.number().int().openapi({ description: 'Released: failed, cancelled, or made by another job' }),
    createdAt: timestamp,
    endedAt: timestamp.nullable(),
  })
  .openapi('BackgroundJob')

export const toBackgroundJob = (job: JobView): z.infer<typeof BackgroundJobSchema> => ({
  ...{ id: job.id, status: job.status, picturesTotal: job.total, picturesCompleted: job.completed },
  ...{ picturesFailed: job.failed, picturesCancelled: job.cancelled },
  ...{ creditHeld: job.creditsHeld - job.creditsCharged - job.creditsReleased, creditCharged: job.creditsCharged },
  ...{ creditRefunded: job.creditsReleased, createdAt: new Date(job.createdAt).toISOString() },
  endedAt: job.endedAt === null ? null : new Date(job.endedAt).toISOString(),
})

export const StartedBackgroundsSchema = z
  .object({
    job: BackgroundJobSchema,
    shownImageIds: z.array(z.string()).openapi({
      description: 'Pictures that had this background already: shown with it again at once, and free',
    }),
    links: z.object({ self: z.string(), cancel: z.string(), events: z.string() }),
  })
  .openapi('StartedBackgrounds')

export const jobPath = ({ id }: JobView): string => `/api/v1/apps/pose-generator/backgrounds/${id}`

export const toStartedBackgrounds = (
  job: JobView,
  shownImageIds: string[],
): z.infer<typeof StartedBackgroundsSchema> => ({
  job: toBackgroundJob(job),
  shownImageIds,
  links: { self: jobPath(job), cancel: `${jobPath(job)}/cancellation`, events: '/api/v1/events' },
})

/** Headers of an answer to a start. */
export const startHeaders = ({
  job,
  replayed,
}: {
  job: JobView | null
  replayed: boolean
}): Record<string, string> => ({
  ...(job && { location: jobPath(job) }),
  ...(replayed && { 'idempotent-replayed': 'true' }),
})
