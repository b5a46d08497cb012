import { and, eq } from 'drizzle-orm'
import { namedAvatar } from '../../avatars/avatar-ref'
import { projects } from '../../db/tables/projects'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json, jsonBody } from '../../http/responses'
import { requireUpload } from '../../uploads/find-upload'
import { ChangedProject, ProjectSchema, toProject } from '../fields'

const route = defineRoute({
  operationId: 'updateProject',
  method: 'put',
  path: '/api/v1/apps/pose-generator/projects/{id}',
  summary: 'Change a project; what is left out stays',
  ...accessWithJson('user', 'project'),
  request: { params: idParam('project'), body: jsonBody(ChangedProject) },
  responses: {
    200: json(ProjectSchema),
    ...errors('INVALID_JSON', 'UNAUTHENTICATED', 'NOT_FOUND', 'TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED'),
  },
})

export const registerUpdateProject = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const body = c.req.valid('json')
    if (body.avatarImageUrl) await requireUpload(ctx.db, caller.userId, body.avatarImageUrl, 'avatarImageUrl')
    if (body.avatarId) await namedAvatar(ctx.db, caller.userId, body.avatarId, 'avatarId')
    const [row] = await ctx.db
      .update(projects)
      .set({
        ...(body.projectName !== undefined && { name: body.projectName }),
        ...(body.description !== undefined && { description: body.description }),
        ...(body.avatarImageUrl !== undefined && { avatarUploadId: body.avatarImageUrl }),
        ...(body.avatarId !== undefined && { avatarId: body.avatarId }),
        // What was named last is what the next pictures show.
        ...(body.avatarImageUrl && { avatarSource: 'UPLOAD' as const }),
        ...(body.avatarId && { avatarSource: 'AVATAR_CREATOR' as const }),
        ...(body.status !== undefined && { status: body.status }),
        updatedAt: ctx.now(),
      })
      .where(and(eq(projects.id, c.req.valid('param').id), eq(projects.userId, caller.userId)))
      .returning()
    if (!row) throw fail('NOT_FOUND')
    return c.json(toProject(row), 200)
  })
