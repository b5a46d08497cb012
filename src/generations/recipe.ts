import { z } from '@hono/zod-openapi'
import { ShootParams } from '../apps/pose-generator/params'
import { GENERATION_TYPES, type generatedPoses, type generations } from '../db/tables/generations'
import type { Degradation } from '../db/tables/recipe'
import type { JobParams } from './types'

/** What stands in the way of the same picture. Each is found by comparing, none is a guess. */
export const DIFFERENCES = ['pose', 'words', 'avatar', 'background', 'provider', 'settings'] as const
export type Difference = (typeof DIFFERENCES)[number]

const DEGRADATIONS = ['control-as-reference', 'no-control', 'no-reference', 'resized'] as const satisfies Degradation[]

const RequestSchema = z.record(z.string(), z.unknown()).openapi({
  description: 'Body for `POST /generate` that asks for the same picture; null when that cannot be asked any more',
})

/** How a picture came to be, for its owner. What it cost us and what its provider calls it is ours. */
export const RecipeSchema = z
  .object({
    provider: z.string(),
    model: z.string(),
    simulated: z.boolean().openapi({ description: 'Drawn by the embedded renderer, not by a model' }),
    prompt: z.string().openapi({ description: 'The words that the model got' }),
    seed: z.number().int(),
    width: z.number().int(),
    height: z.number().int(),
    steps: z.number().nullable(),
    guidance: z.number().nullable(),
    control: z
      .object({
        sha256: z.string().openapi({ description: 'Of the bytes of the pose map that the model got' }),
        scale: z.number().nullable(),
        start: z.number().nullable(),
        end: z.number().nullable(),
      })
      .nullable(),
    references: z.number().int().nullable().openapi({ description: 'Pictures of the avatar that the model got' }),
    degraded: z.array(z.enum(DEGRADATIONS)).openapi({ description: 'What the provider could not take as asked' }),
    poseId: z.string().nullable(),
    generationType: z.enum(GENERATION_TYPES),
    createdAt: z.string().openapi({ format: 'date-time' }),
    request: RequestSchema.nullable(),
    requestedAs: z.string().nullable().openapi({
      description: '`variationKey` of this picture among the results of `request`',
    }),
    differences: z.array(z.enum(DIFFERENCES)).openapi({
      description:
        'Why `request` would not make the same picture now: the pose is gone or would be another, the words of the ' +
        'prompt would be others, the project has another avatar, the background picture is gone, another provider or model ' +
        'would make it, or how it was asked for is no longer known. Empty: the model gets the same again. Whether it ' +
        'answers the same pixels is the model’s promise; the embedded renderer does.',
    }),
  })
  .openapi('Recipe')

type Row = typeof generatedPoses.$inferSelect
type Job = Pick<typeof generations.$inferSelect, 'projectId' | 'type' | 'textPrompt'>

/** The request for one picture again, and what it is called among the request's results. */
export type Again = { request: z.infer<typeof ShootParams>; requestedAs: string }

/**
 * The body that asks for the same picture. A pose of the library is asked for alone, whatever words found it. One that was
 * made from words comes with those before it, because the seed of the first makes them all. Null when the rules of today
 * refuse the body.
 */
export function requestAgain(row: Row, job: Job, params: JobParams): Again | null {
  const seed = row.recipe?.settings.seed ?? row.seedUsed
  const common = {
    projectId: job.projectId,
    ...{ width: params.widthPx, height: params.heightPx, outputFormats: params.outputFormats },
    ...backgroundFields(params.background),
    ...(params.looseControl && { poseControl: 'preferred' }),
    ...(params.avatar && { avatarId: params.avatar.id }),
  }
  const again = row.poseId === null ? fromWords(row, job, seed) : fromLibrary(row.poseId, params, seed)
  if (!again) return null
  const { success, data: request } = ShootParams.safeParse({ ...common, ...again.fields })
  return success ? { request, requestedAs: again.requestedAs } : null
}

const fromLibrary = (poseId: string, { subject }: JobParams, seed: number) => ({
  fields: {
    ...{ generationType: 'GALLERY_REFERENCE', selectedPoseIds: [poseId], batchSize: 1, seed },
    ...(subject.words !== '' && { prompt: subject.words }),
  },
  requestedAs: `${poseId}-v0`,
})

function fromWords({ variationKey }: Row, { textPrompt }: Job, seed: number) {
  const variation = Number(/^text-v(\d+)$/.exec(variationKey)?.[1] ?? Number.NaN)
  // A gallery picture whose pose was deleted.
  if (Number.isNaN(variation) || textPrompt === null) return null
  const fields = {
    ...{ generationType: 'TEXT_DESCRIPTION', textPrompt },
    ...{ seed: (seed - variation) >>> 0, variationCount: variation + 1 },
  }
  return { fields, requestedAs: variationKey }
}

const backgroundFields = (background: JobParams['background']) =>
  background && {
    ...{ useBackgroundChanger: true, backgroundMode: background.mode },
    ...(background.prompt !== undefined && { backgroundPrompt: background.prompt }),
    ...(background.color !== undefined && { backgroundColor: background.color }),
    ...(background.uploadId !== undefined && { backgroundImageId: background.uploadId }),
  }

/** A picture from before recipes tells what its row knows. */
export function toRecipe(
  row: Row,
  job: Job,
  again: Again | null,
  differences: Difference[],
): z.infer<typeof RecipeSchema> {
  const { recipe } = row
  const settings = recipe?.settings
  return {
    ...{ provider: row.provider, model: row.model, simulated: row.simulated },
    prompt: settings?.prompt ?? row.promptUsed,
    seed: settings?.seed ?? row.seedUsed,
    width: settings?.width ?? row.widthPx,
    height: settings?.height ?? row.heightPx,
    steps: settings?.steps ?? null,
    guidance: settings?.guidance ?? null,
    control: settings?.control ?? null,
    references: settings ? settings.referenceSha256.length : null,
    degraded: recipe?.degraded ?? [],
    ...{ poseId: row.poseId, generationType: job.type, createdAt: new Date(row.createdAt).toISOString() },
    ...{ request: again?.request ?? null, requestedAs: again?.requestedAs ?? null, differences },
  }
}
