import { type ApiError, fail } from '../http/errors'
import type { NearPose } from '../poses/shape/nearest-poses'
import type { Created } from './create-pose'

export const tooNear = (near: NearPose): ApiError => fail('POSE_TOO_NEAR', near)

/** The answer of the contract for a pose that was not added. */
export function refuse(answer: Exclude<Created, { status: 'created' }>): ApiError {
  switch (answer.status) {
    case 'duplicate':
      return tooNear(answer.near)
    case 'invalid':
      return fail('VALIDATION_FAILED', { issues: answer.issues.slice(0, 20) })
    case 'busy':
      return fail('UNAVAILABLE', undefined, 1)
    default:
      return fail('CONFLICT', { reason: 'there is a pose with this id', poseId: answer.id })
  }
}
