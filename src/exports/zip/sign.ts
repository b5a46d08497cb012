import { equalInConstantTime, hmacSha256 } from '../../kernel/hmac'
import { SIGNED_URL_LIFETIME_MS } from '../../kernel/limits'
import { EXPIRY_STEP_MS } from '../../media/sign'

export type ArchiveLink = { id: string; user: string; exp: number; sig: string }

const pathOf = (id: string): string => `/api/v1/media/archives/${id}`

/** HMAC-SHA256 over method, path, owner and expiry, each on a line of its own. */
const signature = (secret: string, id: string, userId: string, expiresAt: number): Promise<string> =>
  hmacSha256(secret, `GET\n${pathOf(id)}\n${userId}\n${expiresAt}`)

/** A path that sends the ZIP of an export to whoever has it, for 10 to 15 minutes. A download that began goes on. */
export async function signArchivePath(secret: string, userId: string, id: string, now: number): Promise<string> {
  const expiresAt = Math.floor((now + SIGNED_URL_LIFETIME_MS) / EXPIRY_STEP_MS) * EXPIRY_STEP_MS
  const sig = await signature(secret, id, userId, expiresAt)
  return `${pathOf(id)}?user=${userId}&exp=${expiresAt}&sig=${sig}`
}

/** Whether such a path was signed by us and has not run out. */
export async function isSignedArchivePath(
  secret: string,
  { id, user, exp, sig }: ArchiveLink,
  now: number,
): Promise<boolean> {
  const expected = await signature(secret, id, user, exp)
  return equalInConstantTime(expected, sig) && exp > now && exp <= now + SIGNED_URL_LIFETIME_MS
}
