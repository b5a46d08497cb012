import type { SQL } from 'drizzle-orm'
import { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core'
import type { Ctx } from '../ctx'

type Statement = SQL | { toSQL: () => { sql: string; params: unknown[] } }

const dialect = new SQLiteAsyncDialect()

/**
 * Runs statements as one transaction, all or none, and answers the rows of each. Besides what drizzle builds it takes SQL
 * with values, which `db.batch` of drizzle does not.
 */
export async function runBatch({ env }: Ctx, statements: readonly Statement[]): Promise<unknown[][]> {
  const prepared = statements.map((statement) => {
    const { sql, params } = 'toSQL' in statement ? statement.toSQL() : dialect.sqlToQuery(statement)
    return env.DB.prepare(sql).bind(...params)
  })
  const answers = await env.DB.batch(prepared)
  return answers.map(({ results }) => results)
}
