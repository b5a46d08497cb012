import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { ulid } from 'ulid'
import { registerApi } from './api'
import { makeCtx } from './ctx'
import { homePage } from './home'
import type { AppEnv } from './http/app-env'
import { ApiError, ERRORS, errorBody, fail, languageOf } from './http/errors'
import { corsPolicy, securityHeaders } from './http/headers'
import { openApiInfo } from './http/openapi'
import { refuseInvalid } from './http/refuse-invalid'
import { describeError, makeLog } from './kernel/log'
import { missingPartOf } from './kernel/missing-part'
import { appGate } from './platform/app-gate'
import { registerOpenLive } from './progress/routes/open-live'

/** Balancers look at the root, clients below the version: either finds both. */
const SAME_PATHS: Record<string, string> = { '/api/v1/health': '/health', '/health/deep': '/api/v1/health/deep' }

/** The seeds' unversioned paths (`/api/apps/...`) answer the same as `/api/v1/...`. */
function versionedPath(request: Request): string {
  const path = new URL(request.url).pathname.replace(/^\/api\/(?!v\d+(\/|$))/, '/api/v1/')
  return SAME_PATHS[path] ?? path
}

/** What is missing is put there by people, not by waiting. */
const MISSING_RETRY_SECONDS = 60

const REQUEST_ID = /^[A-Za-z0-9_-]{8,64}$/

/** The HTTP side of Lumiku: middleware in order, then the table of contents in api.ts. */
export function createApp() {
  const app = new OpenAPIHono<AppEnv>({ getPath: versionedPath, defaultHook: refuseInvalid })

  app.use(async function context(c, next) {
    const asked = c.req.header('x-request-id') ?? ''
    const requestId = REQUEST_ID.test(asked) ? asked : ulid()
    c.header('x-request-id', requestId)
    const ctx = makeCtx(c.env, requestId, (work) => c.executionCtx.waitUntil(work))
    c.env = ctx.env
    c.set('ctx', ctx)
    await next()
  })
  app.use(securityHeaders)
  // Before CORS, which writes to every answer: a 101 with its socket must pass untouched.
  registerOpenLive(app)
  app.use(corsPolicy)
  app.use('/api/v1/apps/:appId/*', appGate)

  registerApi(app)
  app.get('/', homePage)
  app.get('/openapi.json', (c) => c.json(app.getOpenAPI31Document(openApiInfo)))
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })

  app.notFound((c) => answer(c, fail('NOT_FOUND')))
  app.onError((error, c) => {
    if (error instanceof ApiError) return answer(c, error)
    // Logged when the environment was read: once, not by everybody who meets it.
    if (missingPartOf(error)) return answer(c, fail('UNAVAILABLE', undefined, MISSING_RETRY_SECONDS))
    if (error instanceof HTTPException && error.status === 400) return answer(c, fail('INVALID_JSON'))
    if (error instanceof HTTPException && error.status === 415) return answer(c, fail('UNSUPPORTED_TYPE'))
    const log = c.var.ctx?.log ?? makeLog({ requestId: requestIdOf(c) })
    log('error', 'request_failed', { path: c.req.path, error: describeError(error) })
    return answer(c, fail('INTERNAL'))
  })
  return app
}

const requestIdOf = (c: Context<AppEnv>): string => c.var.ctx?.requestId ?? c.res.headers.get('x-request-id') ?? ''

function answer(c: Context<AppEnv>, error: ApiError) {
  const body = errorBody(error, languageOf(c.req.header('accept-language')), requestIdOf(c), Date.now())
  if (error.retryAfterSeconds !== undefined) c.header('retry-after', String(error.retryAfterSeconds))
  return c.json(body, ERRORS[error.code].status)
}
