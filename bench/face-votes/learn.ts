// Learns votes from pictures: first from windows by chance, then four times more from those they were most wrong about.
import { type BoxSums, boxSums } from '../../src/avatars/portrait/box-sums'
import { FACE_ASPECT, MEASURES, type Window } from '../../src/avatars/portrait/face-likeness'
import { windowsOf } from '../../src/avatars/portrait/find-face'
import { boost, type Sample, said, stepOf, type Vote } from './boost'
import type { Lesson } from './scenes'

/** A face is shown so often, moved and grown by up to half of these shares; of windows without one, so many a picture. */
const [SHOWN, MOVED, GROWN, FACE_PX_MIN, OTHERS] = [10, 0.16, 0.22, 8, 60]
/** Votes learned before each search for mistakes; the worst windows of a picture above so many votes are shown too. */
const [VOTES_BETWEEN, MISTAKE_VOTES, MISTAKES] = [[40, 60, 60, 60], -1.5, 30]

/** `rounds` votes; the same lessons give the same. Tells how far it is. Throws RangeError when no lesson has a face. */
export function learn(lessons: readonly Lesson[], rounds: number, tell: (done: number, total: number) => void): Vote[] {
  const total = lessons.length * (1 + VOTES_BETWEEN.length) + VOTES_BETWEEN.reduce((a, b) => a + b, rounds)
  let done = 0
  const told = () => tell(++done, total)
  const state = Uint32Array.of(1)
  const random = () => state.fill(Math.imul(state[0]!, 1664525) + 1013904223)[0]! / 2 ** 32
  const samples: Sample[] = []
  const searched = lessons.map(({ small, faces }) => {
    const sums = boxSums(small)
    for (const { x, y, size } of faces.flatMap((face) => Array<Window>(SHOWN).fill(face))) {
      const [right, down, grown] = [random() - 0.5, random() - 0.5, Math.exp((random() - 0.5) * GROWN)]
      const window = { x: x + right * MOVED * size, y: y + down * MOVED * size, size: size * grown }
      if (window.size >= FACE_PX_MIN) samples.push(sampleOf(sums, window, true))
    }
    const windows = windowsOf(sums)
    for (const window of windows)
      if (isElsewhere(window, faces) && random() < OTHERS / windows.length) samples.push(sampleOf(sums, window, false))
    told()
    return windows
  })
  for (const count of VOTES_BETWEEN) {
    const votes = boost(samples, count, told)
    for (const [i, { small, faces }] of lessons.entries()) {
      // Half of them, so that the next search looks at others.
      const windows = searched[i]!.filter((window) => random() < 0.5 && isElsewhere(window, faces))
      const sums = boxSums(small)
      const seen = windows.map((window) => sampleOf(sums, window, false))
      const judged = seen.map((sample) => ({ sample, sum: votes.reduce((sum, vote) => sum + said(vote, sample), 0) }))
      const wrong = judged.filter(({ sum }) => sum > MISTAKE_VOTES).sort((a, b) => b.sum - a.sum)
      samples.push(...wrong.slice(0, MISTAKES).map(({ sample }) => sample))
      told()
    }
  }
  return boost(samples, rounds, told)
}

const sampleOf = (sums: BoxSums, window: Window, isFace: boolean): Sample => ({
  steps: Uint8Array.from(MEASURES, (measure) => stepOf(measure(sums, window))),
  isFace,
})

/** Windows nearer to a face hold a part of it and teach nothing. */
const isElsewhere = ({ x, y, size }: Window, faces: readonly Window[]): boolean =>
  faces.every((face) => {
    const [far, more] = [0.3 * face.size, size - face.size]
    const [right, down] = [x - face.x + more / 2, y - face.y + (more * FACE_ASPECT) / 2]
    return Math.abs(right) > far || Math.abs(down) > far || Math.abs(Math.log(size / face.size)) > 0.4
  })
