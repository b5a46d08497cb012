import { createRoute, type RouteConfig } from '@hono/zod-openapi'
import type { Access } from './access'

type Declared = RouteConfig & { operationId: string; 'x-access': Access }

/**
 * A route of the public contract: path, schemas, answers and access in one place. The same declaration validates,
 * documents (`GET /openapi.json`) and is walked by test/routes/every-route.test.ts.
 */
export const defineRoute = <P extends string, R extends Omit<Declared, 'path'> & { path: P }>(route: R) =>
  createRoute(route)
