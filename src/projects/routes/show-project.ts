import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { ProjectSchema, toProject } from '../fields'
import { findProject } from '../find-project'

const route = defineRoute({
  operationId: 'showProject',
  method: 'get',
  path: '/api/v1/apps/pose-generator/projects/{id}',
  summary: 'A project',
  ...access('user', 'project'),
  request: { params: idParam('project') },
  responses: { 200: json(ProjectSchema), ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerShowProject = (app: App) =>
  app.openapi(route, async (c) => {
    const project = await findProject(c.var.ctx.db, c.var.caller.userId, c.req.valid('param').id)
    if (!project) throw fail('NOT_FOUND')
    return c.json(toProject(project), 200)
  })
