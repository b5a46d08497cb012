import { z } from 'zod'
import { ProviderError, type ProviderErrorCode } from './errors'
import type { Refusal } from './http'

/** A model's own refusal. `msg` and `input` may repeat the prompt, so they are never told on. */
const Refused = z.object({
  detail: z.array(z.object({ loc: z.array(z.unknown()).optional(), type: z.string() })).min(1),
})
/** What fal's own machinery says. */
const Broke = z.object({ detail: z.string(), error_type: z.string().optional() })

const NO_MONEY = /locked|exhausted balance|insufficient (?:balance|credit|fund)/i
const NAME = /^[a-z_]{1,60}$/

/**
 * fal's errors, of a submission and of a job that failed: a failed job is an error on its result (docs: Errors, Request
 * errors). Null for what its status alone explains. A list of refused fields is decided here for good: it may repeat what we
 * sent, and a prompt that happens to say "safety" is no moderation.
 */
export function explainFal({ status, headers, json }: Refusal): ProviderError | null {
  const about = { status, upstreamId: headers.get('x-fal-request-id') ?? undefined }
  const refused = Refused.safeParse(json)
  if (refused.success && status < 500) {
    const types = refused.data.detail.map(({ type }) => type)
    const code = types.includes('content_policy_violation') ? 'MODERATED_IN' : 'INVALID'
    return new ProviderError(code, `HTTP ${status} ${types.filter((type) => NAME.test(type)).join(' ')}`, about)
  }
  const broke = Broke.safeParse(json)
  if (!broke.success) return null
  if (status === 403 && NO_MONEY.test(broke.data.detail)) return new ProviderError('QUOTA', 'HTTP 403 no money', about)
  const type = headers.get('x-fal-error-type') ?? broke.data.error_type
  if (type === undefined || !NAME.test(type)) return null
  const code = codeOfType(type)
  return code && new ProviderError(code, `HTTP ${status} ${type}`, about)
}

/**
 * The same of a job's result. A job that broke is over, whereas a 5XX or a TIMEOUT of a poll is about that poll alone: it
 * would be asked again until the job's time is over.
 */
export function explainFalResult(refusal: Refusal): ProviderError | null {
  const error = explainFal(refusal)
  if (error?.code !== 'UPSTREAM_5XX' && error?.code !== 'TIMEOUT') return error
  return new ProviderError('BAD_OUTPUT', `the job failed: ${error.safeDetail}`, { ...error })
}

function codeOfType(type: string): ProviderErrorCode | null {
  if (type === 'client_cancelled') return 'CANCELLED'
  if (type.startsWith('runner_') || type === 'internal_error' || type === 'startup_timeout') return 'UPSTREAM_5XX'
  return type === 'request_timeout' ? 'TIMEOUT' : null
}
