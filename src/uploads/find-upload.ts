import { and, eq } from 'drizzle-orm'
import type { Database } from '../db/client'
import { uploads } from '../db/tables/uploads'
import { fail } from '../http/errors'

/** An upload of this user; undefined for a missing one and for somebody else's alike. */
export async function findUpload(
  db: Database,
  userId: string,
  id: string,
): Promise<typeof uploads.$inferSelect | undefined> {
  const [row] = await db
    .select()
    .from(uploads)
    .where(and(eq(uploads.id, id), eq(uploads.userId, userId)))
  return row
}

/** Refuses a request whose `field` names an upload that this user does not have. */
export async function requireUpload(db: Database, userId: string, id: string, field: string): Promise<void> {
  if (!(await findUpload(db, userId, id))) throw fail('NOT_FOUND', { field })
}
