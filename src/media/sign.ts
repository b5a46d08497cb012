import { equalInConstantTime, hmacSha256 } from '../kernel/hmac'
import { SIGNED_URL_LIFETIME_MS } from '../kernel/limits'

/** Expiries fall on multiples of this, so that the same picture keeps its URL, and a browser its copy, for a while. */
export const EXPIRY_STEP_MS = 5 * 60_000

export type MediaVariant = 'original' | 'thumbnail'

/** HMAC-SHA256 over method, path, variant and expiry, each on a line of its own. */
const signature = (secret: string, id: string, variant: MediaVariant, expiresAt: number): Promise<string> =>
  hmacSha256(secret, `GET\n/api/v1/media/${id}\n${variant}\n${expiresAt}`)

/** A path that shows a private picture for 10 to 15 minutes to whoever has it. `now` in ms. */
export async function signMediaPath(secret: string, id: string, variant: MediaVariant, now: number): Promise<string> {
  const expiresAt = Math.floor((now + SIGNED_URL_LIFETIME_MS) / EXPIRY_STEP_MS) * EXPIRY_STEP_MS
  const sig = await signature(secret, id, variant, expiresAt)
  return `/api/v1/media/${id}?variant=${variant}&exp=${expiresAt}&sig=${sig}`
}

/** For whoever comes too late with a link; the time stands in the link itself. Undefined while it has not come. */
export const whyForbidden = (exp: number, now: number): { reason: string } | undefined =>
  exp <= now ? { reason: 'the link has run out; what led to it has a new one' } : undefined

/** Whether a path was signed by us and has not run out. */
export async function isSignedMediaPath(
  secret: string,
  asked: { id: string; variant: MediaVariant; exp: number; sig: string },
  now: number,
): Promise<boolean> {
  const expected = await signature(secret, asked.id, asked.variant, asked.exp)
  return equalInConstantTime(expected, asked.sig) && asked.exp > now && asked.exp <= now + SIGNED_URL_LIFETIME_MS
}
