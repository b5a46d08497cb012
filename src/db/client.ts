import { drizzle } from 'drizzle-orm/d1'

/** D1 through drizzle. Never `db.transaction` (D1 has none): `db.batch([...])` is the atomic unit. */
export const openDatabase = (d1: D1Database) => drizzle(d1)

export type Database = ReturnType<typeof openDatabase>
