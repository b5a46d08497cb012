import { sql } from 'drizzle-orm'
import type { Database } from '../db/client'
import { generatedPoses } from '../db/tables/generations'

/** Writes a finished picture's row. The same picture again changes nothing; its id was chosen when the job started. */
export const recordPicture = async (db: Database, picture: typeof generatedPoses.$inferInsert): Promise<void> => {
  await insertPicture(db, picture)
}

/** The statement alone, for a batch. */
export const insertPicture = (db: Database, picture: typeof generatedPoses.$inferInsert) =>
  db
    .insert(generatedPoses)
    .values(picture)
    .onConflictDoUpdate({
      target: generatedPoses.id,
      set: { outputKey: sql`excluded.output_key`, sizeBytes: sql`excluded.size_bytes` },
    })
