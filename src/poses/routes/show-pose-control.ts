import { z } from '@hono/zod-openapi'
import { takeDrawing } from '../../auth/attempts'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors } from '../../http/responses'
import { controlMapKey } from '../../render/control-map'
import { mirrorPeople } from '../../render/control-map-mirror'
import { loadLibraryPose } from '../load-pose'
import { controlImage, isKeptSize } from '../pictures/control-image'
import { ASPECT_SIZES, ASPECTS } from '../pictures/control-image-sizes'
import { file, isUnchanged } from '../pictures/file-response'
import { PoseIdParam } from '../pose-id'

/** Sides that the models take: multiples of 16, up to 1536 pixels. */
const MIN_SIDE_PX = 256
const MAX_SIDE_PX = 1536
const SIDE_STEP_PX = 16

const isSide = (px: number) => px >= MIN_SIDE_PX && px <= MAX_SIDE_PX && px % SIDE_STEP_PX === 0

const Size = z
  .string()
  .regex(/^\d{3,4}x\d{3,4}$/, 'must be WIDTHxHEIGHT in pixels, e.g. 1024x1024')
  .transform((size) => {
    const [widthPx = 0, heightPx = 0] = size.split('x').map(Number)
    return { widthPx, heightPx }
  })
  .refine(
    ({ widthPx, heightPx }) => isSide(widthPx) && isSide(heightPx),
    `each side must be a multiple of ${SIDE_STEP_PX} from ${MIN_SIDE_PX} to ${MAX_SIDE_PX}`,
  )
  .openapi({ type: 'string', example: '1024x1024', description: 'Default: that of aspect.' })

const SHAPES = ASPECTS.map((aspect) => {
  const { widthPx, heightPx } = ASPECT_SIZES[aspect]
  return `${aspect} is ${widthPx}x${heightPx}`
})

const ControlQuery = z
  .object({
    size: Size.optional(),
    aspect: z
      .enum(ASPECTS)
      .optional()
      .openapi({ description: `Shape of the picture instead of a size: ${SHAPES.join(', ')}. Default: 1:1.` }),
    mirror: z.enum(['true', 'false']).default('false').openapi({
      description: 'true: as in a mirror; joints and hands change sides by name too.',
    }),
    v: z.string().max(64).optional().openapi({ description: 'As in controlUrl: changes with the pose, for caches.' }),
  })
  .refine(({ size, aspect }) => size === undefined || aspect === undefined, {
    path: ['aspect'],
    message: 'size and aspect cannot go together',
  })

const route = defineRoute({
  operationId: 'showPoseControl',
  method: 'get',
  path: '/api/v1/apps/pose-generator/library/{id}/control',
  tags: ['Pose library'],
  summary: 'OpenPose control map of a pose, drawn once per size and side',
  ...access('public'),
  request: { params: PoseIdParam, query: ControlQuery },
  responses: { 200: file('image/png'), ...errors('NOT_FOUND', 'VALIDATION_FAILED', 'RATE_LIMITED') },
})

export const registerShowPoseControl = (app: App) =>
  app.openapi(route, async (c) => {
    const { size, aspect = '1:1', mirror } = c.req.valid('query')
    const { widthPx, heightPx } = size ?? ASPECT_SIZES[aspect]
    const { geometry } = await loadLibraryPose(c.var.ctx.db, c.req.valid('param').id)
    const people = mirror === 'true' ? mirrorPeople(geometry.people) : geometry.people
    const contentKey = await controlMapKey(people, widthPx, heightPx)
    const etag = `"${contentKey}"`
    const isKnown = isUnchanged(c.req.header('if-none-match'), etag)
    if (!isKnown && !isKeptSize(widthPx, heightPx)) await takeDrawing(c.var.ctx, c.req.header('cf-connecting-ip'))
    const png = isKnown ? null : await controlImage(c.env.MEDIA, contentKey, people, widthPx, heightPx)
    // After the drawing: headers set before a throw would go out with the error, and be kept for a year.
    c.header('etag', etag)
    c.header('cache-control', 'public, max-age=31536000, immutable')
    if (!png) return c.body(null, 304)
    c.header('content-type', 'image/png')
    return c.body(png, 200)
  })
