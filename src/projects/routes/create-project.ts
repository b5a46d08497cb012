import { namedAvatar } from '../../avatars/avatar-ref'
import { projects } from '../../db/tables/projects'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json, jsonBody } from '../../http/responses'
import { newId } from '../../kernel/ids'
import { requireUpload } from '../../uploads/find-upload'
import { NewProject, ProjectSchema, toProject } from '../fields'

const route = defineRoute({
  operationId: 'createProject',
  method: 'post',
  path: '/api/v1/apps/pose-generator/projects',
  summary: 'A project: one avatar and its shoots',
  ...accessWithJson('user'),
  request: { body: jsonBody(NewProject) },
  responses: {
    201: json(ProjectSchema, 'Created'),
    ...errors('INVALID_JSON', 'UNAUTHENTICATED', 'NOT_FOUND', 'TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED'),
  },
})

export const registerCreateProject = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const body = c.req.valid('json')
    if (body.avatarImageUrl) await requireUpload(ctx.db, caller.userId, body.avatarImageUrl, 'avatarImageUrl')
    if (body.avatarId) await namedAvatar(ctx.db, caller.userId, body.avatarId, 'avatarId')
    const [row] = await ctx.db
      .insert(projects)
      .values({
        id: newId('project'),
        userId: caller.userId,
        name: body.projectName,
        description: body.description,
        avatarSource: body.avatarSource ?? (body.avatarId === null ? 'UPLOAD' : 'AVATAR_CREATOR'),
        avatarUploadId: body.avatarImageUrl,
        avatarId: body.avatarId,
        createdAt: ctx.now(),
        updatedAt: ctx.now(),
      })
      .returning()
    return c.json(toProject(row!), 201)
  })
