import { and, asc, eq, type SQL } from 'drizzle-orm'
import type { Database } from '../db/client'
import { poses } from '../db/tables/poses'
import { matchExpressions } from './match-expression'
import { byRelevance, matches, poseSearch } from './search-index'
import { loadVocabulary } from './vocabulary'

/** Longest text that a search reads; the prompt of a text generation may have 500 characters. */
const MAX_SEARCH_CHARS = 500

/** With fewer poses that have every word, what has some of them is more use than a nearly empty page. */
const ENOUGH_MATCHES = 4

/** A search as SQL over `pose_search`: which rows, and which first. */
export type PoseSearch = { where: SQL; order: SQL[] }

/**
 * What a user typed as SQL: poses with every word where there are at least four of them, else with any of the words.
 * `null` when the index knows none of the words, nor one like them.
 */
export async function planSearch(db: Database, text: string): Promise<PoseSearch | null> {
  const expressions = matchExpressions(text.slice(0, MAX_SEARCH_CHARS), await loadVocabulary(db))
  if (!expressions) return null
  const { every, some, words } = expressions
  const isEnough = every !== null && (await countMatches(db, every)) >= ENOUGH_MATCHES
  return { where: matches(isEnough ? every : some), order: byRelevance(words) }
}

async function countMatches(db: Database, expression: string): Promise<number> {
  const found = db.select({ id: poseSearch.number }).from(poseSearch).where(matches(expression)).limit(ENOUGH_MATCHES)
  return (await found).length
}

/** Ids of the at most `limit` public poses that fit a text best, best first; empty when nothing fits. */
export async function searchPoseIds(db: Database, text: string, limit: number): Promise<string[]> {
  const search = await planSearch(db, text)
  if (!search) return []
  const rows = await db
    .select({ id: poses.id })
    .from(poseSearch)
    .innerJoin(poses, eq(poses.number, poseSearch.number))
    .where(and(search.where, eq(poses.isPublic, true)))
    .orderBy(...search.order, asc(poses.displayOrder), asc(poses.id))
    .limit(limit)
  return rows.map((row) => row.id)
}
