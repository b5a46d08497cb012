import { z } from 'zod'
import { type ProviderError, type ProviderErrorCode, RULES } from './errors'

/** A picture that only ever heard "not now" is given up this long after its first try. */
export const PATIENCE_MS = 15 * 60_000
/** A picture waits for a provider that is down at most until it has been down this long, then fails at once. */
export const DOWN_PATIENCE_MS = 2 * 60_000
/** Asked to wait longer than this, another provider is asked first if there is one. */
const MAX_WAIT_MS = 60_000
const MAX_RETRY_MS = 10 * 60_000
const JITTER = 0.2
const POLL_ERROR_DELAYS_MS = [2_000, 4_000, 8_000, 16_000, 30_000] as const

const Handle = z.object({
  providerId: z.string(),
  model: z.string(),
  json: z.string(),
  submittedAt: z.number(),
  /** The task's, when it was submitted: its slot is known by it. */
  attempt: z.number().int().optional(),
  /** Of the seed that was sent. */
  seedShift: z.number().int(),
  pollErrors: z.number().int(),
})

/**
 * What the runner knows of one picture between two messages; kept with its task as JSON. `failures` are those at
 * `providerId`, and start anew at the next provider.
 */
export const RunState = z.object({
  /** Of the first submission; null while no provider had room. */
  startedAt: z.number().nullable(),
  /** Since when every provider that could make it is down; null while one is not. */
  downSince: z.number().nullable(),
  providerId: z.string().nullable(),
  failures: z.record(z.string(), z.number().int()),
  /** Providers that gave this picture up. */
  exhausted: z.array(z.string()),
  /** Added to the seed after a picture that nobody may see. */
  seedShift: z.number().int(),
  /** Submissions so far, of all providers. */
  submissions: z.number().int(),
  handle: Handle.nullable(),
})
export type RunState = z.infer<typeof RunState>
export type RunHandle = z.infer<typeof Handle>

export const newRun = (): RunState => ({
  startedAt: null,
  downSince: null,
  providerId: null,
  failures: {},
  exhausted: [],
  seedShift: 0,
  submissions: 0,
  handle: null,
})

/** `counted`: whether it is one of the task's MAX_TASK_TRIES, the last net under all of RULES. */
export type Next =
  | { kind: 'retry'; delayMs: number; run: RunState; counted: boolean }
  | { kind: 'failed'; run: RunState }

/**
 * What follows from a failed attempt at `providerId`: the same again after a delay, another provider at once, or the end.
 * `others` says whether a capable provider is left that has not given the picture up. `random` is 0..1.
 */
export function afterFailure(
  run: RunState,
  providerId: string,
  error: ProviderError,
  { now, random, others }: { now: number; random: number; others: boolean },
): Next {
  const rule = RULES[error.code]
  const before = run.providerId === providerId ? run.failures : {}
  const tries = (before[error.code] ?? 0) + 1
  const isPatient = rule.maxTries === Infinity
  const next: RunState = {
    ...run,
    providerId,
    failures: { ...before, [error.code]: tries },
    seedShift: run.seedShift + (error.code === 'MODERATED_OUT' || error.code === 'POSE_MISMATCH' ? 1 : 0),
    handle: null,
  }
  const asked = error.retryAfterMs
  const delayMs = asked ?? jittered(rule.delaysMs[Math.min(tries, rule.delaysMs.length) - 1] ?? 0, random)
  const tooLong = isPatient && (asked ?? 0) > MAX_WAIT_MS
  const counted = !isPatient
  const isPatienceOver = now - (run.startedAt ?? now) >= PATIENCE_MS
  if (!isPatienceOver && tries < rule.maxTries && !(tooLong && others))
    return { kind: 'retry', delayMs: Math.min(delayMs, MAX_RETRY_MS), run: next, counted }
  if (!isPatienceOver && rule.failover && others)
    return {
      kind: 'retry',
      delayMs: 0,
      run: { ...next, exhausted: [...run.exhausted, providerId], failures: {} },
      counted,
    }
  return { kind: 'failed', run: next }
}

/** A poll that failed says nothing of the job: it is asked again, ever more slowly, until the job's own time is over. */
export function afterPollError(run: RunState, handle: RunHandle): { delayMs: number; run: RunState } {
  const delayMs = POLL_ERROR_DELAYS_MS[Math.min(handle.pollErrors, POLL_ERROR_DELAYS_MS.length - 1)]!
  return { delayMs, run: { ...run, handle: { ...handle, pollErrors: handle.pollErrors + 1 } } }
}

/** Errors of a poll that are about the line, not about the job. */
const LINE_ERRORS: ReadonlySet<ProviderErrorCode> = new Set([
  ...(['NETWORK', 'TIMEOUT', 'UPSTREAM_5XX', 'RATE_LIMITED', 'COLD'] as const),
])
/** A result that cannot be read is fetched again so often before the job is taken for broken: fetching is free. */
const MAX_FETCHES = 2

/** Whether a poll that failed so is worth repeating: the job may be well. */
export const mayPollAgain = ({ code }: ProviderError, { pollErrors }: RunHandle): boolean =>
  LINE_ERRORS.has(code) || (code === 'BAD_OUTPUT' && pollErrors < MAX_FETCHES)

/**
 * Whether a provider may have worked for a failure, and will bill it: who never answered, who answered what is no use, who
 * lost what he had begun. Not who refused.
 */
export const mayBeBilled = ({ code, outcomeUnknown, status = 200 }: ProviderError): boolean =>
  outcomeUnknown || code === 'LOST_JOB' || (code === 'BAD_OUTPUT' && status < 400)

const jittered = (delayMs: number, random: number): number => Math.round(delayMs * (1 + JITTER * (2 * random - 1)))
