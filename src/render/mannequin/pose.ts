// What the renderer needs of a pose record (data/poses/schema.json), and the checks that refuse anything else.

export type Build = 'neutral' | 'female' | 'male'

/** 21 points of one hand as a known shape in a known orientation (data/poses/props.json). */
export type HandShape = { shape: string; fingers: readonly number[]; palm: readonly number[] }

/** A thing in the picture besides people: metres, world frame of the pose. Axes are the columns of its rotation. */
export type PropShape = {
  kind: string
  at: readonly number[]
  to?: readonly number[]
  size: readonly number[]
  x?: readonly number[]
  y?: readonly number[]
  z?: readonly number[]
}

export type PosePerson = {
  build: Build
  keypoints2d: readonly number[]
  handLeft2d: readonly number[] | null
  handRight2d: readonly number[] | null
  joints3d: readonly number[]
  handLeft?: HandShape
  handRight?: HandShape
}

export type PoseCamera = {
  position: readonly number[]
  pitch: number
  focal: number
  centerX: number
  centerY: number
}

export type FigurePose = {
  people: readonly PosePerson[]
  camera: PoseCamera
  props: readonly string[]
  propShapes?: readonly PropShape[]
  /** Name, tags and prompt hint in one string: says which product is held and in which hand. */
  words: string
}

export const MAX_PEOPLE = 3
export const MAX_PROP_SHAPES = 24
const JOINT_NUMBERS = 96
const KEYPOINT_NUMBERS = 54
const REACH_METRES = 20

const isNumbers = (list: readonly number[], count: number): boolean =>
  list.length === count && list.every((value) => Number.isFinite(value) && Math.abs(value) <= REACH_METRES)

/** Throws RangeError naming the first field that cannot be drawn. */
export function checkPose(pose: FigurePose): void {
  const { people, camera } = pose
  if (people.length < 1 || people.length > MAX_PEOPLE) throw new RangeError(`pose.people: 1 to ${MAX_PEOPLE} people`)
  people.forEach((person, index) => {
    if (!isNumbers(person.joints3d, JOINT_NUMBERS))
      throw new RangeError(`pose.people[${index}].joints3d: 96 finite metres`)
    if (!isNumbers(person.keypoints2d, KEYPOINT_NUMBERS))
      throw new RangeError(`pose.people[${index}].keypoints2d: 54 numbers`)
    for (const hand of [person.handLeft2d, person.handRight2d]) {
      if (hand && !isNumbers(hand, 42)) throw new RangeError(`pose.people[${index}]: a hand has 42 numbers or is null`)
    }
  })
  if (!isNumbers(camera.position, 3)) throw new RangeError('pose.camera.position: three finite metres')
  const { pitch, focal, centerX, centerY } = camera
  if (!isNumbers([focal, centerX, centerY], 3) || !(focal > 0.05)) throw new RangeError('pose.camera: focal > 0.05')
  if (!Number.isFinite(pitch) || Math.abs(pitch) > 89) throw new RangeError('pose.camera.pitch: -89 to 89 degrees')
  const shapes = pose.propShapes ?? []
  if (shapes.length > MAX_PROP_SHAPES) throw new RangeError(`pose.propShapes: at most ${MAX_PROP_SHAPES}`)
  for (const shape of shapes) {
    const vectors = [shape.at, shape.to, shape.x, shape.y, shape.z].filter((list) => list !== undefined)
    if (!vectors.every((list) => isNumbers(list, 3)) || !isNumbers(shape.size, shape.size.length)) {
      throw new RangeError(`pose.propShapes: ${shape.kind} has a bad place or size`)
    }
  }
}
