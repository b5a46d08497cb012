import { expect, test } from 'vitest'
import { boost, type Sample, said, stepOf, type Vote } from '../../bench/face-votes/boost'

/** Two clouds of points with a gap between them, which only the second of three measures shows. */
function clouds(): Sample[] {
  let state = 7
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  }
  return Array.from({ length: 400 }, (_, i) => {
    const isFace = i % 4 === 0
    const measures = [random(), (isFace ? 0.5 : -0.5) + 0.4 * random(), random()]
    return { steps: Uint8Array.from(measures, stepOf), isFace }
  })
}

/** Faces inside a band of one measure: no single vote can tell them. */
function band(): Sample[] {
  return Array.from({ length: 24 }, (_, step) => ({ steps: Uint8Array.of(step, 12), isFace: step > 7 && step < 16 }))
}

const mistakes = (votes: Vote[], samples: Sample[]): number =>
  samples.filter((sample) => votes.reduce((sum, vote) => sum + said(vote, sample), 0) > 0 !== sample.isFace).length

test('one vote tells two clouds apart, by the measure that differs', () => {
  const samples = clouds()
  const votes = boost(samples, 1)
  expect(votes[0]?.[0]).toBe(1)
  expect(mistakes(votes, samples)).toBe(0)
})

test('later votes mend what the first got wrong', () => {
  expect(mistakes(boost(band(), 1), band())).toBeGreaterThan(0)
  expect(mistakes(boost(band(), 20), band())).toBe(0)
})

test('the same samples give the same votes, none of which decides alone', () => {
  const votes = boost(clouds(), 30)
  expect(boost(clouds(), 30)).toEqual(votes)
  expect(Math.max(...votes.flatMap(([, , upTo, above]) => [Math.abs(upTo), Math.abs(above)]))).toBe(1.2)
})

test('nothing is learned from faces alone', () => {
  expect(() => boost([{ steps: Uint8Array.of(1), isFace: true }], 1)).toThrow(RangeError)
})
