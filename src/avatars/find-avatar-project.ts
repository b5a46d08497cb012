import { and, desc, eq, lt, sql } from 'drizzle-orm'
import type { Database } from '../db/client'
import { avatarProjects, avatars } from '../db/tables/avatars'
import { fail } from '../http/errors'
import { newId } from '../kernel/ids'

/** Projects of one person. */
export const MAX_AVATAR_PROJECTS = 500

export type AvatarProjectRow = typeof avatarProjects.$inferSelect & { avatarsCount: number }

/** Counted by `avatars_by_project`; wrapped, because drizzle drops the tables of names that stand in a selection directly. */
const avatarsCount = sql<number>`${sql`(select count(*) from ${avatars} where ${avatars.projectId} = ${avatarProjects.id})`}`

const columns = {
  id: avatarProjects.id,
  userId: avatarProjects.userId,
  name: avatarProjects.name,
  description: avatarProjects.description,
  createdAt: avatarProjects.createdAt,
  updatedAt: avatarProjects.updatedAt,
  avatarsCount,
}

const isOwn = (userId: string, id: string) => and(eq(avatarProjects.id, id), eq(avatarProjects.userId, userId))

/** A project of this person; undefined for a missing one and for somebody else's alike. */
export const findAvatarProject = async (
  db: Database,
  userId: string,
  id: string,
): Promise<AvatarProjectRow | undefined> => (await db.select(columns).from(avatarProjects).where(isOwn(userId, id)))[0]

/** Whether this person has such a project; cheaper than to find it, as nothing is counted. */
export const hasAvatarProject = async (db: Database, userId: string, id: string): Promise<boolean> =>
  (await db.select({ id: avatarProjects.id }).from(avatarProjects).where(isOwn(userId, id))).length > 0

/** Newest first, `limit` rows older than `before`. */
export const listAvatarProjects = (db: Database, userId: string, before: string | undefined, limit: number) =>
  db
    .select(columns)
    .from(avatarProjects)
    .where(and(eq(avatarProjects.userId, userId), before === undefined ? undefined : lt(avatarProjects.id, before)))
    .orderBy(desc(avatarProjects.id))
    .limit(limit)

/** A new project. Throws CONFLICT `{limit}` when there are 500, which the insert itself finds out. */
export async function createAvatarProject(
  db: Database,
  userId: string,
  { name, description }: { name: string; description: string },
  now: number,
): Promise<AvatarProjectRow> {
  const count = sql`(select count(*) from ${avatarProjects} where ${avatarProjects.userId} = ${userId})`
  const values = sql`${newId('avatarProject')}, ${userId}, ${name}, ${description}, ${now}, ${now}`
  const [row] = await db
    .insert(avatarProjects)
    .select(sql`select ${values} where ${count} < ${MAX_AVATAR_PROJECTS}`)
    .returning()
  if (!row) throw fail('CONFLICT', { reason: 'there are as many projects as there may be', limit: MAX_AVATAR_PROJECTS })
  return { ...row, avatarsCount: 0 }
}

/** Whether there was one of this person's to change; what is undefined stays. */
export async function changeAvatarProject(
  db: Database,
  userId: string,
  id: string,
  { name, description }: { name?: string | undefined; description?: string | undefined },
  now: number,
): Promise<boolean> {
  const changed = await db
    .update(avatarProjects)
    .set({ ...(name !== undefined && { name }), ...(description !== undefined && { description }), updatedAt: now })
    .where(isOwn(userId, id))
    .returning({ id: avatarProjects.id })
  return changed.length > 0
}
