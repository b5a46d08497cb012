import { add, sineCosine, subtract, unit, type Vector } from '../../render/mannequin/vector'
import type { Joints } from './skeleton'
import type { CameraSpec, HeadSpec } from './spec'
import { type Axes, anglesBetween, apply, aroundY, clamp, facing, partWay, times, turned } from './turns'

/** How far a neck turns, nods and tips, in degrees. */
const YAW_MAX = 74
const PITCH_RANGE = [-50, 48] as const
const ROLL_MAX = 34

/** Where the camera stands in the world; `pitch` raises it and lets it look down. */
export function cameraPlace({ pitch, dist, h }: CameraSpec): Vector {
  const [sine, cosine] = sineCosine(pitch)
  return [0, h + sine * dist, cosine * dist]
}

/** Which way the head faces. `target` is what a look at a hand has found; before the arms are known it is absent. */
export function headAxes(
  { look, yaw = 0, pitch = 0, roll = 0, w }: HeadSpec,
  chest: Axes,
  neckBase: Vector,
  camera: { spec: CameraSpec; turn: number },
  target: Vector | undefined,
): Axes {
  const own = turned(yaw, pitch, -roll)
  const from = add(neckBase, apply(chest, [0, 0.17, 0.03]))
  const at = look === 'cam' ? apply(aroundY(-camera.turn), cameraPlace(camera.spec)) : target
  let head = look === 'rel' ? times(chest, own) : times(at ? facing(unit(subtract(at, from))) : turned(0, 0, 0), own)
  if (look !== 'rel' && w !== undefined) head = partWay(chest, head, w)
  const bent = anglesBetween(chest, head)
  const [low, high] = PITCH_RANGE
  return times(
    chest,
    turned(clamp(bent.yaw, -YAW_MAX, YAW_MAX), clamp(bent.pitch, low, high), clamp(bent.roll, -ROLL_MAX, ROLL_MAX)),
  )
}

/** Sets everything above the neck's base. */
export function placeHead(joints: Joints, chest: Axes, head: Axes): void {
  joints.skull = add(joints.neckBase, apply(partWay(chest, head, 0.45), [0, 0.088, 0.018]))
  joints.headC = add(joints.skull, apply(head, [0, 0.078, 0.018]))
  const on = (x: number, y: number, z: number): Vector => add(joints.headC, apply(head, [x, y, z]))
  joints.nose = on(0, -0.032, 0.108)
  joints.eyeL = on(0.031, 0.008, 0.088)
  joints.eyeR = on(-0.031, 0.008, 0.088)
  joints.earL = on(0.074, -0.015, -0.004)
  joints.earR = on(-0.074, -0.015, -0.004)
  joints.headTop = on(0, 0.118, -0.005)
  joints.chin = on(0, -0.105, 0.075)
}
