import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { isCrowded, oneAtATime, TASK_WAIT_MS } from '../../src/exports/one-at-a-time'
import { LEASE_MARGIN_MS } from '../../src/kernel/limits'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Work that ends when it is told to. */
function work() {
  let end: (error?: Error) => void = () => {}
  const started = { is: false }
  const run = () => {
    started.is = true
    return new Promise<string>((resolve, reject) => {
      end = (error) => (error ? reject(error) : resolve('done'))
    })
  }
  return { run, started, end: (error?: Error) => end(error) }
}

describe('one at a time', () => {
  test('the second begins when the first has ended, the third after it', async () => {
    const jobs = [work(), work(), work()]
    const ends = jobs.map(({ run }) => oneAtATime(run))
    await vi.advanceTimersByTimeAsync(500)
    expect(jobs.map(({ started }) => started.is)).toEqual([true, false, false])
    jobs[0]!.end()
    await vi.advanceTimersByTimeAsync(100)
    expect(jobs.map(({ started }) => started.is)).toEqual([true, true, false])
    jobs[1]!.end()
    await vi.advanceTimersByTimeAsync(100)
    jobs[2]!.end()
    expect(await Promise.all(ends)).toEqual(['done', 'done', 'done'])
  })

  test('work that fails gives its turn on', async () => {
    const [first, second] = [work(), work()]
    const failed = expect(oneAtATime(first.run)).rejects.toThrow('broken')
    const other = oneAtATime(second.run)
    await vi.advanceTimersByTimeAsync(0)
    first.end(new Error('broken'))
    await vi.advanceTimersByTimeAsync(100)
    second.end()
    await failed
    expect(await other).toBe('done')
  })

  test('the seventeenth in the line is told to come back', async () => {
    const first = work()
    const running = oneAtATime(first.run)
    await vi.advanceTimersByTimeAsync(0)
    const line = Array.from({ length: 16 }, () => oneAtATime(async () => 'done'))
    await expect(oneAtATime(async () => 'done')).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 5 })
    first.end()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await Promise.all([running, ...line])).toEqual(Array(17).fill('done'))
  })

  test('who has waited for 20 seconds is told to come back', async () => {
    const first = work()
    const running = oneAtATime(first.run)
    await vi.advanceTimersByTimeAsync(0)
    const late = expect(oneAtATime(async () => 'done')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await vi.advanceTimersByTimeAsync(20_100)
    await late
    first.end()
    await running
  })

  test('a task, whose lease is short, is told after 5 seconds, and that it may come again without having failed', async () => {
    const first = work()
    const running = oneAtATime(first.run)
    await vi.advanceTimersByTimeAsync(0)
    const refused = oneAtATime(async () => 'done', { maxWaitMs: TASK_WAIT_MS }).catch((error: unknown) =>
      isCrowded(error),
    )
    await vi.advanceTimersByTimeAsync(5_100)
    expect(await refused).toBe(true)
    expect(TASK_WAIT_MS).toBeLessThan(LEASE_MARGIN_MS / 2)
    first.end()
    await running
  })

  test('a request that was cut off in its work or in the line holds nobody up for ever', async () => {
    const never = work()
    void oneAtATime(never.run)
    await vi.advanceTimersByTimeAsync(59_000)
    const next = oneAtATime(async () => 'done')
    await vi.advanceTimersByTimeAsync(1_100)
    expect(await next).toBe('done')
    // What comes back from the dead does not end another's turn.
    const [after, last] = [work(), work()]
    const ends = [oneAtATime(after.run), oneAtATime(last.run)]
    await vi.advanceTimersByTimeAsync(50)
    never.end()
    await vi.advanceTimersByTimeAsync(50)
    expect(last.started.is).toBe(false)
    after.end()
    await vi.advanceTimersByTimeAsync(50)
    last.end()
    expect(await Promise.all(ends)).toEqual(['done', 'done'])
  })

  test('a seller with one picture is taken between two of another who asked for forty', async () => {
    const ended: string[] = []
    const step = (name: string) => async () => {
      await new Promise((resolve) => setTimeout(resolve, 100))
      ended.push(name)
    }
    const forty = Array.from({ length: 40 }, (_, i) =>
      oneAtATime(step(`many ${i}`), { owner: 'usr_many' }).catch(() => 'later'),
    )
    await vi.advanceTimersByTimeAsync(0)
    const one = oneAtATime(step('one'), { owner: 'usr_one' })
    await vi.advanceTimersByTimeAsync(5_000)
    await one
    expect(ended.indexOf('one')).toBeLessThan(3)
    // One began at once, sixteen waited, and the last of those made room for the other seller.
    expect((await Promise.all(forty)).filter((answer) => answer === 'later')).toHaveLength(24)
  })

  test('of a line that is full of many sellers nobody is sent away for a newcomer', async () => {
    const first = work()
    const running = oneAtATime(first.run, { owner: 'usr_first' })
    await vi.advanceTimersByTimeAsync(0)
    const line = Array.from({ length: 16 }, (_, i) => oneAtATime(async () => 'done', { owner: `usr_${i}` }))
    await expect(oneAtATime(async () => 'done', { owner: 'usr_16' })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    first.end()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await Promise.all([running, ...line])).toEqual(Array(17).fill('done'))
  })

  test('who waits keeps his place when nobody could look for a while, because the work left no time for it', async () => {
    const first = work()
    const running = oneAtATime(first.run)
    await vi.advanceTimersByTimeAsync(0)
    const patient = oneAtATime(async () => 'done')
    await vi.advanceTimersByTimeAsync(50)
    vi.setSystemTime(Date.now() + 1_500)
    const late = oneAtATime(async () => 'done')
    first.end()
    await vi.advanceTimersByTimeAsync(200)
    expect(await Promise.all([running, patient, late])).toEqual(['done', 'done', 'done'])
  })
})
