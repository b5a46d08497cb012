import { vi } from 'vitest'
import type { LiveEvent } from '../../src/progress/events'
import { expectJson, ORIGIN, request, requestAs } from './app'
import type { Person } from './people'

type Said = { type: string; seq?: number }

/** A client's end of the live socket and everything it heard. */
export type Live = {
  socket: WebSocket
  /** Messages in the order of their arrival; "pong" as it is. */
  heard: (Said | LiveEvent | 'pong')[]
  /** Numbered events among them. */
  events: () => LiveEvent[]
  /** The close code once there is one. */
  closed: Promise<{ code: number; reason: string }>
  send: (message: unknown) => void
}

export const takeTicket = async (person: Person): Promise<string> =>
  (await expectJson<{ ticket: string }>(requestAs(person, '/live/ticket', { json: {} }), 201)).ticket

type Handshake = { protocol?: string; origin?: string | null; query?: string; headers?: Record<string, string> }

/** The handshake as a browser does it; whatever the server answers. */
export const handshake = (ticket: string, { protocol, origin = ORIGIN, query = '', headers }: Handshake = {}) =>
  request(`/live${query}`, {
    method: 'GET',
    headers: {
      ...{ upgrade: 'websocket', 'sec-websocket-protocol': protocol ?? `lumiku.v1, ticket.${ticket}` },
      ...(origin !== null && { origin }),
      ...headers,
    },
  })

/** Opens a socket with a new ticket and waits until it is connected. */
export async function connect(person: Person): Promise<Live> {
  const answer = await handshake(await takeTicket(person))
  if (answer.status !== 101 || !answer.webSocket) throw new Error(`no socket: ${answer.status}`)
  return listen(answer.webSocket)
}

/** Collects what arrives at this end. The first message is always `connected`. */
export async function listen(socket: WebSocket): Promise<Live> {
  const heard: Live['heard'] = []
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason }))
  })
  socket.addEventListener('message', ({ data }) => {
    heard.push(data === 'pong' ? data : JSON.parse(String(data)))
  })
  socket.accept()
  await vi.waitUntil(() => heard.length > 0, { interval: 5 })
  return {
    socket,
    heard,
    events: () => heard.filter((said): said is LiveEvent => said !== 'pong' && 'v' in said),
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
  }
}

/** Waits until the client heard something of this type. */
export const hears = (live: Live, type: string): Promise<boolean> =>
  vi.waitUntil(() => live.heard.some((said) => (said === 'pong' ? said : said.type) === type), {
    timeout: 10_000,
    interval: 5,
  })
