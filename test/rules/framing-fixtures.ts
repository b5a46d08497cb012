import { figuresOf } from '../../src/exports/figures'
import { FORMATS } from '../../src/exports/formats'
import type { Framing, Target } from '../../src/exports/framing'
import type { Figure } from '../../src/exports/types'
import { poseOf, records } from './mannequin-fixtures'

type Size = { width: number; height: number }
export type Point = { x: number; y: number }
type Record = (typeof records)[number]

/** Formats with pixels of their own. */
export const SHAPES = Object.values(FORMATS).flatMap(({ id, widthPx, heightPx, safeZone }) =>
  widthPx === null || heightPx === null ? [] : [{ id, target: { width: widthPx, height: heightPx, safeZone } }],
)

export const libraryFigures = (id: string, size: Size): Figure[] => figuresOf(poseOf(id), size)

/** Where a point of the picture is in the file. */
export function inFile({ rect, place }: Framing, { width, height }: Target, { x, y }: Point): Point {
  const onto = place ?? { x: 0, y: 0, width, height }
  return {
    x: onto.x + ((x - rect.x) / rect.width) * onto.width,
    y: onto.y + ((y - rect.y) / rect.height) * onto.height,
  }
}

export const isShown = ({ rect }: Framing, { x, y }: Point, slack = 1e-6): boolean =>
  x >= rect.x - slack && x <= rect.x + rect.width + slack && y >= rect.y - slack && y <= rect.y + rect.height + slack

/** A joint of a pose record in pixels, by the formula of data/poses/schema.json; null outside of the picture. */
function projected({ camera }: Record, joints3d: readonly number[], index: number, size: Size): Point | null {
  const radians = (camera.pitch * Math.PI) / 180
  const [sine, cosine] = [Math.sin(radians), Math.cos(radians)]
  const [dx, dy, dz] = [0, 1, 2].map((axis) => joints3d[index * 3 + axis]! - camera.position[axis]!) as [
    number,
    number,
    number,
  ]
  const depth = -dy * sine - dz * cosine
  const side = Math.min(size.width, size.height)
  const x = camera.centerX + (camera.focal * dx) / depth
  const y = camera.centerY - (camera.focal * (dy * cosine - dz * sine)) / depth
  const point = { x: (size.width - side) / 2 + x * side, y: (size.height - side) / 2 + y * side }
  return point.x >= 0 && point.x <= size.width && point.y >= 0 && point.y <= size.height ? point : null
}

const HEAD_TOP = 7
const CHIN = 8
/** Ankle of the keypoints, heel and toe of the joints. */
const FEET = [
  [10, 25, 26],
  [13, 30, 31],
] as const
const HANDS = ['handLeft2d', 'handRight2d'] as const

/** Crown, chin, fingers, heels and toes that the picture shows, from the record itself and not from what framing knows. */
export function extremities(id: string, size: Size): { heads: Point[]; hands: Point[]; feet: Point[] } {
  const record = records.find((candidate) => candidate.id === id)!
  const side = Math.min(size.width, size.height)
  const joints = (indices: readonly number[], joints3d: readonly number[]) =>
    indices.map((index) => projected(record, joints3d, index, size)).filter((point) => point !== null)
  return {
    heads: record.people.flatMap(({ joints3d }) => joints([HEAD_TOP, CHIN], joints3d)),
    hands: record.people.flatMap((person) =>
      HANDS.flatMap((name) => {
        const hand = person[name] ?? []
        return Array.from({ length: hand.length >> 1 }, (_, i) => ({
          x: (size.width - side) / 2 + hand[i * 2]! * side,
          y: (size.height - side) / 2 + hand[i * 2 + 1]! * side,
        }))
      }),
    ),
    feet: record.people.flatMap(({ joints3d, keypoints2d }) =>
      FEET.flatMap(([ankle, heel, toe]) => {
        // Beside and below the square that poses are framed in, everything is seen.
        const isSeen =
          keypoints2d[ankle * 3 + 2] === 2 || (keypoints2d[ankle * 3 + 2] === 0 && size.width !== size.height)
        return isSeen && joints([ankle === 10 ? 24 : 29], joints3d).length > 0 ? joints([heel, toe], joints3d) : []
      }),
    ),
  }
}
