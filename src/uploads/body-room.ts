import { fail } from '../http/errors'
import { MAX_UPLOAD_BYTES } from '../kernel/limits'
import { MAX_ROOM_BYTES } from './limits'

const MAX_WAITING = 32
/** Of one user: the line has places left for others. */
const MAX_WAITING_OF_ONE = 16
/** Of one user's bodies at a time: one of the largest and a small one. Slow lines of one user fill no more than that. */
const SHARE_BYTES = MAX_UPLOAD_BYTES + 1024 * 1024
const MAX_WAIT_MS = 20_000
const LOOK_EVERY_MS = 15
/** Who has not looked for so long was cut off while waiting: the runtime drops such requests without a word. */
const GONE_AFTER_MS = 1_000
/** Longer than the slowest line we serve needs for 10 MiB: whoever holds room for so long was cut off too. */
const STALE_MS = 60_000
const RETRY_AFTER_SECONDS = 5

type Held = { userId: string; bytes: number; since: number }
type Ticket = { userId: string; bytes: number; lookedAt: number }
const held = new Set<Held>()
/** First come, first served, or large bodies would wait for ever behind small ones. */
const waiting = new Set<Ticket>()

/**
 * Runs work on a request's body when there is room for it. Bodies wait where they are, in the network, instead of in the
 * isolate's 128 MB: all requests together hold MAX_ROOM_BYTES of them, and those of one user no more than a share. A body of
 * unknown length is taken for the largest. Throws `UNAVAILABLE` when too many wait or the wait is too long. Waiting is by
 * timers, never by another request's promise.
 */
export async function withRoomFor<T>(request: Request, userId: string, work: () => Promise<T>): Promise<T> {
  const told = Number(request.headers.get('content-length') ?? Number.NaN)
  const bytes = told >= 0 ? Math.min(told, MAX_UPLOAD_BYTES) : MAX_UPLOAD_BYTES
  const room = await waitForRoom(userId, bytes)
  try {
    return await work()
  } finally {
    held.delete(room)
  }
}

async function waitForRoom(userId: string, bytes: number): Promise<Held> {
  const cameAt = Date.now()
  // Who seems gone may only not have come to look while work kept the isolate busy: he keeps his place for a while.
  for (const other of waiting) if (cameAt - other.lookedAt > MAX_WAIT_MS) waiting.delete(other)
  const there = [...waiting].filter(isThere)
  const own = there.filter((other) => other.userId === userId)
  if (there.length >= MAX_WAITING || own.length >= MAX_WAITING_OF_ONE) throw crowded()
  const ticket = { userId, bytes, lookedAt: cameAt }
  waiting.add(ticket)
  try {
    while (!isNext(ticket)) {
      if (Date.now() - cameAt > MAX_WAIT_MS) throw crowded()
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
    const room = { userId, bytes, since: Date.now() }
    held.add(room)
    return room
  } finally {
    waiting.delete(ticket)
  }
}

const isThere = ({ lookedAt }: Ticket): boolean => Date.now() - lookedAt <= GONE_AFTER_MS

/** There is room, and nobody who still waits came before, but for those who wait for bodies of their own. */
function isNext(ticket: Ticket): boolean {
  const now = Date.now()
  ticket.lookedAt = now
  for (const room of held) if (now - room.since > STALE_MS) held.delete(room)
  const first = [...waiting].find((other) => isThere(other) && taken(other.userId) + other.bytes <= SHARE_BYTES)
  return first === ticket && taken() + ticket.bytes <= MAX_ROOM_BYTES
}

const taken = (userId?: string): number =>
  [...held].reduce((sum, room) => sum + (userId === undefined || room.userId === userId ? room.bytes : 0), 0)

const crowded = () => fail('UNAVAILABLE', { reason: 'TOO_MANY_UPLOADS' }, RETRY_AFTER_SECONDS)
