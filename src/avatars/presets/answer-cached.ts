import type { Context } from 'hono'
import type { AppEnv } from '../../http/app-env'
import { sha256Hex } from '../../kernel/hash'
import { isUnchanged } from '../../poses/pictures/file-response'

/** The answer to who has it already. */
export const UNCHANGED = { 304: { description: 'If-None-Match names the ETag: what the caller has is still right' } }

/** Ten minutes, then the ETag is asked about: presets change with a release. */
const CACHE_CONTROL = 'public, max-age=600'

/**
 * Puts the ETag of an answer that everybody of one language gets, and says whether the caller has it already: then the
 * answer is a 304. Of the answer itself, so that another version of the code has another ETag too.
 */
export async function isKnownAnswer(c: Context<AppEnv>, answer: unknown): Promise<boolean> {
  const etag = `"${(await sha256Hex(JSON.stringify(answer))).slice(0, 32)}"`
  c.header('cache-control', CACHE_CONTROL)
  c.header('etag', etag)
  return isUnchanged(c.req.header('if-none-match'), etag)
}
