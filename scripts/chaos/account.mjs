// A person with an account, who signs in again when a token has run out.
import { setTimeout as wait } from 'node:timers/promises'
import { ask } from './ask.mjs'

const tries = 40
const betweenTriesMs = 500

/**
 * An account at `origin()` (asked each time: a server may come back elsewhere). `ask` is one try of one request under
 * `/api/v1` as this person; `must` repeats it until somebody answers and throws unless that is `status`.
 */
export function newAccount(origin, email) {
  const login = { email, password: 'a long password for chaos' }
  let token

  async function open(path, json) {
    const answer = await ask(origin(), { method: 'POST', path: `/api/v1/auth/${path}`, json })
    if (answer.status === 200 || answer.status === 201) token = answer.body.accessToken
    return answer
  }

  async function signIn() {
    for (let tried = 1; ; tried++) {
      const answer = await open('login', login)
      if (token || tried === tries) return answer
      // Nobody there yet, or a registration whose answer was lost.
      if (answer.status === 401) await open('register', { ...login, name: 'Chaos' })
      if (token) return answer
      await wait(betweenTriesMs)
    }
  }

  async function asMe(request) {
    const answer = await ask(origin(), { ...request, path: `/api/v1${request.path}`, token })
    if (answer.status !== 401) return answer
    token = undefined
    await signIn()
    return ask(origin(), { ...request, path: `/api/v1${request.path}`, token })
  }

  return {
    email,
    /** Registers. Throws when that does not work. */
    async join() {
      await open('register', { ...login, name: 'Chaos' })
      if (!token) await signIn()
      if (!token) throw new Error(`${email} cannot sign in`)
    },
    ask: asMe,
    async must(request, status = 200) {
      for (let tried = 1; ; tried++) {
        const answer = await asMe(request)
        if (answer.status === status) return answer.body
        const passing = answer.lost || answer.status >= 500 || answer.status === 429
        if (!passing || tried === tries)
          throw new Error(
            `${request.method ?? 'GET'} ${request.path}: ${answer.lost ?? `${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`}`,
          )
        await wait(betweenTriesMs)
      }
    },
  }
}

/** All items of a paged list, in the order of the API. */
export async function allItems(account, path) {
  const items = []
  for (let cursor; ; ) {
    const query = `${path.includes('?') ? '&' : '?'}limit=100${cursor ? `&cursor=${cursor}` : ''}`
    const page = await account.must({ path: path + query })
    items.push(...page.items)
    cursor = page.page.nextCursor
    if (!cursor) return items
  }
}
