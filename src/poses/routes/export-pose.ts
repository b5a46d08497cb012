import { z } from '@hono/zod-openapi'
import { access, callerOf } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { toOpenPoseJson } from '../../render/control-map-json'
import { loadReadablePose } from '../load-pose'
import { PoseIdParam } from '../pose-id'

/** The square canvas of the file; the editors that read it scale it. */
const CANVAS_PX = 1024

const Keypoints = z.array(z.number()).nullable()

/** OpenPose JSON as openpose-editor, sd-webui-controlnet and ComfyUI read it (data/poses/README.md). */
const OpenPoseFile = z
  .object({
    people: z.array(
      z.object({
        pose_keypoints_2d: z.array(z.number()),
        hand_left_keypoints_2d: Keypoints,
        hand_right_keypoints_2d: Keypoints,
        face_keypoints_2d: Keypoints,
      }),
    ),
    canvas_width: z.number().int(),
    canvas_height: z.number().int(),
  })
  .openapi('OpenPoseFile')

const route = defineRoute({
  operationId: 'exportPose',
  method: 'get',
  path: '/api/v1/apps/pose-generator/poses/{id}/export',
  tags: ['Pose library'],
  summary: 'A pose of the library, or one of the caller’s own, as a file for other programs',
  ...access('public'),
  request: { params: PoseIdParam, query: z.object({ format: z.enum(['openpose']).default('openpose') }) },
  responses: { 200: json(OpenPoseFile), ...errors('NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerExportPose = (app: App) =>
  app.openapi(route, async (c) => {
    const caller = await callerOf(c)
    const { id, geometry } = await loadReadablePose(c.var.ctx.db, caller?.userId ?? null, c.req.valid('param').id)
    c.header('vary', 'Authorization', { append: true })
    if (caller) c.header('cache-control', 'private, no-cache')
    c.header('content-disposition', `attachment; filename="${id}.openpose.json"`)
    return c.json(toOpenPoseJson(geometry.people, CANVAS_PX, CANVAS_PX), 200)
  })
