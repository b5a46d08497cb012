import type { ControlPerson } from './control-map'
import { HAND_JOINT_COUNT, JOINT_COUNT } from './control-map-colors'

/** Where each joint of COCO-18 is found on the other side: what was the right wrist is the left one in a mirror. */
// biome-ignore format: head and neck, arms, legs, face
const OTHER_JOINT = [
  0, 1,
  5, 6, 7, 2, 3, 4,
  11, 12, 13, 8, 9, 10,
  15, 14, 17, 16,
]

/** First and last of each row of the 68 face points that a mirror turns round; 68 and 69 are the pupils of OpenPose's 70. */
// biome-ignore format: jaw, brows, nostrils, four rows of lips, pupils
const FACE_ROWS = [[0, 16], [17, 26], [31, 35], [48, 54], [55, 59], [60, 64], [65, 67], [68, 69]] as const
/** The points of an eye run round it, so that the eyes are no row: corners, upper lids, lower lids. */
const EYES = [
  [36, 45],
  [37, 44],
  [38, 43],
  [39, 42],
  [40, 47],
  [41, 46],
] as const

const OTHER_FACE_POINT = Array.from({ length: 70 }, (_, i) => i)
for (const [first, last] of FACE_ROWS) for (let i = first; i <= last; i++) OTHER_FACE_POINT[i] = first + last - i
for (const [right, left] of EYES) {
  OTHER_FACE_POINT[right] = left
  OTHER_FACE_POINT[left] = right
}

/** Poses are given to 4 places. More than these 6 would be noise of the subtraction: mirrored twice, a map is the first again. */
const DIGITS = 1e6

/**
 * People as a mirror shows them: x from the other edge, and left and right changed in name, so that a raised right hand is
 * a raised left one. Hands change sides; a face keeps its number of points (68 or 70).
 */
export const mirrorPeople = (people: readonly ControlPerson[]): ControlPerson[] => people.map(mirrorPerson)

const mirrorPerson = ({ keypoints2d, handLeft2d, handRight2d, face2d = null }: ControlPerson): ControlPerson => ({
  keypoints2d: turned(keypoints2d, 3, JOINT_COUNT, (i) => OTHER_JOINT[i]!),
  handLeft2d: handRight2d && turned(handRight2d, 2, HAND_JOINT_COUNT, (i) => i),
  handRight2d: handLeft2d && turned(handLeft2d, 2, HAND_JOINT_COUNT, (i) => i),
  ...(face2d && { face2d: turned(face2d, 3, face2d.length / 3, (i) => OTHER_FACE_POINT[i]!) }),
})

function turned(values: readonly number[], stride: 2 | 3, count: number, other: (index: number) => number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const [x = 0, ...rest] = values.slice(other(i) * stride, (other(i) + 1) * stride)
    // A point that is not drawn stays 0,0,0 as files have it.
    return rest.at(1) === 0 ? [x, ...rest] : [Math.round((1 - x) * DIGITS) / DIGITS, ...rest]
  }).flat()
}
