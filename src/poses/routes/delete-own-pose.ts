import { eq } from 'drizzle-orm'
import { poseShapes, poses } from '../../db/tables/poses'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors } from '../../http/responses'
import { loadPoses } from '../load-pose'
import { OwnPoseIdParam } from '../own/fields'
import { findOwnPose, isOwnPose } from '../own/find-own-pose'
import { forgetOwnPictures } from '../own/own-pictures'

const route = defineRoute({
  operationId: 'deleteOwnPose',
  method: 'delete',
  path: '/api/v1/apps/pose-generator/poses/{id}',
  tags: ['Own poses'],
  summary: 'Delete a private pose; pictures that were made of it, and shoots that have started, keep it',
  ...access('user', 'pose'),
  request: { params: OwnPoseIdParam },
  responses: { 204: { description: 'Deleted' }, ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerDeleteOwnPose = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id } = await findOwnPose(ctx.db, caller.userId, c.req.valid('param').id)
    const pose = (await loadPoses(ctx.db, [id])).get(id)
    if (pose) await forgetOwnPictures(ctx, pose)
    await ctx.db.batch([
      ctx.db.update(poses).set({ deletedAt: ctx.now() }).where(isOwnPose(caller.userId, id)),
      ctx.db.delete(poseShapes).where(eq(poseShapes.poseId, id)),
    ])
    return c.body(null, 204)
  })
