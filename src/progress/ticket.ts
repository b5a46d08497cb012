import { randomToken } from '../kernel/hash'
import { equalInConstantTime, hmacSha256 } from '../kernel/hmac'
import { idPattern } from '../kernel/ids'

const USER_ID = idPattern('user')

/**
 * A ticket for the live socket: `<userId>.<256 random bits>.<HMAC over both>`. The user's id says which object to ask;
 * without the HMAC anybody could create objects of users who do not exist by asking for them.
 */
export async function newTicket(secret: string, userId: string): Promise<string> {
  const signed = `${userId}.${randomToken()}`
  return `${signed}.${await tag(secret, signed)}`
}

/** Whose ticket it is, if we made it. Whether it is still good is for the user's object to say. */
export async function readTicket(secret: string, ticket: string): Promise<{ userId: string } | null> {
  const [userId = '', random = '', given = '', ...rest] = ticket.split('.')
  if (rest.length > 0 || !USER_ID.test(userId)) return null
  return equalInConstantTime(await tag(secret, `${userId}.${random}`), given) ? { userId } : null
}

const tag = (secret: string, signed: string): Promise<string> => hmacSha256(secret, `live-ticket\n${signed}`)
