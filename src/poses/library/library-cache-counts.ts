import { sql } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { keepByVersion } from './library-cache'
import { COLUMN_FILTERS, type ColumnFilter, wantedValues } from './list-poses-where'
import type { PoseFacetFilter } from './pose-filter'

/** How many poses have one combination of what a facet counts; `category` is the deepest one. */
export type Combination = Record<ColumnFilter, string | number> & { category: string; count: number }

/** What is known of every pose of a version without reading one. */
export type LibraryCounts = {
  combinations: Combination[]
  parentOf: ReadonlyMap<string, string | null>
  /** Public poses of a category and those below it. */
  sizeOf: ReadonlyMap<string, number>
  total: number
}

/** Combinations that exist: 3,700 at 100,000 poses. */
const MAX_COMBINATIONS = 20_000

type Rows = { combinations: (string | number)[][]; categories: [slug: string, parent: string | null, size: number][] }

/** The kept counts of a version (pose_facet_counts, pose_categories), read once for all queries. */
export const loadCounts = (db: Database, version: string): Promise<LibraryCounts> =>
  keepByVersion<Rows, LibraryCounts>('counts', version, {
    read: async () => {
      const [rows] = await db.all<{ combinations: string; categories: string }>(sql`select
        (select json_group_array(json_array(category_slug, pose_count, difficulty, gender, view, stance, framing,
          people_count, is_featured, is_premium)) from (select * from pose_facet_counts limit ${MAX_COMBINATIONS}))
          as combinations,
        (select json_group_array(json_array(slug, parent_slug, pose_count)) from pose_categories) as categories`)
      return { combinations: JSON.parse(rows?.combinations ?? '[]'), categories: JSON.parse(rows?.categories ?? '[]') }
    },
    make: ({ combinations, categories }) => ({
      combinations: combinations.map(
        ([category, count, ...columns]) =>
          ({
            category,
            count,
            ...Object.fromEntries(COLUMN_FILTERS.map((name, i) => [name, columns[i]])),
          }) as Combination,
      ),
      parentOf: new Map(categories.map(([slug, parent]) => [slug, parent])),
      sizeOf: new Map(categories.map(([slug, , size]) => [slug, size])),
      total: combinations.reduce((sum, [, count]) => sum + Number(count), 0),
    }),
  })

/** Whether poses of these values pass the columns and the category of a filter, but for one of them. */
export function passesColumns(
  filter: PoseFacetFilter,
  row: Omit<Combination, 'count'>,
  parentOf: LibraryCounts['parentOf'],
  except?: string,
): boolean {
  return (
    COLUMN_FILTERS.every((name) => name === except || (wantedValues(filter, name)?.includes(row[name]) ?? true)) &&
    (except === 'category' || filter.category === undefined || pathOf(row.category, parentOf).includes(filter.category))
  )
}

const MAX_LEVELS = 3

/** A category and those above it. */
export function pathOf(slug: string, parentOf: LibraryCounts['parentOf']): string[] {
  const path: string[] = []
  for (let at: string | null | undefined = slug; at != null && path.length < MAX_LEVELS; at = parentOf.get(at))
    path.push(at)
  return path
}
