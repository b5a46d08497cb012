import { crc32 } from 'node:zlib'
import type { Ctx } from '../../ctx'
import { fail } from '../../http/errors'
import { sha256Hex } from '../../kernel/hash'
import { attemptsObject, userObject } from '../../objects'
import { manifestOf } from '../manifest'
import { collectContents, type EndedExport } from './collect'
import { type ArchiveContents, forgetContents, isWhole, keepContents, readContents } from './contents'
import { type ArchivePlan, planArchive } from './plan'
import type { ArchiveEntry } from './stream'

/** A ZIP that can be sent now. `etag`: strong, the same for the same bytes. */
export type Archive = { contents: ArchiveContents; entries: ArchiveEntry[]; plan: ArchivePlan; etag: string }

/** Why there is none: it runs, it ended without a picture, its files are gone, or nobody knows it. */
export type NoArchive = 'running' | 'failed' | 'cancelled' | 'expired' | 'unknown'

const ETAG_CHARACTERS = 32
/** Of one user, a minute: to lay out an archive of 5,000 files takes 2 MB, as many rows and 0.1 s, also for one byte of it. */
export const LOOKS_PER_MINUTE = 120
const MINUTE_MS = 60_000

/**
 * The archive of an export. Its contents are fixed at the first look after the end. Files that are gone since are built again
 * when they are few; then the archive is another one unless the same bytes came out. Throws `UNAVAILABLE` when they cannot
 * be built now, `RATE_LIMITED` beyond LOOKS_PER_MINUTE at archives of this user. `work`: what the user's object says of the job, from whoever has asked it.
 */
export async function openArchive(
  ctx: Ctx,
  userId: string,
  exportId: string,
  work?: ExportWork | null,
): Promise<Archive | NoArchive> {
  const early = work && withoutArchive(work)
  if (early) return early
  await takeLook(ctx, userId)
  const kept = await readContents(ctx, userId, exportId)
  if (kept && (await isWhole(ctx, kept))) return archiveOf(kept)
  const found = work ?? (await exportWork(ctx, userId, exportId))
  if (!found) return 'unknown'
  const none = withoutArchive(found)
  if (none) return none
  const contents = await collectContents(ctx, userId, found, kept)
  if (!contents) {
    // Prompts of pictures that are gone go with them.
    if (kept) await forgetContents(ctx, userId, exportId)
    return 'expired'
  }
  await keepContents(ctx, userId, contents)
  return archiveOf(contents)
}

async function takeLook({ env }: Ctx, userId: string): Promise<void> {
  const counter = attemptsObject(env, await sha256Hex(`archives\n${userId}`))
  const admission = await counter.takeSlot({ max: LOOKS_PER_MINUTE, windowMs: MINUTE_MS })
  if (admission.ok) return
  const details = { limit: 'archiveLooksPerMinute', max: LOOKS_PER_MINUTE, remaining: 0 }
  throw fail('RATE_LIMITED', details, Math.ceil(admission.retryAfterMs / 1000))
}

export type ExportWork = EndedExport

function withoutArchive({ job: { status } }: ExportWork): NoArchive | null {
  if (status === 'pending' || status === 'processing') return 'running'
  return status === 'failed' || status === 'cancelled' ? status : null
}

/** An export of this user as his object knows it, whether or not it has ended; null for anything else. */
export async function exportWork({ env }: Ctx, userId: string, exportId: string): Promise<ExportWork | null> {
  const found = await userObject(env, userId).pictureWork(exportId)
  return found?.work.app === 'exports' ? { job: found.job, params: found.work.params, tasks: found.tasks } : null
}

async function archiveOf(contents: ArchiveContents): Promise<Archive> {
  const manifest = manifestOf(contents)
  const entries: ArchiveEntry[] = [
    ...contents.files.map(({ name, sizeBytes, crc32, objectKey }) => ({ name, sizeBytes, crc32, objectKey })),
    { name: 'manifest.json', sizeBytes: manifest.length, crc32: crc32(manifest), bytes: manifest },
  ]
  const plan = planArchive(entries, contents.createdAt)
  // Names, sizes, CRCs and the time are in the tail; the keys name the recipes, which a CRC alone would not tell apart.
  const keys = new TextEncoder().encode(contents.files.map(({ objectKey }) => objectKey).join('\n'))
  const identity = new Uint8Array(plan.tail.length + keys.length)
  identity.set(plan.tail)
  identity.set(keys, plan.tail.length)
  return { contents, entries, plan, etag: `"${(await sha256Hex(identity)).slice(0, ETAG_CHARACTERS)}"` }
}
