import type { Build } from './spec'

/** Lengths in metres before `size` scales the whole figure; `spine` and `hand` scale their own part. */
type Proportions = {
  size: number
  shoulder: number
  hip: number
  upperArm: number
  forearm: number
  thigh: number
  shank: number
  spine: number
  hand: number
}

const build = (...n: [number, number, number, number, number, number, number, number, number]): Proportions => {
  const [size, shoulder, hip, upperArm, forearm, thigh, shank, spine, hand] = n
  return { size, shoulder, hip, upperArm, forearm, thigh, shank, spine, hand }
}

export const BUILDS: Record<Build, Proportions> = {
  neutral: build(1, 0.168, 0.093, 0.282, 0.243, 0.415, 0.41, 1, 1),
  female: build(0.965, 0.156, 0.097, 0.28, 0.24, 0.425, 0.415, 0.985, 0.95),
  male: build(1.04, 0.184, 0.091, 0.287, 0.25, 0.412, 0.41, 1.01, 1.04),
}

/** Of the foot: ankle above the sole, ankle to ball, to heel and to toes, in metres. */
export const FOOT = { ankle: 0.08, ball: 0.125, heel: 0.05, toe: 0.185 }
