import { sql } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { moderationViolations } from '../db/tables/operations'
import type { Caller } from '../http/access-token'
import { fail } from '../http/errors'
import { hmacSha256Hex } from '../kernel/hmac'
import { newId } from '../kernel/ids'
import { HOUR_MS } from '../kernel/limits'
import { describeError } from '../kernel/log'
import { findViolation, type Violation } from './find-violation'

/** Rows that one user's refusals add in an hour; the log has them all. */
export const MAX_RECORDED_PER_HOUR = 100
const KEY_PURPOSE = 'lumiku moderation violations 1'

/**
 * Throws 422 PROMPT_REJECTED when one of these texts holds a term of the lists, or all of them together: a model reads
 * them in one prompt. `fields` are texts by the name of their field; the answer names the field (of what is refused
 * together the last) and never the term. The refusal is recorded as a term id, a list version and a keyed
 * hash, without the words. A record that cannot be written changes nothing about the refusal.
 */
export async function refuseUnsafe(
  ctx: Ctx,
  caller: Pick<Caller, 'userId'>,
  fields: Record<string, string | undefined>,
): Promise<void> {
  for (const [field, text] of readings(fields)) {
    const violation = findViolation(text)
    if (!violation) continue
    await record(ctx, caller.userId, field, text, violation)
    throw fail('PROMPT_REJECTED', { field })
  }
}

/** Each text alone, then all of them as one. */
function readings(fields: Record<string, string | undefined>): [field: string, text: string][] {
  const given = Object.entries(fields).flatMap(([field, text]): [string, string][] => (text ? [[field, text]] : []))
  const last = given.at(-1)
  return last && given.length > 1 ? [...given, [last[0], given.map(([, text]) => text).join(', ')]] : given
}

async function record(ctx: Ctx, userId: string, field: string, text: string, violation: Violation): Promise<void> {
  const textHash = hmacSha256Hex(hmacSha256Hex(ctx.config.JWT_SECRET, KEY_PURPOSE), text)
  const { termId, category, listVersion } = violation
  ctx.log('warn', 'prompt_rejected', { userId, field, termId, category, listVersion, textHash })
  const now = ctx.now()
  const row = [newId('violation'), userId, field, termId, category, listVersion, textHash, ctx.requestId, now]
  const values = sql.join(
    row.map((value) => sql`${value}`),
    sql`, `,
  )
  // Refusals cost nobody a credit and come before the rate limit of pictures: without a cap one user fills the table.
  const latest = sql`select created_at from ${moderationViolations} where user_id = ${userId}
    order by id desc limit ${MAX_RECORDED_PER_HOUR}`
  const recent = sql`select count(*) from (${latest}) where created_at > ${now - HOUR_MS}`
  try {
    await ctx.db.insert(moderationViolations).select(sql`select ${values} where (${recent}) < ${MAX_RECORDED_PER_HOUR}`)
  } catch (error) {
    ctx.log('error', 'violation_not_recorded', { userId, field, termId, error: describeError(error) })
  }
}
