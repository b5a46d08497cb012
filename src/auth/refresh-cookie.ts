import type { Context, MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { SESSION_LIFETIME_MS } from '../../durable-objects/user/sessions'
import type { AppEnv } from '../http/app-env'
import { fail } from '../http/errors'
import { requireJson } from '../http/headers'

/** `__Host-` (RFC 6265bis section 4.1.3.2): no subdomain and no plain HTTP page can set or overwrite it. */
export const REFRESH_COOKIE = '__Host-lumiku_refresh'
const ATTRIBUTES = { path: '/', secure: true, httpOnly: true, sameSite: 'Lax' } as const

export const setRefreshCookie = (c: Context<AppEnv>, token: string): void =>
  setCookie(c, REFRESH_COOKIE, token, { ...ATTRIBUTES, maxAge: SESSION_LIFETIME_MS / 1000 })

export const clearRefreshCookie = (c: Context<AppEnv>): void => {
  deleteCookie(c, REFRESH_COOKIE, ATTRIBUTES)
}

/** Browsers send one of these with every POST of a page, and no page can leave both out. */
export const isBrowser = (c: Context<AppEnv>): boolean =>
  c.req.header('origin') !== undefined || c.req.header('sec-fetch-site') !== undefined

/**
 * The refresh token of the request: the body's, else the cookie's. A browser attaches the cookie to whatever any page
 * makes it send, so then the page has to be one of ours, else 403.
 */
export function presentedToken(c: Context<AppEnv>, body: { refreshToken?: string | undefined }): string | undefined {
  if (body.refreshToken !== undefined) return body.refreshToken
  const cookie = getCookie(c, REFRESH_COOKIE)
  if (cookie === undefined) return undefined
  const isOurs =
    c.req.header('sec-fetch-site') === 'same-origin' ||
    c.var.ctx.config.ALLOWED_ORIGINS.includes(c.req.header('origin') ?? '')
  if (!isOurs) throw fail('FORBIDDEN')
  return cookie
}

/**
 * For routes whose JSON body may be left out. With the cookie on board the content type must say JSON even so: that is
 * what forms of other sites cannot send without asking first (403).
 */
export const optionalJson: MiddlewareHandler<AppEnv> = async function optionalJson(c, next) {
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  const isJson = type === 'application/json'
  if (!isJson && getCookie(c, REFRESH_COOKIE) !== undefined) throw fail('FORBIDDEN')
  if (type === '') return next()
  const isEmpty = c.req.raw.body === null || c.req.header('content-length') === '0'
  if (!isJson || !isEmpty) return requireJson(c, next)
  c.req.bodyCache.text = Promise.resolve('{}') as never
  await next()
}
