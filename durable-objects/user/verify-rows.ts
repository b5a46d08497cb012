import type { Account } from '../../src/credits/types'
import { HOUR_MS } from '../../src/kernel/limits'
import { balanceOf, ofReference, type Sums } from './ledger-sums'
import { all } from './rows'

/** A hold may outlive the moment its job is given up by this much: an alarm may be late. */
const HOLD_GRACE_MS = HOUR_MS
/** Strays that are looked for; one more than anybody names. */
const MAX_STRAYS = 6

/** Makes a promise and gives the list of what breaks it. */
export type Promiser = (id: string, claim: string) => string[]

/** Holds the sums of all entries against every other row about money. */
export function checkRows(sql: SqlStorage, sums: Sums, now: number, promise: Promiser): void {
  checkBalances(sql, sums, promise('I2', 'balances equal the sum of the entries, and the grants say the same'))
  const parts = promise('I11', 'every grant is available, held, spent, expired or reversed, as its entries say')
  checkGrants(sql, sums, parts)
  checkHolds(sql, sums, now, promise)
  checkOrders(sql, sums, promise('I9', 'every order has credited what it should have, refunds taken off'))
  checkQuota(sql, promise('I12', 'a day used what its pictures took, within the quota; what is reserved has open jobs'))
  checkReferences(sql, promise('I17', 'every entry belongs to a generation, an order, a grant or an admin action'))
}

type GrantRow = Record<'credits' | 'available' | 'held' | 'spent' | 'expired' | 'reversed', number> & { id: string }
const PARTS = ['available', 'held', 'spent', 'expired'] as const

function checkBalances(sql: SqlStorage, sums: Sums, broken: string[]): void {
  const [grants] = all<GrantRow>(
    sql,
    `SELECT COALESCE(SUM(available), 0) AS available, COALESCE(SUM(held), 0) AS held,
       COALESCE(SUM(spent), 0) AS spent, COALESCE(SUM(expired), 0) AS expired FROM credit_grant`,
  )
  for (const part of PARTS)
    if (grants![part] !== balanceOf(sums, part))
      broken.push(`${part}: grants say ${grants![part]}, entries ${balanceOf(sums, part)}`)
}

function checkGrants(sql: SqlStorage, sums: Sums, broken: string[]): void {
  const rows = all<GrantRow>(sql, 'SELECT * FROM credit_grant')
  for (const grant of rows) {
    const of = (account: Account) => sums.byGrant.get(`${grant.id}|${account}`) ?? 0
    const parts = grant.available + grant.held + grant.spent + grant.expired + grant.reversed
    const wrong: string[] = PARTS.filter((part) => grant[part] !== of(part))
    if (parts !== grant.credits) wrong.push('sum')
    if (grant.credits !== sums.granted.get(grant.id)) wrong.push('credits')
    if (wrong.length > 0) broken.push(`grant ${grant.id}: ${wrong.join(', ')}`)
  }
  const known = new Set(rows.map(({ id }) => id))
  for (const id of sums.granted.keys()) if (!known.has(id)) broken.push(`grant ${id} is gone`)
}

type HoldRow = Record<'credits' | 'charged' | 'released' | 'refunded' | 'parts', number> & {
  job_id: string
  hold_id: string | null
  closed_at: number | null
  completed: number
  pose_credits: number
  background_credits: number
  give_up_at: number
}

function checkHolds(sql: SqlStorage, sums: Sums, now: number, promise: Promiser): void {
  const held = promise('I4', 'what is held is what open holds have left, grant by grant')
  const closed = promise('I5', 'a closed hold is charged or released to the last credit')
  const once = promise('I6', 'what a generation was charged, released and refunded is what its entries say')
  const refunds = promise('I7', 'nothing is refunded beyond what was charged')
  const price = promise('I8', 'what was charged is the price of the pictures that came')
  const age = promise('I14', 'no hold is open longer than its generation may live')
  let left = 0
  for (const hold of all<HoldRow>(
    sql,
    `SELECT hold.*, hold.job_id AS hold_id, job.id AS job_id, job.completed, job.pose_credits, job.background_credits,
       job.give_up_at,
       (SELECT COALESCE(SUM(held), 0) FROM hold_part WHERE hold_part.job_id = job.id) AS parts
     FROM job LEFT JOIN hold ON job.id = hold.job_id`,
  )) {
    const { job_id: id, credits, charged, released, refunded } = hold
    if (hold.hold_id === null) {
      once.push(`${id}: its hold is gone`)
      continue
    }
    const isOpen = hold.closed_at === null
    if (isOpen) left += credits - charged - released
    else if (charged + released !== credits) closed.push(id)
    if (hold.parts !== credits - charged - released) held.push(`${id}: its parts are ${hold.parts}`)
    const said = { hold: credits, settle: charged, release: released, refund: refunded } as const
    for (const kind of ['hold', 'settle', 'release', 'refund'] as const)
      if (ofReference(sums, id, kind) !== said[kind]) once.push(`${id}: ${kind}`)
    if (refunded > charged) refunds.push(id)
    if (!isPriced(hold, sums.pictures.get(id) ?? new Map())) price.push(id)
    if (isOpen && hold.give_up_at + HOLD_GRACE_MS < now) age.push(id)
  }
  if (left !== balanceOf(sums, 'held')) held.push(`holds have ${left} left, entries say ${balanceOf(sums, 'held')}`)
  for (const { id } of all<{ id: string }>(
    sql,
    `SELECT id FROM credit_grant
     WHERE held <> (SELECT COALESCE(SUM(held), 0) FROM hold_part WHERE grant_id = credit_grant.id)`,
  ))
    held.push(`grant ${id}`)
}

/** Each picture that came cost the pose, or the pose and its background, once; a free one leaves no entry. */
function isPriced(job: HoldRow, pictures: Map<string, number>): boolean {
  const { pose_credits: pose, background_credits: background, completed } = job
  if (pose > 0 ? pictures.size !== completed : pictures.size > completed) return false
  return [...pictures.values()].every((credits) => credits === pose || credits === pose + background)
}

type PurchaseRow = { payment_id: string; target: number; granted: number; reversed: number; owed: number }

function checkOrders(sql: SqlStorage, sums: Sums, broken: string[]): void {
  for (const order of all<PurchaseRow>(sql, 'SELECT * FROM purchase')) {
    const reference = `payment:${order.payment_id}`
    const wrong =
      ofReference(sums, reference, 'grant') !== order.granted ||
      ofReference(sums, reference, 'reversal') !== order.reversed ||
      (sums.owedByOrder.get(reference) ?? 0) !== order.owed ||
      order.granted - order.reversed !== order.target
    if (wrong) broken.push(`order ${order.payment_id}`)
  }
}

function checkQuota(sql: SqlStorage, broken: string[]): void {
  const days = all<Record<'day' | 'used' | 'held' | 'open' | 'made' | 'quota', number>>(
    sql,
    `SELECT day, quota_day.used AS used, quota_day.held AS held, COALESCE(SUM(hold.quota_poses), 0) AS open,
       COALESCE(SUM(job.completed), 0) AS made,
       (SELECT COALESCE(MAX(daily_quota), 0) FROM plan_period) AS quota
     FROM quota_day LEFT JOIN hold ON hold.quota_day = quota_day.day LEFT JOIN job ON job.id = hold.job_id
     GROUP BY day`,
  )
  for (const { day, used, held, open, made, quota } of days) {
    if (held !== open) broken.push(`day ${day}: ${held} reserved, open jobs have ${open}`)
    if (used !== made) broken.push(`day ${day}: ${used} used, ${made} pictures came`)
    if (used + held > quota) broken.push(`day ${day}: ${used + held} of ${quota}`)
  }
}

/**
 * Entries of a job name it; all others name a grant, an order or an admin's action. Who takes back or gives back says
 * so in a memo; only grants older than memos have none.
 */
function checkReferences(sql: SqlStorage, broken: string[]): void {
  const strays = all<{ seq: number }>(
    sql,
    `SELECT seq FROM entry WHERE CASE
       WHEN kind IN ('hold', 'settle', 'release') THEN NOT EXISTS (SELECT 1 FROM job WHERE job.id = entry.reference)
       WHEN kind = 'refund' THEN memo IS NULL OR NOT EXISTS (SELECT 1 FROM job WHERE job.id = entry.reference)
       WHEN kind = 'expire' THEN NOT EXISTS (SELECT 1 FROM credit_grant WHERE id = entry.grant_id)
       WHEN reference LIKE 'payment:%' THEN (kind = 'reversal' AND memo IS NULL)
         OR NOT EXISTS (SELECT 1 FROM purchase WHERE payment_id = substr(entry.reference, 9))
       WHEN reference LIKE 'adjustment:%' THEN memo IS NULL
       WHEN kind = 'grant' THEN NOT EXISTS (SELECT 1 FROM credit_grant WHERE id = entry.grant_id)
       ELSE 1 END LIMIT ?`,
    MAX_STRAYS,
  )
  for (const { seq } of strays) broken.push(`entry ${seq}`)
}
