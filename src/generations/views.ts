import { z } from '@hono/zod-openapi'
import { FUNDS, GENERATION_STATUSES, GENERATION_TYPES, type generatedPoses } from '../db/tables/generations'
import { assert } from '../kernel/assert'
import { signMediaPath } from '../media/sign'
import type { GenerationType, JobType, JobView } from './types'

const timestamp = z.string().openapi({ format: 'date-time' })

export const GenerationSchema = z
  .object({
    id: z.string(),
    projectId: z.string(),
    generationType: z.enum(GENERATION_TYPES),
    status: z.enum(GENERATION_STATUSES),
    textPrompt: z.string().nullable(),
    fund: z.enum(FUNDS),
    totalExpectedPoses: z.number().int(),
    posesCompleted: z.number().int(),
    posesFailed: z.number().int(),
    posesCancelled: z.number().int(),
    creditHeld: z.number().int().openapi({ description: 'Still reserved for pictures without an end' }),
    creditCharged: z.number().int(),
    creditRefunded: z.number().int().openapi({ description: 'Released: failed, cancelled or cheaper than reserved' }),
    createdAt: timestamp,
    endedAt: timestamp.nullable(),
  })
  .openapi('Generation')

export const ProgressSchema = z
  .object({
    percentage: z.number().int(),
    posesCompleted: z.number().int(),
    posesFailed: z.number().int(),
    posesCancelled: z.number().int(),
    posesTotal: z.number().int(),
    currentPose: z.string().nullable(),
    queuePosition: z.number().int(),
    estimatedTimeRemaining: z.number().int().nullable().openapi({ description: 'Seconds' }),
    isDelayed: z.boolean().openapi({ description: 'Waits for an image service that is down; nothing is charged' }),
  })
  .openapi('Progress')

/** Of a shoot, which is what ids of generations name. */
export function generationTypeOf({ type }: { type: JobType }): GenerationType {
  const shoot = GENERATION_TYPES.find((each) => each === type)
  assert(shoot, 'a generation is a shoot')
  return shoot
}

type Shown = Omit<JobView, 'app' | 'startedAt' | 'queuePosition' | 'currentPose' | 'remainingMs' | 'isDelayed'>

/** A job as the contract shows it, whether the user's object tells of it or D1. */
export const toGeneration = (job: Shown): z.infer<typeof GenerationSchema> => ({
  id: job.id,
  projectId: job.projectId,
  generationType: generationTypeOf(job),
  status: job.status,
  textPrompt: job.textPrompt,
  fund: job.fund,
  totalExpectedPoses: job.total,
  posesCompleted: job.completed,
  posesFailed: job.failed,
  posesCancelled: job.cancelled,
  creditHeld: job.creditsHeld - job.creditsCharged - job.creditsReleased,
  creditCharged: job.creditsCharged,
  creditRefunded: job.creditsReleased,
  createdAt: new Date(job.createdAt).toISOString(),
  endedAt: job.endedAt === null ? null : new Date(job.endedAt).toISOString(),
})

export const toProgress = (job: JobView): z.infer<typeof ProgressSchema> => ({
  percentage: Math.floor((100 * (job.completed + job.failed + job.cancelled)) / job.total),
  posesCompleted: job.completed,
  posesFailed: job.failed,
  posesCancelled: job.cancelled,
  posesTotal: job.total,
  currentPose: job.currentPose,
  queuePosition: job.queuePosition,
  estimatedTimeRemaining: job.remainingMs === null ? null : Math.ceil(job.remainingMs / 1000),
  isDelayed: job.isDelayed,
})

export const PictureSchema = z
  .object({
    id: z.string(),
    variationKey: z.string(),
    poseId: z.string().nullable(),
    status: z.enum(['completed', 'failed', 'cancelled']),
    outputImageUrl: z.string().nullable().openapi({ description: 'Signed, lives at most 15 minutes' }),
    thumbnailUrl: z.string().nullable(),
    originalImageUrl: z.string().nullable(),
    width: z.number().int(),
    height: z.number().int(),
    promptUsed: z.string(),
    seedUsed: z.number().int(),
    provider: z.string().nullable(),
    model: z.string().nullable(),
    simulated: z.boolean().openapi({ description: 'Drawn by the embedded renderer, not by a model' }),
    generationTime: z.number().int().nullable().openapi({ description: 'Milliseconds' }),
    poseMatch: z
      .number()
      .nullable()
      .openapi({ description: '0..1: how well it holds its pose; null when nobody measured it' }),
    backgroundChanged: z.boolean(),
    exports: z.record(z.string(), z.string()).openapi({
      description:
        'Signed URLs of the files that are there, by format; `GET .../poses/{id}/exports/{format}` makes others',
    }),
    isFavorite: z.boolean(),
    error: z.string().nullable().openapi({
      description:
        'Why there is no picture, e.g. PROVIDER_DOWN, MODERATED_OUT, DEADLINE or CANCELLED; its credits are back',
    }),
  })
  .openapi('Picture')

type Picture = z.infer<typeof PictureSchema>

/** A finished picture with fresh signed URLs. `files`: what is there of it in other formats, by their ids. */
export async function toPicture(
  secret: string,
  row: typeof generatedPoses.$inferSelect,
  now: number,
  files: readonly { format: string; id: string }[] = [],
): Promise<Picture> {
  const shownId = row.backgroundId ?? row.id
  const exported = await Promise.all(
    files.map(async ({ format, id }) => [format, await signMediaPath(secret, id, 'original', now)] as const),
  )
  const [original, thumbnail, untouched] = await Promise.all([
    signMediaPath(secret, shownId, 'original', now),
    signMediaPath(secret, shownId, 'thumbnail', now),
    shownId === row.id ? null : signMediaPath(secret, row.id, 'original', now),
  ])
  return {
    id: row.id,
    variationKey: row.variationKey,
    poseId: row.poseId,
    status: 'completed',
    outputImageUrl: original,
    thumbnailUrl: thumbnail,
    originalImageUrl: untouched,
    width: row.widthPx,
    height: row.heightPx,
    promptUsed: row.promptUsed,
    seedUsed: row.seedUsed,
    provider: row.provider,
    model: row.model,
    simulated: row.simulated,
    generationTime: row.generationMs,
    poseMatch: row.poseMatch,
    backgroundChanged: row.backgroundMode !== null || row.backgroundId !== null,
    exports: { ...Object.fromEntries(exported), original },
    isFavorite: row.isFavorite,
    error: null,
  }
}

type Unmade = {
  imageId: string
  variationKey: string
  poseId: string | null
  prompt: string
  seed: number
  state: 'failed' | 'cancelled'
  errorCode: string | null
}

/** A picture that nobody made: failed or cancelled, and why. */
export const toUnmadePicture = (task: Unmade, size: { widthPx: number; heightPx: number }): Picture => ({
  id: task.imageId,
  variationKey: task.variationKey,
  poseId: task.poseId,
  status: task.state,
  outputImageUrl: null,
  thumbnailUrl: null,
  originalImageUrl: null,
  width: size.widthPx,
  height: size.heightPx,
  promptUsed: task.prompt,
  seedUsed: task.seed,
  provider: null,
  model: null,
  simulated: false,
  generationTime: null,
  poseMatch: null,
  backgroundChanged: false,
  exports: {},
  isFavorite: false,
  error: task.errorCode,
})
