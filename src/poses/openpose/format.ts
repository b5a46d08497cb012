// What the programs that write OpenPose JSON agree on, and where they differ.

/** Limits of a file: a person with body, hands and face in pixels is about 3 KB. */
export const MAX_OPENPOSE_BYTES = 64 * 1024
export const MAX_IMPORTED_PEOPLE = 2
export const MAX_CANVAS_PX = 16_384

export const BODY_JOINT_COUNT = 18
export const HAND_POINT_COUNT = 21
export const FACE_POINT_COUNTS: readonly number[] = [68, 70]

/** Joints of COCO-18 in the words of an error. Left and right are the person's own. */
export const BODY_JOINTS = [
  ...['nose', 'neck', 'right shoulder', 'right elbow', 'right wrist', 'left shoulder', 'left elbow', 'left wrist'],
  ...['right hip', 'right knee', 'right ankle', 'left hip', 'left knee', 'left ankle'],
  ...['right eye', 'left eye', 'right ear', 'left ear'],
]

/** BODY_25 of the OpenPose binary has a middle hip at 8 and feet at the end; these are its joints in COCO-18's order. */
export const BODY_25_TO_COCO = [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]

/** What is wrong with a file, in the client's own names: `field` is a path in the JSON that was sent. */
export type OpenPoseIssue = { field: string; rule: string }

/** One person in the unit square of the library (data/poses/README.md), as drawn and nothing guessed. */
export type ReadPerson = {
  /** 18 x (x, y, v): v 2 = drawn, 0 = not drawn. */
  keypoints2d: number[]
  /** 21 x (x, y), or null. */
  handLeft2d: number[] | null
  handRight2d: number[] | null
  /** 68 or 70 x (x, y, 1), or 0,0,0 for a point that is not drawn; null without a face. */
  face2d: number[] | null
}
