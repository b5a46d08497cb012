import type { Context, MiddlewareHandler } from 'hono'
import { MAX_JSON_BYTES } from '../kernel/limits'
import { type Caller, verifyAccessToken } from './access-token'
import type { AppEnv } from './app-env'
import { fail } from './errors'
import { jsonUpTo } from './headers'

export type Access = 'public' | 'user' | 'admin'

/** Who signed the request with an access token (RFC 6750 section 2.1), or null. */
export async function callerOf(c: Context<AppEnv>): Promise<Caller | null> {
  const { config, now } = c.var.ctx
  const [scheme, token, ...rest] = (c.req.header('authorization') ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) return null
  return verifyAccessToken(config.JWT_SECRET, token, now())
}

const requireUser: MiddlewareHandler<AppEnv> = async function requireUser(c, next) {
  const caller = await callerOf(c)
  if (!caller) {
    c.header('www-authenticate', 'Bearer')
    throw fail('UNAUTHENTICATED')
  }
  c.set('caller', caller)
  await next()
}

const requireAdmin: MiddlewareHandler<AppEnv> = async function requireAdmin(c, next) {
  if (c.var.caller.role !== 'admin') throw fail('FORBIDDEN')
  await next()
}

/**
 * Declares who may call a route and what of the caller's it touches, e.g. `...access('user', 'project')`.
 * `owns` names the thing in the path: anybody else's is answered like a missing one. The tests read both.
 */
export function access(level: Access, owns?: string) {
  const middleware =
    level === 'public'
      ? ([] as MiddlewareHandler<AppEnv>[])
      : level === 'user'
        ? [requireUser]
        : [requireUser, requireAdmin]
  return {
    middleware,
    security: level === 'public' ? [] : [{ bearer: [] as string[] }],
    'x-access': level,
    ...(owns && { 'x-owns': owns }),
  }
}

/** The same for a route that takes a JSON body: who may not call it is told so before the body is read. */
export function accessWithJson(level: Access, owns?: string, maxBytes = MAX_JSON_BYTES) {
  const declared = access(level, owns)
  return { ...declared, middleware: [...declared.middleware, jsonUpTo(maxBytes)] }
}
