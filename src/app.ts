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
import { describeError, makeLog } from './kernel/log'
import { registerOpenLive } from './progress/routes/open-live'

/** Balancers look at the root, clients below the version: either finds both. */
const SAME_PATHS: Record<string, string> = { '/api/v1/health': '/health', '/health/deep': '/api/v1/health/deep' }

/** The seeds' unversioned paths (`/api/apps/...`) answer the same as `/api/v1/...`. */
function versionedPath(request: Request): string {
  const path = new URL(request.url).pathname.replace(/^\/api\/(?!v\d+(\/|$))/, '/api/v1/')
  return SAME_PATHS[path] ?? path
}

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
  app.use(securityHeaders)
  // Before CORS, which writes to every answer: a 101 with its socket must pass untouched.
  registerOpenLive(app)
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
    // A wrong environment fails before there is a ctx: that too must be found in the log.
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

/** Told at once: enough to mend a form, too little to make a large answer out of a small request. */
const MAX_ISSUES = 20
const MAX_FIELD_CHARACTERS = 100

const issuesOf = (target: string) => (issue: z.core.$ZodIssue) => {
  // The client's own words: cut, as they may be as long as the body.
  const named = (path: PropertyKey[]) => path.join('.').slice(0, MAX_FIELD_CHARACTERS) || target
  if (issue.code !== 'unrecognized_keys') return [{ field: named(issue.path), rule: issue.message }]
  const fields = issue.keys.map((key) => named([...issue.path, key]))
  return fields.map((field) => ({ field, rule: `there is no field ${field} in this request` }))
}

type Validation = { target: string; success: true } | { target: string; success: false; error: z.core.$ZodError }

/** Says which field broke which rule. A missing or malformed header is a 400, as the contract has it. */
function refuseInvalid(result: Validation) {
  if (result.success) return
  const issues = result.error.issues.flatMap(issuesOf(result.target)).slice(0, MAX_ISSUES)
  throw fail(result.target === 'header' ? 'INVALID_HEADER' : 'VALIDATION_FAILED', { issues })
}
