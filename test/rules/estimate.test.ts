import { expect, test } from 'vitest'
import { type Estimate, estimate, type Measured } from '../../src/generations/estimate'

const NOW = 1_800_000_000_000
const SECOND_MS = 1_000

/** A job of eight pictures that has not begun, and a provider with four free slots that takes 10 s, at worst 15 s. */
const job = {
  ...{ total: 8, completed: 0, failed: 0, cancelled: 0, queuePosition: 0 },
  ...{ startedAt: null, remainingMs: null, isDelayed: false },
}
const slots = { limit: 4, max: 4, inUse: 0, waiting: 0 }
const measured: Measured = { p50Ms: 10_000, p90Ms: 15_000, slots }
const WINDOW = 8

type Case = { job?: Partial<Parameters<typeof estimate>[0]>; measured?: Partial<Measured> | null; window?: number }

const CASES: [string, Case, Estimate][] = [
  ['two rounds of four', {}, { p50Seconds: 20, p90Seconds: 30 }],
  ['one picture takes one round', { job: { total: 1 } }, { p50Seconds: 10, p90Seconds: 15 }],
  ['a fifth picture needs a second round', { job: { total: 5 } }, { p50Seconds: 20, p90Seconds: 30 }],
  ['a small window counts before many slots', { window: 2 }, { p50Seconds: 40, p90Seconds: 60 }],
  [
    'earlier shoots of the seller come first',
    { job: { total: 4, queuePosition: 4 } },
    { p50Seconds: 20, p90Seconds: 30 },
  ],
  ['a busy slot is not ours', { measured: { slots: { ...slots, inUse: 1 } } }, { p50Seconds: 30, p90Seconds: 45 }],
  [
    'however many others wait, half of the slots come to us',
    { measured: { slots: { ...slots, inUse: 4, waiting: 500 } } },
    { p50Seconds: 40, p90Seconds: 60 },
  ],
  [
    'our own pictures are not taken for those of others',
    { job: { startedAt: NOW - SECOND_MS }, measured: { slots: { ...slots, inUse: 4, waiting: 4 } } },
    { p50Seconds: 20, p90Seconds: 30 },
  ],
  [
    'of a single slot that is taken we get our turns',
    { job: { total: 2 }, measured: { slots: { limit: 1, max: 1, inUse: 1, waiting: 0 } } },
    { p50Seconds: 20, p90Seconds: 30 },
  ],
  [
    'two pictures done say less than the provider',
    { job: { completed: 2, startedAt: NOW - 100 * SECOND_MS, total: 6 } },
    { p50Seconds: 10, p90Seconds: 15 },
  ],
  [
    'from three pictures on the own pace counts, with the spread of the provider',
    { job: { completed: 2, failed: 1, startedAt: NOW - 60 * SECOND_MS } },
    { p50Seconds: 100, p90Seconds: 150 },
  ],
  [
    'a provider that is quick but for one picture widens no estimate beyond three times',
    { job: { completed: 4, startedAt: NOW - 4 * SECOND_MS }, measured: { p50Ms: 1_000, p90Ms: 90_000 } },
    { p50Seconds: 4, p90Seconds: 12 },
  ],
  ['nobody measures the embedded renderer, and nothing was made yet', { measured: null }, null],
  [
    'the embedded renderer goes by the pace of the shoot before',
    { measured: null, job: { remainingMs: 4_100 } },
    { p50Seconds: 5, p90Seconds: 7 },
  ],
  [
    'a provider that made no picture yet is like one that nobody measures',
    { measured: { p50Ms: null, p90Ms: null }, job: { remainingMs: 4_000 } },
    { p50Seconds: 4, p90Seconds: 6 },
  ],
  ['of a shoot that waits for a provider that is down nobody can say', { job: { isDelayed: true } }, null],
  [
    'nothing left takes no time, even while a provider is down',
    { job: { completed: 6, cancelled: 2, isDelayed: true } },
    { p50Seconds: 0, p90Seconds: 0 },
  ],
]

test.each(CASES)('%s', (_, given, expected) => {
  const provider = given.measured === null ? null : { ...measured, ...given.measured }
  expect(estimate({ ...job, ...given.job }, provider, given.window ?? WINDOW, NOW)).toEqual(expected)
})
