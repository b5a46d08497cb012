import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import type { Database } from '../db/client'
import { generatedPoses } from '../db/tables/generations'
import { pictureBackgrounds } from '../db/tables/pictures'
import { insertPicture } from '../generations/record-picture'
import type { MadeVersion } from './make-version'

export type VersionRow = typeof pictureBackgrounds.$inferSelect

/** D1 takes 100 bound values in a statement. */
const IDS_AT_ONCE = 90
/** Versions that are listed of one picture, newest first. */
const MAX_LISTED = 100

const isOf = (imageId: string, hash: string) =>
  and(eq(pictureBackgrounds.imageId, imageId), eq(pictureBackgrounds.wishHash, hash))

/** The version of a picture that came of a wish. */
export async function findVersion(db: Database, imageId: string, hash: string): Promise<VersionRow | undefined> {
  const [row] = await db.select().from(pictureBackgrounds).where(isOf(imageId, hash))
  return row
}

/** The same of many pictures. */
export async function findVersions(db: Database, imageIds: string[], hash: string): Promise<VersionRow[]> {
  const pages = pagesOf(imageIds).map((ids) =>
    db
      .select()
      .from(pictureBackgrounds)
      .where(and(inArray(pictureBackgrounds.imageId, ids), eq(pictureBackgrounds.wishHash, hash))),
  )
  return (await Promise.all(pages)).flat()
}

/** All versions of a picture, newest first. */
export async function listVersions(db: Database, imageId: string): Promise<VersionRow[]> {
  const rows = await db.select().from(pictureBackgrounds).where(eq(pictureBackgrounds.imageId, imageId))
  return rows.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1)).slice(0, MAX_LISTED)
}

/** A version whose maker got no charge is this task's from now on. False when it was another's by then. */
export async function takeOver(db: Database, { id, madeBy }: VersionRow, taker: string): Promise<boolean> {
  const taken = await db
    .update(pictureBackgrounds)
    .set({ madeBy: taker })
    .where(and(eq(pictureBackgrounds.id, id), eq(pictureBackgrounds.madeBy, madeBy)))
    .returning({ id: pictureBackgrounds.id })
  return taken.length > 0
}

/** A picture is shown with this version from now on; null: as it was made. */
export const showVersion = (db: Database, imageId: string, backgroundId: string | null): Promise<unknown> =>
  db.update(generatedPoses).set({ backgroundId }).where(eq(generatedPoses.id, imageId))

/** Each picture is shown with its version of a wish, where it has one. */
export async function showVersions(db: Database, imageIds: string[], hash: string): Promise<void> {
  for (const ids of pagesOf(imageIds))
    await db
      .update(generatedPoses)
      .set({ backgroundId: sql`coalesce(${versionIdOf(hash)}, ${generatedPoses.backgroundId})` })
      .where(inArray(generatedPoses.id, ids))
}

/**
 * Writes a version and shows it, all or nothing; `picture` first, for one whose row is not there yet. Of two makers of one
 * wish the first keeps the row, and the row says who that was. Throws when the picture is gone.
 */
export async function recordVersion(
  { db }: Pick<Ctx, 'db'>,
  { row, maskKey }: Omit<MadeVersion, 'maskMicroUsd'>,
  picture?: typeof generatedPoses.$inferInsert,
): Promise<VersionRow> {
  const insert = db
    .insert(pictureBackgrounds)
    .values(row)
    .onConflictDoNothing({ target: [pictureBackgrounds.imageId, pictureBackgrounds.wishHash] })
  const show = db
    .update(generatedPoses)
    .set({ backgroundId: versionIdOf(row.wishHash), maskKey })
    .where(eq(generatedPoses.id, row.imageId))
  const read = db.select().from(pictureBackgrounds).where(isOf(row.imageId, row.wishHash))
  if (picture) await db.batch([insertPicture(db, picture), insert, show])
  else await db.batch([insert, show])
  const [kept] = await read
  return kept!
}

const versionIdOf = (hash: string) =>
  sql<string>`(select id from picture_backgrounds where image_id = ${generatedPoses.id} and wish_hash = ${hash})`

const pagesOf = (ids: string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / IDS_AT_ONCE) }, (_, page) =>
    ids.slice(page * IDS_AT_ONCE, (page + 1) * IDS_AT_ONCE),
  )
