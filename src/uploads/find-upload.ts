import { and, eq } from 'drizzle-orm'
import type { Database } from '../db/client'
import { uploads } from '../db/tables/uploads'

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
