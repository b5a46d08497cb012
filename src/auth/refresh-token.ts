import { randomToken, sha256Hex } from '../kernel/hash'
import { equalInConstantTime, hmacSha256 } from '../kernel/hmac'

/**
 * `<userId>.<sessionId>.<secret>`: the ids find the object that holds the session. The secret is 43 characters of
 * base64url (256 bits) and 43 of HMAC over all before them, so that made-up tokens are refused here: they can neither
 * create objects of users who do not exist, nor pass for a reused token and end somebody's session.
 */
const TOKEN = /^((usr_[0-9A-HJKMNP-TV-Z]{26})\.(ses_[0-9A-HJKMNP-TV-Z]{26})\.[A-Za-z0-9_-]{43})([A-Za-z0-9_-]{43})$/

export type RefreshToken = { userId: string; sessionId: string; text: string }

/** The first token of a session. */
export const firstRefreshToken = (serverKey: string, userId: string, sessionId: string): Promise<RefreshToken> =>
  sealed(serverKey, userId, sessionId, randomToken(32))

/** The token, if this server issued it; whether it is still good is for the user's object to say. */
export async function readRefreshToken(serverKey: string, text: string): Promise<RefreshToken | null> {
  const [, signed, userId, sessionId] = TOKEN.exec(text) ?? []
  if (signed === undefined || userId === undefined || sessionId === undefined) return null
  const genuine = await sealed(serverKey, userId, sessionId, signed.slice(-43))
  return equalInConstantTime(genuine.text, text) ? genuine : null
}

/**
 * The token that follows this one. It is computed, not drawn: two tabs that refresh at once get the same, although only
 * hashes are stored. Without the server's key it cannot be told from random.
 */
export async function successorOf(serverKey: string, token: RefreshToken): Promise<RefreshToken> {
  const random = await hmacSha256(serverKey, `refresh-successor\n${token.text}`)
  return sealed(serverKey, token.userId, token.sessionId, random)
}

/** What is stored of a token. It has 256 random bits, so a plain hash is enough. */
export const refreshHash = (token: RefreshToken): Promise<string> => sha256Hex(token.text)

async function sealed(serverKey: string, userId: string, sessionId: string, random: string): Promise<RefreshToken> {
  const signed = `${userId}.${sessionId}.${random}`
  return { userId, sessionId, text: signed + (await hmacSha256(serverKey, `refresh-tag\n${signed}`)) }
}
