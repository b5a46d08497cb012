import { z } from '@hono/zod-openapi'
import { requireLiveAdmin } from '../../admin/require-live-admin'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json, jsonBody } from '../../http/responses'
import { MAX_IMPORT_BYTES } from '../../kernel/limits'
import { importPoses, MAX_IMPORTED_POSES } from '../import-poses'

const STATUSES = ['created', 'unchanged', 'exists', 'duplicate', 'invalid', 'busy'] as const

const ImportBody = z.strictObject({
  poses: z
    .array(z.record(z.string(), z.unknown()))
    .min(1)
    .max(MAX_IMPORTED_POSES)
    .openapi({ description: 'Each as in createLibraryPose. What is good goes in though another is bad.' }),
  dryRun: z.boolean().optional(),
})

const Issue = z.object({ field: z.string(), rule: z.string() })
const Report = z
  .object({
    index: z.number().int(),
    id: z.string().nullable(),
    status: z.enum(STATUSES).openapi({
      description:
        'unchanged: there already with this content. exists: there with other content, which is left as it is; `differs` ' +
        'names the fields. duplicate: repeats `poseId`. busy: others kept changing the library; send it again.',
    }),
    poseId: z.string().optional(),
    distance: z.number().optional(),
    mirrored: z.boolean().optional(),
    differs: z.array(z.string()).optional(),
    issues: z.array(Issue).optional(),
  })
  .openapi('ImportedPose')

const route = defineRoute({
  operationId: 'importLibraryPoses',
  method: 'post',
  path: '/api/v1/admin/library/import',
  tags: ['Library admin'],
  summary: 'Add up to 200 poses and hear of each what became of it; the same file again changes nothing',
  ...accessWithJson('admin', undefined, MAX_IMPORT_BYTES),
  request: { body: jsonBody(ImportBody) },
  responses: {
    200: json(
      z.object({
        dryRun: z.boolean(),
        counts: z.record(z.enum(STATUSES), z.number().int()),
        items: z.array(Report),
      }),
    ),
    ...errors(
      ...(['INVALID_JSON', 'UNAUTHENTICATED', 'FORBIDDEN', 'TOO_LARGE', 'UNSUPPORTED_TYPE'] as const),
      'VALIDATION_FAILED',
    ),
  },
})

export const registerImportLibraryPoses = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await requireLiveAdmin(ctx, caller)
    const { poses, dryRun = false } = c.req.valid('json')
    const items = await importPoses(ctx, caller.userId, poses, dryRun)
    const counts = Object.fromEntries(
      STATUSES.map((status) => [status, items.filter((item) => item.status === status).length]),
    ) as Record<(typeof STATUSES)[number], number>
    return c.json({ dryRun, counts, items }, 200)
  })
