import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { isFound, type SearchPlan } from '../search/search-index'
import { comesAfter, keyValues, orderBy, orderKeys } from './list-poses-order'
import { type Asked, offsetOf, type PosePage, pageOf, type Row, type Source } from './list-poses-page'
import type { Total } from './list-poses-total'

type Broad = { plan: SearchPlan; total: Total; isDriven: boolean }

/**
 * One page of a search that too many poses answer to score each: those that are called so (tier 1), then the others (tier
 * 0), the popular ones of each first. `isDriven`: the source has few poses. Reads the popular order until the page is full,
 * and of names that are few, those poses.
 */
export async function listBroad(
  db: Database,
  { filter, language, place }: Asked,
  source: Source,
  { plan, total, isDriven }: Broad,
): Promise<PosePage> {
  const { named } = plan
  const keys = orderKeys('popular', language)
  const [tier, ...after] = place?.after ?? []
  const offset = offsetOf(filter, place)
  const half = (ofTier: number, { from, where }: Source): SQL => {
    const isHere = place !== null && tier === ofTier
    const all = sql.join([...where, ...(isHere ? [comesAfter(keys, after)] : [])], sql` and `)
    return sql`select * from (select poses.id as id, ${keyValues(keys)} as place, ${ofTier} as tier,
      poses.popularity as popularity, poses.display_order as display_order
      from ${from} where ${all} order by ${sql.join(orderBy(keys), sql`, `)} limit ${offset + filter.limit + 1})`
  }
  const isNamed = named && isFound({ scope: named.scope })
  const others = { ...source, where: [...source.where, isFound(plan), ...(isNamed ? [sql`not ${isNamed}`] : [])] }
  const halves = [half(0, others)]
  if (named && isNamed && tier !== 0) {
    const from =
      named.isFew && !isDriven
        ? sql`(select rowid as number from library_search where library_search match ${named.scope}) as hit
            cross join poses on poses.number = hit.number`
        : source.from
    halves.unshift(half(1, { from, where: [...source.where, ...(named.isFew && !isDriven ? [] : [isNamed])] }))
  }
  const rows = await db.all<Omit<Row, 'total'> & { tier: number }>(sql`
    ${sql.join(halves, sql` union all `)}
    order by tier desc, popularity desc, display_order, id limit ${filter.limit + 1} offset ${offset}`)
  const placed = rows.map((row) => ({
    id: row.id,
    place: JSON.stringify([row.tier, ...(JSON.parse(row.place) as unknown[])]),
    total: 0,
  }))
  // At least what was looked at; of a rare filter the page itself may show more.
  const seen = { ...total, count: Math.max(total.count, place ? 0 : offset + rows.length) }
  return pageOf(placed, filter.limit, seen, plan)
}
