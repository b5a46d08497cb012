import {
  MAX_SOCKET_BUFFER_BYTES,
  MAX_SOCKET_MESSAGE_BYTES,
  MAX_SOCKET_MESSAGES_PER_SECOND,
} from '../../src/kernel/limits'
import { CLOSE, type LiveEvent } from '../../src/progress/events'

/** What a client may say besides "ping": what it has seen last. */
export type Resume = { type: 'resume'; after: number }

/** Kept with a hibernated socket. */
export type Attachment = { sessionId: string; openedAt: number }

export const attachmentOf = (socket: WebSocket): Attachment => socket.deserializeAttachment() as Attachment

/** The socket that was opened first. The platform promises no order. */
export const oldestOf = (sockets: WebSocket[]): WebSocket | undefined =>
  sockets.toSorted((a, b) => attachmentOf(a).openedAt - attachmentOf(b).openedAt)[0]

/** Sends, or closes a reader so slow that its line would fill our memory: it resumes from the log. */
export function sendTo(socket: WebSocket, text: string): void {
  if (socket.readyState !== WebSocket.OPEN) return
  const { bufferedAmount } = socket as WebSocket & { bufferedAmount?: number }
  if ((bufferedAmount ?? 0) > MAX_SOCKET_BUFFER_BYTES) closeQuietly(socket, CLOSE.tooSlow, 'too slow')
  else socket.send(text)
}

export const sendEvents = (sockets: WebSocket[], events: LiveEvent[]): void => {
  for (const event of events) {
    const text = JSON.stringify(event)
    for (const socket of sockets) sendTo(socket, text)
  }
}

/** A socket that is gone already throws on close; that is fine. */
export function closeQuietly(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, reason)
  } catch {
    // Closed or broken: there is nobody left to tell.
  }
}

/** A client's message, or the close code that it earned. */
export function readMessage(message: string | ArrayBuffer): Resume | { close: number; reason: string } {
  if (typeof message !== 'string') return { close: CLOSE.notJson, reason: 'text only' }
  if (message.length > MAX_SOCKET_MESSAGE_BYTES) return { close: CLOSE.tooBig, reason: 'too big' }
  try {
    const said: unknown = JSON.parse(message)
    if (typeof said === 'object' && said !== null && 'type' in said && said.type === 'resume' && 'after' in said)
      if (Number.isSafeInteger(said.after) && Number(said.after) >= 0)
        return { type: 'resume', after: Number(said.after) }
  } catch {
    // Falls through to the same answer as JSON of another shape.
  }
  return { close: CLOSE.notJson, reason: 'expected {"type":"resume","after":n}' }
}

/** Counts messages of each socket by the second. Memory is enough: a socket that sleeps does not flood. */
export class FloodGuard {
  readonly #counts = new WeakMap<WebSocket, { second: number; count: number }>()

  /** False when this message is one too many. */
  admit(socket: WebSocket, now: number): boolean {
    const second = Math.floor(now / 1000)
    const known = this.#counts.get(socket)
    const count = known?.second === second ? known.count + 1 : 1
    this.#counts.set(socket, { second, count })
    return count <= MAX_SOCKET_MESSAGES_PER_SECOND
  }
}
