import { currentPrices } from '../../credits/prices'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { ApiError, fail, languageOf } from '../../http/errors'
import { errors, json, jsonBody } from '../../http/responses'
import { newId } from '../../kernel/ids'
import { MAX_BINDING_QUOTES, QUOTE_LIFETIME_MS } from '../../kernel/limits'
import { userObject } from '../../objects'
import { planQuote, QuoteBody } from '../quotable-apps'
import { QuoteSchema, toQuote } from '../quote-schema'

const route = defineRoute({
  operationId: 'createQuote',
  method: 'post',
  path: '/api/v1/quotes',
  summary: 'What a request would cost, binding for 15 minutes: nothing is reserved',
  ...accessWithJson('user', 'project'),
  request: { body: jsonBody(QuoteBody) },
  responses: {
    201: json(QuoteSchema, 'The price that a start with this `quoteId` pays, whatever the prices are by then'),
    ...errors(
      ...(['INVALID_JSON', 'UNAUTHENTICATED', 'PREMIUM_POSE', 'NOT_FOUND', 'TOO_LARGE'] as const),
      ...(['UNSUPPORTED_TYPE', 'VALIDATION_FAILED', 'PROMPT_REJECTED', 'RATE_LIMITED'] as const),
    ),
  },
})

export const registerCreateQuote = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const body = c.req.valid('json')
    const language = languageOf(c.req.header('accept-language'))
    const asked = await planQuote(ctx, caller, body, language).catch(underParams)
    const { app: quoted, tasks, fingerprint, fund, limits, limitNames, item, hasBackground } = asked
    const prices = await currentPrices(ctx.db, quoted, ctx.now())
    const answer = await userObject(ctx.env, caller.userId).quote({
      id: newId('quote'),
      app: quoted,
      fingerprint,
      sessionId: caller.sessionId,
      pictures: tasks.length,
      price: asked.price(prices),
      fund,
      limits,
    })
    if (!answer.ok && answer.code === 'TOO_MANY_QUOTES')
      throw fail('RATE_LIMITED', { max: MAX_BINDING_QUOTES }, QUOTE_LIFETIME_MS / 1_000)
    if (!answer.ok) throw fail('UNAUTHENTICATED')
    return c.json(toQuote(answer.quote, { item, hasBackground, limitNames, priceVersion: prices.version }), 201)
  })

/** Throws the app's own refusal with its fields named where they stand in a quote's body. */
function underParams(error: unknown): never {
  if (!(error instanceof ApiError) || !error.details) throw error
  const { field, issues, ...rest } = error.details as { field?: string; issues?: { field: string }[] }
  const at = (name: string) => `params.${name}`
  throw fail(error.code, {
    ...rest,
    ...(field !== undefined && { field: at(field) }),
    ...(issues && { issues: issues.map((issue) => ({ ...issue, field: at(issue.field) })) }),
  })
}
