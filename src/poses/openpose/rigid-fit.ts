// The rotation and shift that lay one set of points on another (Horn 1987, unit quaternions).
import { add, scale, subtract, type Vector } from '../../render/mannequin/vector'
import { type Axes, apply } from '../rig/turns'

export type Pair = { from: Vector; to: Vector; weight: number }
export type Placement = { turn: Axes; place: (point: Vector) => Vector }

const ROUNDS = 30

/**
 * Least squares over the pairs. `stiffness` (square metres) holds the rotation near none where the pairs leave it open, as
 * two points leave the turn about their line. With no pairs nothing moves.
 */
export function rigidFit(pairs: readonly Pair[], stiffness: number): Placement {
  const weight = pairs.reduce((sum, pair) => sum + pair.weight, 0) || 1
  const centre = (of: (pair: Pair) => Vector): Vector =>
    scale(
      pairs.reduce<Vector>((sum, pair) => add(sum, scale(of(pair), pair.weight)), [0, 0, 0]),
      1 / weight,
    )
  const [start, end] = [centre(({ from }) => from), centre(({ to }) => to)]
  const m = [stiffness, 0, 0, 0, stiffness, 0, 0, 0, stiffness]
  for (const { from, to, weight: w } of pairs) {
    const [a, b] = [subtract(from, start), subtract(to, end)]
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) m[i * 3 + j]! += w * a[i]! * b[j]!
  }
  const turn = turnOf(quaternionOf(m))
  return { turn, place: (point) => add(end, apply(turn, subtract(point, start))) }
}

/** The eigenvector of Horn's matrix with the largest eigenvalue, by power iteration from no rotation. */
function quaternionOf(m: readonly number[]): number[] {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = m as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const matrix = [
    [xx + yy + zz, yz - zy, zx - xz, xy - yx],
    [yz - zy, xx - yy - zz, xy + yx, zx + xz],
    [zx - xz, xy + yx, yy - xx - zz, yz + zy],
    [xy - yx, zx + xz, yz + zy, zz - xx - yy],
  ]
  // Shifted so that the largest eigenvalue is the largest in size too.
  const shift = Math.max(...matrix.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)))
  let q = [1, 1e-3, 1e-3, 1e-3]
  for (let round = 0; round < ROUNDS; round++) {
    const next = matrix.map((row, i) => row.reduce((sum, value, j) => sum + value * q[j]!, shift * q[i]!))
    const length = Math.hypot(...next) || 1
    q = next.map((value) => value / length)
  }
  return q
}

function turnOf([w = 1, x = 0, y = 0, z = 0]: readonly number[]): Axes {
  return {
    x: [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)],
    y: [2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)],
    z: [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)],
  }
}
