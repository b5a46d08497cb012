import { z } from 'zod'
import type { ProviderCall } from './contract'
import { ProviderError, type ProviderErrorCode } from './errors'
import { lineError, type Refusal, retryAfterMs } from './http'

const DAY_MS = 24 * 3_600_000

/** Cloudflare's own numbers (developers.cloudflare.com/workers-ai/platform/errors, July 2026). 429 is two of them. */
const CODES: Readonly<Record<number, ProviderErrorCode>> = {
  3003: 'INVALID',
  3006: 'INVALID',
  3007: 'TIMEOUT',
  3008: 'TIMEOUT',
  3023: 'AUTH',
  3036: 'QUOTA',
  3039: 'INVALID',
  3040: 'COLD',
  3041: 'AUTH',
  3042: 'AUTH',
  5004: 'INVALID',
  5005: 'INVALID',
  5006: 'INVALID',
  // No such model: a setting is wrong, as with a wrong key, and another provider may do it.
  5007: 'AUTH',
  5016: 'AUTH',
  5018: 'AUTH',
  5019: 'INVALID',
}

const MODERATION = /nsfw|moderat|content[_ -]?policy|safety/i

const Errors = z.object({ errors: z.array(z.object({ code: z.number(), message: z.string() })).min(1) })

/** A refusal by REST; null when it has no number that we know, and its status says it. */
export function explainWorkersAi({ status, headers, json }: Refusal, now: number): ProviderError | null {
  const refused = Errors.safeParse(json)
  if (!refused.success) return null
  const [first] = refused.data.errors
  const code = first && codeOf(first.code, first.message)
  if (!first || !code) return null
  return new ProviderError(code, `Workers AI ${first.code}`, {
    status,
    upstreamId: headers.get('cf-ray') ?? undefined,
    retryAfterMs: waitOf(code, now) ?? (code === 'COLD' ? retryAfterMs(headers, now) : undefined),
  })
}

/** What the binding throws: its number is in the message alone, which may hold the prompt and is not kept. */
export function workersAiError(error: unknown, call: ProviderCall): ProviderError {
  if (error instanceof ProviderError) return error
  if (call.signal.aborted || !(error instanceof Error)) return lineError(call, error)
  const number = Number(/\b([35]0\d\d)\b/.exec(error.message)?.[1])
  const code = codeOf(number, error.message)
  if (code)
    return new ProviderError(code, `Workers AI ${number || ''}`.trim(), { retryAfterMs: waitOf(code, call.now()) })
  if (/network connection lost|reset|terminated/i.test(error.message)) return lineError(call, error)
  return new ProviderError(/^(?:Inference|Ai)/.test(error.name) ? 'UPSTREAM_5XX' : 'UNKNOWN', 'Workers AI', {})
}

function codeOf(number: number, message: string): ProviderErrorCode | undefined {
  return MODERATION.test(message) ? 'MODERATED_IN' : CODES[number]
}

/** The day's free neurons come back at 00:00 UTC. */
const waitOf = (code: ProviderErrorCode, now: number): number | undefined =>
  code === 'QUOTA' ? DAY_MS - (now % DAY_MS) : undefined
