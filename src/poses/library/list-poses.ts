import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { isFound, type SearchPlan, scoredMatches } from '../search/search-index'
import { personalScore } from '../search/search-own-poses'
import { MAX_MATCHES_COUNTED, MAX_SCORED_POSES, planSearch } from '../search/search-poses'
import { listBroad } from './list-poses-broad'
import { OF_MEMBERS, type OrderName } from './list-poses-order'
import { type Asked, type PosePage, readPage, type Source } from './list-poses-page'
import { type Estimate, estimate, MAX_COUNTED, type Total } from './list-poses-total'
import { conditionsOf, countFrom, type Driver, fromDriver, fromPerson, hasColumns } from './list-poses-where'
import { isPersonal, type PoseFilter } from './pose-filter'

const NOTHING: PosePage = { ids: [], total: { count: 0, isExact: true }, next: null }

const WALK_DOUBT = 4

/**
 * One page of the library, as ids. `place` is that of a cursor, and `version` of the library as it is now. Reads: of a
 * search at most MAX_SCORED_POSES poses, or an order until the page is full; of personal lists all of the person's (each
 * has a limit of its own); else whichever is the least by the kept counts: a member's poses, or an order until the page
 * is full.
 */
export async function listPoses(db: Database, asked: Asked): Promise<PosePage> {
  const { filter, userId } = asked
  if (isPersonal(filter) && userId !== null) return listOfPerson(db, asked, userId)
  const plan = asked.place ? asked.place.plan : await planOf(db, asked)
  if (plan === null) return NOTHING
  const known = await estimate(db, filter, asked.version)
  const least = Math.min(known.byFacets, ...known.starts.map(({ count }) => count))
  if (least === 0) return NOTHING
  if (plan) return listFound(db, asked, plan, known)

  const start = startOf(asked, known, least)
  const total = asked.place?.total ?? known.total ?? (await countOf(db, filter, known))
  const order = orderOf(filter)
  const isInOrder = order === 'curated' && start !== null && start.kind !== 'deepest'
  return readPage(db, asked, withConditions(fromDriver(start), filter, start), order, {
    total,
    ...(isInOrder && { columns: OF_MEMBERS }),
  })
}

const planOf = async (db: Database, { filter: { search }, version }: Asked): Promise<SearchPlan | null | undefined> =>
  search === undefined ? undefined : planSearch(db, search, version)

function orderOf({ sort, search, recent }: PoseFilter): OrderName {
  if (sort !== undefined) return sort
  if (search !== undefined) return 'relevance'
  return recent ? 'recent' : 'curated'
}

const withConditions = ({ from, where }: Source, filter: PoseFilter, driver: Driver | null = null): Source => ({
  from,
  where: [...where, ...conditionsOf(filter, driver)],
})

/**
 * What reads least until the page is full, taking what matches for spread evenly: an order of all poses, a member's own
 * order (curated only), or all poses of a member to sort. `least`: no more poses than these match.
 */
function startOf({ filter, place }: Asked, known: Estimate, least: number): Driver | null {
  const needed = filter.limit + 1 + (place ? 0 : (filter.page - 1) * filter.limit)
  const walk = (count: number) => Math.min(count, (needed * count) / least)
  const isCurated = orderOf(filter) === 'curated'
  const costs = known.starts.map(({ driver, count }) => ({
    driver,
    cost: isCurated && driver.kind !== 'deepest' ? walk(count) : count,
  }))
  const best = costs.toSorted((a, b) => a.cost - b.cost)[0]
  return best && best.cost <= walk(known.all) ? best.driver : null
}

/** The total of tags and props that no kept count tells, looking at MAX_COUNTED rows of the rarest. */
async function countOf(db: Database, filter: PoseFilter, { starts }: Estimate): Promise<Total> {
  const rarest = starts.toSorted((a, b) => a.count - b.count).find(({ driver }) => driver.kind !== 'deepest')
  if (!rarest || rarest.driver.kind === 'deepest') return { count: 0, isExact: false }
  const rows = await db.all<{ n: number }>(countFrom(rarest.driver, filter, MAX_COUNTED))
  return { count: rows[0]?.n ?? 0, isExact: rarest.count <= MAX_COUNTED }
}

/** Found poses: scored where they are few, else in an order until the page is full. */
async function listFound(db: Database, asked: Asked, plan: SearchPlan, known: Estimate): Promise<PosePage> {
  const { filter } = asked
  const order = orderOf(filter)
  if (!plan.isBroad) {
    const from = sql`(${scoredMatches(plan)}) as hit cross join poses on poses.number = hit.number`
    const source = withConditions({ from, where: [sql`poses.is_public = 1`] }, filter)
    const isUnfiltered = source.where.length === 1
    const total = isUnfiltered && plan.count !== undefined && { total: { count: plan.count, isExact: true } }
    return readPage(db, asked, source, order, { plan, ...total })
  }
  const { isDriven, source } = sourceOfBroad(filter, plan, known)
  const total = asked.place?.total ?? (await countFound(db, filter, plan))
  if (order === 'relevance') return listBroad(db, asked, source, { plan, total, isDriven })
  return readPage(db, asked, { ...source, where: [...source.where, isFound(plan)] }, order, { plan, total })
}

/** Where a broad search is read: the poses of a rare member, its matches when a filter leaves few of them, or an order. */
function sourceOfBroad(filter: PoseFilter, plan: SearchPlan, known: Estimate): { source: Source; isDriven: boolean } {
  const rarest = known.starts.toSorted((a, b) => a.count - b.count)[0]
  const matches = plan.count ?? MAX_MATCHES_COUNTED
  if (rarest && rarest.count <= MAX_COUNTED && rarest.count <= matches)
    return { source: withConditions(fromDriver(rarest.driver), filter, rarest.driver), isDriven: true }
  const least = Math.min(known.byFacets, ...known.starts.map(({ count }) => count))
  // Words and filters often exclude each other: a walk may be longer than chance says.
  const walk = (WALK_DOUBT * filter.limit * known.all ** 2) / (matches * least)
  if (matches >= MAX_MATCHES_COUNTED || walk < matches)
    return {
      source: withConditions(fromDriver(null), filter),
      isDriven: false,
    }
  const from = sql`(select rowid as number from library_search where library_search match ${plan.scope}) as hit
    cross join poses on poses.number = hit.number`
  return {
    source: withConditions({ from, where: [sql`poses.is_public = 1`] }, filter),
    isDriven: true,
  }
}

/** A broad search has more than the poses that are looked at: how many of these the filter leaves. */
async function countFound(db: Database, filter: PoseFilter, { scope }: SearchPlan): Promise<Total> {
  if (!hasColumns(filter) && !filter.category && !filter.tags && !filter.props)
    return { count: MAX_SCORED_POSES, isExact: false }
  const where = sql.join([sql`poses.is_public = 1`, ...conditionsOf(filter)], sql` and `)
  const rows = await db.all<{ n: number }>(sql`select count(*) as n from
    (select rowid as number from library_search where library_search match ${scope} limit ${MAX_SCORED_POSES}) as hit
    cross join poses on poses.number = hit.number where ${where}`)
  return { count: rows[0]?.n ?? 0, isExact: false }
}

/** Somebody's own list: a few hundred rows, so that words are looked for in the rows themselves. */
function listOfPerson(db: Database, asked: Asked, userId: string): Promise<PosePage> {
  const { search } = asked.filter
  const source = withConditions(fromPerson(asked.filter, userId), asked.filter)
  const order = orderOf(asked.filter)
  if (search === undefined) return readPage(db, asked, source, order)
  const score: SQL = personalScore(search)
  return readPage(db, asked, { ...source, where: [...source.where, sql`${score} > 0`] }, order, { score })
}
