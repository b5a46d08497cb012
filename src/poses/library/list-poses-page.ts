import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/client'
import type { Language } from '../../http/errors'
import type { SearchPlan } from '../search/search-index'
import type { Place } from './list-poses-cursor'
import { comesAfter, keyValues, type OF_MEMBERS, type OrderName, orderBy, orderKeys } from './list-poses-order'
import type { Total } from './list-poses-total'
import type { PoseFilter } from './pose-filter'

/** One page of ids in their order. `next`: where the page after it begins, null after the last. */
export type PosePage = { ids: string[]; total: Total; next: Place | null }

/** `place` is that of a cursor, `version` of the library as it is now. */
export type Asked = {
  filter: PoseFilter
  language: Language
  userId: string | null
  place: Place | null
  version: string
}

/** What a statement reads: tables of which `poses` is one, and its conditions. */
export type Source = { from: SQL; where: SQL[] }

/** `total` when it is known already; `columns` where the curated order is read; `score` of a search without the index. */
type Told = { total?: Total; plan?: SearchPlan; score?: SQL; columns?: typeof OF_MEMBERS }

/** One page of a source in an order. A total that nobody told is counted with the first page, and goes on in its cursor. */
export async function readPage(
  db: Database,
  { filter, language, place }: Asked,
  { from, where }: Source,
  order: OrderName,
  { total: told, plan, score, columns }: Told = {},
): Promise<PosePage> {
  const keys = orderKeys(order, language, { score, columns })
  const all = sql.join(where, sql` and `)
  const known = place?.total ?? told
  const rows = await db.all<Row>(sql`
    select poses.id as id, ${keyValues(keys)} as place, ${known ? sql`0` : sql`count(*) over ()`} as total
    from ${from} where ${all} ${place ? sql`and ${comesAfter(keys, place.after)}` : sql``}
    order by ${sql.join(orderBy(keys), sql`, `)}
    limit ${filter.limit + 1} offset ${offsetOf(filter, place)}`)
  const counted = rows[0]?.total ?? (filter.page > 1 ? await count(db, from, all) : 0)
  return pageOf(rows, filter.limit, known ?? { count: counted, isExact: true }, plan)
}

export type Row = { id: string; place: string; total: number }

export const offsetOf = ({ page, limit }: Asked['filter'], place: Asked['place']): number =>
  place ? 0 : (page - 1) * limit

/** The page of `limit + 1` rows: the last one only says that there is more. */
export function pageOf(rows: Row[], limit: number, total: Total, plan?: SearchPlan): PosePage {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last ? { after: JSON.parse(last.place), total, plan } : null
  return { ids: shown.map(({ id }) => id), total, next }
}

/** Beyond the last page no row says how many there are. */
async function count(db: Database, from: SQL, all: SQL): Promise<number> {
  const rows = await db.all<{ n: number }>(sql`select count(*) as n from ${from} where ${all}`)
  return rows[0]?.n ?? 0
}
