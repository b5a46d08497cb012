import type { Ctx } from '../ctx'
import { describeError } from '../kernel/log'
import { userObject } from '../objects'

/** Longest wait of one request; who wants more asks again. */
export const MAX_WAIT_SECONDS = 60

/** For a route's description. No declared parameter: what is declared is validated, and any text is a valid Prefer. */
export const PREFER_DESCRIPTION =
  'With `Prefer: wait=n` (RFC 7240) the answer comes when all pictures have an end or n seconds are over, at most ' +
  `${MAX_WAIT_SECONDS}; \`Preference-Applied\` says so. What is no such wish is ignored.`

/** Longer ones are cut: nobody has that much to prefer. */
const MAX_PREFER_CHARACTERS = 500
/** Up to the next comma that is not inside quotes; quotes that nobody closes go on to the end. */
const PREFERENCE = /(?:"(?:[^"\\]|\\.)*(?:"|$)|[^,"])+/g
const IS_WAIT = /^\s*wait\s*(?:[=;]|$)/i
const WAIT = /^\s*wait\s*=\s*(?:"(\d+)"|(\d+))\s*(?:;|$)/i

/** Seconds that a client would wait, 1..60; null without a wish that makes sense. Of several the first counts (RFC 7240 section 2). */
export function preferredWait(prefer: string | undefined): number | null {
  const preferences = (prefer ?? '').slice(0, MAX_PREFER_CHARACTERS).match(PREFERENCE) ?? []
  const [, quoted, plain] = WAIT.exec(preferences.find((preference) => IS_WAIT.test(preference)) ?? '') ?? []
  const seconds = Number(quoted ?? plain ?? 0)
  return seconds >= 1 ? Math.min(seconds, MAX_WAIT_SECONDS) : null
}

/**
 * Waits for the end of a generation, or `seconds`. Answers the headers that say so; none when the wish was not followed:
 * too many of this user wait already, or the object went away. Then the caller shows what there is.
 */
export async function waitForEnd(
  ctx: Ctx,
  userId: string,
  jobId: string,
  seconds: number | null,
): Promise<Record<string, string>> {
  if (seconds === null) return {}
  try {
    const answer = await userObject(ctx.env, userId).waitForEnd(jobId, seconds * 1_000)
    return answer === 'ended' || answer === 'over' ? { 'preference-applied': `wait=${seconds}` } : {}
  } catch (error) {
    ctx.log('warn', 'wait_broken', { jobId, error: describeError(error) })
    return {}
  }
}
