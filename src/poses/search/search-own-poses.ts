import { type SQL, sql } from 'drizzle-orm'
import { pluralsOf } from './search-word-forms'
import { searchWords } from './search-words'
import { synonymsOf } from './synonyms'

/** How many ways of saying a word are looked for in a row. */
const MAX_WAYS = 12

/**
 * How well a row of `poses` answers a search, without the index, which has only the library's: three points for each
 * word that begins a word of a name, one where tags or descriptions have it. For lists of a few hundred rows.
 */
export function personalScore(text: string): SQL {
  const words = searchWords(text).map((word) => [word, ...pluralsOf(word), ...synonymsOf(word)].slice(0, MAX_WAYS))
  const has = (said: SQL) => sql`instr(' ' || replace(replace(lower(${said}), '"', ' '), '-', ' '), ' ' || way.value)`
  const names = sql`poses.name_en || ' ' || poses.name_id`
  const rest = sql`poses.tags_en || ' ' || poses.tags_id || ' ' || poses.description_en || ' ' || poses.description_id`
  return sql`(select coalesce(sum(best), 0) from (
    select max(case when ${has(names)} then 3 when ${has(rest)} then 1 else 0 end) as best
    from json_each(${JSON.stringify(words)}) as word, json_each(word.value) as way group by word.key))`
}
