// Pinhole camera of a pose record (formula: data/poses/schema.json, camera), fitted into a picture of any shape.
import type { PoseCamera } from './pose'
import { cross, dot, sineCosine, subtract, type Vector } from './vector'

export type Camera = {
  position: Vector
  right: Vector
  up: Vector
  forward: Vector
  /** Pixels per unit of x/depth. */
  focalPx: number
  centreX: number
  centreY: number
}

/** The square framing of the pose, scaled by min(width, height) and centred, so nothing of it is cut. */
export function cameraOf(pose: PoseCamera, width: number, height: number): Camera {
  const side = Math.min(width, height)
  const [sine, cosine] = sineCosine(pose.pitch)
  const forward: Vector = [0, -sine, -cosine]
  const right: Vector = [1, 0, 0]
  return {
    position: [pose.position[0] ?? 0, pose.position[1] ?? 0, pose.position[2] ?? 0],
    right,
    up: cross(right, forward),
    forward,
    focalPx: pose.focal * side,
    centreX: (width - side) / 2 + pose.centerX * side,
    centreY: (height - side) / 2 + pose.centerY * side,
  }
}

/** World point to camera space: x right, y up, z depth. */
export function toCamera(camera: Camera, point: Vector): Vector {
  const d = subtract(point, camera.position)
  return [dot(d, camera.right), dot(d, camera.up), dot(d, camera.forward)]
}

/** World direction to camera space. */
export function turn(camera: Camera, direction: Vector): Vector {
  return [dot(direction, camera.right), dot(direction, camera.up), dot(direction, camera.forward)]
}

/** World point on the ray through normalised square coordinates (0..1) at a depth in metres. */
export function unproject(pose: PoseCamera, x: number, y: number, depth: number): Vector {
  const [sine, cosine] = sineCosine(pose.pitch)
  const right = ((x - pose.centerX) / pose.focal) * depth
  const up = (-(y - pose.centerY) / pose.focal) * depth
  const [px = 0, py = 0, pz = 0] = pose.position
  return [px + right, py + up * cosine - depth * sine, pz - up * sine - depth * cosine]
}

/** COCO-18 of one person in pixels of this picture: [x, y, visible(0|1|2)] per point. */
export function keypointsIn(keypoints2d: readonly number[], width: number, height: number): number[][] {
  const side = Math.min(width, height)
  const points: number[][] = []
  for (let i = 0; i < 18; i++) {
    const [x = 0, y = 0, v = 0] = keypoints2d.slice(i * 3, i * 3 + 3)
    points.push(v > 0 ? [(width - side) / 2 + x * side, (height - side) / 2 + y * side, v] : [0, 0, 0])
  }
  return points
}
