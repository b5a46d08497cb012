import { and, eq } from 'drizzle-orm'
import type { Database } from '../db/client'
import { projects } from '../db/tables/projects'

export type ProjectRow = typeof projects.$inferSelect

/** A project of this user; undefined for a missing one and for somebody else's alike. */
export async function findProject(db: Database, userId: string, id: string): Promise<ProjectRow | undefined> {
  const [row] = await db
    .select()
    .from(projects)
    .where(and(eq(projects.id, id), eq(projects.userId, userId)))
  return row
}
