import { ApiError, fail } from '../http/errors'

/** Waiting longer is worse than being told to come back: a job of all formats takes about half a second. */
const MAX_WAITING = 16
const MAX_WAIT_MS = 20_000
/**
 * Work whose request was cut off never says that it ended: the runtime drops its continuations. After this long its turn is
 * over. All formats with their puts to R2 take a few seconds.
 */
const MAX_WORK_MS = 60_000
const LOOK_EVERY_MS = 15
/** Who has not looked for so long was cut off while waiting. */
const GONE_AFTER_MS = 1_000
const RETRY_AFTER_SECONDS = 5
/** A task of the queue that found the line too long comes again after this; waiting is no failure of its own. */
export const CROWDED_RETRY_MS = 1_000 * RETRY_AFTER_SECONDS

type Ticket = { lookedAt: number }

let working: { since: number } | null = null
let waiting: Ticket[] = []

/**
 * Runs work that decodes or codes pictures when nothing else in this isolate does, first come first served: an isolate has
 * 128 MB for all of its requests, and one job may take MEMORY_PLAN_BYTES of it. Decode inside `work` too. Not re-entrant:
 * work that asks for another turn waits for itself. Throws `UNAVAILABLE` with Retry-After when too many wait or the wait is
 * too long; a queue tries such a message again.
 *
 * Waiting is by timers of the waiter's own, never by another request's promise: requests may be cut off at any `await`.
 */
export async function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const turn = await takeTurn()
  try {
    return await work()
  } finally {
    if (working === turn) working = null
  }
}

/** Whether work did not begin because too many were before it. */
export const isCrowded = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.code === 'UNAVAILABLE'

async function takeTurn(): Promise<{ since: number }> {
  const cameAt = Date.now()
  waiting = waiting.filter((ticket) => cameAt - ticket.lookedAt < GONE_AFTER_MS)
  if (waiting.length >= MAX_WAITING) throw fail('UNAVAILABLE', { reason: 'TOO_MANY_EXPORTS' }, RETRY_AFTER_SECONDS)
  const ticket: Ticket = { lookedAt: cameAt }
  waiting.push(ticket)
  try {
    while (!isFree(ticket)) {
      if (Date.now() - cameAt > MAX_WAIT_MS) throw fail('UNAVAILABLE', { reason: 'EXPORTS_BUSY' }, RETRY_AFTER_SECONDS)
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
    working = { since: Date.now() }
    return working
  } finally {
    waiting = waiting.filter((other) => other !== ticket)
  }
}

/** Nobody works, and nobody who still waits came before. */
function isFree(ticket: Ticket): boolean {
  const now = Date.now()
  ticket.lookedAt = now
  if (working && now - working.since < MAX_WORK_MS) return false
  return waiting.find((other) => now - other.lookedAt < GONE_AFTER_MS) === ticket
}
