import { z } from '@hono/zod-openapi'
import { ENTRY_KINDS } from '../db/tables/money'
import type { Account, Entry, Memo } from './types'

export const EntrySchema = z
  .object({
    seq: z.number().int(),
    kind: z.enum(ENTRY_KINDS),
    credits: z.number().int(),
    change: z.number().int().openapi({ description: 'What it adds to available + held - owed' }),
    from: z.string(),
    to: z.string(),
    reference: z.string().openapi({
      description:
        'The generation (`gen_`, of avatars `avg_`), change of backgrounds (`bgj_`), payment or grant it belongs to',
    }),
    availableAfter: z.number().int(),
    heldAfter: z.number().int(),
    owedAfter: z.number().int(),
    reason: z.string().nullable().openapi({ description: 'Why, where somebody gave a reason' }),
    actor: z.string().nullable().openapi({ description: '`admin`, or the gateway that told us' }),
    createdAt: z.string().openapi({ format: 'date-time' }),
  })
  .openapi('CreditEntry')

/** An entry as its owner sees it: nothing of the chain, of grants or of who the admin was. */
export const toEntry = (entry: Entry): z.infer<typeof EntrySchema> => ({
  seq: entry.seq,
  kind: entry.kind,
  credits: entry.credits,
  change: changeOf(entry),
  from: entry.from,
  to: entry.to,
  reference: entry.reference,
  availableAfter: entry.availableAfter,
  heldAfter: entry.heldAfter,
  owedAfter: entry.owedAfter,
  reason: entry.memo?.reason ?? null,
  actor: entry.memo && actorOf(entry.memo),
  createdAt: new Date(entry.at).toISOString(),
})

const isOwn = (account: Account): boolean => account === 'available' || account === 'held' || account === 'receivable'

/** What an entry adds to available + held - owed, in credits. */
export const changeOf = ({ from, to, credits }: Entry): number =>
  (isOwn(to) ? credits : 0) - (isOwn(from) ? credits : 0)

/** Only what is no person is named. */
const actorOf = ({ actor }: Memo): string => (/^(gateway:|system$)/.test(actor) ? actor : 'admin')
