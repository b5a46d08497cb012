import { OpenAPIHono, type z } from '@hono/zod-openapi'
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
import { describeError } from './kernel/log'
import { registerOpenLive } from './progress/routes/open-live'

/** The seeds' unversioned paths (`/api/apps/...`) answer the same as `/api/v1/...`. */
const versionedPath = (request: Request): string =>
  new URL(request.url).pathname.replace(/^\/api\/(?!v\d+(\/|$))/, '/api/v1/')

const REQUEST_ID = /^[A-Za-z0-9_-]{8,64}$/

/** The HTTP side of Lumiku: middleware in order, then the table of contents in api.ts. */
export function createApp() {
  const app = new OpenAPIHono<AppEnv>({ getPath: versionedPath, defaultHook: refuseInvalid })

  app.use(async function context(c, next) {
    const asked = c.req.header('x-request-id') ?? ''
    const requestId = REQUEST_ID.test(asked) ? asked : ulid()
    c.header('x-request-id', requestId)
    c.set(
      'ctx',
      makeCtx(c.env, requestId, (work) => c.executionCtx.waitUntil(work)),
    )
    await next()
  })
  // Before the middleware that rewrites answers: a 101 with its socket must pass untouched.
  registerOpenLive(app)
  app.use(securityHeaders)
  app.use(corsPolicy)

  registerApi(app)
  app.get('/', homePage)
  app.get('/openapi.json', (c) => c.json(app.getOpenAPI31Document(openApiInfo)))
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })

  app.notFound((c) => answer(c, fail('NOT_FOUND')))
  app.onError((error, c) => {
    if (error instanceof ApiError) return answer(c, error)
    if (error instanceof HTTPException && error.status === 400) return answer(c, fail('INVALID_JSON'))
    if (error instanceof HTTPException && error.status === 415) return answer(c, fail('UNSUPPORTED_TYPE'))
    c.var.ctx?.log('error', 'request_failed', { path: c.req.path, error: describeError(error) })
    return answer(c, fail('INTERNAL'))
  })
  return app
}

function answer(c: Context<AppEnv>, error: ApiError) {
  const requestId = c.var.ctx?.requestId ?? ulid()
  const body = errorBody(error, languageOf(c.req.header('accept-language')), requestId, Date.now())
  if (error.retryAfterSeconds !== undefined) c.header('retry-after', String(error.retryAfterSeconds))
  return c.json(body, ERRORS[error.code].status)
}

type Validation = { target: string; success: true } | { target: string; success: false; error: z.core.$ZodError }

/** Says which field broke which rule. A missing or malformed header is a 400, as the contract has it. */
function refuseInvalid(result: Validation) {
  if (result.success) return
  const issues = result.error.issues.slice(0, 20).map((issue) => ({
    field: issue.path.join('.') || result.target,
    rule: issue.message,
  }))
  throw fail(result.target === 'header' ? 'INVALID_HEADER' : 'VALIDATION_FAILED', { issues })
}
