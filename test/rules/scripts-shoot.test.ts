import fc from 'fast-check'
import { expect, describe as group, it } from 'vitest'
import { parseShootArgs, UsageError } from '../../scripts/shoot/args.mjs'
import { choosePictures } from '../../scripts/shoot/choose.mjs'
import { backoffMs, describe } from '../../scripts/shoot/client.mjs'
import { smallestPack } from '../../scripts/shoot/credits.mjs'
import { fileStem } from '../../scripts/shoot/download.mjs'
import { progressBar, progressLine, timeLeft } from '../../scripts/shoot/progress.mjs'
import { summarize, summaryText } from '../../scripts/shoot/summary.mjs'

const someposes = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `pose-${n}`, name: `Pose ${n}` }))

group('the command line of a shoot', () => {
  it('reads lists, numbers and addresses', () => {
    const args = parseShootArgs(
      ['--poses', 'holding box, carry-box', '--count', '8', '--seed=0', '--url', 'https://lumiku.example/x'],
      {},
    )
    expect(args).toMatchObject({
      poses: ['holding box', 'carry-box'],
      count: 8,
      seed: 0,
      url: 'https://lumiku.example',
    })
    expect(args.variations).toBeUndefined()
    expect(args.login).toBeUndefined()
  })

  it.each([
    [['--count', '0'], '--count takes a whole number from 1 to 500'],
    [['--count', '1e2'], '--count takes'],
    [['--variations', '11'], '--variations takes a whole number from 1 to 10'],
    [['--seed', '4294967296'], '--seed takes'],
    [['--background', 'white'], '--background takes a colour'],
    [['--url', 'ftp://x'], '--url takes an address'],
    [['--email', 'a@b.c'], 'go together'],
    [['--preset', 'barista', '--photo', 'me.jpg'], 'each say who it is'],
    [['--pose', 'x'], '--help lists the options'],
    [['box'], '--help lists the options'],
  ])('says what is wrong with %j', (argv, message) => {
    expect(() => parseShootArgs(argv)).toThrow(UsageError)
    expect(() => parseShootArgs(argv)).toThrow(message)
  })

  it('takes paths from where npm was called', () => {
    expect(parseShootArgs([], { npm_lifecycle_event: 'shoot', INIT_CWD: '/shop' }).here).toBe('/shop')
    expect(parseShootArgs([], { npm_lifecycle_event: 'test', INIT_CWD: '/shop' }).here).toBe(process.cwd())
  })
})

group('which poses make a count', () => {
  it('takes as many different poses as there are', () => {
    expect(choosePictures({ poses: someposes(23), named: false, count: 8 })).toMatchObject({ variations: 1, total: 8 })
    expect(choosePictures({ poses: someposes(3), named: false, count: 12 })).toMatchObject({ variations: 4, total: 12 })
    expect(choosePictures({ poses: someposes(3), named: false, count: 8 })).toMatchObject({ variations: 4, total: 8 })
  })

  it('makes all named poses, and at most eight found ones, when no count is given', () => {
    expect(choosePictures({ poses: someposes(20), named: true, variations: 2 })).toMatchObject({ total: 40 })
    expect(choosePictures({ poses: someposes(20), named: false, variations: 2 })).toMatchObject({ total: 16 })
    expect(choosePictures({ poses: someposes(5), named: false }).note).toBeUndefined()
  })

  it('says so when the count cannot be met', () => {
    const plan = choosePictures({ poses: someposes(3), named: false, count: 11 })
    expect(plan.total).toBe(10)
    expect(plan.note).toContain('11 pictures cannot be made evenly from 3 poses; making 10')
    expect(() => choosePictures({ poses: [], named: false, count: 1 })).toThrow(UsageError)
  })

  it('never makes more than asked nor breaks a limit, and meets every count that can be met', () => {
    const asked = fc.record({
      available: fc.integer({ min: 1, max: 300 }),
      count: fc.integer({ min: 1, max: 500 }),
      variations: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
    })
    fc.assert(
      fc.property(asked, ({ available, count, variations }) => {
        const plan = choosePictures({ poses: someposes(available), named: false, count, variations })
        expect(plan.total).toBe(plan.poses.length * plan.variations)
        expect(plan.total).toBeLessThanOrEqual(count)
        expect(plan.poses.length).toBeLessThanOrEqual(Math.min(available, 200))
        expect(plan.variations).toBeLessThanOrEqual(10)
        const least = Math.min(variations ?? 1, count)
        const canMeet = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].some(
          (each) => each >= least && count % each === 0 && count / each <= Math.min(available, 200),
        )
        expect(plan.total === count).toBe(canMeet)
        expect(plan.note === undefined).toBe(canMeet && plan.variations === (variations ?? 1))
      }),
    )
  })
})

group('progress', () => {
  it('shows the bar, the pose being made, what failed and the time left', () => {
    const line = progressLine({ done: 6, failed: 1, total: 12, pose: 'Carry a Big Box', secondsLeft: 12 }, 80)
    expect(line).toBe(`[${'█'.repeat(12)}${'░'.repeat(12)}]  6/12  1 failed  Carry a Big Box  0:12 left`)
  })

  it('never wraps, whatever the name', () => {
    const anyState = fc.record({
      done: fc.integer({ min: 0, max: 500 }),
      failed: fc.integer({ min: 0, max: 500 }),
      total: fc.integer({ min: 0, max: 500 }),
      pose: fc.option(fc.string({ maxLength: 200 }), { nil: undefined }),
      secondsLeft: fc.option(fc.integer({ min: 0, max: 50_000 }), { nil: undefined }),
    })
    fc.assert(
      fc.property(anyState, fc.integer({ min: 20, max: 200 }), (state, width) => {
        expect(progressLine(state, width).length).toBeLessThanOrEqual(width)
      }),
    )
  })

  it('lets no control character of a name reach the terminal', () => {
    const line = progressLine({ done: 0, failed: 0, total: 1, pose: '\u001b[2J\u001b]0;x\u0007Box\r\n' }, 80)
    expect([...line].every((letter) => letter >= ' ' && letter !== '\u007f')).toBe(true)
    expect(line).toContain('Box')
  })

  it.each([
    [0, '0:00'],
    [9.2, '0:10'],
    [61, '1:01'],
    [3599, '59:59'],
    [3600, '1:00:00'],
    [-3, '0:00'],
  ])('writes %d seconds as %s', (seconds, text) => expect(timeLeft(seconds)).toBe(text))

  it('writes a line each five seconds into a log, and the last state at the end', () => {
    let nowMs = 100_000
    const lines: string[] = []
    const bar = progressBar({ write: (text: string) => lines.push(text) }, () => nowMs)
    for (let done = 0; done <= 10; done++) {
      bar.update({ done, failed: 0, total: 10 })
      nowMs += 1000
    }
    bar.end()
    expect(lines.map((line) => /(\d+)\/10/.exec(line)?.[1])).toEqual(['0', '5', '10', '10'])
  })
})

group('answers of the API', () => {
  it('names the field and its rule', () => {
    const error = {
      code: 'VALIDATION_FAILED',
      message: 'Some fields are not valid.',
      details: { issues: [{ field: 'outputFormats.0', rule: 'must be a format' }] },
    }
    expect(describe(422, error)).toBe(
      'The server says no: Some fields are not valid. (422 VALIDATION_FAILED)\n  outputFormats.0: must be a format',
    )
  })

  it('says when to come back', () => {
    const error = { code: 'QUOTA_EXCEEDED', message: 'Enough for today.', details: { remaining: 3 } }
    expect(describe(429, error, '60')).toBe(
      'The server says no: Enough for today. (429 QUOTA_EXCEEDED)\n  remaining: 3\n  Try again in 60 s.',
    )
  })

  it('waits longer with each try, never in step with others', () => {
    expect([1, 2, 3, 9].map((tried) => backoffMs(tried, () => 0))).toEqual([250, 500, 1000, 4000])
    expect([1, 2, 3, 9].map((tried) => backoffMs(tried, () => 1))).toEqual([500, 1000, 2000, 8000])
  })
})

group('credits', () => {
  it('buys the smallest pack that covers what is missing', () => {
    const packs = [4000, 1500, 9000].map((credits) => ({ id: `topup-${credits}`, kind: 'pack', credits }))
    const plans = [{ id: 'pebisnis-monthly', kind: 'credit_plan', credits: 1400 }]
    expect(smallestPack([...plans, ...packs], 60)?.credits).toBe(1500)
    expect(smallestPack(packs, 1501)?.credits).toBe(4000)
    expect(smallestPack(packs, 9001)).toBeUndefined()
  })

  const shoot = {
    asked: 8,
    held: 240,
    images: [{ variationKey: 'sit-v1', status: 'failed', error: { message: 'refused' } }],
    balance: 60,
    elapsedMs: 4000,
    dir: 'shoots/x',
    files: ['01-box-v1.png'],
    downloadFailures: [],
  }

  it('adds up to what was held', () => {
    const summary = summarize({
      ...shoot,
      generation: { id: 'gen_1', status: 'cancelled', creditCharged: 150, creditRefunded: 90 },
      progress: { posesCompleted: 5, posesFailed: 1, posesCancelled: 2 },
    })
    expect(summary.pictures).toEqual({ asked: 8, made: 5, failed: 1, cancelled: 2 })
    expect(summary.credits).toEqual({ held: 240, charged: 150, released: 90, balance: 60 })
    expect(summary.exitCode).toBe(130)
    expect(summaryText(summary)).toContain('240 held, 150 charged, 90 released; balance 60')
    expect(summaryText(summary)).toContain('sit-v1: refused')
  })

  it('ends with 0 only when every picture was made and is on disk', () => {
    const generation = { id: 'gen_1', status: 'completed', creditCharged: 240, creditRefunded: 0 }
    const whole = {
      ...shoot,
      images: [],
      generation,
      progress: { posesCompleted: 8, posesFailed: 0, posesCancelled: 0 },
    }
    expect(summarize(whole).exitCode).toBe(0)
    expect(summarize({ ...whole, downloadFailures: ['01-box-v1: no connection'] }).exitCode).toBe(1)
    expect(summarize({ ...whole, progress: { posesCompleted: 7, posesFailed: 1, posesCancelled: 0 } }).exitCode).toBe(1)
  })
})

group('file names', () => {
  it('follow the order of the shoot and stay inside the folder', () => {
    expect(fileStem('carry-box-v1', 2, 8)).toBe('03-carry-box-v1')
    expect(fileStem('carry-box-v1', 2, 500)).toBe('003-carry-box-v1')
    expect(fileStem('../../etc/passwd', 0, 1)).toBe('01-_etc_passwd')
  })
})
