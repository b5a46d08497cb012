import { z } from '@hono/zod-openapi'
import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { poseFavorites, poses } from '../../db/tables/poses'
import { fail } from '../../http/errors'
import { isInLibrary, qualified } from './visible'

/** A person's favourites; each new one counts them, so the limit is also what an insert reads at most. */
export const MAX_FAVORITES = 5_000

export const FavoriteSchema = z
  .object({ isFavorite: z.boolean(), favoriteCount: z.number().int().openapi({ description: 'Of everybody' }) })
  .openapi('PoseFavorite')

type Favorite = z.infer<typeof FavoriteSchema>

/**
 * Makes a pose of the library somebody's favourite; a second time changes nothing. Own poses are in one's own list
 * already and are nobody's to count: they are answered like missing ones.
 * Throws NOT_FOUND, and CONFLICT `{limit}` when the list is full, which the insert itself finds out: of favourites that
 * come at the same moment no more get through than fit. `limit` is for tests.
 */
export async function addFavorite(
  db: Database,
  userId: string,
  poseId: string,
  now: number,
  limit = MAX_FAVORITES,
): Promise<Favorite> {
  const hasRoom = sql`(select count(*) from ${poseFavorites} where ${poseFavorites.userId} = ${userId}) < ${limit}`
  const [, found] = await db.batch([
    db
      .insert(poseFavorites)
      .select(
        sql`select ${userId}, ${poses.id}, ${now} from ${poses}
          where ${and(eq(poses.id, poseId), isInLibrary(), hasRoom)}`,
      )
      .onConflictDoNothing(),
    favoriteOf(db, userId, and(eq(poses.id, poseId), isInLibrary())),
  ])
  const [favorite] = found
  if (!favorite) throw fail('NOT_FOUND')
  if (!favorite.isFavorite) throw fail('CONFLICT', { reason: 'the list of favourites is full', limit })
  return favorite
}

/** No favourite any more, whether or not it was one. A pose that was hidden since can still be taken out, once. */
export async function removeFavorite(db: Database, userId: string, poseId: string): Promise<Favorite> {
  const [removed, found] = await db.batch([
    db
      .delete(poseFavorites)
      .where(and(eq(poseFavorites.userId, userId), eq(poseFavorites.poseId, poseId)))
      .returning({ poseId: poseFavorites.poseId }),
    db
      .select({ favoriteCount: poses.favoriteCount, isShown: qualified<number>(isInLibrary()) })
      .from(poses)
      .where(eq(poses.id, poseId)),
  ])
  const [pose] = found
  if (!pose || (!pose.isShown && removed.length === 0)) throw fail('NOT_FOUND')
  return { isFavorite: false, favoriteCount: pose.favoriteCount }
}

/** Whether the pose of a row is one of this person's favourites, as a column of a selection from `poses`. */
export const isFavoriteOf = (userId: string): SQL<boolean> =>
  qualified<boolean>(
    sql`exists (select 1 from ${poseFavorites}
      where ${poseFavorites.userId} = ${userId} and ${poseFavorites.poseId} = ${poses.id})`,
  ).mapWith(Boolean)

const favoriteOf = (db: Database, userId: string, where: SQL | undefined) =>
  db
    .select({
      favoriteCount: poses.favoriteCount,
      isFavorite: isFavoriteOf(userId),
    })
    .from(poses)
    .where(where)
