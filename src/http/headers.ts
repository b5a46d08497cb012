import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { secureHeaders } from 'hono/secure-headers'
import { MAX_JSON_BYTES } from '../kernel/limits'
import type { AppEnv } from './app-env'
import { fail } from './errors'

const secure: MiddlewareHandler<AppEnv> = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'blob:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
  referrerPolicy: 'no-referrer',
  crossOriginOpenerPolicy: 'same-origin',
  crossOriginResourcePolicy: 'same-site',
  permissionsPolicy: { camera: [], microphone: [], geolocation: [] },
})

/** Our own pages load nothing from elsewhere; API answers are never framed or sniffed. */
export const securityHeaders: MiddlewareHandler<AppEnv> = async function securityHeaders(c, next) {
  // The headers of a 101 with its socket cannot be written to.
  return c.req.header('upgrade') === undefined ? secure(c, next) : next()
}

const allowOrigin: MiddlewareHandler<AppEnv> = cors({
  origin: (origin) => origin,
  allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'accept-language', 'prefer', 'x-request-id'],
  exposeHeaders: [
    ...['x-request-id', 'idempotent-replayed', 'retry-after', 'location', 'preference-applied'],
    ...['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
  ],
  credentials: true,
  maxAge: 600,
})

/** Exact allow-list; an unknown origin gets no CORS header at all, and its preflight a 404. */
export const corsPolicy: MiddlewareHandler<AppEnv> = async function corsPolicy(c, next) {
  const origin = c.req.header('origin')
  if (origin !== undefined && c.var.ctx.config.ALLOWED_ORIGINS.includes(origin)) return allowOrigin(c, next)
  // So that a shared cache never hands this answer to one of our own pages.
  c.res.headers.append('vary', 'Origin')
  return next()
}

/** A body where JSON is expected: declared as JSON (415), small (413), one read. Other bodies have limits of their own. */
export const jsonUpTo = (maxBytes: number): MiddlewareHandler<AppEnv> =>
  async function requireJson(c, next) {
    const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
    if (type !== 'application/json') throw fail('UNSUPPORTED_TYPE', { allowed: ['application/json'] })
    if (Number(c.req.header('content-length') ?? 0) > maxBytes) throw fail('TOO_LARGE', { maxBytes })
    const text = await readText(c.req.raw, maxBytes)
    try {
      c.req.bodyCache.json = Promise.resolve(JSON.parse(text)) as never
      c.req.bodyCache.text = Promise.resolve(text) as never
    } catch {
      throw fail('INVALID_JSON')
    }
    await next()
  }

export const requireJson = jsonUpTo(MAX_JSON_BYTES)

/** The body as text, given up as soon as it has more than `maxBytes`: a missing or lying Content-Length changes nothing. */
async function readText(request: Request, maxBytes: number): Promise<string> {
  return new TextDecoder().decode(await readBytes(request, maxBytes))
}

/** The body's bytes, at most `maxBytes`, else 413. */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.byteLength
    if (size > maxBytes) throw fail('TOO_LARGE', { maxBytes })
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}
