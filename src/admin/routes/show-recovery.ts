import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { type Heap, oldestOf, readBacklog } from '../../recovery/backlog'

const instant = z.string().openapi({ format: 'date-time' })
const HeapSchema = z.object({
  count: z.number().int(),
  isMore: z.boolean().openapi({ description: 'There is more than was counted' }),
  oldestAt: instant.nullable(),
})

const Recovery = z
  .object({
    clockDueSince: instant.nullable().openapi({
      description:
        'Since when the oldest thing waits that the clock does every minute; minutes ago means it stands still',
    }),
    staleGenerations: HeapSchema.openapi({ description: 'Open for more than 15 minutes' }),
    staleAppJobs: HeapSchema.openapi({ description: 'The same of the jobs of other apps, such as avatars' }),
    stalePictureJobs: HeapSchema.openapi({
      description: 'Changes of backgrounds and exports that are open for as long; a large export takes its time',
    }),
    avatarReportsOpen: HeapSchema.openapi({ description: 'Reports of avatars and pictures that wait for an admin' }),
    avatarDeletionsOpen: HeapSchema.openapi({ description: 'Deleted avatars whose files are not all gone yet' }),
    paymentChecks: HeapSchema.openapi({ description: 'Orders due to be asked about at their gateway' }),
    planChanges: HeapSchema.openapi({ description: 'Plans whose status is due to change' }),
    adjustmentsAwaiting: HeapSchema.openapi({ description: 'Wait for a second admin' }),
    notices: z.object({ received: HeapSchema, failed: HeapSchema, quarantined: HeapSchema }),
    deadLetters: z.object({
      isMore: z.boolean(),
      heaps: z.array(
        z.object({
          ...{ queue: z.string(), kind: z.string(), count: z.number().int() },
          ...{ oldestAt: instant, newestAt: instant },
        }),
      ),
    }),
  })
  .openapi('Recovery')

const route = defineRoute({
  operationId: 'showRecovery',
  method: 'get',
  path: '/api/v1/admin/recovery/status',
  summary: 'What waits for somebody: generations that stand still, parked messages, payments, plans, approvals',
  ...access('admin'),
  responses: { 200: json(Recovery), ...errors('UNAUTHENTICATED', 'FORBIDDEN') },
})

export const registerShowRecovery = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const { notices, deadLetters, ...backlog } = await readBacklog(ctx)
    const { oldestAt: clockDueSince } = oldestOf(backlog.paymentChecks, backlog.planChanges)
    return c.json(
      {
        clockDueSince: clockDueSince === null ? null : iso(clockDueSince),
        staleGenerations: toShown(backlog.staleGenerations),
        stalePictureJobs: toShown(backlog.stalePictureJobs),
        staleAppJobs: toShown(backlog.staleAppJobs),
        avatarReportsOpen: toShown(backlog.avatarReportsOpen),
        avatarDeletionsOpen: toShown(backlog.avatarDeletionsOpen),
        paymentChecks: toShown(backlog.paymentChecks),
        planChanges: toShown(backlog.planChanges),
        adjustmentsAwaiting: toShown(backlog.adjustmentsAwaiting),
        notices: {
          received: toShown(notices.received),
          failed: toShown(notices.failed),
          quarantined: toShown(notices.quarantined),
        },
        deadLetters: {
          isMore: deadLetters.isMore,
          heaps: deadLetters.heaps.map((heap) => ({
            ...heap,
            ...{ oldestAt: iso(heap.oldestAt), newestAt: iso(heap.newestAt) },
          })),
        },
      },
      200,
    )
  })

const iso = (at: number): string => new Date(at).toISOString()
const toShown = ({ oldestAt, ...heap }: Heap) => ({ ...heap, oldestAt: oldestAt === null ? null : iso(oldestAt) })
