import { type ApiError, fail } from '../http/errors'
import type { AdjustmentAnswer } from './adjustments'

/** The answer of the contract for an adjustment that was not made. */
export function refuse(answer: Extract<AdjustmentAnswer, { ok: false }>): ApiError {
  const { ok: _ok, code, ...details } = answer
  return fail(code, Object.keys(details).length > 0 ? details : undefined)
}
