import type { PoseGeometry } from '../db/tables/poses'
import type { PoseBody } from './pose-fields'

/** A new pose, checked and with its third dimension: what is written. */
export type ReadyPose = { id: string; body: PoseBody; geometry: PoseGeometry; revision: string }
