import type { Ctx } from '../../ctx'
import { findPictures, type PictureRow } from '../../generations/find-pictures'
import type { ExportParams, JobView } from '../../generations/types'
import { FORMATS } from '../formats'
import { SourceGoneError } from '../source'
import type { FormatId } from '../types'
import { ensureVariants, type FailedVariant, findVariants, type StoredVariant } from '../variants'
import { type ArchiveContents, type ArchiveFailure, newContents } from './contents'
import { fileNameOf } from './file-names'

/** Pictures whose missing files are built while somebody waits; for more the export is to be made again. */
const MAX_MENDED_PICTURES = 8
/** So soon after the end nobody has deleted a file yet: what is not there could not be made. */
const FRESH_MS = 24 * 3_600_000

export type ExportTask = { imageId: string; name: string; state: string; errorCode: string | null }
export type EndedExport = { job: JobView; params: ExportParams; tasks: ExportTask[] }

type Picture = { row: PictureRow; task: ExportTask; files: Map<FormatId, StoredVariant>; failures: ArchiveFailure[] }

/** As queues/build-variants.ts names them. */
const CODES = {
  over_cap: 'OVER_CAP',
  unusable: 'UNUSABLE_PICTURE',
  failed: 'BUILD_FAILED',
} as const satisfies Record<FailedVariant['code'], string>

/**
 * What an ended export has: files by their rows, those of a few pictures built again where they are gone, and a reason for
 * all others. `before`: what was found at an earlier look; its failures are not tried again. Null when it has expired: the
 * files of many pictures are gone, or the pictures are.
 */
export async function collectContents(
  ctx: Ctx,
  userId: string,
  { job, params, tasks }: EndedExport,
  before: ArchiveContents | null,
): Promise<ArchiveContents | null> {
  const { name, formats, options, versions } = params
  const { pictures, gone } = await findFiles(ctx, userId, tasks, params, before?.failures ?? [])
  const torn = pictures.filter((picture) => missingOf(picture, formats).length > 0)
  const isFresh = before === null && ctx.now() - (job.endedAt ?? 0) < FRESH_MS
  if (torn.length > MAX_MENDED_PICTURES && !isFresh) return null
  for (const picture of torn.slice(0, MAX_MENDED_PICTURES)) await mend(ctx, picture, params)
  for (const picture of torn.slice(MAX_MENDED_PICTURES))
    for (const format of missingOf(picture, formats))
      picture.failures.push(failureOf(picture.task, format, CODES.failed))
  if (pictures.every(({ files }) => files.size === 0)) return null
  const failed = tasks
    .filter(({ state }) => state !== 'done')
    .map((task) => failureOf(task, null, task.errorCode ?? 'NOT_MADE'))
  return newContents({
    ...{ id: job.id, name, createdAt: job.createdAt, options, formats: formats.map(specOf) },
    pictures: pictures.map(({ row, task }) => toArchived(row, task, versions[row.id] ?? null)),
    files: pictures.flatMap(({ task, files }, picture) =>
      formats.flatMap((format) => {
        const file = files.get(format)
        return file ? toFile(file, picture, task.name) : []
      }),
    ),
    failures: [...failed, ...gone, ...pictures.flatMap(({ failures }) => failures)],
  })
}

/** The pictures that the export has done, with the files that D1 knows of; `gone`: those that were deleted since. */
async function findFiles(
  ctx: Ctx,
  userId: string,
  tasks: ExportTask[],
  { formats, options, versions }: ExportParams,
  known: ArchiveFailure[],
): Promise<{ pictures: Picture[]; gone: ArchiveFailure[] }> {
  const done = tasks.filter(({ state }) => state === 'done')
  const rows = await findPictures(
    ctx,
    userId,
    done.map(({ imageId }) => imageId),
  )
  const shown = done.flatMap((task) => {
    const row = rows.get(task.imageId)
    return row ? { task, row } : []
  })
  const found = await findVariants(
    ctx.db,
    shown.map(({ row }) => ({ picture: row, backgroundId: versions[row.id] ?? null, formats, options })),
  )
  return {
    pictures: shown.map((picture, i) => {
      const files = found[i]!
      const isKnown = ({ imageId, format }: ArchiveFailure) =>
        imageId === picture.row.id && format !== null && !files.has(format)
      return { ...picture, files, failures: known.filter(isKnown) }
    }),
    gone: done.filter(({ imageId }) => !rows.has(imageId)).map((task) => failureOf(task, null, 'PICTURE_GONE')),
  }
}

const missingOf = ({ files, failures }: Picture, formats: FormatId[]): FormatId[] =>
  formats.filter((format) => !files.has(format) && !failures.some((failure) => failure.format === format))

/** Builds what is missing of a picture, or finds out why it cannot be had. */
async function mend(ctx: Ctx, picture: Picture, { formats, options, versions }: ExportParams): Promise<void> {
  const { row, task } = picture
  const missing = missingOf(picture, formats)
  try {
    const { variants, failures } = await ensureVariants(ctx, row, versions[row.id] ?? null, missing, options)
    for (const [format, file] of variants) picture.files.set(format, file)
    for (const { format, code } of failures) picture.failures.push(failureOf(task, format, CODES[code]))
  } catch (error) {
    if (!(error instanceof SourceGoneError)) throw error
    for (const format of missing) picture.failures.push(failureOf(task, format, 'PICTURE_GONE'))
  }
}

const failureOf = ({ imageId, name }: ExportTask, format: FormatId | null, code: string): ArchiveFailure => ({
  ...{ imageId, name, format, code },
})

function specOf(id: FormatId): ArchiveContents['formats'][number] {
  const { name, widthPx, heightPx, type, quality, dpi, maxBytes } = FORMATS[id]
  return { id, name, widthPx, heightPx, type, quality, dpi, maxBytes }
}

const toArchived = (row: PictureRow, { name }: ExportTask, backgroundId: string | null) => ({
  ...{ id: row.id, name, poseId: row.poseId, prompt: row.promptUsed, seed: row.seedUsed },
  ...{ provider: row.provider, model: row.model, simulated: row.simulated, backgroundId },
})

function toFile(file: StoredVariant, picture: number, stem: string): ArchiveContents['files'][number] {
  const { id, format, objectKey, widthPx, heightPx, sizeBytes, crc32, quality, isPadded, keeps } = file
  return {
    ...{ picture, name: fileNameOf(stem, format, file.contentType) },
    ...{ id, format, objectKey, widthPx, heightPx, sizeBytes, crc32, quality, isPadded, keeps },
  }
}
