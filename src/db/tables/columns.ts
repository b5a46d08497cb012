import { type SQL, sql } from 'drizzle-orm'
import { type AnySQLiteColumn, check, integer } from 'drizzle-orm/sqlite-core'

/** Milliseconds since the epoch. */
export const timestampMs = (name: string) => integer(name)

/** CHECK that a column holds one of `values`; NULL passes, as SQL has it. */
export const oneOf = (name: string, column: AnySQLiteColumn, values: readonly string[]) =>
  check(name, sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(', '))})`)

export const holds = (name: string, condition: SQL) => check(name, condition)
