import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { attemptsKey } from '../../src/auth/attempts'
import { REFRESH_COOKIE } from '../../src/auth/refresh-cookie'
import type { ErrorBody } from '../../src/http/errors'
import { attemptsObject, userObject } from '../../src/objects'
import { expectJson, request } from './app'
import type { Person } from './people'

export type SignedIn = Pick<Person, 'user' | 'accessToken' | 'refreshToken'> & { expiresIn: number }

/** What a page of ours sends along. */
export const OUR_PAGE = { origin: 'http://localhost:8787', 'sec-fetch-site': 'same-origin' }

/** The code of an answer that must be an error with this status. */
export const codeOf = async (answer: Response | Promise<Response>, status: number): Promise<string> =>
  (await expectJson<ErrorBody>(answer, status)).error.code

export const login = (person: { email: string; password: string }, headers: Record<string, string> = {}) =>
  request('/auth/login', { json: { email: person.email, password: person.password }, headers })

export const refresh = (refreshToken: string) => request('/auth/refresh', { json: { refreshToken } })

/** The same by cookie, as a browser does it. */
export const refreshByCookie = (token: string, headers: Record<string, string> = OUR_PAGE, method = 'refresh') =>
  request(`/auth/${method}`, { json: {}, headers: { cookie: `${REFRESH_COOKIE}=${token}`, ...headers } })

/** The refresh token in an answer's cookie; '' when it was cleared, null when there is no such cookie. */
export function cookieToken(answer: Response): string | null {
  const cookie = answer.headers.getSetCookie().find((line) => line.startsWith(`${REFRESH_COOKIE}=`))
  return cookie === undefined ? null : (cookie.split(';')[0]?.slice(REFRESH_COOKIE.length + 1) ?? '')
}

/** Lets `ms` pass for the grace of somebody's last rotation. */
export const ageRotation = (person: Pick<Person, 'user'>, ms: number): Promise<void> =>
  runInDurableObject(userObject(env, person.user.id), (_object, state) => {
    state.storage.sql.exec('UPDATE session SET parent_until = parent_until - ?', ms)
  })

/** Counts wrong guesses at an account or from an address, without the time that hashing so many passwords takes. */
export async function failGuesses(kind: 'account' | 'address', value: string, times: number): Promise<void> {
  const object = attemptsObject(env, await attemptsKey(env.JWT_SECRET, kind, value))
  for (let n = 0; n < times; n++) await object.takeGuess({ freeFailures: times, keptMs: 3_600_000 })
}
