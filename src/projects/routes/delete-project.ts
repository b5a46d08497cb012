import { eq } from 'drizzle-orm'
import { projects } from '../../db/tables/projects'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors } from '../../http/responses'
import { userObject } from '../../objects'
import { findProject } from '../find-project'

const route = defineRoute({
  operationId: 'deleteProject',
  method: 'delete',
  path: '/api/v1/apps/pose-generator/projects/{id}',
  summary: 'Delete a project with its generations and pictures; not while one of them runs',
  ...access('user', 'project'),
  request: { params: idParam('project') },
  responses: {
    204: { description: 'Deleted' },
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT', 'VALIDATION_FAILED'),
  },
})

export const registerDeleteProject = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const project = await findProject(ctx.db, caller.userId, c.req.valid('param').id)
    if (!project) throw fail('NOT_FOUND')
    if (await userObject(ctx.env, caller.userId).hasOpenJobs(project.id))
      throw fail('CONFLICT', { reason: 'a generation of this project is running; cancel it first' })
    await ctx.db.delete(projects).where(eq(projects.id, project.id))
    return c.body(null, 204)
  })
