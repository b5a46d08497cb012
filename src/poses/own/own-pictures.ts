import type { Ctx } from '../../ctx'
import { controlMapKey } from '../../render/control-map'
import type { PoseRecord } from '../load-pose'
import { controlImageKey } from '../pictures/control-image'
import { previewImageKeys } from '../pictures/preview-image'

/** The control map of an own pose is a square of this size. */
export const CONTROL_SIDE_PX = 1024

/**
 * Deletes what is kept of the pictures of an own pose. Called before the pose is: nobody could delete them afterwards, and
 * while it is there they are drawn again for whoever looks.
 */
export async function forgetOwnPictures({ env }: Ctx, pose: PoseRecord): Promise<void> {
  const mapKey = await controlMapKey(pose.geometry.people, CONTROL_SIDE_PX, CONTROL_SIDE_PX)
  await env.MEDIA.delete([controlImageKey(mapKey), ...(await previewImageKeys(pose))])
}
