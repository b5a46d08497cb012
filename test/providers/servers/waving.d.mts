import type { WrittenPose } from '../../../src/poses/draft/written-pose'

export const WAVING: WrittenPose
