import { describe, expect, test } from 'vitest'
import { ProviderError, type ProviderErrorCode, RULES } from '../../src/providers/errors'
import {
  afterFailure,
  afterPollError,
  mayPollAgain,
  newRun,
  PATIENCE_MS,
  type RunHandle,
  RunState,
} from '../../src/providers/run-state'

const T0 = 1_700_000_000_000
const started: RunState = { ...newRun(), startedAt: T0, submissions: 1 }
const world = { now: T0, random: 0.5, others: false }

/** Fails with `code` again and again at one provider; the delays until it is given up. */
function delaysOf(code: ProviderErrorCode, details = {}, limit = 20): number[] {
  const delays: number[] = []
  let run = started
  while (delays.length < limit) {
    const next = afterFailure(run, 'fal', new ProviderError(code, '', details), world)
    if (next.kind === 'failed') return delays
    delays.push(next.delayMs)
    run = next.run
  }
  return delays
}

const handle: RunHandle = {
  ...{ providerId: 'fal', model: 'flux-general', json: '{}', submittedAt: T0, seedShift: 0, pollErrors: 0 },
}

test('a provider that says "not now" is asked after 10, 20 and 40 seconds, and every 40 from then on', () => {
  expect(delaysOf('RATE_LIMITED').slice(0, 6)).toEqual([10_000, 20_000, 40_000, 40_000, 40_000, 40_000])
})

test('a provider that says when to come back is believed', () => {
  expect(delaysOf('RATE_LIMITED', { retryAfterMs: 7_000 }, 3)).toEqual([7_000, 7_000, 7_000])
  expect(delaysOf('COLD', { retryAfterMs: 33_000 }, 1)).toEqual([33_000])
})

test('"not now" is no failed try, and patience ends after a quarter of an hour', () => {
  const busy = new ProviderError('RATE_LIMITED')
  expect(afterFailure(started, 'fal', busy, world)).toMatchObject({ kind: 'retry', counted: false })
  expect(afterFailure(started, 'fal', busy, { ...world, now: T0 + PATIENCE_MS })).toMatchObject({ kind: 'failed' })
})

test.each([
  ['UPSTREAM_5XX', [1_000, 3_000, 9_000]],
  ['NETWORK', [1_000, 3_000, 9_000]],
  ['TIMEOUT', [0, 0]],
  ['BAD_OUTPUT', [0, 1_000, 3_000]],
  ['LOST_JOB', [0]],
  ['UNKNOWN', [2_000]],
  ['MODERATED_OUT', [0, 0]],
  ['POSE_MISMATCH', [0]],
  ['MODERATED_IN', []],
  ['INVALID', []],
  ['AUTH', []],
  ['QUOTA', []],
] as const)('%s is tried again after %j ms', (code, delays) => {
  expect(delaysOf(code)).toEqual(delays)
  if (delays.length > 0)
    expect(afterFailure(started, 'fal', new ProviderError(code), world)).toMatchObject({ counted: true })
})

test('waits differ by a fifth up or down, so that not everybody comes back at once', () => {
  const at = (random: number) =>
    afterFailure(started, 'fal', new ProviderError('RATE_LIMITED'), { ...world, random }) as { delayMs: number }
  expect([at(0).delayMs, at(1).delayMs]).toEqual([8_000, 12_000])
})

describe('another provider', () => {
  const others = { ...world, others: true }

  test('takes over at once from one whose key or money is gone', () => {
    for (const code of ['AUTH', 'QUOTA'] as const)
      expect(afterFailure(started, 'fal', new ProviderError(code), others)).toMatchObject({
        ...{ kind: 'retry', delayMs: 0, run: { exhausted: ['fal'] } },
      })
  })

  test('takes over when the first has failed often enough, with tries of its own', () => {
    let run = started
    for (let n = 1; n < RULES.UPSTREAM_5XX.maxTries; n++) {
      const next = afterFailure(run, 'fal', new ProviderError('UPSTREAM_5XX'), others)
      expect(next).toMatchObject({ kind: 'retry', run: { exhausted: [] } })
      run = next.run
    }
    const last = afterFailure(run, 'fal', new ProviderError('UPSTREAM_5XX'), others)
    expect(last).toMatchObject({ kind: 'retry', run: { exhausted: ['fal'], failures: {} } })
    expect(afterFailure(last.run, 'wavespeed', new ProviderError('UPSTREAM_5XX'), world)).toMatchObject({
      ...{ kind: 'retry', delayMs: 1_000, run: { providerId: 'wavespeed', failures: { UPSTREAM_5XX: 1 } } },
    })
  })

  test('is asked when the first wants more than a minute', () => {
    const long = new ProviderError('RATE_LIMITED', '', { retryAfterMs: 61_000 })
    expect(afterFailure(started, 'fal', long, others)).toMatchObject({ delayMs: 0, run: { exhausted: ['fal'] } })
    expect(afterFailure(started, 'fal', long, world)).toMatchObject({ delayMs: 61_000, run: { exhausted: [] } })
  })

  test('never gets what the first refused for its content', () => {
    for (const code of ['MODERATED_IN', 'INVALID'] as const)
      expect(afterFailure(started, 'fal', new ProviderError(code), others)).toMatchObject({ kind: 'failed' })
    let run = started
    for (let n = 1; n < RULES.MODERATED_OUT.maxTries; n++)
      run = afterFailure(run, 'fal', new ProviderError('MODERATED_OUT'), others).run
    expect(afterFailure(run, 'fal', new ProviderError('MODERATED_OUT'), others).kind).toBe('failed')
  })
})

test('a picture that nobody may see is made again from another seed', () => {
  const next = afterFailure(started, 'fal', new ProviderError('MODERATED_OUT'), world)
  expect(next.run.seedShift).toBe(1)
  expect(afterFailure(started, 'fal', new ProviderError('NETWORK'), world).run.seedShift).toBe(0)
})

test('what failed is not asked after again', () => {
  const next = afterFailure({ ...started, handle }, 'fal', new ProviderError('LOST_JOB'), world)
  expect(next.run.handle).toBeNull()
})

test('a poll that fails costs no job: it is asked again, ever more slowly', () => {
  let run: RunState = { ...started, handle }
  const delays = Array.from({ length: 7 }, () => {
    const again = afterPollError(run, run.handle!)
    run = again.run
    return again.delayMs
  })
  expect(delays).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  expect(run.handle).toMatchObject({ json: '{}', pollErrors: 7 })
})

test('a broken line, a slow answer and a busy provider say nothing of the job; a lost job and a refused picture do', () => {
  const may = (code: ProviderErrorCode, pollErrors = 0) =>
    mayPollAgain(new ProviderError(code), { ...handle, pollErrors })
  for (const code of ['NETWORK', 'TIMEOUT', 'UPSTREAM_5XX', 'RATE_LIMITED', 'COLD'] as const)
    expect(may(code, 100)).toBe(true)
  for (const code of ['LOST_JOB', 'MODERATED_OUT', 'AUTH', 'INVALID'] as const) expect(may(code)).toBe(false)
  expect([may('BAD_OUTPUT', 0), may('BAD_OUTPUT', 1), may('BAD_OUTPUT', 2)]).toEqual([true, true, false])
})

test('what is kept with a task can be read again', () => {
  const run: RunState = { ...started, handle, failures: { NETWORK: 1 }, exhausted: ['wavespeed'] }
  expect(RunState.parse(JSON.parse(JSON.stringify(run)))).toEqual(run)
})

test('an error carries no more than 300 characters of what a provider said', () => {
  const error = new ProviderError('INVALID', 'x'.repeat(10_000))
  expect([error.safeDetail.length, error.message.length]).toEqual([300, 300])
})
