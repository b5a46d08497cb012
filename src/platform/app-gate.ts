import type { MiddlewareHandler } from 'hono'
import { registry } from '../apps/registry'
import { callerOf } from '../http/access'
import type { AppEnv } from '../http/app-env'
import { fail } from '../http/errors'
import { isRestricted, reasonAgainst, visitorOf } from './app-access'
import { inForce, recentSettings } from './app-settings'

const RETRY_SECONDS = 300
/** The card of an app and how it does: always answered. */
const ALWAYS_OPEN = /^\/api\/v1\/apps\/[^/]+(\/health)?\/?$/
/**
 * Ends what was begun: holds are released, whatever became of the app or of the plan. A face is reported by people who have
 * never used the app, and is in pictures although the app is off.
 */
const ENDS_SOMETHING = /\/(?:cancellation|reports)\/?$/

/**
 * Stands before every route of an app. One that is only announced has none. One that is switched off, or that the caller
 * may not use, starts and changes nothing; what people have made with it they may still see, download, cancel, delete and
 * report, the library stays public, and jobs that run go on to their end.
 */
export const appGate: MiddlewareHandler<AppEnv> = async function appGate(c, next) {
  const manifest = registry.get(c.req.param('appId') ?? '')
  if (!manifest || ALWAYS_OPEN.test(c.req.path)) return next()
  const { ctx } = c.var
  const app = inForce(manifest, (await recentSettings(ctx)).get(manifest.id))
  if (app.features.comingSoon) throw fail('NOT_FOUND')
  if (isHarmless(c.req.method, c.req.path)) return next()

  if (!app.features.enabled)
    throw fail('UNAVAILABLE', { reason: 'this app is switched off for now; what you made is kept' }, RETRY_SECONDS)
  if (isRestricted(app.access)) {
    const caller = await callerOf(c)
    const reason = caller && reasonAgainst(app.access, await visitorOf(ctx, caller, [app]))
    const { minTier, requiresSubscription } = app.access
    if (reason === 'plan') throw fail('FORBIDDEN', { reason, minTier, requiresSubscription })
    if (reason === 'role') throw fail('FORBIDDEN', { reason })
    if (!caller) {
      c.header('www-authenticate', 'Bearer')
      throw fail('UNAUTHENTICATED')
    }
  }
  return next()
}

const isHarmless = (method: string, path: string): boolean =>
  ['GET', 'HEAD', 'OPTIONS', 'DELETE'].includes(method) || (method === 'POST' && ENDS_SOMETHING.test(path))
