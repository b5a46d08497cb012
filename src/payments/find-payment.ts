import { and, eq } from 'drizzle-orm'
import type { Database } from '../db/client'
import { payments } from '../db/tables/money'

export type PaymentRow = typeof payments.$inferSelect

/** A payment of this user; undefined for a missing one and for somebody else's alike. */
export async function findPayment(db: Database, userId: string, id: string): Promise<PaymentRow | undefined> {
  const [row] = await db
    .select()
    .from(payments)
    .where(and(eq(payments.id, id), eq(payments.userId, userId)))
  return row
}

/** A payment by its id alone, for those who act for a gateway and not for a user. */
export async function findOrder(db: Database, id: string): Promise<PaymentRow | undefined> {
  const [row] = await db.select().from(payments).where(eq(payments.id, id))
  return row
}
