import type { DraftPose } from '../generations/types'
import { ARMS } from '../poses/rig/arm-settings'
import { geometryOf } from '../poses/rig/geometry'
import { CAMERA, type PoseSpec } from '../poses/rig/spec'
import { STANCES } from '../poses/rig/stances'

const STANDING: PoseSpec = {
  build: 'neutral',
  stance: STANCES.neutral,
  arms: { L: ARMS.relaxed, R: ARMS.relaxed },
  head: { look: 'cam' },
  turn: 0,
  camera: CAMERA,
}

let pose: DraftPose | undefined

/**
 * How an avatar's own picture is posed: upright, facing the camera, seen from the head to the hips. A pose of ours and
 * not of the library, which admins may change: all avatars are made in the same.
 */
export function portraitPose(): DraftPose {
  pose ??= {
    geometry: geometryOf(STANDING, 'portrait'),
    props: [],
    words: '',
    name: { en: 'Portrait', id: 'Potret' },
    promptHint: '',
  }
  return pose
}
