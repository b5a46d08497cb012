/**
 * A hash takes 32 MiB of an isolate's 128, and workerd computes it on the isolate's only thread: two at once would not be
 * faster, they would only keep every other request waiting for longer.
 */
export const MAX_RUNNING = 1
/** 20 waiting take about 3 s; who comes later is told to come back. */
export const MAX_WAITING = 20
/**
 * A turn not heard of for this long belongs to a request that was cut off: the platform drops it without running its
 * `finally`, and without this the turn would be lost until the isolate ends.
 */
const STALE_MS = 5_000

/** Who hashes and who waits, each with the time (ms) it was last heard of. Oldest first, as Maps keep their order. */
export type Turns = { running: Map<symbol, number>; waiting: Map<symbol, number> }

export const newTurns = (): Turns => ({ running: new Map(), waiting: new Map() })

/** Whether somebody who comes now would be sent away. */
export function isFull(turns: Turns, now: number): boolean {
  dropStale(turns.running, now)
  dropStale(turns.waiting, now)
  return turns.waiting.size >= MAX_WAITING
}

/** Asks for a turn; ask again after WAIT. First come, first served. */
export function askTurn(turns: Turns, ticket: symbol, now: number): 'GO' | 'WAIT' | 'FULL' {
  if (isFull(turns, now) && !turns.waiting.has(ticket)) return 'FULL'
  const isFree = turns.running.size < MAX_RUNNING
  turns.waiting.set(ticket, now)
  const [first] = turns.waiting.keys()
  if (!isFree || first !== ticket) return 'WAIT'
  turns.waiting.delete(ticket)
  turns.running.set(ticket, now)
  return 'GO'
}

/** Gives the turn, or the place in the queue, back. */
export function endTurn(turns: Turns, ticket: symbol): void {
  turns.running.delete(ticket)
  turns.waiting.delete(ticket)
}

function dropStale(tickets: Map<symbol, number>, now: number): void {
  for (const [ticket, heardAt] of tickets) if (heardAt <= now - STALE_MS) tickets.delete(ticket)
}
