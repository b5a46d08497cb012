import { eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/client'
import { libraryState } from '../db/tables/poses'
import { assert } from '../kernel/assert'

/** Grows with every change of the catalogue. */
export async function libraryVersion(db: Database): Promise<number> {
  const [state] = await db.select({ version: libraryState.version }).from(libraryState).where(eq(libraryState.id, 1))
  assert(state, 'the migration writes the one row')
  return state.version
}

/**
 * First statement of a batch that rests on what was read of the library, such as that no pose is near a new one: it breaks
 * a key, and with it undoes the batch, when the library has changed since.
 */
export const libraryIsStill = (version: number): SQL =>
  sql`insert into ${libraryState} (id, version)
    select id, version from ${libraryState} where id = 1 and version <> ${version}`
