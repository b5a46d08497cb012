import { fail } from '../http/errors'
import { MAX_UPLOAD_BYTES } from '../kernel/limits'
import { MAX_ROOM_BYTES } from './limits'

const MAX_WAITING = 32
const MAX_WAIT_MS = 20_000
const LOOK_EVERY_MS = 15
/** Who has not looked for so long was cut off while waiting: the runtime drops such requests without a word. */
const GONE_AFTER_MS = 1_000
/** Longer than the slowest line we serve needs for 10 MiB: whoever holds room for so long was cut off too. */
const STALE_MS = 60_000
const RETRY_AFTER_SECONDS = 5

type Held = { bytes: number; since: number }
const held = new Set<Held>()
/** First come, first served, or large bodies would wait for ever behind small ones. */
const waiting = new Set<{ lookedAt: number }>()

/**
 * Runs work on a request's body when there is room for it. Bodies wait where they are, in the network, instead of in the
 * isolate's 128 MB: all requests together hold MAX_ROOM_BYTES of them. A body of unknown length is taken for the largest.
 * Throws `UNAVAILABLE` when too many wait or the wait is too long. Waiting is by timers, never by another request's promise.
 */
export async function withRoomFor<T>(request: Request, work: () => Promise<T>): Promise<T> {
  const told = Number(request.headers.get('content-length') ?? Number.NaN)
  const room = await waitForRoom(told >= 0 ? Math.min(told, MAX_UPLOAD_BYTES) : MAX_UPLOAD_BYTES)
  try {
    return await work()
  } finally {
    held.delete(room)
  }
}

async function waitForRoom(bytes: number): Promise<Held> {
  const cameAt = Date.now()
  for (const other of waiting) if (cameAt - other.lookedAt > GONE_AFTER_MS) waiting.delete(other)
  if (waiting.size >= MAX_WAITING) throw crowded()
  const ticket = { lookedAt: cameAt }
  waiting.add(ticket)
  try {
    while (!isNext(ticket, bytes)) {
      if (Date.now() - cameAt > MAX_WAIT_MS) throw crowded()
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
    const room = { bytes, since: Date.now() }
    held.add(room)
    return room
  } finally {
    waiting.delete(ticket)
  }
}

/** There is room, and nobody who still waits came before. */
function isNext(ticket: { lookedAt: number }, bytes: number): boolean {
  const now = Date.now()
  ticket.lookedAt = now
  for (const room of held) if (now - room.since > STALE_MS) held.delete(room)
  const taken = [...held].reduce((sum, room) => sum + room.bytes, 0)
  const first = [...waiting].find((other) => now - other.lookedAt <= GONE_AFTER_MS)
  return first === ticket && taken + bytes <= MAX_ROOM_BYTES
}

const crowded = () => fail('UNAVAILABLE', { reason: 'TOO_MANY_UPLOADS' }, RETRY_AFTER_SECONDS)
