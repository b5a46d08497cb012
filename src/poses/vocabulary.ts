import { sql } from 'drizzle-orm'
import type { Database } from '../db/client'
import { editDistance } from './edit-distance'
import { synonymWords } from './synonyms'

/** The words of the search index, each with the number of poses that have it; `mostPoses` is the commonest's. */
export type Vocabulary = {
  poseCounts: ReadonlyMap<string, number>
  mostPoses: number
  hasPrefix: (prefix: string) => boolean
}

/** After a new library was seeded, an isolate knows its words this late; the index itself is never cached. */
const VOCABULARY_TTL_MS = 10 * 60_000
/** About 2,500 words today; a runaway import must not fill the isolate. */
const MAX_VOCABULARY_WORDS = 20_000
const MAX_CORRECTIONS = 3

let cached: { vocabulary: Vocabulary; expiresAtMs: number } | undefined

/** The vocabulary, read at most once per isolate and 10 minutes. */
export async function loadVocabulary(db: Database, nowMs: number = Date.now()): Promise<Vocabulary> {
  if (cached && cached.expiresAtMs > nowMs) return cached.vocabulary
  const rows = await db.all<{ term: string; doc: number }>(
    sql`select term, doc from pose_vocabulary limit ${MAX_VOCABULARY_WORDS}`,
  )
  const vocabulary = vocabularyOf(new Map(rows.map(({ term, doc }) => [term, doc])))
  // An empty index is a library that is about to be seeded: not worth remembering for 10 minutes.
  if (rows.length > 0) cached = { vocabulary, expiresAtMs: nowMs + VOCABULARY_TTL_MS }
  return vocabulary
}

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
  return { poseCounts, mostPoses: Math.max(0, ...poseCounts.values()), hasPrefix }
}

/**
 * What somebody may have meant who typed `word`: the nearest words of the index or of the synonyms, at edit distance
 * 1 for words of 4-6 letters and up to 2 for longer ones; commoner words first, at most three. Shorter words have too
 * many neighbours to guess.
 */
export function correctionsOf(word: string, vocabulary: Vocabulary): string[] {
  if (word.length < 4) return []
  let max = word.length <= 6 ? 1 : 2
  let nearest: string[] = []
  for (const candidate of new Set([...vocabulary.poseCounts.keys(), ...synonymWords])) {
    if (candidate.length < 3 || !maybeNear(word, candidate)) continue
    const distance = editDistance(word, candidate, max)
    if (distance > max) continue
    if (distance < max) nearest = []
    max = distance
    nearest.push(candidate)
  }
  const count = (candidate: string) => vocabulary.poseCounts.get(candidate) ?? 0
  return nearest.sort((a, b) => count(b) - count(a)).slice(0, MAX_CORRECTIONS)
}

/** Most mistakes keep the first letter; the others keep three letters in a row. Saves the distance for 9 of 10 words. */
function maybeNear(word: string, candidate: string): boolean {
  if (word[0] === candidate[0]) return true
  for (let i = 0; i + 3 <= word.length; i++) if (candidate.includes(word.slice(i, i + 3))) return true
  return false
}
