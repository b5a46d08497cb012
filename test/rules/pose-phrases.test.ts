import { describe, expect, test } from 'vitest'
import { compose } from '../../src/poses/grammar/compose'
import { understand } from '../../src/poses/grammar/understand'
import { check } from '../../src/poses/rig/check'
import { missing } from './pose-judge'
import { HELD_OUT, PHRASES, type Phrase } from './pose-phrases'

const DRAFTS = 6
const SEED = 7
/**
 * So many of these came out right when they were first tried. Mend the grammar by phrases of your own, not by these. Three
 * more are right since what they showed was mended (leaning on hands, a leg bent at a wall, a phone that is looked at), so
 * what comes out right now says nothing of words that nobody has foreseen: that wants phrases that nobody has read.
 */
const HELD_OUT_RIGHT_MIN = 18

const draftsOf = (text: string) => compose(understand(text), { count: DRAFTS, seed: SEED })
const isRight = ([text, seen]: Phrase): boolean =>
  draftsOf(text).every(({ geometry }, i) => missing(geometry, seen, i === 0).length === 0)

describe('a seller’s words become the pose they say', () => {
  test.each(PHRASES)('%s', (text, seen) => {
    expect(understand(text).isEmpty).toBe(false)
    const drafts = draftsOf(text)
    expect(drafts.length).toBeGreaterThan(0)
    drafts.forEach(({ geometry, promptHint }, i) => {
      expect(missing(geometry, seen, i === 0), `draft ${i}: ${promptHint}`).toEqual([])
      expect(check(geometry), `draft ${i}: ${promptHint}`).toEqual([])
    })
  })
})

describe('words that nobody has foreseen', () => {
  test('most of them become the pose they say', () => {
    const right = HELD_OUT.filter(isRight)
    expect(right.length).toBeGreaterThanOrEqual(HELD_OUT_RIGHT_MIN)
  })

  test('none of them becomes a body that cannot be', () => {
    const faults = HELD_OUT.flatMap(([text]) => draftsOf(text).flatMap(({ geometry }) => check(geometry)))
    expect(faults).toEqual([])
  })
})
