import { type GatewayId, GatewayUnavailable } from './contract'

/** A gateway that has not answered in full by then has not answered. */
export const GATEWAY_TIMEOUT_MS = 8_000
/** Answers are 1-4 KB. */
const MAX_ANSWER_BYTES = 64 * 1024

export type Ask = {
  gateway: GatewayId
  method: 'GET' | 'POST'
  url: string
  headers: Record<string, string>
  /** Sent as JSON. */
  json?: unknown
  timeoutMs: number
}

/** `json` is undefined for a 4xx whose body is not JSON. */
export type Answer = { httpStatus: number; json: unknown }

/**
 * One request to a gateway. Throws GatewayUnavailable for network errors, time-outs, redirects (a gateway has none, and
 * ours carry a key), 408, 429, 5xx, bodies over the cap, and successes that are not JSON.
 */
export async function askGateway({ gateway, method, url, headers, json, timeoutMs }: Ask): Promise<Answer> {
  const signal = AbortSignal.timeout(timeoutMs)
  const sent = json === undefined ? {} : { body: JSON.stringify(json) }
  let httpStatus: number
  let text: string | null
  try {
    const answer = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      redirect: 'manual',
      signal,
      ...sent,
    })
    httpStatus = answer.status
    text = await readCapped(answer)
  } catch (error) {
    throw new GatewayUnavailable(gateway, error instanceof Error ? error.name : 'network')
  }
  if (text === null) throw new GatewayUnavailable(gateway, `answer over ${MAX_ANSWER_BYTES} bytes`)
  if (httpStatus < 200 || httpStatus >= 500 || isPassing(httpStatus))
    throw new GatewayUnavailable(gateway, `HTTP ${httpStatus}`)
  const value = parse(text)
  if (value === undefined && httpStatus < 400) throw new GatewayUnavailable(gateway, 'answer is not JSON')
  return { httpStatus, json: value }
}

const isPassing = (httpStatus: number): boolean =>
  (httpStatus >= 300 && httpStatus < 400) || httpStatus === 408 || httpStatus === 429

/** The body as text; null when it grows over the cap. */
async function readCapped(answer: Response): Promise<string | null> {
  const reader = answer.body?.getReader()
  if (!reader) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > MAX_ANSWER_BYTES) {
      await reader.cancel()
      return null
    }
    text += decoder.decode(value, { stream: true })
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
