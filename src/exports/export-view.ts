import { z } from '@hono/zod-openapi'
import type { Ctx } from '../ctx'
import { JOB_STATUSES, type pictureJobs } from '../db/tables/pictures'
import type { JobView } from '../generations/types'
import { FORMAT_IDS } from './types'
import { type Archive, type ExportWork, openArchive } from './zip/open-archive'
import { signArchivePath } from './zip/sign'

const timestamp = z.string().openapi({ format: 'date-time' })

/** What a list tells of an export. */
export const ListedExportSchema = z
  .object({
    id: z.string(),
    status: z.enum(JOB_STATUSES),
    picturesTotal: z.number().int(),
    picturesDone: z.number().int(),
    picturesFailed: z.number().int(),
    picturesCancelled: z.number().int(),
    percentage: z.number().int(),
    createdAt: timestamp,
    endedAt: timestamp.nullable(),
  })
  .openapi('ListedExport')

export const ExportSchema = ListedExportSchema.extend({
  name: z.string(),
  status: z.enum([...JOB_STATUSES, 'expired']).openapi({
    description: '`partial`: the ZIP is there and its manifest names what is missing. `expired`: ask for it again',
  }),
  formats: z.array(z.enum(FORMAT_IDS)),
  estimatedTimeRemaining: z.number().int().nullable().openapi({ description: 'Seconds' }),
  files: z.number().int().nullable().openapi({ description: 'Pictures in the ZIP; null while there is none' }),
  sizeBytes: z.number().int().nullable().openapi({ description: 'Of the ZIP, exactly' }),
  downloadUrl: z.string().nullable().openapi({ description: 'Signed, lives at most 15 minutes; takes Range requests' }),
}).openapi('Export')

export const selfPath = (id: string): string => `/api/v1/apps/pose-generator/exports/${id}`

type Counts = Pick<JobView, 'id' | 'status' | 'total' | 'completed' | 'failed' | 'cancelled' | 'createdAt' | 'endedAt'>

/** A job of the user's object or its row in D1. */
export const toListedExport = (job: Counts | typeof pictureJobs.$inferSelect): z.infer<typeof ListedExportSchema> => ({
  ...{ id: job.id, status: job.status },
  ...{ picturesTotal: job.total, picturesDone: job.completed },
  ...{ picturesFailed: job.failed, picturesCancelled: job.cancelled },
  percentage: Math.floor((100 * (job.completed + job.failed + job.cancelled)) / job.total),
  createdAt: new Date(job.createdAt).toISOString(),
  endedAt: job.endedAt === null ? null : new Date(job.endedAt).toISOString(),
})

type Shown = { job: JobView; params: Pick<ExportWork['params'], 'name' | 'formats'> }

/** An export whose archive is not looked at: one that runs, or whose ZIP nobody can have. */
export const toExport = ({ job, params }: Shown): z.infer<typeof ExportSchema> => ({
  ...toListedExport(job),
  ...{ name: params.name, formats: params.formats },
  estimatedTimeRemaining: job.remainingMs === null ? null : Math.ceil(job.remainingMs / 1000),
  ...{ files: null, sizeBytes: null, downloadUrl: null },
})

/** An export with its ZIP when it has one. Throws `UNAVAILABLE` when files must be built again and cannot be now. */
export async function showExport(ctx: Ctx, userId: string, work: ExportWork): Promise<z.infer<typeof ExportSchema>> {
  const shown = toExport(work)
  const archive = await openArchive(ctx, userId, work.job.id, work)
  if (archive === 'expired') return { ...shown, status: archive }
  return typeof archive === 'string' ? shown : { ...shown, ...(await zipOf(ctx, userId, archive)) }
}

async function zipOf({ config, now }: Ctx, userId: string, { contents, plan }: Archive) {
  return {
    files: contents.files.length,
    sizeBytes: plan.totalBytes,
    downloadUrl: await signArchivePath(config.MEDIA_SIGNING_SECRET, userId, contents.id, now()),
  }
}
