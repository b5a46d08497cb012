import { sniffType } from '../uploads/sniff'
import type { ProviderCall } from './contract'
import { ProviderError, type ProviderErrorCode } from './errors'

/** The largest picture that is asked for is 9 MB of pixels. Four messages at once share the isolate's 128 MB. */
export const MAX_PICTURE_BYTES = 12 * 1024 * 1024
/** A picture in base64, and the little that stands around it. */
const MAX_JSON_BYTES = Math.ceil(MAX_PICTURE_BYTES / 3) * 4 + 64 * 1024
/** A refusal in words is no longer. */
const MAX_REFUSAL_BYTES = 64 * 1024
/** Values in an answer. As parsed objects a megabyte of `[],` is 15 MB, one of `[` is 30 MB. */
const MAX_JSON_VALUES = 20_000
const MAX_RETRY_AFTER_MS = 24 * 3_600_000

/** An answer that is no success, as the adapter's own mapping sees it. `json` is null when the body is none. */
export type Refusal = { status: number; headers: Headers; json: unknown; text: string }

/** What the adapter makes of a refusal; null leaves it to `standardError`. */
export type Explain = (refusal: Refusal) => ProviderError | null

type Ask = { method?: string; headers?: Record<string, string>; body?: BodyInit | null; explain?: Explain }

/** Asks for JSON, of MAX_JSON_VALUES at most. Throws ProviderError for everything but a 2xx with it: BAD_OUTPUT without. */
export async function askJson(
  call: ProviderCall,
  url: string,
  ask: Ask = {},
): Promise<{ json: unknown; headers: Headers; status: number }> {
  const answer = await send(call, url, ask)
  const bytes = await readBytes(call, answer, MAX_JSON_BYTES)
  const text = new TextDecoder().decode(bytes)
  const json = hasTooManyValues(bytes) ? undefined : parse(text)
  if (!answer.ok) throw explained({ status: answer.status, headers: answer.headers, json, text }, call, ask.explain)
  if (json === undefined)
    throw new ProviderError('BAD_OUTPUT', `${answer.status} without JSON`, { status: answer.status })
  return { json, headers: answer.headers, status: answer.status }
}

/** Asks for a picture. Throws ProviderError for everything but a 2xx with one: BAD_OUTPUT for what is no picture. */
export async function askPicture(call: ProviderCall, url: string, ask: Ask): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await send(call, url, ask)
  const bytes = await readBytes(call, answer, MAX_PICTURE_BYTES)
  if (answer.ok) return checkedPicture(bytes)
  const text = new TextDecoder().decode(bytes.subarray(0, MAX_REFUSAL_BYTES))
  throw explained(
    { status: answer.status, headers: answer.headers, json: parse(text) ?? null, text },
    call,
    ask.explain,
  )
}

/**
 * Downloads a picture that an answer points at: a data URL, or an address whose host is the provider's own (`baseUrl`) or
 * below one of `hosts` by https. Redirects are not followed. Throws ProviderError BAD_OUTPUT for other places and for
 * what is no picture, LOST_JOB for one that is gone.
 */
export async function downloadPicture(
  call: ProviderCall,
  url: string,
  { baseUrl, hosts }: { baseUrl: string; hosts: readonly string[] },
): Promise<Uint8Array<ArrayBuffer>> {
  const inline = /^data:image\/(?:png|jpeg|webp);base64,/.exec(url)
  if (inline) return checkedPicture(inlinePicture(url.slice(inline[0].length)))
  if (!mayDownload(url, baseUrl, hosts)) throw new ProviderError('BAD_OUTPUT', 'a result at a place we do not trust')
  const answer = await send(call, url, {})
  if (!answer.ok) {
    await answer.body?.cancel()
    // No key goes with it: a refusal is an address that has expired, and says nothing of our account.
    if ([401, 403, 404, 410].includes(answer.status))
      throw new ProviderError('LOST_JOB', 'the result is gone', { status: answer.status })
    throw standardError({ status: answer.status, headers: answer.headers, json: null, text: '' }, call.now())
  }
  return checkedPicture(await readBytes(call, answer, MAX_PICTURE_BYTES))
}

/** Measured before it is decoded: four characters are three bytes. */
function inlinePicture(base64: string): Uint8Array<ArrayBuffer> {
  if (base64.length > Math.ceil(MAX_PICTURE_BYTES / 3) * 4)
    throw new ProviderError('BAD_OUTPUT', `more than ${MAX_PICTURE_BYTES} bytes`)
  return fromBase64(base64)
}

export function mayDownload(url: string, baseUrl: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host, hostname, username, password } = new URL(url)
  if (username !== '' || password !== '') return false
  const base = new URL(baseUrl)
  if (host === base.host && protocol === base.protocol) return true
  return (
    protocol === 'https:' &&
    new URL(url).port === '' &&
    hosts.some((known) => hostname === known || hostname.endsWith(`.${known}`))
  )
}

/** Base64 of bytes, for JSON bodies. */
export const toBase64 = (bytes: Uint8Array): string => {
  // In parts: an argument list has a length limit, and one string per byte is ten times slower.
  let binary = ''
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(binary)
}

/** Bytes of base64 that a provider sent. Throws BAD_OUTPUT for anything else. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    const binary = atob(text)
    const bytes = new Uint8Array(binary.length)
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
    return bytes
  } catch {
    throw new ProviderError('BAD_OUTPUT', 'broken base64')
  }
}

/** The bytes, if their first ones are those of a picture we read; else BAD_OUTPUT. */
export function checkedPicture(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (!sniffType(bytes)) throw new ProviderError('BAD_OUTPUT', `${bytes.length} bytes that are no picture`)
  return bytes
}

/** fetch, with what may escape it turned into ProviderError NETWORK or TIMEOUT. */
async function send(call: ProviderCall, url: string, { method = 'GET', headers = {}, body }: Ask): Promise<Response> {
  try {
    return await call.fetch(url, {
      method,
      headers: { 'x-request-id': call.requestId, ...headers },
      signal: call.signal,
      redirect: 'manual',
      ...(body !== undefined && { body }),
    })
  } catch (error) {
    throw lineError(call, error)
  }
}

async function readBytes(call: ProviderCall, answer: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of answer.body ?? []) {
      size += chunk.byteLength
      if (size > maxBytes) throw new ProviderError('BAD_OUTPUT', `more than ${maxBytes} bytes`)
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof ProviderError ? error : lineError(call, error)
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

/** A line that broke, or our own signal. What was sent may have arrived. */
export function lineError(call: ProviderCall, error: unknown): ProviderError {
  if (error instanceof ProviderError) return error
  if (call.signal.aborted) return new ProviderError('TIMEOUT', '', { outcomeUnknown: true })
  return new ProviderError('NETWORK', error instanceof Error ? error.name : '', { outcomeUnknown: true })
}

function explained(refusal: Refusal, call: ProviderCall, explain: Explain | undefined): ProviderError {
  return explain?.(refusal) ?? standardError(refusal, call.now())
}

const MODERATION = /nsfw|content[_ -]?policy|moderat|safety/i
const OUT_OF_MEMORY = /cuda|out of memory|\boom\b/i

/** The taxonomy by status (docs/providers.md). Says nothing of the body but that it matched a known pattern. */
export function standardError({ status, headers, json, text }: Refusal, now: number): ProviderError {
  const code = codeOf(status, text, json)
  const waits = code === 'RATE_LIMITED' || code === 'COLD'
  return new ProviderError(code, `HTTP ${status}`, {
    status,
    upstreamId: headers.get('x-request-id') ?? undefined,
    retryAfterMs: waits ? (retryAfterMs(headers, now) ?? estimatedMs(json)) : undefined,
  })
}

function codeOf(status: number, text: string, json: unknown): ProviderErrorCode {
  if (status === 429) return 'RATE_LIMITED'
  if (status === 402) return 'QUOTA'
  if (status === 401 || status === 403 || status === 404 || status === 410) return 'AUTH'
  if (status === 408) return 'TIMEOUT'
  if (status === 503 && estimatedMs(json) !== undefined) return 'COLD'
  if (status >= 500) return 'UPSTREAM_5XX'
  // Moderation first: what was refused may be repeated, and words of a prompt are no fault of the provider.
  if ((status === 400 || status === 422) && MODERATION.test(text)) return 'MODERATED_IN'
  if (OUT_OF_MEMORY.test(text)) return 'UPSTREAM_5XX'
  if (status >= 400) return 'INVALID'
  return 'BAD_OUTPUT'
}

/**
 * Retry-After in seconds or as a date (RFC 9110 section 10.2.3), as ms from `now`. Parts of seconds are sent too. A date has
 * letters: Date.parse finds one in nearly any number, long past.
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (!value) return undefined
  const isSeconds = /^\d{1,9}(\.\d{1,9})?$/.test(value)
  const ms = isSeconds ? Math.ceil(Number(value) * 1_000) : /^[a-z]{3}/i.test(value) ? Date.parse(value) - now : NaN
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS) : undefined
}

/** `estimated_time` (seconds) of a model that is being loaded, clamped to 1..60 s. */
function estimatedMs(json: unknown): number | undefined {
  const seconds = (json as { estimated_time?: unknown } | null)?.estimated_time
  return typeof seconds === 'number' && Number.isFinite(seconds)
    ? Math.min(Math.max(1, seconds), 60) * 1_000
    : undefined
}

/** By the signs that open or part values, those within texts included: a picture in base64 has none. */
function hasTooManyValues(bytes: Uint8Array): boolean {
  if (bytes.length <= MAX_JSON_VALUES) return false
  let values = 0
  for (const byte of bytes) if (byte === 0x5b || byte === 0x7b || byte === 0x2c) values += 1
  return values > MAX_JSON_VALUES
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
