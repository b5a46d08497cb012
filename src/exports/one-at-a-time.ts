import { ApiError, fail } from '../http/errors'

/** Waiting longer is worse than being told to come back: a job of all formats takes about half a second. */
const MAX_WAITING = 16
const MAX_WAIT_MS = 20_000
/** What a task waits within its lease, which has 15 s to spare (kernel/limits.ts): then it gives the lease back and comes again. */
export const TASK_WAIT_MS = 5_000
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

/** `owner`: equal for all that wait for the same user. */
type Ticket = { owner: unknown; cameAt: number; lookedAt: number; isDismissed: boolean }

let working: { since: number } | null = null
/** In the order in which they came. */
let waiting: Ticket[] = []
/** Which turn was the last of each owner who waits for another. */
const served = new Map<unknown, number>()
let turns = 0

/**
 * Runs work that decodes or codes pictures when nothing else in this isolate does: an isolate has 128 MB for all of its
 * requests, and one job may take MEMORY_PLAN of it. Decode inside `work` too. Not re-entrant: work that asks for another turn
 * waits for itself. Throws `UNAVAILABLE` with Retry-After when too many wait or the wait is too long; a queue tries such a
 * message again.
 *
 * `owner` is the user for whom it is. Owners take turns, first come first served among equals; in a full line the last of whom
 * most wait for makes room for one of whom fewer do: nobody keeps others out by asking for everything at once.
 *
 * Waiting is by timers of the waiter's own, never by another request's promise: requests may be cut off at any `await`.
 */
export async function oneAtATime<T>(
  work: () => Promise<T>,
  { owner = Symbol('nobody'), maxWaitMs = MAX_WAIT_MS }: { owner?: unknown; maxWaitMs?: number } = {},
): Promise<T> {
  const turn = await takeTurn(owner, maxWaitMs)
  try {
    return await work()
  } finally {
    if (working === turn) working = null
  }
}

/** Whether work did not begin because too many were before it. */
export const isCrowded = (error: unknown): error is ApiError =>
  error instanceof ApiError && error.code === 'UNAVAILABLE'

async function takeTurn(owner: unknown, maxWaitMs: number): Promise<{ since: number }> {
  const cameAt = Date.now()
  const ticket: Ticket = { owner, cameAt, lookedAt: cameAt, isDismissed: false }
  enter(ticket)
  try {
    while (!isNext(ticket)) {
      if (ticket.isDismissed) throw tooMany()
      if (Date.now() - cameAt > maxWaitMs) throw fail('UNAVAILABLE', { reason: 'EXPORTS_BUSY' }, RETRY_AFTER_SECONDS)
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
    working = { since: Date.now() }
    served.set(owner, ++turns)
    return working
  } finally {
    waiting = waiting.filter((other) => other !== ticket)
    for (const other of served.keys()) if (!waiting.some((left) => left.owner === other)) served.delete(other)
  }
}

const tooMany = () => fail('UNAVAILABLE', { reason: 'TOO_MANY_EXPORTS' }, RETRY_AFTER_SECONDS)

/** Takes a place in the line, that of another if need be. Throws when there is none to be had. */
function enter(ticket: Ticket): void {
  // Who seems gone may only not have come to look while work kept the isolate busy: then he takes his place again (isNext).
  waiting = waiting.filter(isThere)
  if (waiting.length >= MAX_WAITING) {
    const last = waiting.reduce((far, other) => (placeOf(other) >= placeOf(far) ? other : far))
    if (placeOf(last) <= placeOf(ticket)) throw tooMany()
    last.isDismissed = true
    waiting = waiting.filter((other) => other !== last)
  }
  waiting.push(ticket)
}

/** Nobody works, and of all who still wait he is the first of an owner who has waited longest for a turn. */
function isNext(ticket: Ticket): boolean {
  if (ticket.isDismissed) return false
  const now = Date.now()
  ticket.lookedAt = now
  if (!waiting.includes(ticket)) waiting = [...waiting, ticket].sort((a, b) => a.cameAt - b.cameAt)
  if (working && now - working.since < MAX_WORK_MS) return false
  const turnOf = ({ owner }: Ticket) => served.get(owner) ?? 0
  const there = waiting.filter(isThere)
  return there.reduce((first, other) => (turnOf(other) < turnOf(first) ? other : first)) === ticket
}

const isThere = ({ lookedAt }: Ticket): boolean => Date.now() - lookedAt < GONE_AFTER_MS

/** How many of the same owner are before him in the line. */
function placeOf(ticket: Ticket): number {
  const own = waiting.filter((other) => other.owner === ticket.owner && isThere(other))
  return own.includes(ticket) ? own.indexOf(ticket) : own.length
}
