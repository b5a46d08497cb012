import { sql } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { loadCounts, passesColumns } from './library-cache-counts'
import { type Driver, driversOf, hasColumns } from './list-poses-where'
import type { PoseFacetFilter } from './pose-filter'

/** So many rows are looked at for a total that no kept count tells. */
export const MAX_COUNTED = 5_000

export type Total = { count: number; isExact: boolean }

/** A driver and about how many poses it starts from: never too few. */
export type Start = { driver: Driver; count: number }

/** What is known before a pose is read. `total` null: to be counted. */
export type Estimate = {
  /** Public poses that the columns and the category leave. */
  byFacets: number
  all: number
  starts: Start[]
  total: Total | null
}

/**
 * What kept counts say about a filter. Besides the category, tags and props that it names, its poses may be found by the
 * few deepest categories which have such a combination of columns at all: what a rare one needs.
 */
export async function estimate(db: Database, filter: PoseFacetFilter, version: string): Promise<Estimate> {
  const counts = await loadCounts(db, version)
  const combinations = counts.combinations.filter((row) => passesColumns(filter, row, counts.parentOf))
  const byFacets = combinations.reduce((sum, { count }) => sum + count, 0)
  const sizeOf = (slug: string) => counts.sizeOf.get(slug) ?? 0
  const terms = await countsOfTerms(db, filter)
  const starts = driversOf(filter).map((driver): Start => {
    if (driver.kind === 'category') return { driver, count: sizeOf(driver.term) }
    return {
      driver,
      count:
        terms
          .get(driver.kind)
          ?.get(driver.term)
          ?.reduce((sum, n) => sum + n, 0) ?? 0,
    }
  })
  if (hasColumns(filter)) {
    const slugs = [...new Set(combinations.map(({ category }) => category))]
    const count = slugs.reduce((sum, slug) => sum + sizeOf(slug), 0)
    starts.push({ driver: { kind: 'deepest', terms: slugs }, count })
  }
  return { byFacets, all: counts.total, starts, total: totalOf(filter, byFacets, terms) }
}

type TermCounts = Map<string, Map<string, number[]>>

function totalOf({ tags = [], props = [], ...others }: PoseFacetFilter, byFacets: number, terms: TermCounts) {
  if (tags.length + props.length === 0) return { count: byFacets, isExact: true }
  if (tags.length + props.length > 1 || others.category !== undefined || hasColumns(others)) return null
  const [counts = []] = [...terms.values()].flatMap((byTerm) => [...byTerm.values()])
  if (counts.length < 2) return { count: counts[0] ?? 0, isExact: true }
  // A word that is a tag in both languages may stand in one pose twice.
  const most = Math.max(...counts)
  return most > MAX_COUNTED ? { count: most, isExact: false } : null
}

/** Counts of the tags and props that a filter names, a tag's in each language that has it. */
async function countsOfTerms(db: Database, { tags = [], props = [] }: PoseFacetFilter): Promise<TermCounts> {
  const found: TermCounts = new Map()
  if (tags.length + props.length === 0) return found
  const keys = [
    ...tags.flatMap((tag) => [
      ['tag_en', tag],
      ['tag_id', tag],
    ]),
    ...props.map((prop) => ['prop', prop]),
  ]
  const rows = await db.all<{ kind: string; term: string; count: number }>(sql`
    select kind, term, pose_count as count from json_each(${JSON.stringify(keys)}) as asked
      cross join pose_term_counts on kind = asked.value ->> 0 and term = asked.value ->> 1
      where pose_count > 0`)
  for (const { kind, term, count } of rows) {
    const name = kind === 'prop' ? 'prop' : 'tag'
    const byTerm = found.get(name) ?? new Map<string, number[]>()
    byTerm.set(term, [...(byTerm.get(term) ?? []), count])
    found.set(name, byTerm)
  }
  return found
}
