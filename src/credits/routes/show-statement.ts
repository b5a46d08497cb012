import { z } from '@hono/zod-openapi'
import type { StatementHead } from '../../../durable-objects/user/statement'
import { ENTRY_KINDS } from '../../db/tables/money'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { invalidField, languageOf } from '../../http/errors'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors } from '../../http/responses'
import { userObject } from '../../objects'
import { EntrySchema, toEntry } from '../entry-view'
import { RUPIAH_PER_CREDIT } from '../prices'
import { csvName, statementCsv, totalOf } from '../statement-csv'
import { DayOrTime, type Period, periodOf } from '../statement-period'
import type { Balances } from '../types'

const whole = z.number().int()
const time = z.string().openapi({ format: 'date-time' })

const BalanceSchema = z
  .object({
    available: whole,
    held: whole,
    owed: whole,
    credits: whole.openapi({ description: 'available + held - owed' }),
    rupiah: whole,
  })
  .openapi('StatementBalance')

const TotalSchema = z.object({
  kind: z.enum(ENTRY_KINDS),
  count: whole,
  credits: whole.openapi({ description: 'Credits moved by entries of this kind' }),
  change: whole.openapi({ description: 'What they add to the balance' }),
  changeRupiah: whole,
})

const StatementSchema = pageOf(EntrySchema)
  .extend({
    from: time,
    to: time.openapi({ description: 'The first moment after it' }),
    rupiahPerCredit: whole,
    opening: BalanceSchema,
    closing: BalanceSchema,
    count: whole,
    totals: z.array(TotalSchema),
  })
  .openapi('Statement')

/** Period, last entry covered, last entry shown: all pages are of the same statement, whatever was posted meanwhile. */
const CURSOR = /^(-?\d{1,15}):(-?\d{1,15}):(\d{1,15}):(\d{1,15})$/

const StatementQuery = PageQuery.extend({
  from: DayOrTime.optional(),
  to: DayOrTime.optional().openapi({ description: 'A day is included; a time is the first moment after the period' }),
  format: z
    .enum(['json', 'csv'])
    .default('json')
    .openapi({ description: '`csv` has no pages: it is the whole period, in the language asked for' }),
  cursor: z.string().regex(CURSOR, 'must be a cursor of this list').optional(),
})

const route = defineRoute({
  operationId: 'showStatement',
  method: 'get',
  path: '/api/v1/credits/statement',
  summary: 'Balances at both ends of a period and every entry between, oldest first; the current month in Jakarta',
  ...access('user'),
  request: { query: StatementQuery },
  responses: {
    200: {
      description: 'opening.credits plus every change is closing.credits',
      content: { 'application/json': { schema: StatementSchema }, 'text/csv': { schema: z.string() } },
    },
    ...errors('UNAUTHENTICATED', 'VALIDATION_FAILED'),
  },
})

export const registerShowStatement = (app: App) =>
  app.openapi(route, async (c) => {
    const { limit, cursor, format, ...asked } = c.req.valid('query')
    const ledger = userObject(c.env, c.var.caller.userId)
    const resumed = cursor === undefined || format === 'csv' ? null : readCursor(cursor)
    const period = resumed ?? periodOf(asked, c.var.ctx.now())
    if (typeof period === 'string') throw invalidField('to', period)
    const head = await ledger.statement({ from: period.from, to: period.to, upTo: resumed?.lastSeq })
    c.header('cache-control', 'private, no-store')
    if (format === 'csv') {
      c.header('content-type', 'text/csv; charset=utf-8')
      c.header('content-disposition', `attachment; filename="${csvName(period)}"`)
      const read = (afterSeq: number, count: number) => ledger.entriesUpTo(afterSeq, head.lastSeq, count)
      const language = languageOf(c.req.header('accept-language'))
      return c.body(statementCsv(period, head, read, language), 200)
    }
    const afterSeq = Math.max(head.firstSeq - 1, resumed?.afterSeq ?? 0)
    const rows = await ledger.entriesUpTo(afterSeq, head.lastSeq, limit + 1)
    const { items, page } = toPage(rows, limit, ({ seq }) => [period.from, period.to, head.lastSeq, seq].join(':'))
    return c.json({ ...headOf(period, head), items: items.map(toEntry), page }, 200)
  })

function readCursor(cursor: string): Period & { lastSeq: number; afterSeq: number } {
  const [from, to, lastSeq, afterSeq] = CURSOR.exec(cursor)!.slice(1).map(Number)
  return { from: from!, to: to!, lastSeq: lastSeq!, afterSeq: afterSeq! }
}

const headOf = ({ from, to }: Period, { opening, closing, count, totals }: StatementHead) => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
  rupiahPerCredit: RUPIAH_PER_CREDIT,
  opening: balanceOf(opening),
  closing: balanceOf(closing),
  count,
  totals: totals.map((total) => ({ ...total, changeRupiah: total.change * RUPIAH_PER_CREDIT })),
})

function balanceOf({ available, held, owed }: Balances): z.infer<typeof BalanceSchema> {
  const credits = totalOf({ available, held, owed })
  return { available, held, owed, credits, rupiah: credits * RUPIAH_PER_CREDIT }
}
