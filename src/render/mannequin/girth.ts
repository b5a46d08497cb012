// How thick a body is around its bones. Every factor of `average` is 1, so that it is drawn as it always was; bones and
// joints never move, because the control map shows the same skeleton.
import type { BodyFigure, Look } from './outfit'
import type { Vector } from './vector'

export type Girth = {
  waist: number
  ribs: number
  hips: number
  bust: number
  /** Slope from neck to shoulder, and the roundness of the shoulder. */
  yoke: number
  arm: number
  leg: number
  /** Belly: metres that it stands out in front, at size 1. */
  belly: number
  /** Cheeks and jaw. */
  face: number
}

// biome-ignore format: a table
const GIRTHS: Record<BodyFigure, Girth> = {
  petite:   { waist: 0.9,  ribs: 0.92, hips: 0.92, bust: 0.92, yoke: 0.86, arm: 0.86, leg: 0.88, belly: 0,     face: 0.98 },
  slim:     { waist: 0.82, ribs: 0.88, hips: 0.84, bust: 0.8,  yoke: 0.92, arm: 0.78, leg: 0.8 , belly: 0,     face: 0.96 },
  average:  { waist: 1,    ribs: 1,    hips: 1,    bust: 1,    yoke: 1,    arm: 1,    leg: 1,    belly: 0,     face: 1 },
  athletic: { waist: 0.97, ribs: 1.07, hips: 0.98, bust: 1.05, yoke: 1.2,  arm: 1.17, leg: 1.08, belly: 0,     face: 1 },
  curvy:    { waist: 1.02, ribs: 1.05, hips: 1.15, bust: 1.22, yoke: 1.03, arm: 1.1,  leg: 1.14, belly: 0.006, face: 1.05 },
  plus:     { waist: 1.5,  ribs: 1.26, hips: 1.32, bust: 1.25, yoke: 1.22, arm: 1.36, leg: 1.3,  belly: 0.045, face: 1.15 },
}

/** Radii in metres at size 1, per shape of body. */
export const TRUNK = {
  female: { waist: [0.108, 0.12, 0.08], ribs: [0.122, 0.15, 0.09], yoke: 0.042, arm: 0.038 },
  neutral: { waist: [0.119, 0.125, 0.086], ribs: [0.135, 0.155, 0.1], yoke: 0.046, arm: 0.041 },
  male: { waist: [0.128, 0.13, 0.09], ribs: [0.15, 0.16, 0.108], yoke: 0.05, arm: 0.046 },
} as const satisfies Record<string, { waist: Vector; ribs: Vector; yoke: number; arm: number }>

export const girthOf = (look: Look): Girth => GIRTHS[look.figure]

/** Half axes of a part of the trunk: as wide and deep as `k` says, as tall as it is. */
export const girded = (r: Vector, k: number): Vector => [r[0] * k, r[1], r[2] * k]
