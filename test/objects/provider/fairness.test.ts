import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GRACE_MS } from '../../../durable-objects/provider/line'
import { LIMITS, MINUTE_MS, type Provider, SECOND_MS, T0, withProvider } from './fixtures'
import { runShoots } from './shifts'

/** 8 to 12 seconds, the same in every run. */
const tookMs = (n: number) => 8_000 + ((n * 7_919) % 4_001)
const slots = (count: number) => ({ ...LIMITS, slots: count })

const go = (provider: Provider, owner: string, leaseId: string, now = T0, weight = 1): boolean =>
  provider.admit(leaseId, { owner, weight }, now).go

describe('whose turn it is', () => {
  test('a slot that comes free goes to who has the smaller share, even if the other asks first', () =>
    withProvider((provider) => {
      for (const n of [1, 2, 3, 4]) expect(go(provider, 'sari', `s${n}`)).toBe(true)
      expect(go(provider, 'budi', 'b1')).toBe(false)
      provider.settle('s1', 'ok', T0 + 1)
      expect(go(provider, 'sari', 's5', T0 + 1)).toBe(false)
      expect(go(provider, 'budi', 'b1', T0 + 2)).toBe(true)
    }))

  test('who waits keeps nobody from a slot that is free besides his own', () =>
    withProvider((provider) => {
      for (const n of [1, 2, 3, 4]) go(provider, 'sari', `s${n}`)
      expect(go(provider, 'budi', 'b1')).toBe(false)
      provider.settle('s1', 'ok', T0 + 1)
      provider.settle('s2', 'ok', T0 + 1)
      expect(go(provider, 'sari', 's5', T0 + 1)).toBe(true)
      expect(go(provider, 'sari', 's6', T0 + 1)).toBe(false)
    }))

  test('two pictures of his keep two slots, when he has a right to both', () =>
    withProvider((provider) => {
      for (const n of [1, 2, 3, 4]) go(provider, 'sari', `s${n}`)
      for (const n of [1, 2]) expect(go(provider, 'budi', `b${n}`)).toBe(false)
      provider.settle('s1', 'ok', T0 + 1)
      provider.settle('s2', 'ok', T0 + 1)
      expect(go(provider, 'sari', 's5', T0 + 1)).toBe(false)
      for (const n of [1, 2]) expect(go(provider, 'budi', `b${n}`, T0 + 2)).toBe(true)
    }))

  test('who does not come back when he was told to gives his place up five seconds later', () =>
    withProvider((provider) => {
      for (const n of [1, 2, 3, 4]) go(provider, 'sari', `s${n}`)
      const told = provider.admit('b1', { owner: 'budi' }, T0)
      if (told.go) throw new Error('there was a slot')
      provider.settle('s1', 'ok', T0 + 1)
      const forgottenAt = T0 + told.retryAfterMs + GRACE_MS
      expect(go(provider, 'sari', 's5', forgottenAt - 1)).toBe(false)
      expect(go(provider, 'sari', 's5', forgottenAt)).toBe(true)
      expect(provider.status(forgottenAt).slots).toMatchObject({ inUse: 4, waiting: 0 })
    }))

  test('a single slot goes round: who was just served waits behind who was not', () =>
    withProvider((provider) => {
      const ask = (owner: string, leaseId: string, now: number) =>
        provider.admit(leaseId, { owner, limits: slots(1) }, now).go
      expect(ask('sari', 's1', T0)).toBe(true)
      expect(ask('sari', 's2', T0 + 1)).toBe(false)
      expect(ask('budi', 'b1', T0 + 2)).toBe(false)
      provider.settle('s1', 'ok', T0 + 3)
      expect(ask('sari', 's2', T0 + 3)).toBe(true)
      expect(ask('sari', 's3', T0 + 4)).toBe(false)
      provider.settle('s2', 'ok', T0 + 5)
      expect(ask('sari', 's3', T0 + 5)).toBe(false)
      expect(ask('budi', 'b1', T0 + 6)).toBe(true)
    }))

  test('a line of one owner holds nobody up, and the waiting are counted as pictures', () =>
    withProvider((provider) => {
      for (let n = 0; n < 50; n++) go(provider, 'sari', `s${n}`)
      expect(provider.status(T0).slots).toEqual({ limit: 4, max: 4, inUse: 4, waiting: 20 })
    }))
})

describe('when to come again', () => {
  test('between one and ten seconds, by the place in line and by how long pictures take', () =>
    withProvider((provider) => {
      for (let n = 0; n < 9; n++) {
        provider.admit(`warm-${n}`, {}, T0)
        provider.settle(`warm-${n}`, 'ok', T0, { tookMs: 4_000 })
      }
      for (const n of [1, 2, 3, 4]) go(provider, 'sari', `s${n}`, T0 + n * 500)
      const now = T0 + 2_000
      const told = [1, 2, 3, 4, 5, 9].map((n) => {
        const answer = provider.admit(`b${n}`, { owner: 'budi' }, now)
        return answer.go ? null : answer.retryAfterMs
      })
      // s1 should end 2.5 s from now, s2 half a second later, and so on; the fifth in line waits for a second round.
      expect(told).toEqual([2_500, 3_000, 3_500, 4_000, 6_500, 7_000])
      const late = provider.admit('late', { owner: 'dewi' }, T0 + MINUTE_MS)
      expect(late).toMatchObject({ go: false, retryAfterMs: SECOND_MS })
    }))

  test('ten seconds at most, however long the line', () =>
    withProvider((provider) => {
      for (let n = 0; n < 4; n++) go(provider, 'sari', `s${n}`)
      for (let owner = 0; owner < 200; owner++) {
        const answer = provider.admit(`b${owner}`, { owner: `owner-${owner}` }, T0)
        expect(answer).toMatchObject({ go: false, reason: 'busy' })
        if (!answer.go) expect(answer.retryAfterMs).toBeLessThanOrEqual(10 * SECOND_MS)
      }
    }))
})

describe('shares', () => {
  test('a seller of 4 pictures has them in little more than his own time while 500 of another run', () =>
    withProvider((provider) => {
      const { ended } = runShoots(
        provider,
        [
          { owner: 'sari', pictures: 500, window: 20 },
          { owner: 'budi', pictures: 4, window: 4, startsAt: MINUTE_MS },
        ],
        { tookMs, untilMs: 5 * MINUTE_MS },
      )
      const { pictures, lastAt } = ended.get('budi')!
      expect(pictures).toBe(4)
      // Two slots of four are his: two rounds of up to 12 s, the rest of a picture of Sari's before, and coming again.
      expect(lastAt - T0 - MINUTE_MS).toBeLessThan(45 * SECOND_MS)
    }))

  test.each([
    [1, 1, 1],
    [2, 1, 1],
    [8, 1, 1],
    [8, 3, 1],
    [8, 1, 7],
  ])(
    'of %i slots two greedy owners with weights %i and %i get their parts, and little is idle',
    (count, first, second) =>
      withProvider((provider) => {
        const greedy = { pictures: 100_000, window: 20 }
        const { ended, usedShare } = runShoots(
          provider,
          [
            { owner: 'sari', weight: first, ...greedy },
            { owner: 'budi', weight: second, ...greedy },
          ],
          { tookMs, untilMs: 15 * MINUTE_MS, limits: slots(count) },
        )
        const [sari, budi] = [ended.get('sari')!.pictures, ended.get('budi')!.pictures]
        const expected = count === 1 ? 0.5 : first / (first + second)
        expect(Math.abs(sari / (sari + budi) - expected)).toBeLessThan(0.02)
        expect(usedShare).toBeGreaterThan(0.95)
      }),
  )

  test(
    'however many always want more, however greedily: nobody gets less than three quarters of what another gets',
    () =>
      fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 6 }),
          fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 2, maxLength: 5 }),
          (count, windows) =>
            withProvider((provider) => {
              const shoots = windows.map((window, n) => ({ owner: `o${n}`, pictures: 100_000, window: window + count }))
              const { ended, mostInUse, usedShare } = runShoots(provider, shoots, {
                ...{ tookMs, untilMs: 8 * MINUTE_MS, limits: slots(count) },
              })
              const made = shoots.map(({ owner }) => ended.get(owner)?.pictures ?? 0)
              expect(mostInUse).toBeLessThanOrEqual(count)
              expect(usedShare).toBeGreaterThan(0.85)
              expect(Math.min(...made) / Math.max(...made)).toBeGreaterThan(0.75)
            }),
        ),
        { numRuns: 8 },
      ),
    60_000,
  )
})
