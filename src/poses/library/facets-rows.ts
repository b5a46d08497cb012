import { and, asc, desc, eq, gt, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { poseTermCounts } from '../../db/tables/poses'
import type { Language } from '../../http/errors'
import { type SearchPlan, scoredMatches } from '../search/search-index'
import { personalScore } from '../search/search-own-poses'
import { planSearch } from '../search/search-poses'
import type { Combination } from './library-cache-counts'
import { estimate } from './list-poses-total'
import { COLUMN_FILTERS, conditionsOf, fromDriver, fromPerson } from './list-poses-where'
import { isPersonal, type PoseFacetFilter } from './pose-filter'

/** So many poses are looked at where no count is kept. */
export const MAX_LOOKED_AT = 2_000
/** A rare combination of columns is looked for among so many poses of the categories that have it. */
const MAX_WALKED = 10_000

export type FacetsAsked = { filter: PoseFacetFilter; language: Language; userId: string | null; version: string }

/** A pose that was looked at: its values of the columns, its tags in the caller's language and its props, lower case. */
export type LookedAt = Combination & { tags: string[]; props: string[] }

type Source = { from: SQL; where: SQL[] }

/** The commonest terms of the whole library, from the kept counts. */
export async function keptTerms(db: Database, language: Language, limit: number) {
  const kept = (kind: 'tag_en' | 'tag_id' | 'prop') =>
    db
      .select({ value: poseTermCounts.term, count: poseTermCounts.poseCount })
      .from(poseTermCounts)
      .where(and(eq(poseTermCounts.kind, kind), gt(poseTermCounts.poseCount, 0)))
      .orderBy(desc(poseTermCounts.poseCount), asc(poseTermCounts.term))
      .limit(limit)
  const [tags, props] = await db.batch([kept(`tag_${language}`), kept('prop')])
  return { tags, props }
}

/**
 * The poses that a filter leaves, without its columns if it has more than these (they count without their own filter), at
 * most MAX_LOOKED_AT. One statement, which reads each pose once.
 */
export async function lookAt(
  db: Database,
  asked: FacetsAsked,
  withColumns: boolean,
): Promise<{ poses: LookedAt[]; isCapped: boolean }> {
  const { filter, language } = asked
  const source = await sourceOf(db, asked, withColumns)
  if (source === null) return { poses: [], isCapped: false }
  const { tags, props, search, favorites, mine, recent, collection } = filter
  const conditions = conditionsOf(withColumns ? filter : { tags, props, search, favorites, mine, recent, collection })
  const where = sql.join([...source.where, ...conditions], sql` and `)
  const rows = await db.all<Omit<LookedAt, 'tags' | 'props'> & { tags: string; props: string }>(sql`
    select ${COLUMNS}, ${sql.raw(`poses.tags_${language}`)} as tags, poses.props as props
    from ${source.from} where ${where} limit ${MAX_LOOKED_AT + 1}`)
  const terms = (said: string) => [...new Set((JSON.parse(said) as string[]).map((term) => term.toLowerCase()))]
  const poses = rows.slice(0, MAX_LOOKED_AT).map((row) => ({ ...row, tags: terms(row.tags), props: terms(row.props) }))
  return { poses, isCapped: rows.length > MAX_LOOKED_AT || source.isCapped }
}

const NAMES: Partial<Record<(typeof COLUMN_FILTERS)[number], string>> = {
  people: 'people_count',
  featured: 'is_featured',
  premium: 'is_premium',
}
const COLUMNS = sql.raw(
  [
    'poses.category_slug as category, 1 as count',
    ...COLUMN_FILTERS.map((name) => `poses.${NAMES[name] ?? name} as ${name}`),
  ].join(', '),
)

/** Where the matching poses are read; null: there are none. */
async function sourceOf(
  db: Database,
  { filter, userId, version }: FacetsAsked,
  withColumns: boolean,
): Promise<(Source & { isCapped: boolean }) | null> {
  if (isPersonal(filter) && userId !== null) {
    const { from, where } = fromPerson(filter, userId)
    const words = filter.search === undefined ? [] : [sql`${personalScore(filter.search)} > 0`]
    return { from, where: [...where, ...words], isCapped: false }
  }
  if (filter.search !== undefined) {
    const plan = await planSearch(db, filter.search, version)
    return plan && { ...found(plan), isCapped: plan.isBroad }
  }
  const { starts } = await estimate(db, filter, version)
  const usable = starts.filter(({ driver: { kind } }) => withColumns || kind === 'tag' || kind === 'prop')
  const start = usable.toSorted((a, b) => a.count - b.count)[0]
  return {
    ...fromDriver(start?.driver ?? null, MAX_WALKED),
    isCapped: start?.driver.kind === 'deepest' && start.count > MAX_WALKED,
  }
}

/** Of a broad search the first poses of the index: to sort them all would read them all. */
function found(plan: SearchPlan): Source {
  const numbers = plan.isBroad
    ? sql`select rowid as number from library_search where library_search match ${plan.scope} limit ${MAX_LOOKED_AT + 1}`
    : scoredMatches(plan)
  return {
    from: sql`(${numbers}) as hit cross join poses on poses.number = hit.number`,
    where: [sql`poses.is_public = 1`],
  }
}
