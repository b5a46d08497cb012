import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { askedRange } from '../../src/exports/zip/range'

const ETAG = '"abc"'
const ask = (range: string | undefined, totalBytes = 1_000, ifRange?: string) =>
  askedRange({ range, ifRange }, ETAG, totalBytes)
const part = (from: number, to: number) => ({ kind: 'part', span: { from, to } })
const WHOLE = { kind: 'whole' }

describe('what a client asks for', () => {
  test.each([
    ['bytes=0-0', part(0, 1)],
    ['bytes=0-499', part(0, 500)],
    ['bytes=500-', part(500, 1_000)],
    ['bytes=999-', part(999, 1_000)],
    ['bytes=900-5000', part(900, 1_000)],
    ['bytes=-1', part(999, 1_000)],
    ['bytes=-5000', part(0, 1_000)],
    ['BYTES=1-2', part(1, 3)],
    ['bytes= 1-2 ', part(1, 3)],
  ])('%s is a part', (range, expected) => expect(ask(range)).toEqual(expected))

  test.each(['bytes=1000-', 'bytes=1000-2000', 'bytes=-0', 'bytes=999999999999999-'])('%s is beyond the end', (range) =>
    expect(ask(range)).toEqual({ kind: 'unsatisfiable' }),
  )

  test.each([
    undefined,
    ...['', 'bytes', 'bytes=', 'bytes=-', 'bytes=a-b', 'bytes=5-2', 'bytes=0-1,4-5', 'items=0-1', 'bytes=1-2-3'],
    ...[
      'bytes=-1-2',
      'bytes=0x1-2',
      'bytes=1e2-',
      'bytes=9999999999999999-',
      'bytes=0-0; drop',
      `bytes=${'9'.repeat(5000)}-`,
    ],
  ])('%s is no single range of bytes: the whole is sent', (range) => expect(ask(range)).toEqual(WHOLE))

  test('a resume gets the rest of the same archive, and all of one that has changed', () => {
    expect(ask('bytes=10-', 1_000, ETAG)).toEqual(part(10, 1_000))
    for (const stale of ['"other"', 'W/"abc"', 'Sat, 21 Nov 2026 14:30:44 GMT', ''])
      expect(ask('bytes=10-', 1_000, stale)).toEqual(WHOLE)
    expect(ask('bytes=5000-', 1_000, '"other"')).toEqual(WHOLE)
  })

  test('whatever is asked, a part is inside the archive and has a byte', () => {
    const header = fc.oneof(
      fc.string(),
      fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => `bytes=${a}-${b}`),
      fc.nat(3_000).map((n) => `bytes=-${n}`),
    )
    fc.assert(
      fc.property(header, fc.integer({ min: 1, max: 2_000 }), (range, totalBytes) => {
        const asked = ask(range, totalBytes)
        if (asked.kind !== 'part') return
        const { from, to } = asked.span
        expect(from).toBeGreaterThanOrEqual(0)
        expect(to).toBeLessThanOrEqual(totalBytes)
        expect(to).toBeGreaterThan(from)
      }),
    )
  })
})
