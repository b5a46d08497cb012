import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { ROLES, TIERS } from '../db/tables/users'

export const ACCESS_TOKEN_SECONDS = 600
const ISSUER = 'lumiku'
const AUDIENCE = 'lumiku-api'
const ALGORITHM = 'HS256'
/** Which secret signed; moves on when JWT_SECRET starts to mean another one. */
const KEY_ID = '1'
/** Two data centres' clocks differ by less. */
const CLOCK_TOLERANCE_SECONDS = 5

const Claims = z.object({
  sub: z.string(),
  sid: z.string(),
  role: z.enum(ROLES),
  tier: z.enum(TIERS),
})

/** Who is calling. The session may have been revoked since: money routes ask the user's object, which knows at once. */
export type Caller = { userId: string; sessionId: string; role: (typeof ROLES)[number]; tier: (typeof TIERS)[number] }

const keyOf = (secret: string) => new TextEncoder().encode(secret)

/** Signs a JWT (RFC 7519) that lives 10 minutes. `now` in milliseconds. */
export const signAccessToken = (secret: string, caller: Caller, now: number): Promise<string> =>
  new SignJWT({ sid: caller.sessionId, role: caller.role, tier: caller.tier })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid: KEY_ID })
    .setSubject(caller.userId)
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt(Math.floor(now / 1000))
    .setNotBefore(Math.floor(now / 1000))
    .setExpirationTime(Math.floor(now / 1000) + ACCESS_TOKEN_SECONDS)
    .sign(keyOf(secret))

/**
 * The caller of a token, or null when anything about it is wrong. The algorithm is pinned: `none` and RS256 are refused.
 * A token signed for longer than our 10 minutes counts for 10.
 */
export async function verifyAccessToken(secret: string, token: string, now: number): Promise<Caller | null> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keyOf(secret), {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: 'JWT',
      requiredClaims: ['exp', 'nbf', 'iat', 'sub'],
      maxTokenAge: ACCESS_TOKEN_SECONDS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now),
    })
    if (protectedHeader.kid !== KEY_ID) return null
    const claims = Claims.parse(payload)
    return { userId: claims.sub, sessionId: claims.sid, role: claims.role, tier: claims.tier }
  } catch {
    return null
  }
}
