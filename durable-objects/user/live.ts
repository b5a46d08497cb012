import { MAX_SOCKETS_PER_USER } from '../../src/kernel/limits'
import { CLOSE, LIVE_PROTOCOL, TICKET_PREFIX } from '../../src/progress/events'
import { eventsAfter, latestSeq } from './events'
import { isSessionAlive } from './sessions'
import {
  type Attachment,
  attachmentOf,
  closeQuietly,
  FloodGuard,
  oldestOf,
  readMessage,
  sendEvents,
  sendTo,
} from './sockets'

/** Events read at once; more are sent page by page. */
const MAX_EVENTS = 1_000

/** The ticket that a handshake offers beside our protocol, or null when it is no handshake of ours. */
export function offeredTicket(request: Request): string | null {
  const offered = (request.headers.get('sec-websocket-protocol') ?? '').split(',').map((part) => part.trim())
  const ticket = offered.find((part) => part.startsWith(TICKET_PREFIX))?.slice(TICKET_PREFIX.length)
  const isUpgrade = request.headers.get('upgrade')?.toLowerCase() === 'websocket'
  return isUpgrade && offered.includes(LIVE_PROTOCOL) && ticket ? ticket : null
}

/**
 * The sockets of one user, by the hibernation API. All it remembers is up to where it has told: an object that wakes
 * has told everything, because telling follows each commit at once.
 */
export class Live {
  readonly #ctx: DurableObjectState
  readonly #sql: SqlStorage
  readonly #flood = new FloodGuard()
  #toldSeq: number

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx
    this.#sql = ctx.storage.sql
    this.#toldSeq = latestSeq(this.#sql)
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
  }

  /** Opens a socket for a session whose ticket was spent. Only our protocol is echoed, never the ticket. */
  open(sessionId: string): Response {
    const open = this.#ctx.getWebSockets().filter((socket) => socket.readyState === WebSocket.OPEN)
    const oldest = open.length >= MAX_SOCKETS_PER_USER ? oldestOf(open) : undefined
    if (oldest) closeQuietly(oldest, CLOSE.flood, 'too many sockets')
    const { 0: client, 1: server } = new WebSocketPair()
    this.#ctx.acceptWebSocket(server)
    server.serializeAttachment({ sessionId, openedAt: Date.now() } satisfies Attachment)
    server.send(JSON.stringify({ type: 'connected', seq: latestSeq(this.#sql) }))
    return new Response(null, { status: 101, webSocket: client, headers: { 'sec-websocket-protocol': LIVE_PROTOCOL } })
  }

  /** Answers a client: what it missed, `reset` when that was trimmed, or the close that it earned. */
  hear(socket: WebSocket, message: string | ArrayBuffer): void {
    const said = this.#judge(socket, message)
    if ('close' in said) closeQuietly(socket, said.close, said.reason)
    else if (!this.#sendAfter([socket], said.after))
      sendTo(socket, JSON.stringify({ type: 'reset', seq: latestSeq(this.#sql) }))
  }

  /** Sends what is new since the last call: after the commit, never before; the output gate holds it for the disk. */
  broadcast(): void {
    const latest = latestSeq(this.#sql)
    if (latest === this.#toldSeq) return
    const sockets = this.#ctx.getWebSockets()
    if (sockets.length > 0) this.#sendAfter(sockets, this.#toldSeq)
    this.#toldSeq = latest
  }

  /** Tells and closes the sockets of every session that ended: revoked, reused, pushed out by an eleventh or too old. */
  closeDead(): void {
    const now = Date.now()
    for (const socket of this.#ctx.getWebSockets()) {
      if (isSessionAlive(this.#sql, attachmentOf(socket).sessionId, now)) continue
      sendTo(socket, JSON.stringify({ type: 'session_revoked' }))
      closeQuietly(socket, CLOSE.revoked, 'signed out')
    }
  }

  #judge(socket: WebSocket, message: string | ArrayBuffer): ReturnType<typeof readMessage> {
    const now = Date.now()
    if (!this.#flood.admit(socket, now)) return { close: CLOSE.flood, reason: 'too many messages' }
    const { sessionId } = attachmentOf(socket)
    if (!isSessionAlive(this.#sql, sessionId, now)) return { close: CLOSE.revoked, reason: 'signed out' }
    return readMessage(message)
  }

  /** Sends all events after `seq`, page by page; false when some of them were trimmed. */
  #sendAfter(sockets: WebSocket[], seq: number): boolean {
    for (let after = seq; ; ) {
      const events = eventsAfter(this.#sql, after, MAX_EVENTS)
      if (!events) return false
      sendEvents(sockets, events)
      if (events.length < MAX_EVENTS) return true
      after = events.at(-1)!.seq
    }
  }
}
