import { DrizzleQueryError } from 'drizzle-orm'

/** One line of structured log. Never prompts, tokens, passwords or picture bytes: hash them or leave them out. */
export type Log = (level: 'info' | 'warn' | 'error', event: string, fields?: Record<string, unknown>) => void

/** A logger whose every line carries `base` (request id, user id, job id). Lines are JSON, one object each. */
export const makeLog =
  (base: Record<string, unknown>): Log =>
  (level, event, fields = {}) => {
    const line = JSON.stringify({ level, event, ...base, ...fields })
    if (level === 'error') console.error(line)
    else if (level === 'warn') console.warn(line)
    else console.info(line)
  }

/**
 * What may be logged of an unknown failure: its name and message, cut to 300 characters. Of a failed query that is the
 * database's reason: drizzle's own message lists the values, e-mails and notices of gateways among them.
 */
export function describeError(error: unknown): string {
  const told = error instanceof DrizzleQueryError ? (error.cause ?? 'a query failed') : error
  return (told instanceof Error ? `${told.name}: ${told.message}` : String(told)).slice(0, 300)
}
