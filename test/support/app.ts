import { exports } from 'cloudflare:workers'
import { signUp } from './people'

export const ORIGIN = 'http://localhost:8787'

type Sent = { method?: string; json?: unknown; headers?: Record<string, string>; body?: BodyInit }

/** A request to the Worker under test. `path` is relative to /api/v1 unless it starts with `//`. */
export async function request(path: string, sent: Sent = {}): Promise<Response> {
  const url = path.startsWith('//') ? ORIGIN + path.slice(1) : `${ORIGIN}/api/v1${path}`
  const headers = new Headers({ 'accept-language': 'en', ...sent.headers })
  if (sent.json !== undefined) headers.set('content-type', 'application/json')
  return exports.default.fetch(
    new Request(url, {
      method: sent.method ?? (sent.json === undefined && sent.body === undefined ? 'GET' : 'POST'),
      headers,
      ...(sent.json !== undefined
        ? { body: JSON.stringify(sent.json) }
        : sent.body !== undefined
          ? { body: sent.body }
          : {}),
    }),
  )
}

/** The same, signed in as somebody. */
export const requestAs = (person: { accessToken: string }, path: string, sent: Sent = {}): Promise<Response> =>
  request(path, { ...sent, headers: { authorization: `Bearer ${person.accessToken}`, ...sent.headers } })

/** JSON of an answer that must have this status; shows the body when it has not. */
export async function expectJson<T>(response: Response | Promise<Response>, status: number): Promise<T> {
  const answer = await response
  const text = await answer.text()
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${text}`)
  return JSON.parse(text) as T
}

export { signUp }
