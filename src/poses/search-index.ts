import { desc, type SQL, sql } from 'drizzle-orm'
import { integer, sqliteTable } from 'drizzle-orm/sqlite-core'
import type { WordMatch } from './match-expression'

/**
 * The search index of migrations/0005_library.sql as drizzle joins it. It is declared here and not among db/tables,
 * because drizzle-kit would take a virtual table for a plain one and write a migration for it.
 */
export const poseSearch = sqliteTable('pose_search', { number: integer('rowid').notNull() })

/** Condition: the row matches an FTS5 expression of match-expression.ts. */
export const matches = (expression: string): SQL => sql`pose_search match ${expression}`

/** Best match first (https://sqlite.org/fts5.html#the_bm25_function): names count most, then tags, categories, text. */
const byFrequency: SQL = sql.raw('bm25(pose_search, 10, 5, 3, 1)')

/** Part of a word's weight that a pose gets for having it anywhere; names and tags give the rest. */
const ANYWHERE = 0.4

/**
 * Order of a search: first what has more of the asked words, rarer ones counting more, then by bm25. bm25 alone adds up
 * synonyms: five words for holding would outweigh the phone that is held.
 */
export function byRelevance(words: readonly WordMatch[]): SQL[] {
  if (words.length === 1) return [byFrequency]
  const has = (expression: string) =>
    sql`(pose_search.rowid in (select rowid from pose_search where ${matches(expression)}))`
  const scores = words.map(
    ({ expression, weight }) =>
      sql`${literal(weight)} * (${literal(ANYWHERE)} * ${has(expression)} +
        ${literal(1 - ANYWHERE)} * ${has(`{names tags} : ${expression}`)})`,
  )
  return [desc(sql.join(scores, sql` + `)), byFrequency]
}

// Numbers of ours go into the text: 16 words with two expressions each leave few of the 100 bound parameters.
const literal = (value: number): SQL => sql.raw(value.toFixed(3))
