import type { Context } from 'hono'
import type { AppEnv } from '../http/app-env'
import { type Language, languageOf } from '../http/errors'

/** The caller's language, and the headers that tell caches that the answer is written in it (RFC 9110 section 12.5.5). */
export function answerInCallersLanguage(c: Context<AppEnv>): Language {
  const language = languageOf(c.req.header('accept-language'))
  c.header('content-language', language)
  c.header('vary', 'Accept-Language', { append: true })
  return language
}
