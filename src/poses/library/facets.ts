import type { Ctx } from '../../ctx'
import type { Language } from '../../http/errors'
import { type FacetsAsked, keptTerms, type LookedAt, lookAt } from './facets-rows'
import { readCache, sawVersion, writeCache } from './library-cache'
import { type Combination, loadCounts, passesColumns, pathOf } from './library-cache-counts'
import { readLibraryVersion } from './library-cache-version'
import { COLUMN_FILTERS, type ColumnFilter, hasColumns, valuesThatFind } from './list-poses-where'
import { filterKey, isPersonal, type PoseFacetFilter } from './pose-filter'

/** A value of a facet and how many poses have it among those that the other filters leave; most first. */
export type FacetValue = { value: string | number | boolean; count: number }
export type Facets = {
  facets: Record<'category' | ColumnFilter | 'tags' | 'props', FacetValue[]>
  /** Some counts are of the first poses only: too many match to look at all of them. */
  isCapped: boolean
}

const MAX_TERMS_SHOWN = 30

/**
 * Counts for every facet of a filter. A column or the category counts with all other filters but its own; tags and
 * props, which narrow each other, count with all: what one more of them would leave.
 */
export async function countFacets(
  ctx: Ctx,
  filter: PoseFacetFilter,
  language: Language,
  userId: string | null,
): Promise<Facets> {
  const version = await readLibraryVersion(ctx.db)
  sawVersion(version)
  if (isPersonal(filter)) return makeFacets(ctx, { filter, language, userId, version })
  const query = `facets ${language} ${filterKey(filter)}`
  const kept = await readCache<Facets>(version, query)
  if (kept) return kept
  const facets = await makeFacets(ctx, { filter, language, userId, version })
  ctx.later(writeCache(ctx.log, version, query, facets))
  return facets
}

async function makeFacets({ db }: Ctx, asked: FacetsAsked): Promise<Facets> {
  const { filter, language, version } = asked
  const { combinations, parentOf } = await loadCounts(db, version)
  const isOfColumns = !isPersonal(filter) && filter.search === undefined && !filter.tags && !filter.props
  const isWhole = isOfColumns && !hasColumns(filter) && filter.category === undefined
  const looked = isWhole ? { poses: [], isCapped: false } : await lookAt(db, asked, isOfColumns)
  // Where columns and the category are all that was asked for, their combinations are counted already.
  const rows: Combination[] = isOfColumns ? combinations : looked.poses
  const { tags, props } = isWhole
    ? await keptTerms(db, language, MAX_TERMS_SHOWN)
    : countTerms(looked.poses.filter((pose) => passesColumns(filter, pose, parentOf)))

  const count = (facet: 'category' | ColumnFilter): FacetValue[] => {
    const counts = new Map<string | number, number>()
    for (const row of rows) {
      if (!passesColumns(filter, row, parentOf, facet)) continue
      // A pose is in its category and in those above it, and counts wherever a filter would find it.
      const values = facet === 'category' ? pathOf(row.category, parentOf) : valuesThatFind(facet, row[facet])
      for (const value of values) counts.set(value, (counts.get(value) ?? 0) + row.count)
    }
    const isFlag = facet === 'featured' || facet === 'premium'
    return mostFirst(counts).map(({ value, count: n }) => ({ value: isFlag ? value === 1 : value, count: n }))
  }
  const columns = Object.fromEntries(COLUMN_FILTERS.map((name) => [name, count(name)])) as Record<
    ColumnFilter,
    FacetValue[]
  >
  return { facets: { category: count('category'), ...columns, tags, props }, isCapped: looked.isCapped }
}

function countTerms(poses: readonly LookedAt[]): { tags: FacetValue[]; props: FacetValue[] } {
  const commonest = (termsOf: (pose: LookedAt) => string[]) => {
    const counts = new Map<string, number>()
    for (const term of poses.flatMap(termsOf)) counts.set(term, (counts.get(term) ?? 0) + 1)
    return mostFirst(counts).slice(0, MAX_TERMS_SHOWN)
  }
  return { tags: commonest(({ tags }) => tags), props: commonest(({ props }) => props) }
}

const mostFirst = <V extends string | number>(counts: ReadonlyMap<V, number>): { value: V; count: number }[] =>
  [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (String(a.value) < String(b.value) ? -1 : 1))
