// Links to the pictures of a private pose: an <img> sends no token.
import { equalInConstantTime, hmacSha256 } from '../../kernel/hmac'
import { SIGNED_URL_LIFETIME_MS } from '../../kernel/limits'
import { EXPIRY_STEP_MS } from '../../media/sign'
import { OWN_POSES_PATH } from './fields'

export const OWN_PICTURES = ['preview', 'preview-large', 'control'] as const
export type OwnPicture = (typeof OWN_PICTURES)[number]

const signature = (secret: string, id: string, show: OwnPicture, expiresAt: number): Promise<string> =>
  hmacSha256(secret, `GET\n${OWN_POSES_PATH}/${id}/picture\n${show}\n${expiresAt}`)

/** A path that shows a picture of an own pose for 10 to 15 minutes to whoever has it. `now` in ms. */
export async function signOwnPicture(secret: string, id: string, show: OwnPicture, now: number): Promise<string> {
  const expiresAt = Math.floor((now + SIGNED_URL_LIFETIME_MS) / EXPIRY_STEP_MS) * EXPIRY_STEP_MS
  return `${OWN_POSES_PATH}/${id}/picture?show=${show}&exp=${expiresAt}&sig=${await signature(secret, id, show, expiresAt)}`
}

/** Whether a path was signed by us and has not run out. */
export async function isSignedOwnPicture(
  secret: string,
  asked: { id: string; show: OwnPicture; exp: number; sig: string },
  now: number,
): Promise<boolean> {
  const expected = await signature(secret, asked.id, asked.show, asked.exp)
  return equalInConstantTime(expected, asked.sig) && asked.exp > now && asked.exp <= now + SIGNED_URL_LIFETIME_MS
}
