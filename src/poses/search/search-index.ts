import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/client'

/**
 * What a search asks of the FTS5 index (migrations/0005_library.sql), as plain data, so that a cursor can carry it: the
 * order of a list that is being paged must not move when the words of the library change.
 */
export type SearchPlan = {
  /** FTS5 expression: the poses found. */
  scope: string
  /** FTS5 expressions with the word they belong to and their points: of one word the best counts, and words add up. */
  levels: [word: number, points: number, expression: string][]
  /** Too many poses to score each: those that are called so come first, then the popular ones. */
  isBroad: boolean
  /** How many poses the scope finds, if it was counted; of a broad search counted up to MAX_MATCHES_COUNTED. */
  count?: number | undefined
  /** Of a broad search: the poses whose names say every word; `isFew`: few enough to sort. */
  named?: { scope: string; isFew: boolean } | undefined
}

/**
 * Condition: the pose is among those of an expression, which are listed once. The plus keeps SQLite from walking that list for
 * every pose of another table by the index on `number`.
 */
export const isFound = ({ scope }: Pick<SearchPlan, 'scope'>): SQL =>
  sql`+poses.number in (select rowid from library_search where library_search match ${scope})`

/** How many poses match each expression, none counted above `most`; reads so many entries of the index at the most. */
export async function countMatches(db: Database, expressions: string[], most: number): Promise<number[]> {
  const rows = await db.all<{ n: number }>(sql`
    select (select count(*) from (select 1 from library_search where library_search match asked.value limit ${most})) as n
    from json_each(${JSON.stringify(expressions)}) as asked order by asked.key`)
  return rows.map(({ n }) => n)
}

/**
 * `(number, score)` of the poses that a plan finds, one statement whatever the number of words: json_each walks the
 * levels, and FTS5 gives the poses of each that are in the scope.
 */
export const scoredMatches = ({ scope, levels }: SearchPlan): SQL => sql`
  select number, sum(points) as score from (
    select library_search.rowid as number, max(level.value ->> 1) as points
    from json_each(${JSON.stringify(levels.map(([word, points, expression]) => [word, points, within(scope, expression)]))})
      as level cross join library_search
    where library_search match level.value ->> 2
    group by library_search.rowid, level.value ->> 0
  ) group by number`

const within = (scope: string, expression: string): string =>
  scope === expression ? expression : `(${scope}) AND (${expression})`
