import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Database } from '../db/client'
import { exportVariants } from '../db/tables/pictures'
import { type PictureFacts, recipeHash } from './recipe-hash'
import type { FormatId, VariantOptions } from './types'

type VariantRow = typeof exportVariants.$inferSelect

/** A finished file, as D1 knows it. Its object is in R2 unless it was lost: `ensureVariants` looks, `findVariants` does not. */
export type StoredVariant = Omit<VariantRow, 'format'> & { format: FormatId }

/** A file that is in R2, to be written down. */
export type VariantFile = typeof exportVariants.$inferInsert & { format: FormatId }

export type VariantAsk = {
  picture: PictureFacts
  /** Which version of the picture; null: as it was made. */
  backgroundId: string | null
  formats: readonly FormatId[]
  options: VariantOptions
}

/** 100 bytes each in one bound value, of which D1 takes 2 MB; 400 each in the answer. */
const ASKS_AT_ONCE = 1_000
/** Five versions of a picture in all formats. Beyond it the oldest files go: each can be built again. */
export const MAX_VARIANTS_PER_PICTURE = 100

/** What is there of what is asked: a map by format for each ask, in their order. Five statements for 500 x 10 files. */
export async function findVariants(db: Database, asks: readonly VariantAsk[]): Promise<Map<FormatId, StoredVariant>[]> {
  const named = await Promise.all(asks.flatMap((ask, index) => ask.formats.map((format) => name(ask, index, format))))
  const pages = Array.from({ length: Math.ceil(named.length / ASKS_AT_ONCE) }, (_, page) =>
    named.slice(page * ASKS_AT_ONCE, (page + 1) * ASKS_AT_ONCE),
  )
  const found = await Promise.all(pages.map((page) => rowsOf(db, page)))
  const rows = new Map(found.flat().map((row) => [row.recipeHash, row]))
  const answers = asks.map(() => new Map<FormatId, StoredVariant>())
  for (const { index, format, hash } of named) {
    const row = rows.get(hash)
    if (row) answers[index]!.set(format, { ...row, format })
  }
  return answers
}

type Named = { index: number; imageId: string; format: FormatId; hash: string }

const name = async (
  { picture, backgroundId, options }: VariantAsk,
  index: number,
  format: FormatId,
): Promise<Named> => ({
  ...{ index, format, imageId: picture.id },
  hash: await recipeHash(picture, backgroundId, format, options),
})

const rowsOf = (db: Database, page: Named[]): Promise<VariantRow[]> => {
  const pairs = JSON.stringify(page.map(({ imageId, hash }) => [imageId, hash]))
  return db
    .select()
    .from(exportVariants)
    .where(
      sql`(${exportVariants.imageId}, ${exportVariants.recipeHash}) in (select value ->> 0, value ->> 1 from json_each(${pairs}))`,
    )
}

/** Writes rows of files that are in R2, all or none; answers those that are there then. The same file twice is one row. */
export async function writeVariants(db: Database, files: VariantFile[]): Promise<StoredVariant[]> {
  const [first, ...rest] = files.map((file) =>
    db
      .insert(exportVariants)
      .values(file)
      .onConflictDoUpdate({
        target: [exportVariants.imageId, exportVariants.recipeHash],
        // Bytes of the same recipe are the same; what was lost and built again counts as new.
        set: { sizeBytes: sql`excluded.size_bytes`, crc32: sql`excluded.crc32`, createdAt: sql`excluded.created_at` },
      })
      .returning(),
  )
  if (!first) return []
  const written = await db.batch([first, ...rest])
  return written.flat().map((row, index) => ({ ...row, format: files[index]!.format }))
}

/** Files that somebody still wants do not become old: retention goes by `created_at`. */
export async function renewVariants(db: Database, ids: string[], now: number): Promise<void> {
  await db.update(exportVariants).set({ createdAt: now }).where(inArray(exportVariants.id, ids))
}

/**
 * Deletes the rows of a picture's oldest files beyond MAX_VARIANTS_PER_PICTURE; answers the keys of their objects, which are
 * to go next. Never the key of a master: that is no copy.
 */
export async function dropOldest(db: Database, imageId: string): Promise<string[]> {
  const oldest = sql`(select id from export_variants where image_id = ${imageId}
    order by created_at desc, id desc limit -1 offset ${MAX_VARIANTS_PER_PICTURE})`
  const gone = await db
    .delete(exportVariants)
    .where(and(eq(exportVariants.imageId, imageId), sql`${exportVariants.id} in ${oldest}`))
    .returning({ key: exportVariants.objectKey })
  return gone.map(({ key }) => key).filter(isVariantKey)
}

/** A file of our own making, and not the master or a background that an `original` points to. */
const isVariantKey = (key: string): boolean => /_x_[a-z0-9_]+_[0-9a-f]{32}$/.test(key)
