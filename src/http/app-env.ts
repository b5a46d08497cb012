import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Ctx } from '../ctx'
import type { Caller } from './access-token'

/** What every handler finds in `c.var`. `caller` is set on routes whose access is `user` or `admin`, and only there. */
export type AppEnv = { Bindings: Env; Variables: { ctx: Ctx; caller: Caller } }

export type App = OpenAPIHono<AppEnv>
