import { eq } from 'drizzle-orm'
import { projects } from '../../db/tables/projects'
import { queueErasure } from '../../generations/queue-erasure'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors } from '../../http/responses'
import { describeError } from '../../kernel/log'
import { userObject } from '../../objects'
import { findProject } from '../find-project'

const RETRY_AFTER_SECONDS = 5

const route = defineRoute({
  operationId: 'deleteProject',
  method: 'delete',
  path: '/api/v1/apps/pose-generator/projects/{id}',
  summary: 'Delete a project with its generations and pictures; not while one of them runs',
  ...access('user', 'project'),
  request: { params: idParam('project') },
  responses: {
    204: { description: 'Deleted' },
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT', 'VALIDATION_FAILED', 'UNAVAILABLE'),
  },
})

export const registerDeleteProject = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const project = await findProject(ctx.db, caller.userId, c.req.valid('param').id)
    if (!project) throw fail('NOT_FOUND')
    if (await userObject(ctx.env, caller.userId).hasOpenJobs(project.id))
      throw fail('CONFLICT', { reason: 'a generation of this project is running; cancel it first' })
    await queueErasure(ctx, caller.userId, project.id).catch((error) => {
      ctx.log('warn', 'erasure_not_queued', { projectId: project.id, error: describeError(error) })
      throw fail('UNAVAILABLE', undefined, RETRY_AFTER_SECONDS)
    })
    await ctx.db.delete(projects).where(eq(projects.id, project.id))
    return c.body(null, 204)
  })
