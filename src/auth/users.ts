import { and, eq } from 'drizzle-orm'
import type { z } from 'zod'
import type { Database } from '../db/client'
import { users } from '../db/tables/users'
import type { UserView } from './fields'

export type User = typeof users.$inferSelect

export async function findUser(db: Database, id: string): Promise<User | undefined> {
  const [user] = await db.select().from(users).where(eq(users.id, id)).limit(1)
  return user
}

/** `email` in the stored form. */
export async function findUserByEmail(db: Database, email: string): Promise<User | undefined> {
  const [user] = await db.select().from(users).where(eq(users.email, email)).limit(1)
  return user
}

/** Inserts an account; undefined when the e-mail has one, also when both came at the same moment. */
export async function insertUser(
  db: Database,
  user: { id: string; email: string; name: string; passwordHash: string },
  now: number,
): Promise<User | undefined> {
  const [inserted] = await db
    .insert(users)
    .values({ ...user, createdAt: now, updatedAt: now })
    .onConflictDoNothing({ target: users.email })
    .returning()
  return inserted
}

/** Replaces the hash that was checked, and only that one: false when somebody else has changed it in between. */
export async function replacePasswordHash(
  db: Database,
  user: Pick<User, 'id' | 'passwordHash'>,
  passwordHash: string,
  now: number,
): Promise<boolean> {
  const changed = await db
    .update(users)
    .set({ passwordHash, updatedAt: now })
    .where(and(eq(users.id, user.id), eq(users.passwordHash, user.passwordHash)))
    .returning({ id: users.id })
  return changed.length === 1
}

/** What of an account its owner may see. */
export const userView = ({ id, email, name, role, tier }: User): z.infer<typeof UserView> => ({
  id,
  email,
  name,
  role,
  tier,
})
