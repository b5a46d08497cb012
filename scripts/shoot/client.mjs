// Calls to the API as one signed-in person. The contract is docs/openapi.json of the running server.
import { setTimeout as wait } from 'node:timers/promises'

const requestLimitMs = 60_000
const maxTries = 5
const maxDownloadBytes = 64 * 1024 * 1024

/** An answer of 4xx or 5xx in the API's error shape; `message` is written for the terminal. */
export class ApiFailure extends Error {
  constructor(status, error, retryAfter) {
    super(describe(status, error, retryAfter))
    this.status = status
    this.code = error.code
    this.details = error.details ?? {}
  }
}

/** The sentence of an error body, then one line for each field that broke a rule, then when to come back. */
export function describe(status, error, retryAfter) {
  const issues = Array.isArray(error.details?.issues) ? error.details.issues : []
  const rules = issues.slice(0, 10).map(({ field, rule }) => `  ${field}: ${rule}`)
  const other = Object.entries(error.details ?? {}).filter(([name]) => name !== 'issues')
  const facts = other.map(([name, value]) => `  ${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
  const again = retryAfter ? [`  Try again in ${retryAfter} s.`] : []
  return [`The server says no: ${error.message} (${status} ${error.code})`, ...rules, ...facts, ...again].join('\n')
}

/**
 * A client for the API at `origin`. `get`, `post`, `patch`, `send` answer the parsed body and throw ApiFailure; `find` answers
 * undefined for 404. A lost connection and 503 are tried again (5 times, 0.5 to 8 s apart), but only where that is safe:
 * for GET, and for POST with an idempotency key. An expired token is renewed once by signing in again.
 */
export function createApi(origin) {
  let login
  let token

  async function call(method, path, { body, headers = {}, renew = true } = {}) {
    const safe = method === 'GET' || headers['idempotency-key'] !== undefined
    const response = await withRetries(safe ? maxTries : 1, () =>
      fetch(`${origin}/api/v1${path}`, {
        method,
        headers: { 'accept-language': 'en', ...(token && { authorization: `Bearer ${token}` }), ...headers },
        ...(body !== undefined && { body }),
        signal: AbortSignal.timeout(requestLimitMs),
      }),
    )
    if (response.status === 401 && renew && login) {
      await signIn(login)
      return call(method, path, { body, headers, renew: false })
    }
    if (!response.ok) throw await failureOf(response)
    return response.status === 204 ? undefined : response.json()
  }

  const post = (path, json, { key, renew } = {}) =>
    call('POST', path, {
      body: JSON.stringify(json ?? {}),
      headers: { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) },
      ...(renew !== undefined && { renew }),
    })

  async function signIn({ email, password }) {
    token = undefined
    const answer = await post('/auth/login', { email, password }, { renew: false })
    token = answer.accessToken
    login = { email, password }
  }

  return {
    origin,
    get: (path) => call('GET', path),
    post,
    signIn,
    patch: (path, json) =>
      call('PATCH', path, { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }),
    send: (path, bytes, contentType) => call('POST', path, { body: bytes, headers: { 'content-type': contentType } }),
    /** A form with a file, which is its own content type; `key` makes it safe to send again. */
    sendForm: (path, form, { key }) => call('POST', path, { body: form, headers: { 'idempotency-key': key } }),
    async find(path) {
      try {
        return await call('GET', path)
      } catch (error) {
        if (error instanceof ApiFailure && error.status === 404) return undefined
        throw error
      }
    },
    /** Signs in, or registers when the account is new. Answers `registered` true for a new account. */
    async signInOrUp(account) {
      try {
        await signIn(account)
        return { registered: false }
      } catch (error) {
        if (!(error instanceof ApiFailure) || error.status !== 401) throw error
      }
      try {
        await post(
          '/auth/register',
          { name: account.name ?? account.email.split('@')[0], ...account },
          { renew: false },
        )
      } catch (error) {
        if (error instanceof ApiFailure && error.status === 409) throw new Error(`Wrong password for ${account.email}.`)
        throw error
      }
      await signIn(account)
      return { registered: true }
    },
    /** The bytes and content type behind a (signed) address, relative to the origin or absolute. */
    async download(url) {
      const response = await withRetries(maxTries, () =>
        fetch(new URL(url, origin), { signal: AbortSignal.timeout(requestLimitMs) }),
      )
      if (!response.ok) throw await failureOf(response)
      if (Number(response.headers.get('content-length')) > maxDownloadBytes) throw new Error('The picture is too large')
      return {
        bytes: Buffer.from(await response.arrayBuffer()),
        contentType: (response.headers.get('content-type') ?? '').split(';')[0].trim(),
      }
    },
  }
}

async function withRetries(tries, attempt) {
  for (let tried = 1; ; tried++) {
    try {
      const response = await attempt()
      if (response.status !== 503 || tried >= tries) return response
      await response.body?.cancel()
    } catch (error) {
      if (tried >= tries) throw new Error(`No connection: ${error.cause?.message || error.message}`)
    }
    await wait(backoffMs(tried))
  }
}

/** Milliseconds before try number `tried` + 1: doubling from 500, at most 8000, the upper half at random. */
export function backoffMs(tried, random = Math.random) {
  const full = Math.min(8000, 500 * 2 ** (tried - 1))
  return full / 2 + (full / 2) * random()
}

async function failureOf(response) {
  const text = await response.text()
  let error
  try {
    error = JSON.parse(text).error
  } catch {
    error = undefined // not our server's shape: a proxy, or another program on this port
  }
  const known = error?.code ? error : { code: 'UNKNOWN', message: text.slice(0, 200) || response.statusText }
  return new ApiFailure(response.status, known, response.headers.get('retry-after'))
}
