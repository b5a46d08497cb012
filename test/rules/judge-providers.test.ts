import { expect, test } from 'vitest'
import type { ProviderStatus } from '../../durable-objects/provider/types'
import { type Able, judge } from '../../src/generations/judge-providers'
import { DOWN_PATIENCE_MS } from '../../src/providers/run-state'

/** 15:00 in Jakarta: sixteen hours before the day of the caps is over. */
const NOW = 1_800_000_000_000
const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const fine: ProviderStatus = {
  ...{ circuit: 'closed', openUntil: null, downSince: null },
  slots: { limit: 4, max: 4, inUse: 0, waiting: 0 },
  ...{ spentTodayMicroUsd: 0, dailyMicroUsd: 1_000_000, p50Ms: 10_000, p90Ms: 15_000 },
  ...{ lastHour: { ok: 1, failed: 0 }, lastErrors: [] },
}
const limits = { slots: 4, perMinute: 60, dailyMicroUsd: 1_000_000 }
const provider = (changes: Partial<ProviderStatus> = {}): Able => ({
  ...{ limits, status: { ...fine, ...changes }, estimateMicroUsd: 75_000 },
})
const embedded: Able = { limits: null, status: null, estimateMicroUsd: 0 }
const unread: Able = { limits, status: null, estimateMicroUsd: 75_000 }

/** Failed `forMs` ago, and is asked again after `pauseMs`. */
const open = (forMs: number, pauseMs: number) =>
  provider({ circuit: 'open', downSince: NOW - forMs, openUntil: NOW + pauseMs })
const halfOpen = (forMs: number) => provider({ circuit: 'half-open', downSince: NOW - forMs, openUntil: NOW - 1 })

test.each([
  ['a provider that works', [provider()]],
  ['the embedded renderer, which is never down', [embedded]],
  ['a provider that could not be asked: nothing is known against it', [unread]],
  ['one that just failed, and is asked again soon', [open(20 * SECOND_MS, 10 * SECOND_MS)]],
  ['one that was down for an hour, and whose next picture finds out', [halfOpen(HOUR_MS)]],
  ['a second one that works', [open(HOUR_MS, MINUTE_MS), provider()]],
  [
    'one whose money is booked for pictures under way, which may come back',
    [provider({ spentTodayMicroUsd: 1_000_000, slots: { ...fine.slots, inUse: 1 } })],
  ],
  ['one that can pay for just one picture more', [provider({ spentTodayMicroUsd: 925_000 })]],
])('a shoot may start with %s', (_, able) => {
  expect(judge(able, NOW)).toMatchObject({ isDown: false })
})

test.each([
  ['no provider is set up', [], 10 * MINUTE_MS],
  ['the only one has been down for two minutes', [open(DOWN_PATIENCE_MS, 25 * SECOND_MS)], 25 * SECOND_MS],
  ['its key was refused: it will be asked again in a quarter of an hour', [open(0, 15 * MINUTE_MS)], 15 * MINUTE_MS],
  ['both are down: the first to come back counts', [open(HOUR_MS, 5 * MINUTE_MS), open(HOUR_MS, 10_000)], 10_000],
  ['the money of the day is gone until midnight UTC', [provider({ spentTodayMicroUsd: 930_000 })], 16 * HOUR_MS],
])('no shoot starts when %s', (_, able, retryAfterMs) => {
  expect(judge(able, NOW)).toEqual({ isDown: true, retryAfterMs })
})

test('money that is back in a minute is waited for', () => {
  const midnight = NOW + 16 * HOUR_MS
  const spent = provider({ spentTodayMicroUsd: 1_000_000 })
  expect(judge([spent], midnight - MINUTE_MS)).toMatchObject({ isDown: false })
  expect(judge([spent], midnight - 3 * MINUTE_MS)).toEqual({ isDown: true, retryAfterMs: 3 * MINUTE_MS })
})

test('the figures are those of the provider that would make the picture', () => {
  const [quick, slow] = [provider({ p50Ms: 1_000 }), provider({ p50Ms: 60_000 })]
  const measured = (able: Able[]) => judge(able, NOW)
  expect(measured([quick, slow])).toMatchObject({ measured: { p50Ms: 1_000 } })
  expect(measured([open(HOUR_MS, MINUTE_MS), slow])).toMatchObject({ measured: { p50Ms: 60_000 } })
  expect(measured([halfOpen(HOUR_MS), slow])).toMatchObject({ measured: { p50Ms: 60_000 } })
  expect(measured([embedded])).toMatchObject({ measured: null })
})

test.each([
  ['the only provider failed just now', [open(20 * SECOND_MS, 10 * SECOND_MS)], true],
  ['both did', [open(SECOND_MS, 30 * SECOND_MS), open(SECOND_MS, 30 * SECOND_MS)], true],
  ['its pause is over: the next picture finds out', [open(HOUR_MS, -1)], false],
  ['a second one works', [open(SECOND_MS, 30 * SECOND_MS), provider()], false],
  ['nothing is known against the second', [open(SECOND_MS, 30 * SECOND_MS), unread], false],
])('whether pictures wait for nobody knows how long: %s', (_, able, mustWait) => {
  expect(judge(able, NOW)).toMatchObject({ isDown: false, mustWait })
})
