import type { ControlPose } from '../../providers/contract'
import { portraitPose } from '../portrait-pose'

/** The camera of the whole body in a square picture; see PoseCamera. */
const WHOLE_BODY = { focal: 2.431, centerX: 0.5, centerY: 0.42 }

/** How much nearer than for the whole body, and which height of its square picture (0..1) comes to the middle. */
type Framing = { nearer: number; middleY: number }

/** The pose in which all avatars are made, seen from nearer, with what stands at `middleY` in the middle of the picture. */
export function framed({ nearer, middleY }: Framing): ControlPose {
  const { people, camera } = portraitPose().geometry
  const { focal, centerX, centerY } = WHOLE_BODY
  return {
    people,
    camera: { ...camera, focal: focal * nearer, centerX, centerY: 0.5 + nearer * (centerY - middleY) },
    props: [],
    words: '',
  }
}
