import { eq } from 'drizzle-orm'
import type { Database } from '../db/client'
import { payments } from '../db/tables/money'

/** The statement that puts an order before the next sweep: written before it is asked about, so a crash loses nothing. */
export const markDue = (db: Database, paymentId: string, now: number) =>
  db.update(payments).set({ nextCheckAt: now }).where(eq(payments.id, paymentId))
