import { type ControlPerson, placePoint } from './control-map'
import { HAND_JOINT_COUNT, JOINT_COUNT } from './control-map-colors'

/** What openpose-editor, sd-webui-controlnet and ComfyUI read; coordinates in pixels of the canvas, triples (x, y, confidence). */
export type OpenPoseJson = {
  people: {
    pose_keypoints_2d: number[]
    hand_left_keypoints_2d: number[] | null
    hand_right_keypoints_2d: number[] | null
    face_keypoints_2d: number[] | null
  }[]
  canvas_width: number
  canvas_height: number
}

/**
 * People as OpenPose JSON for a canvas of width x height (format: data/poses/README.md, "Reading a record"). A drawn joint has
 * confidence 1, because sd-webui-controlnet drops everything below 1; one that is not drawn is 0,0,0.
 */
export function toOpenPoseJson(
  people: readonly (ControlPerson & { face2d?: readonly number[] | null })[],
  width: number,
  height: number,
): OpenPoseJson {
  const triple = (x: number, y: number): number[] => {
    const placed = placePoint(x, y, width, height)
    return [hundredths(placed.x), hundredths(placed.y), 1]
  }
  const hand = (values: readonly number[] | null) =>
    values && Array.from({ length: HAND_JOINT_COUNT }, (_, i) => triple(values[i * 2]!, values[i * 2 + 1]!)).flat()
  const drawn = (values: readonly number[], count: number) =>
    Array.from({ length: count }, (_, i) =>
      values[i * 3 + 2] === 0 ? [0, 0, 0] : triple(values[i * 3]!, values[i * 3 + 1]!),
    ).flat()
  return {
    people: people.map(({ keypoints2d, handLeft2d, handRight2d, face2d = null }) => ({
      pose_keypoints_2d: drawn(keypoints2d, JOINT_COUNT),
      hand_left_keypoints_2d: hand(handLeft2d),
      hand_right_keypoints_2d: hand(handRight2d),
      // 68 or 70 points, as many as were imported.
      face_keypoints_2d: face2d && drawn(face2d, face2d.length / 3),
    })),
    canvas_width: width,
    canvas_height: height,
  }
}

const hundredths = (value: number): number => Math.round(value * 100) / 100
