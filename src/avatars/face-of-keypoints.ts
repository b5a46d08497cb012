import type { FaceBox } from '../db/tables/avatars'

/** COCO-18. */
const [NOSE, NECK, RIGHT_EYE, LEFT_EYE] = [0, 1, 14, 15]
/** A face is about three times as wide as its eyes are apart, and a third higher than wide. */
const WIDTH_IN_EYE_DISTANCES = 3
const HEIGHT_IN_WIDTHS = 1.33
/** Share of the height that is above the eyes. */
const ABOVE_EYES = 0.42

/**
 * Where the face of a person is, in 0..1 of the picture, from 18 x (x, y, confidence) in pixels; null when nose, neck or
 * eyes are not to be seen. For a picture whose maker tells where the joints are.
 */
export function faceOfKeypoints(
  keypoints: readonly number[],
  { width, height }: { width: number; height: number },
): FaceBox | null {
  const at = (joint: number) => ({ x: keypoints[joint * 3]!, y: keypoints[joint * 3 + 1]! })
  const isSeen = (joint: number) => (keypoints[joint * 3 + 2] ?? 0) > 0
  if (![NOSE, NECK, RIGHT_EYE, LEFT_EYE].every(isSeen)) return null
  const [right, left] = [at(RIGHT_EYE), at(LEFT_EYE)]
  const faceWidth = Math.hypot(left.x - right.x, left.y - right.y) * WIDTH_IN_EYE_DISTANCES
  const faceHeight = faceWidth * HEIGHT_IN_WIDTHS
  const x0 = (left.x + right.x - faceWidth) / 2
  const y0 = (left.y + right.y) / 2 - faceHeight * ABOVE_EYES
  const [x, y] = [clamp(x0 / width), clamp(y0 / height)]
  const box = { x, y, width: clamp((x0 + faceWidth) / width) - x, height: clamp((y0 + faceHeight) / height) - y }
  return box.width > 0 && box.height > 0 ? box : null
}

const clamp = (share: number): number => Math.min(1, Math.max(0, share))
