// AdaBoost with stumps that say how sure they are (Schapire and Singer 1999), on measures sorted into a few steps.
import { STEPS } from '../../src/avatars/portrait/face-votes'

/** Index of the measure, step; the vote up to and with that step, and above it. */
export type Vote = readonly [number, number, number, number]
/** The step of each measure, and whether it was a face. */
export type Sample = { steps: Uint8Array; isFace: boolean }

/** The step of a measure from -1 to 1. */
export const stepOf = (value: number): number => Math.max(0, Math.min(STEPS - 1, Math.floor(((value + 1) / 2) * STEPS)))

/** No vote alone decides. One that only faces got is finite, as a share of all weight is given to both sides. */
const [VOTE_MAX, SMOOTHING] = [1.2, 1e-4]

export const said = ([measure, step, upTo, above]: Vote, { steps }: Sample): number =>
  steps[measure]! <= step ? upTo : above

/**
 * So many votes, each the one that best mends what those before it got wrong; the same samples give the same votes.
 * Throws RangeError when there are no faces or nothing else.
 */
export function boost(samples: readonly Sample[], rounds: number, told = () => {}): Vote[] {
  const faces = samples.filter(({ isFace }) => isFace).length
  if (faces === 0 || faces === samples.length) throw new RangeError('samples of faces and of others are needed')
  const shares = [0.5 / (samples.length - faces), 0.5 / faces] as const
  const sums = new Float64Array(samples.length)
  return Array.from({ length: rounds }, () => {
    const weights = sums.map((sum, i) => (samples[i]!.isFace ? Math.exp(-sum) * shares[1] : Math.exp(sum) * shares[0]))
    const vote = bestVote(samples, weights)
    for (const [i, sample] of samples.entries()) sums[i]! += said(vote, sample)
    told()
    return vote
  })
}

function bestVote(samples: readonly Sample[], weights: Float64Array): Vote {
  const size = samples[0]!.steps.length * STEPS
  const [yes, no] = [new Float64Array(size), new Float64Array(size)]
  for (const [i, { steps, isFace }] of samples.entries()) {
    const side = isFace ? yes : no
    for (let measure = 0; measure < steps.length; measure++) side[measure * STEPS + steps[measure]!]! += weights[i]!
  }
  // Every measure sorts the same samples.
  const [allYes, allNo] = [sumOf(yes.subarray(0, STEPS)), sumOf(no.subarray(0, STEPS))]
  const smooth = SMOOTHING * (allYes + allNo)
  const voteOf = (y: number, n: number): number =>
    Math.max(-VOTE_MAX, Math.min(VOTE_MAX, 0.5 * Math.log((y + smooth) / (n + smooth))))
  let best = { vote: [0, 0, 0, 0] as Vote, mixed: Number.POSITIVE_INFINITY }
  for (let at = 0; at < size; at += STEPS) {
    let [y, n] = [0, 0]
    for (let step = 0; step < STEPS - 1; step++) {
      y += yes[at + step]!
      n += no[at + step]!
      // Rounding may leave less than nothing.
      const [restYes, restNo] = [Math.max(0, allYes - y), Math.max(0, allNo - n)]
      const mixed = 2 * (Math.sqrt(y * n) + Math.sqrt(restYes * restNo))
      if (mixed < best.mixed - 1e-12) best = { vote: [at / STEPS, step, voteOf(y, n), voteOf(restYes, restNo)], mixed }
    }
  }
  return best.vote
}

const sumOf = (values: Float64Array): number => values.reduce((a, b) => a + b)
