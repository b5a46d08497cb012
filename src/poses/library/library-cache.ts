import { sha256Hex } from '../../kernel/hash'
import { describeError, type Log } from '../../kernel/log'

/** Goes up with the shape of what is kept: an old answer is then never read by new code. */
const SHAPE = 2
/** Versions make an answer unreachable, not this; it only ends what nobody asks for any more. */
const MAX_AGE_SECONDS = 3_600

/** The version that this isolate saw last. A guess: whoever uses it reads the true one in the same batch. */
let lastVersion: string | undefined

export const guessVersion = (): string | undefined => lastVersion
export const sawVersion = (version: string): void => {
  lastVersion = version
}

/**
 * What the edge keeps about a version of the library: orders, totals and counts that everybody shares, never cards or
 * anything of a person. A version never comes back, so that an answer cannot be older than the last write.
 */
export async function readCache<T>(version: string, query: string): Promise<T | null> {
  const kept = await caches.default.match(await keyOf(version, query))
  return kept ? ((await kept.json()) as T) : null
}

/** Keeps an answer after the caller has his; a cache that cannot is only slower. */
export async function writeCache(log: Log, version: string, query: string, answer: unknown): Promise<void> {
  try {
    await put(version, query, answer)
  } catch (error) {
    log('warn', 'library_cache_failed', { error: describeError(error) })
  }
}

async function put(version: string, query: string, answer: unknown): Promise<void> {
  const headers = { 'cache-control': `public, max-age=${MAX_AGE_SECONDS}`, 'content-type': 'application/json' }
  await caches.default.put(await keyOf(version, query), new Response(JSON.stringify(answer), { headers }))
}

const keyOf = async (version: string, query: string): Promise<string> =>
  `https://library.invalid/${SHAPE}/${version}/${await sha256Hex(query)}`

/** What `keepByVersion` has in this isolate, by name: the last version of each. */
const inMemory = new Map<string, { version: string; made: unknown }>()

/**
 * What all queries of a version share: made once per isolate from rows that are read once per place of the edge. `make`
 * must not start anything: what it makes outlives the request.
 */
export async function keepByVersion<R, T>(
  name: string,
  version: string,
  { read, make }: { read: () => Promise<R>; make: (rows: R) => T },
): Promise<T> {
  const known = inMemory.get(name)
  if (known?.version === version) return known.made as T
  // Scripts and tests outside of Workers have no such cache.
  const hasEdge = typeof caches !== 'undefined' && 'default' in caches
  const kept = hasEdge ? await readCache<R>(version, `kept ${name}`) : null
  const rows = kept ?? (await read())
  // Without its copy the next isolate reads the rows itself.
  if (hasEdge && !kept) await put(version, `kept ${name}`, rows).catch(() => {})
  const made = make(rows)
  inMemory.set(name, { version, made })
  return made
}
