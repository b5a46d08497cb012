import { z } from '@hono/zod-openapi'
import { eq, sql } from 'drizzle-orm'
import type { StartAnswer } from '../../durable-objects/user/start'
import type { Ctx } from '../ctx'
import { generatedPoses, generations } from '../db/tables/generations'
import { poses } from '../db/tables/poses'
import { findPictures, type PictureRow } from '../generations/find-pictures'
import { startRefusal, tryStart } from '../generations/start-job'
import type { ExportParams, TaskPlan } from '../generations/types'
import type { Caller } from '../http/access-token'
import { fail, type Language } from '../http/errors'
import { freeText, idField } from '../http/fields'
import { fingerprint } from '../http/idempotency'
import { WIB_OFFSET_MS } from '../kernel/calendar'
import { newId } from '../kernel/ids'
import { MAX_FORMATS, MAX_PICTURES_PER_EXPORT } from '../kernel/limits'
import { userObject } from '../objects'
import { formatName } from './fields'
import { DEFAULT_OPTIONS, FILLS, type FormatId } from './types'
import { recommendedFormats, USE_CASE_IDS } from './use-cases'
import { slugOf, uniqueNames } from './zip/file-names'

/** Exports are free, so these alone keep anybody from having the same pictures packed all day. */
const LIMITS = { generatesPerMinute: 10, posesPerHour: 5_000 }
const LIMIT_NAMES = { generatesPerMinute: 'exportsPerMinute', posesPerHour: 'exportedPicturesPerHour' }

const unique = <T>(values: T[]): boolean => new Set(values).size === values.length

export const ExportBody = z
  .strictObject({
    imageIds: z
      .array(idField('image'))
      .min(1)
      .max(MAX_PICTURES_PER_EXPORT)
      .refine(unique, 'must not name a picture twice')
      .optional()
      .openapi({ description: 'Pictures; or `generationId` for all finished ones of a generation' }),
    generationId: idField('generation').optional(),
    formats: z
      .array(formatName())
      .min(1)
      .max(MAX_FORMATS)
      .refine(unique, 'must not name a format twice')
      .optional()
      .openapi({ description: 'Formats of `GET /formats` or their short names; or `useCase` for a set of them' }),
    useCase: z.enum(USE_CASE_IDS).optional(),
    fill: z.enum(FILLS).default(DEFAULT_OPTIONS.fill),
    includeRecipe: z.boolean().default(DEFAULT_OPTIONS.withRecipe).openapi({
      description: '`false`: neither files nor manifest tell how the pictures came to be; that AI made them they do',
    }),
    name: freeText(1, 100).optional().openapi({ description: 'What the ZIP is called' }),
  })
  .superRefine((body, issues) => {
    for (const [one, other] of [
      ['imageIds', 'generationId'],
      ['formats', 'useCase'],
    ] as const) {
      if (body[one] === undefined && body[other] === undefined)
        issues.addIssue({ code: 'custom', path: [one], message: `is needed, or ${other}` })
      if (body[one] !== undefined && body[other] !== undefined)
        issues.addIssue({ code: 'custom', path: [other], message: `must not be sent with ${one}` })
    }
  })
export type ExportBody = z.infer<typeof ExportBody>

type Started = Extract<StartAnswer, { ok: true }> & { params: ExportParams }

/**
 * Starts an export: a task for each picture, in the version that is shown now. Free. Throws 404 with the field for pictures
 * that are not the caller's or not finished, `CONFLICT` for a generation without finished pictures, and whatever start-job says.
 */
export async function startExport(
  ctx: Ctx,
  caller: Caller,
  body: ExportBody,
  { key, language }: { key: string; language: Language },
): Promise<Started> {
  const pictures = await picturesOf(ctx, caller, body)
  const shoots = await shootsOf(ctx, pictures)
  const names = await fileStems(ctx, pictures, shoots, language)
  const formats: FormatId[] = body.formats ?? [...recommendedFormats(body.useCase!)]
  const params: ExportParams = {
    name: body.name ?? `Lumiku ${new Date(ctx.now() + WIB_OFFSET_MS).toISOString().slice(0, 10)}`,
    formats,
    options: { fill: body.fill, withRecipe: body.includeRecipe },
    versions: Object.fromEntries(
      pictures.flatMap(({ id, backgroundId }) => (backgroundId === null ? [] : [[id, backgroundId]])),
    ),
  }
  const answer = await tryStart(ctx, caller, {
    ...{ route: 'exports', key, fingerprint: await fingerprint('POST', '/exports', body) },
    job: {
      ...{ id: newId('export'), app: 'exports', type: 'EXPORT', textPrompt: null, params },
      // Of none: a project that is deleted meanwhile is missing in the archive, and said to be. And code from before exports,
      // to which a rollback returns, takes a job with a project for a generation, which D1 refuses with all that comes with it.
      projectId: '',
    },
    tasks: pictures.map((picture, i) => toTask(picture, names[i]!)),
    price: { poseCredits: 0, backgroundCredits: 0 },
    // A plan's quota is for pictures that are made.
    fund: 'credits',
    limits: LIMITS,
  })
  if (answer.ok) return { ...answer, params }
  throw startRefusal(answer, ctx.now(), LIMIT_NAMES)
}

async function picturesOf(ctx: Ctx, caller: Caller, { imageIds, generationId }: ExportBody): Promise<PictureRow[]> {
  const ids = imageIds ?? (await idsOf(ctx, caller, generationId!))
  const found = await findPictures(ctx, caller.userId, ids)
  if (imageIds) {
    const missing = imageIds.findIndex((id) => !found.has(id))
    if (missing !== -1) throw fail('NOT_FOUND', { field: `imageIds.${missing}` })
  }
  if (found.size === 0) throw fail('CONFLICT', { field: 'generationId', reason: 'no picture of it is finished' })
  return ids.flatMap((id) => found.get(id) ?? [])
}

async function idsOf(ctx: Ctx, { userId }: Caller, generationId: string): Promise<string[]> {
  if (!(await userObject(ctx.env, userId).job(generationId))) throw fail('NOT_FOUND', { field: 'generationId' })
  const rows = await ctx.db
    .select({ id: generatedPoses.id })
    .from(generatedPoses)
    .where(eq(generatedPoses.generationId, generationId))
    .orderBy(generatedPoses.position)
    .limit(MAX_PICTURES_PER_EXPORT)
  return rows.map(({ id }) => id)
}

type Shoot = { textPrompt: string | null }

async function shootsOf({ db }: Ctx, pictures: PictureRow[]): Promise<Map<string, Shoot>> {
  const { id, textPrompt } = generations
  const rows = await db
    .select({ id, textPrompt })
    .from(generations)
    .where(
      oneOf(
        id,
        pictures.map(({ generationId }) => generationId),
      ),
    )
  return new Map(rows.map((row) => [row.id, row]))
}

/** First parts of the files' names, each there once: the pose, or the words that described it, and the variation. */
async function fileStems({ db }: Ctx, pictures: PictureRow[], shoots: Map<string, Shoot>, language: Language) {
  const rows = await db
    .select({ id: poses.id, name: language === 'en' ? poses.nameEn : poses.nameId })
    .from(poses)
    .where(
      oneOf(
        poses.id,
        pictures.map(({ poseId }) => poseId),
      ),
    )
  const names = new Map(rows.map(({ id, name }) => [id, name]))
  return uniqueNames(
    pictures.map(({ poseId, generationId, variationKey }) => {
      const words = (poseId === null ? shoots.get(generationId)?.textPrompt : names.get(poseId)) ?? ''
      return [slugOf(words, 'pose'), ...(/v\d{1,4}$/.exec(variationKey) ?? [])].join('-')
    }),
  )
}

/** Any number of values as one bound value: D1 takes 100 in a statement. */
const oneOf = (column: typeof poses.id | typeof generations.id, values: (string | null)[]) =>
  sql`${column} in (select value from json_each(${JSON.stringify([...new Set(values)])}))`

const toTask = ({ id, poseId }: PictureRow, name: string): TaskPlan => ({
  ...{ variationKey: id, imageId: id, name, poseId, draft: null, prompt: '', seed: 0 },
})
