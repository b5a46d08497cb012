import { DAY_MS, startOfWibDay, WIB_OFFSET_MS, wibDay } from '../../src/kernel/calendar'
import { all, first } from './rows'
import { statementHead } from './statement'

export const USAGE_DAYS = 30

/** Credits that this user was charged for good: settled, less what was refunded. A WIB day is its number since 1970. */
export type Usage = {
  charged: number
  /** Of `shoots` generations that were paid with credits, those that were charged anything. */
  shoots: number
  shootsCharged: number
  /** Of the last 30 WIB days, today included. */
  charged30Days: number
  /** Days of those 30 on which something was charged or refunded. */
  days: { day: number; credits: number }[]
}

type HoldSums = { charged: number; shoots: number; shootsCharged: number }
type DaySum = { day: number; credits: number }

/**
 * What the ledger says was charged. The 30 days are cut as a statement of them is, so both say the same number; all time
 * is read from the holds, one small row a job, which the verification (I6) keeps equal to their entries.
 */
export function usage(sql: SqlStorage, now: number): Usage {
  const to = startOfWibDay(wibDay(now) + 1)
  const head = statementHead(sql, { from: to - USAGE_DAYS * DAY_MS, to })
  const creditsOf = (kind: string) => head.totals.find((total) => total.kind === kind)?.credits ?? 0
  const sums = first<HoldSums>(
    sql,
    `SELECT COALESCE(SUM(charged - refunded), 0) AS charged,
       COALESCE(SUM(charged > refunded AND job_id LIKE 'gen%'), 0) AS shoots,
       COALESCE(SUM((charged - refunded) * (job_id LIKE 'gen%')), 0) AS shootsCharged
     FROM hold`,
  )!
  const days = all<DaySum>(
    sql,
    `SELECT (at + ${WIB_OFFSET_MS}) / ${DAY_MS} AS day, SUM(IIF(kind = 'settle', credits, -credits)) AS credits
     FROM entry WHERE seq >= ?1 AND seq <= ?2 AND kind IN ('settle', 'refund') GROUP BY 1 ORDER BY 1`,
    ...[head.firstSeq, head.lastSeq],
  )
  return { ...sums, charged30Days: creditsOf('settle') - creditsOf('refund'), days }
}
