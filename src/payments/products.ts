import { and, asc, eq } from 'drizzle-orm'
import type { Database } from '../db/client'
import { products } from '../db/tables/money'

export type ProductRow = typeof products.$inferSelect

/** What is on sale: credit packs, monthly credits, daily quotas. In the order of the shelf. */
export const listProducts = (db: Database): Promise<ProductRow[]> =>
  db.select().from(products).where(eq(products.isOnSale, true)).orderBy(asc(products.position))

/** A product on sale; undefined for one that never was and one that is no longer. */
export async function findProduct(db: Database, id: string): Promise<ProductRow | undefined> {
  const [row] = await db
    .select()
    .from(products)
    .where(and(eq(products.id, id), eq(products.isOnSale, true)))
  return row
}
