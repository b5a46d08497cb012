import { sql } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { readLibraryVersion } from '../library/library-cache-version'
import { anyMeans, matchWords, type WordMatch } from './match-expression'
import { countMatches, isFound, type SearchPlan, scoredMatches } from './search-index'
import { loadVocabulary } from './vocabulary'

/** Longest text that a search reads; the prompt of a text generation may have 500 characters. */
const MAX_SEARCH_CHARS = 500
/** With fewer poses that have every word, what has some of them is more use than a nearly empty page, in any library. */
const ENOUGH_MATCHES = 4
/** So many poses are scored one by one, which reads their rows; of more, the popular ones come first. */
export const MAX_SCORED_POSES = 3_000
/** The matches of a broad search are counted so far: it is walked, whatever there is more. */
export const MAX_MATCHES_COUNTED = 20_000

/** What a hit says by where it is, in tenths. Who names a pose after a word means it more than who mentions it. */
const NAMES = 10
const TAGS = 8
const ELSEWHERE = 4
/** Part of two words' points that the words get once more when they stand side by side in a name. */
const SIDE_BY_SIDE = 0.3
/** Chosen with the judged searches: 1 and 2 find less. */
const RARITY_EXPONENT = 1.5
/** A weight of 1 in points; two digits are enough to tell weights apart. */
const POINTS_PER_WEIGHT = 100
const MAX_TENTHS = 100

/**
 * What a user typed as a plan over the index: poses with any of the words, those with more and rarer ones first; where these
 * would be too many to score, those with every word. `null` when the index knows none of the words, nor one like them.
 */
export async function planSearch(db: Database, text: string, version: string): Promise<SearchPlan | null> {
  const vocabulary = await loadVocabulary(db, version)
  const matches = matchWords(text.slice(0, MAX_SEARCH_CHARS), vocabulary)
  if (!matches) return null
  const { words, isEvery } = matches
  const any = words.map(anyMeans)
  // What a category is called is true of all its poses, and tells them apart the least: not enough to have a word.
  const told = any.map((expression) => `{names tags descriptions} : ${expression}`)
  const every = told.join(' AND ')
  const some = any.join(' OR ')
  const named = words.map((word) => `{names} : ${anyMeans({ means: word.means.slice(0, 1) })}`)
  const counts = await countEach(
    db,
    [every, some, ...any.map((expression) => `{names tags} : ${expression}`), ...any, named.join(' AND ')],
    MAX_SCORED_POSES + 1,
  )
  const [everyCount = 0, someCount = 0] = counts
  const hasEvery = isEvery && everyCount >= ENOUGH_MATCHES && someCount > MAX_SCORED_POSES
  const countsOfWords = counts.slice(2 + words.length, 2 + 2 * words.length)
  const scope = hasEvery ? every : someCount > MAX_SCORED_POSES ? rarestOf(any, countsOfWords) : some
  const isBroad = (hasEvery ? everyCount : Math.min(someCount, ...countsOfWords)) > MAX_SCORED_POSES
  if (isBroad) {
    const namedCount = counts.at(-1) ?? 0
    const [count = 0] = await countMatches(db, [scope], MAX_MATCHES_COUNTED)
    return {
      scope,
      levels: [],
      isBroad,
      count,
      ...(isEvery &&
        namedCount > 0 && { named: { scope: named.join(' AND '), isFew: namedCount <= MAX_SCORED_POSES } }),
    }
  }
  const weights = words.map((_, index) => ({
    named: rarity(counts[2 + index]!, vocabulary.mostPoses),
    anywhere: rarity(counts[2 + words.length + index]!, vocabulary.mostPoses),
  }))
  const isWhole = scope === every || scope === some
  const count = scope === every ? everyCount : someCount
  return { scope, levels: levelsOf(words, weights), isBroad, ...(isWhole && { count }) }
}

/** As countMatches, but what is asked for twice is counted once: a search of one word. */
async function countEach(db: Database, expressions: string[], most: number): Promise<number[]> {
  const different = [...new Set(expressions)]
  const counts = await countMatches(db, different, most)
  return expressions.map((expression) => counts[different.indexOf(expression)] ?? 0)
}

/** The words to find poses by when all would find too many: the rarest, and more of them while they stay few. */
function rarestOf(expressions: string[], counts: number[]): string {
  const byRarity = expressions
    .map((expression, index) => ({ expression, count: counts[index]! }))
    .sort((a, b) => a.count - b.count)
  let sum = 0
  const chosen = byRarity.filter(({ count }, index) => {
    sum += count
    return index === 0 || sum <= MAX_SCORED_POSES
  })
  return chosen.map(({ expression }) => expression).join(' OR ')
}

/**
 * As in inverse document frequency, ln(1 + poses / poses that have it), with an exponent: who says a rare word means it, and
 * two common ones do not make up for it.
 */
const rarity = (count: number, mostPoses: number): number =>
  Math.log(1 + mostPoses / Math.max(1, count)) ** RARITY_EXPONENT

type Weight = { named: number; anywhere: number }

function levelsOf(words: WordMatch[], weights: Weight[]): SearchPlan['levels'] {
  return words.flatMap(({ means, neighbor }, word) => {
    const { named, anywhere } = weights[word]!
    const levels = means.flatMap(({ tenths, phrases }): SearchPlan['levels'] => {
      const expression = `(${phrases.join(' OR ')})`
      const points = (weight: number, place: number) =>
        Math.max(1, Math.round((POINTS_PER_WEIGHT * weight * place * tenths) / MAX_TENTHS))
      return [
        [word, points(named, NAMES), `{names} : ${expression}`],
        [word, points(named, TAGS), `{tags} : ${expression}`],
        [word, points(anywhere, ELSEWHERE), `{categories descriptions} : ${expression}`],
      ]
    })
    const next = weights[word + 1]
    if (!neighbor || !next) return levels
    const together = Math.round(POINTS_PER_WEIGHT * SIDE_BY_SIDE * (named + next.named))
    // A word of its own in the sum: it comes on top of what the two words have.
    return [...levels, [words.length + word, together, `{names tags} : ${neighbor}`] as const].map(
      ([key, points, expression]) => [key, points, expression],
    )
  })
}

/** Ids of the at most `limit` public poses that fit a text best, best first; empty when nothing fits. */
export async function searchPoseIds(db: Database, text: string, limit: number): Promise<string[]> {
  const plan = await planSearch(db, text, await readLibraryVersion(db))
  if (!plan) return []
  const rows = await db.all<{ id: string }>(
    plan.isBroad
      ? sql`select id from poses where is_public = 1
          and ${isFound(plan)}
          order by popularity desc, display_order, id limit ${limit}`
      : sql`select poses.id from (${scoredMatches(plan)}) as hit cross join poses on poses.number = hit.number
          where poses.is_public = 1
          order by ${byScore} desc, poses.popularity desc, poses.display_order, poses.id limit ${limit}`,
  )
  return rows.map(({ id }) => id)
}

/** Of two poses that have the words alike, the one that is called by less else: every 16 letters more cost 4 points. */
export const byScore = sql.raw('(hit.score - 4 * ((length(poses.name_en) + length(poses.name_id)) / 16))')
