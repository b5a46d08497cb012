import { sql } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { keepByVersion } from '../library/library-cache'
import { editDistance } from './edit-distance'
import { rootsOf, skeletonOf, stemsOf, withoutDoubles } from './search-word-forms'
import { synonymWords } from './synonyms'
import { productWords } from './synonyms-of-products'

/** The words of the search index, each with the number of poses that have it; `mostPoses` is the commonest's. */
export type Vocabulary = {
  poseCounts: ReadonlyMap<string, number>
  mostPoses: number
  hasPrefix: (prefix: string) => boolean
  /** Words of the index that are forms of a word, commoner ones first. */
  formsOf: (word: string) => string[]
  /** Roots of its Indonesian verbs, whether or not the index has them too. */
  roots: () => readonly string[]
  /** Words that have the consonants of a word without vowels, commoner ones first. */
  fullWordsOf: (skeleton: string) => string[]
}

/** About 2,500 words today; a runaway import must not fill the isolate. */
const MAX_VOCABULARY_WORDS = 20_000
const MAX_CORRECTIONS = 3
const MIN_PART_CHARS = 4

/**
 * The vocabulary of a version. SQLite reads the whole index for it (180 ms at 100,000 poses): once per version and place of
 * the edge.
 */
export const loadVocabulary = (db: Database, version: string): Promise<Vocabulary> =>
  keepByVersion<[string, number][], Vocabulary>('vocabulary', version, {
    read: async () => {
      const rows = await db.all<{ term: string; doc: number }>(
        sql`select term, doc from library_vocabulary limit ${MAX_VOCABULARY_WORDS}`,
      )
      return rows.map(({ term, doc }) => [term, doc])
    },
    make: (rows) => vocabularyOf(new Map(rows)),
  })

/** A vocabulary over these words; `hasPrefix` answers whether a longer word starts so. */
export function vocabularyOf(poseCounts: ReadonlyMap<string, number>): Vocabulary {
  const sorted = [...poseCounts.keys()].sort()
  const hasPrefix = (prefix: string) => {
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (sorted[middle]! <= prefix) low = middle + 1
      else high = middle
    }
    return sorted[low]?.startsWith(prefix) ?? false
  }
  const commonerFirst = (a: string, b: string) => (poseCounts.get(b) ?? 0) - (poseCounts.get(a) ?? 0)
  // Most searches need neither: made when one does.
  let byStem: Map<string, string[]> | undefined
  let roots: string[] | undefined
  let bySkeleton: Map<string, string[]> | undefined
  return {
    poseCounts,
    mostPoses: Math.max(0, ...poseCounts.values()),
    hasPrefix,
    formsOf: (word) => {
      byStem ??= groupBy(sorted, stemsOf)
      const forms = new Set(stemsOf(word).flatMap((stem) => byStem!.get(stem) ?? []))
      forms.delete(word)
      return [...forms].sort(commonerFirst)
    },
    roots: () => {
      roots ??= [...new Set(sorted.flatMap(rootsOf))]
      return roots
    },
    fullWordsOf: (skeleton) => {
      bySkeleton ??= groupBy(sorted, (word) => [skeletonOf(word)])
      return (bySkeleton.get(skeleton) ?? []).toSorted(commonerFirst)
    },
  }
}

function groupBy(words: readonly string[], keysOf: (word: string) => string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const word of words)
    for (const key of keysOf(word)) {
      const group = groups.get(key)
      if (group) group.push(word)
      else groups.set(key, [word])
    }
  return groups
}

/**
 * What somebody may have meant who typed `word`: the nearest words of the index or of the synonyms, at edit distance
 * 1 for words of 4-6 letters and up to 2 for longer ones; commoner words first, at most three. Shorter words have too
 * many neighbours to guess, unless they have no vowel: then words with the same consonants.
 */
export function correctionsOf(word: string, vocabulary: Vocabulary): string[] {
  if (skeletonOf(word) === word) {
    const full = vocabulary.fullWordsOf(word)
    if (full.length > 0) return full.slice(0, MAX_CORRECTIONS)
  }
  if (word.length < 4) return []
  let max = word.length <= 6 ? 1 : 2
  let nearest: string[] = []
  const once = withoutDoubles(word)
  for (const candidate of new Set([
    ...vocabulary.poseCounts.keys(),
    ...synonymWords,
    ...productWords,
    ...vocabulary.roots(),
  ])) {
    if (candidate.length < 3 || !maybeNear(word, candidate)) continue
    const distance = once === withoutDoubles(candidate) ? 0 : editDistance(word, candidate, max)
    if (distance > max) continue
    if (distance < max) nearest = []
    max = distance
    nearest.push(candidate)
  }
  const count = (candidate: string) => vocabulary.poseCounts.get(candidate) ?? 0
  // Who types fast leaves out vowels more than anything, and hardly ever mistakes the first letter.
  const skeleton = skeletonOf(word)
  const likeness = (candidate: string) => Number(skeletonOf(candidate) === skeleton) + Number(candidate[0] === word[0])
  return nearest.sort((a, b) => likeness(b) - likeness(a) || count(b) - count(a)).slice(0, MAX_CORRECTIONS)
}

/** Two words of the index that were written as one, `wristwatch`; null for others. */
export function partsOf(word: string, { poseCounts }: Vocabulary): [string, string] | null {
  for (let at = word.length - MIN_PART_CHARS; at >= MIN_PART_CHARS; at--) {
    const parts: [string, string] = [word.slice(0, at), word.slice(at)]
    if (parts.every((part) => poseCounts.has(part))) return parts
  }
  return null
}

/** Most mistakes keep the first letter; the others keep three letters in a row. Saves the distance for 9 of 10 words. */
function maybeNear(word: string, candidate: string): boolean {
  if (word[0] === candidate[0]) return true
  for (let i = 0; i + 3 <= word.length; i++) if (candidate.includes(word.slice(i, i + 3))) return true
  return false
}
