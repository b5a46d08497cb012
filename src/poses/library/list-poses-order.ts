import { type SQL, sql } from 'drizzle-orm'
import type { Language } from '../../http/errors'
import { byScore } from '../search/search-poses'
import type { SORTS } from './pose-filter'

/** One value that an order compares, as SQL over `poses` (and `hit` of a search). */
type Key = { by: SQL; isDescending: boolean }

const up = (by: SQL): Key => ({ by, isDescending: false })
const down = (by: SQL): Key => ({ by, isDescending: true })

/** The sorts that can be asked for, and what `recent` has without one. */
export type OrderName = (typeof SORTS)[number] | 'recent'

/** Where the curated order is read: a table of members has it in its key. */
const OF_POSES = { order: sql`poses.display_order`, id: sql`poses.id` }
export const OF_MEMBERS = { order: sql`member.display_order`, id: sql`member.pose_id` }

/** What a list is ordered by. Total: it ends at the id. `popular` and `rating` compare snapshots, which no user moves. */
export function orderKeys(
  order: OrderName,
  language: Language,
  { score = byScore, columns = OF_POSES }: { score?: SQL | undefined; columns?: typeof OF_POSES | undefined } = {},
): Key[] {
  const curated = [up(columns.order), up(columns.id)]
  switch (order) {
    case 'popular':
      return [down(sql`poses.popularity`), ...curated]
    case 'newest':
      return [down(sql`poses.added_at`), ...curated]
    case 'name':
      return [
        up(sql`${sql.raw(language === 'id' ? 'poses.name_id' : 'poses.name_en')} collate nocase`),
        up(sql`poses.id`),
      ]
    case 'rating':
      return [down(sql`poses.rating_score`), ...curated]
    case 'recent':
      return [down(sql`mine.last_used_at`), ...curated]
    case 'relevance':
      return [down(score), down(sql`poses.popularity`), ...curated]
    case 'curated':
      return curated
  }
}

export const orderBy = (keys: Key[]): SQL[] =>
  keys.map(({ by, isDescending }) => (isDescending ? sql`${by} desc` : sql`${by}`))

/** The values of an order as a JSON array: what a cursor remembers of the last row. */
export const keyValues = (keys: Key[]): SQL<string> =>
  sql<string>`json_array(${sql.join(
    keys.map(({ by }) => by),
    sql`, `,
  )})`

/**
 * Condition: comes after these values. Written so that the first value bounds the walk over an index: SQLite compares
 * rows of values only where all go the same way.
 */
export function comesAfter(keys: Key[], values: (string | number)[]): SQL {
  const [{ by, isDescending }, ...others] = keys as [Key, ...Key[]]
  const beyond = sql`${by} ${sql.raw(isDescending ? '<' : '>')} ${values[0]}`
  if (others.length === 0) return beyond
  const notBefore = sql`${by} ${sql.raw(isDescending ? '<=' : '>=')} ${values[0]}`
  return sql`(${notBefore} and (${beyond} or ${comesAfter(others, values.slice(1))}))`
}
