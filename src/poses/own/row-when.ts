import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'

/**
 * What `db.insert(table).select()` takes to write the row if the condition holds: check and write are one statement, so
 * that nobody gets between them. What the row leaves out has the table's default.
 */
export function rowWhen<T extends SQLiteTable>(table: T, row: T['$inferInsert'], condition: SQL): SQL {
  const given: Record<string, unknown> = row
  const values = Object.entries(getTableColumns(table)).map(
    ([name, column]) => sql`${sql.param(given[name] ?? column.default ?? null, column)}`,
  )
  return sql`select ${sql.join(values, sql`, `)} where ${condition}`
}
