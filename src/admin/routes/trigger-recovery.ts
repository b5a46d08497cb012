import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { readBacklog } from '../../recovery/backlog'
import { castNets, NETS } from '../../recovery/cast-nets'
import { recordAudit } from '../record-audit'
import { requireLiveAdmin } from '../require-live-admin'

const people = z.number().int().nullable()

const Recovered = z.object({
  generations: people.openapi({
    description:
      'People whose generations, changes of backgrounds or exports were open for too long and who were woken',
  }),
  notWoken: people.openapi({ description: 'People who could not be woken' }),
  plans: people.openapi({ description: 'People whose plans were brought up to date' }),
  payments: z.object({ before: z.number().int(), after: z.number().int() }).openapi({
    description: 'Orders that were due to be asked about, before and after',
  }),
  orphans: z
    .object({ seen: z.number().int(), deleted: z.number().int(), expired: z.number().int(), unknown: z.number().int() })
    .nullable()
    .openapi({
      description:
        'Stored files that were looked at; deleted because nobody could reach them any more; made files that nobody ' +
        'wanted for a month; files of a kind that is not known, which stay',
    }),
  torn: z.array(z.enum(NETS)).openapi({ description: 'Nets that broke; the log says why' }),
})

const route = defineRoute({
  operationId: 'triggerRecovery',
  method: 'post',
  path: '/api/v1/admin/recovery/trigger',
  summary:
    'Do now what the clock does every minute and every fifth: payments, plans, work that stands still, stored orphans',
  ...access('admin'),
  responses: { 200: json(z.object({ recovered: Recovered })), ...errors('UNAUTHENTICATED', 'FORBIDDEN') },
})

/** Harmless to repeat: each net finds what is due, and what it has put right is due no more. */
export const registerTriggerRecovery = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await requireLiveAdmin(ctx, caller)
    const before = await readBacklog(ctx)
    const counts = {
      ...{ generations: before.staleGenerations.count, pictureJobs: before.stalePictureJobs.count },
      payments: before.paymentChecks.count,
    }
    // Before the deed: what was tried is on record even when it fails.
    await recordAudit(ctx, caller.userId, 'recovery.triggered', 'recovery', counts)
    const { plans, generations, orphans, torn } = await castNets(ctx, ctx.now())
    const after = await readBacklog(ctx)
    const recovered = {
      ...{ generations: generations?.woken ?? null, notWoken: generations?.failed ?? null, plans, torn },
      payments: { before: before.paymentChecks.count, after: after.paymentChecks.count },
      orphans: orphans && {
        ...{ seen: orphans.seen, deleted: orphans.orphans },
        ...{ expired: orphans.expired, unknown: orphans.unknown },
      },
    }
    return c.json({ recovered }, 200)
  })
