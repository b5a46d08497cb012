/** RGB, 0..255. */
export type Rgb = readonly [number, number, number]

/** Joints of COCO-18 in OpenPose's order; left and right are the person's own. */
export const JOINT_COUNT = 18
export const HAND_JOINT_COUNT = 21
/** iBUG's 68 points, or OpenPose's 70 with the pupils. */
export const FACE_POINT_COUNTS = [68, 70] as const

/** The 18 colours of the OpenPose drawing: limb i and joint i share colour i; the last is for a joint only. */
export const LIMB_COLORS: readonly Rgb[] = [
  [255, 0, 0],
  [255, 85, 0],
  [255, 170, 0],
  [255, 255, 0],
  [170, 255, 0],
  [85, 255, 0],
  [0, 255, 0],
  [0, 255, 85],
  [0, 255, 170],
  [0, 255, 255],
  [0, 170, 255],
  [0, 85, 255],
  [0, 0, 255],
  [85, 0, 255],
  [170, 0, 255],
  [255, 0, 255],
  [255, 0, 170],
  [255, 0, 85],
]

/** The 17 limbs that are drawn, in drawing order: pairs of joints. */
export const LIMBS: readonly (readonly [number, number])[] = [
  [1, 2],
  [1, 5],
  [2, 3],
  [3, 4],
  [5, 6],
  [6, 7],
  [1, 8],
  [8, 9],
  [9, 10],
  [1, 11],
  [11, 12],
  [12, 13],
  [1, 0],
  [0, 14],
  [14, 16],
  [0, 15],
  [15, 17],
]

/** The 20 bones of a hand: from the wrist (0) along each finger. */
export const HAND_BONES: readonly (readonly [number, number])[] = Array.from({ length: 20 }, (_, bone) =>
  bone % 4 === 0 ? [0, bone + 1] : [bone, bone + 1],
)

export const HAND_JOINT_COLOR: Rgb = [0, 0, 255]
export const FACE_COLOR: Rgb = [255, 255, 255]

/** Bone k of a hand is HSV(k/20, 1, 1). */
export const HAND_BONE_COLORS: readonly Rgb[] = HAND_BONES.map((_, bone) => {
  const sector = (bone / HAND_BONES.length) * 6
  const rising = Math.round((sector % 1) * 255)
  const wheel: readonly Rgb[] = [
    [255, rising, 0],
    [255 - rising, 255, 0],
    [0, 255, rising],
    [0, 255 - rising, 255],
    [rising, 0, 255],
    [255, 0, 255 - rising],
  ]
  return wheel[Math.floor(sector)]!
})
