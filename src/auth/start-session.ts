import type { Context } from 'hono'
import type { z } from 'zod'
import { ACCESS_TOKEN_SECONDS, signAccessToken } from '../http/access-token'
import type { AppEnv } from '../http/app-env'
import { newId } from '../kernel/ids'
import { userObject } from '../objects'
import type { SignedIn } from './fields'
import { isBrowser, setRefreshCookie } from './refresh-cookie'
import { firstRefreshToken, type RefreshToken, refreshHash } from './refresh-token'
import { type User, userView } from './users'

const MAX_USER_AGENT = 200

/**
 * Signs somebody in whose password was right. Opens the user's object too, which grants the welcome credits once: should
 * that fail while registering, the next login makes up for it.
 */
export async function startSession(c: Context<AppEnv>, user: User): Promise<z.infer<typeof SignedIn>> {
  const { env, config } = c.var.ctx
  const token = await firstRefreshToken(config.JWT_SECRET, user.id, newId('session'))
  const object = userObject(env, user.id)
  await object.open({ userId: user.id, welcomeCredits: config.WELCOME_CREDITS })
  await object.openSession({
    id: token.sessionId,
    refreshHash: await refreshHash(token),
    userAgent: (c.req.header('user-agent') ?? '').slice(0, MAX_USER_AGENT),
  })
  return signedIn(c, user, token)
}

/** The answer of register, login and refresh. A browser gets the refresh token as a cookie that no script can read. */
export async function signedIn(c: Context<AppEnv>, user: User, token: RefreshToken): Promise<z.infer<typeof SignedIn>> {
  const { config, now } = c.var.ctx
  const caller = { userId: user.id, sessionId: token.sessionId, role: user.role, tier: user.tier }
  setRefreshCookie(c, token.text)
  c.header('cache-control', 'no-store')
  return {
    user: userView(user),
    accessToken: await signAccessToken(config.JWT_SECRET, caller, now()),
    expiresIn: ACCESS_TOKEN_SECONDS,
    ...(!isBrowser(c) && { refreshToken: token.text }),
  }
}
