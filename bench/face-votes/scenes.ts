// Drawn pictures as the search for faces sees them, and where a window over each face must be.
import { FACE_ASPECT, type Window } from '../../src/avatars/portrait/face-likeness'
import { smallPicture } from '../../src/avatars/portrait/find-face'
import type { Pixels } from '../../src/render/image/pixels'
import { newKernel } from '../../test/rules/image-fixtures'
import { type DrawnFace, facelessSceneOf, type Scene, sceneOf } from '../../test/rules/portrait-fixtures'

export const kernel = newKernel()

/** A small picture, and the windows over its faces in pixels of it. */
export type Lesson = { small: Pixels; faces: Window[] }

/** The picture of a seed; an odd one also makes a picture without anybody. */
export async function scenesOf(seed: number): Promise<Scene[]> {
  return seed % 2 === 1 ? [await sceneOf(seed), await facelessSceneOf(seed)] : [await sceneOf(seed)]
}

export function lessonOf({ pixels, faces }: Scene): Lesson {
  const small = smallPicture(kernel, pixels)
  return { small, faces: faces.map((face) => windowOver(face, small.width / pixels.width)) }
}

/** The eyes of somebody half turned seem closer together than they are, but not higher above the nose. */
function windowOver({ points, eyesApart }: DrawnFace, scale: number): Window {
  const [nose, right, left] = points as [[number, number], [number, number], [number, number]]
  const [x, y] = [(right[0] + left[0]) / 2, (right[1] + left[1]) / 2]
  const apart = Math.max(eyesApart, Math.min(1.5 * eyesApart, Math.hypot(nose[1] - y, nose[0] - x) / 0.7))
  const size = 2.2 * apart * scale
  return { x: x * scale - size / 2, y: y * scale - 0.4 * size * FACE_ASPECT, size }
}
