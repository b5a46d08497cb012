// Requests to the bench Worker as one signed-in person.
import { randomUUID } from 'node:crypto'

const LIMIT_MS = 60_000
/** Access tokens live for 15 minutes. */
const TOKEN_MS = 10 * 60_000

/**
 * A client of the server at `origin`. `time(variant, mode)` answers milliseconds until the whole answer is there, `count(variant)` what
 * it asked of the database; `get(path)` parses JSON. Each throws with the answer's own words unless it is 200.
 */
export async function createClient(origin) {
  const account = { email: `bench-${randomUUID()}@lumiku.test`, password: 'a long bench password', name: 'Bench' }
  let login
  const signedIn = async () => {
    if (!login || Date.now() - login.atMs > TOKEN_MS) {
      const { accessToken } = await json(`/api/v1/auth/${login ? 'login' : 'register'}`, account)
      login = { token: accessToken, atMs: Date.now() }
    }
    return { authorization: `Bearer ${login.token}` }
  }
  const send = (path, body, headers) =>
    fetch(origin + path, {
      method: body ? 'POST' : 'GET',
      headers: { 'accept-language': 'en', ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(LIMIT_MS),
    })
  const textOf = async (path, response) => {
    const text = await response.text()
    if (!response.ok) throw new Error(`${response.status} for ${path}: ${text.slice(0, 500)}`)
    return text
  }
  const json = async (path, body, headers) => JSON.parse(await textOf(path, await send(path, body, headers)))
  const headersFor = async ({ body }, mode) => ({ 'x-bench': mode, ...(body && (await signedIn())) })

  return {
    get: json,
    async time(variant, mode) {
      const headers = await headersFor(variant, mode)
      const startMs = performance.now()
      const response = await send(variant.path, variant.body, headers)
      await textOf(variant.path, response)
      return performance.now() - startMs
    },
    async count(variant) {
      const answer = await json(variant.path, variant.body, await headersFor(variant, 'count'))
      if (answer.status !== 200) throw new Error(`${answer.status} for ${variant.path}: ${answer.body.slice(0, 500)}`)
      const sum = (field) => answer.statements.reduce((total, statement) => total + statement[field], 0)
      return {
        rowsRead: sum('rowsRead'),
        rows: sum('rows'),
        bytes: answer.bytes,
        statements: answer.statements,
        answer: JSON.parse(answer.body),
      }
    },
  }
}
