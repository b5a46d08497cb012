import { and, desc, eq, lt, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/client'
import { type AVATAR_WAYS, avatars } from '../db/tables/avatars'
import { fail } from '../http/errors'

export type AvatarRow = typeof avatars.$inferSelect

/** An avatar of this person; undefined for a missing one and for somebody else's alike. */
export const findAvatar = async (db: Database, userId: string, id: string): Promise<AvatarRow | undefined> =>
  (
    await db
      .select()
      .from(avatars)
      .where(and(eq(avatars.id, id), eq(avatars.userId, userId)))
  )[0]

/** The same for a route about one avatar: throws NOT_FOUND. */
export async function requireAvatar(db: Database, userId: string, id: string): Promise<AvatarRow> {
  const row = await findAvatar(db, userId, id)
  if (!row) throw fail('NOT_FOUND')
  return row
}

type Wanted = {
  projectId?: string | undefined
  sourceType?: (typeof AVATAR_WAYS)[number] | undefined
  before?: string | undefined
}

/** This person's avatars, newest first, `limit` rows older than `before`. */
export function listAvatarRows(db: Database, userId: string, { projectId, sourceType, before }: Wanted, limit: number) {
  const wanted: SQL[] = projectId
    ? // The plus keeps SQLite from walking all of the person's avatars for those of one project.
      [eq(avatars.projectId, projectId), sql`+${avatars.userId} = ${userId}`]
    : [eq(avatars.userId, userId)]
  if (sourceType) wanted.push(eq(avatars.sourceType, sourceType))
  if (before) wanted.push(lt(avatars.id, before))
  return db
    .select()
    .from(avatars)
    .where(and(...wanted))
    .orderBy(desc(avatars.id))
    .limit(limit)
}
