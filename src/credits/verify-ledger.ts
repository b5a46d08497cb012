import { z } from '@hono/zod-openapi'
import type { Ctx } from '../ctx'
import { userObject } from '../objects'
import { checkMirror } from './check-mirror'
import type { Verification } from './types'

export const VerificationSchema = z
  .object({
    ok: z.boolean(),
    entries: z.number().int(),
    headHash: z.string().openapi({ description: 'SHA-256 of the last entry, which covers all before it' }),
    balances: z.object({ available: z.number().int(), held: z.number().int(), owed: z.number().int() }),
    checks: z.array(
      z.object({
        id: z.string(),
        claim: z.string(),
        ok: z.boolean(),
        detail: z.string().nullable().openapi({ description: 'Where the claim does not hold' }),
      }),
    ),
  })
  .openapi('Verification')

/** A user's whole ledger recomputed in their object, then held against its copy in D1. For the owner and for admins. */
export async function verifyLedger(ctx: Ctx, userId: string): Promise<Verification> {
  const ledger = userObject(ctx.env, userId)
  const mirror = await checkMirror(ctx.db, ledger, userId)
  const verified = await ledger.verify()
  return { ...verified, ok: verified.ok && mirror.ok, checks: [...verified.checks, mirror] }
}
