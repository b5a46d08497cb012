import { sql } from 'drizzle-orm'
import type { Database } from '../../db/client'

/**
 * Says which library this is: it grows with every change of what lists show or sort by (triggers of the database), and is
 * another one when the library was seeded anew, as local databases are that start from nothing.
 */
export const libraryVersion = sql<string>`(select library_state.version || '.' ||
  coalesce((select applied_at from library_versions where name = 'poses'), 0) from library_state where id = 1)`

/** The version as it is now. */
export async function readLibraryVersion(db: Database): Promise<string> {
  const rows = await db.all<{ version: string }>(sql`select ${libraryVersion} as version`)
  return rows[0]?.version ?? '0'
}
