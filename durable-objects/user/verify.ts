import type { Account, Check, Entry, EntryKind, Verification } from '../../src/credits/types'
import { HOUR_MS } from '../../src/kernel/limits'
import { type EntryRow, entryHash, toEntry } from './entries'
import { all } from './rows'

/** A hold may outlive the moment its job is given up by this much: an alarm may be late. */
const HOLD_GRACE_MS = HOUR_MS
/** Broken places that a check names; the rest is as broken. */
const MAX_NAMED = 5

/** Collects what breaks a promise. */
type Promised = { id: string; claim: string; broken: string[] }

/** Sums of the entries by account, and by what they belong to. */
type Sums = {
  accounts: Map<Account, number>
  /** `<grant>|<account>` and `<reference>|<kind>`. */
  byGrant: Map<string, number>
  byReference: Map<string, number>
  owedByOrder: Map<string, number>
}

/**
 * Recomputes the whole ledger from its first entry and holds it against every other row about money. Reads all entries
 * once, so it is for statements, admins and tests; `assertBooks` is the one for every command.
 */
export function verify(sql: SqlStorage, now: number): Verification {
  const promises: Promised[] = []
  const promise = (id: string, claim: string): string[] => {
    const broken: string[] = []
    promises.push({ id, claim, broken })
    return broken
  }
  const { sums, entries, headHash, last } = walkEntries(sql, promise)
  checkBalances(sql, sums, promise('I2', 'balances equal the sum of the entries, and the grants say the same'))
  checkGrants(
    sql,
    sums,
    promise('I11', 'every grant is available, held, spent, expired or reversed, as its entries say'),
  )
  checkHolds(sql, sums, now, promise)
  checkOrders(sql, sums, promise('I9', 'every order has credited what it should have, refunds taken off'))
  checkQuota(sql, promise('I12', 'no day used more than the quota, and what is reserved belongs to open jobs'))
  checkReferences(sql, promise('I17', 'every entry belongs to a generation, an order, a grant or an admin action'))
  const checks = promises.map(
    ({ id, claim, broken }): Check => ({
      ...{ id, claim, ok: broken.length === 0 },
      detail: broken.length === 0 ? null : broken.slice(0, MAX_NAMED).join('; '),
    }),
  )
  const balances = {
    available: last?.availableAfter ?? 0,
    held: last?.heldAfter ?? 0,
    owed: last?.owedAfter ?? 0,
  }
  return { ok: checks.every(({ ok }) => ok), entries, headHash, balances, checks }
}

type Promiser = (id: string, claim: string) => string[]

function walkEntries(sql: SqlStorage, promise: Promiser) {
  const zeroSum = promise('I1', 'every entry takes from one account what it gives to another')
  const running = promise('I3', 'balances after every entry are right and never below zero')
  const chain = promise('I13', 'entries are numbered without gaps and each hash covers the one before')
  const sums: Sums = { accounts: new Map(), byGrant: new Map(), byReference: new Map(), owedByOrder: new Map() }
  let previousHash = ''
  let last: Entry | null = null
  let entries = 0
  for (const row of sql.exec<EntryRow>('SELECT * FROM entry ORDER BY seq')) {
    const entry = toEntry(row)
    entries++
    if (entry.from === entry.to || !(entry.credits > 0)) zeroSum.push(`entry ${entry.seq}`)
    if (entry.seq !== entries || row.previous_hash !== previousHash || row.hash !== entryHash(previousHash, entry))
      chain.push(`entry ${entry.seq}`)
    previousHash = row.hash
    addEntry(sums, entry)
    const { availableAfter, heldAfter, owedAfter } = entry
    const right =
      availableAfter === balanceOf(sums, 'available') &&
      heldAfter === balanceOf(sums, 'held') &&
      owedAfter === 0 - balanceOf(sums, 'receivable')
    if (!right || availableAfter < 0 || heldAfter < 0 || owedAfter < 0) running.push(`entry ${entry.seq}`)
    last = entry
  }
  return { sums, entries, headHash: previousHash, last: last as Entry | null }
}

function addEntry(sums: Sums, { from, to, credits, kind, grantId, reference }: Entry): void {
  add(sums.accounts, from, -credits)
  add(sums.accounts, to, credits)
  add(sums.byGrant, `${grantId}|${from}`, -credits)
  add(sums.byGrant, `${grantId}|${to}`, credits)
  add(sums.byReference, `${reference}|${kind}`, credits)
  if (from === 'receivable') add(sums.owedByOrder, reference, credits)
  if (to === 'receivable') add(sums.owedByOrder, reference, -credits)
}

const add = <Key>(sums: Map<Key, number>, key: Key, credits: number): void => {
  sums.set(key, (sums.get(key) ?? 0) + credits)
}
const balanceOf = (sums: Sums, account: Account): number => sums.accounts.get(account) ?? 0
const ofReference = (sums: Sums, reference: string, kind: EntryKind): number =>
  sums.byReference.get(`${reference}|${kind}`) ?? 0

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
  let total = 0
  for (const credits of sums.accounts.values()) total += credits
  if (total !== 0) broken.push(`all accounts together are ${total}`)
}

function checkGrants(sql: SqlStorage, sums: Sums, broken: string[]): void {
  for (const grant of all<GrantRow>(sql, 'SELECT * FROM credit_grant')) {
    const of = (account: Account) => sums.byGrant.get(`${grant.id}|${account}`) ?? 0
    const parts = grant.available + grant.held + grant.spent + grant.expired + grant.reversed
    const wrong = PARTS.filter((part) => grant[part] !== of(part))
    if (wrong.length > 0 || parts !== grant.credits) broken.push(`grant ${grant.id}: ${wrong.join(', ') || 'sum'}`)
  }
}

type HoldRow = Record<'credits' | 'charged' | 'released' | 'refunded', number> & {
  job_id: string
  closed_at: number | null
  completed: number
  pose_credits: number
  background_credits: number
  give_up_at: number
}

function checkHolds(sql: SqlStorage, sums: Sums, now: number, promise: Promiser): void {
  const held = promise('I4', 'what is held is what open holds have left')
  const closed = promise('I5', 'a closed hold is charged or released to the last credit')
  const once = promise('I6', 'what a generation was charged, released and refunded is what its entries say')
  const refunds = promise('I7', 'nothing is refunded beyond what was charged')
  const price = promise('I8', 'what was charged is the price of the pictures that came')
  const age = promise('I14', 'no hold is open longer than its generation may live')
  let left = 0
  for (const hold of all<HoldRow>(
    sql,
    `SELECT hold.*, job.completed, job.pose_credits, job.background_credits, job.give_up_at
     FROM hold JOIN job ON job.id = hold.job_id`,
  )) {
    const { job_id: id, credits, charged, released, refunded } = hold
    if (hold.closed_at === null) left += credits - charged - released
    else if (charged + released !== credits) closed.push(id)
    const said = { hold: credits, settle: charged, release: released, refund: refunded } as const
    for (const kind of ['hold', 'settle', 'release', 'refund'] as const)
      if (ofReference(sums, id, kind) !== said[kind]) once.push(`${id}: ${kind}`)
    if (refunded > charged) refunds.push(id)
    const least = hold.completed * hold.pose_credits
    if (charged < least || charged > least + hold.completed * hold.background_credits) price.push(id)
    if (hold.closed_at === null && hold.give_up_at + HOLD_GRACE_MS < now) age.push(id)
  }
  if (left !== balanceOf(sums, 'held')) held.push(`holds have ${left} left, entries say ${balanceOf(sums, 'held')}`)
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
  const days = all<{ day: number; used: number; held: number; open: number; quota: number }>(
    sql,
    `SELECT day, used, quota_day.held AS held,
       (SELECT COALESCE(SUM(quota_poses), 0) FROM hold WHERE hold.quota_day = quota_day.day) AS open,
       (SELECT COALESCE(MAX(daily_quota), 0) FROM plan_period) AS quota FROM quota_day`,
  )
  for (const { day, used, held, open, quota } of days) {
    if (held !== open) broken.push(`day ${day}: ${held} reserved, open jobs have ${open}`)
    if (used + held > quota) broken.push(`day ${day}: ${used + held} of ${quota}`)
  }
}

/** Entries of a job name it; all others name a grant, an order or an admin's action, and these carry their memo. */
function checkReferences(sql: SqlStorage, broken: string[]): void {
  const strays = all<{ seq: number }>(
    sql,
    `SELECT seq FROM entry WHERE CASE
       WHEN kind IN ('hold', 'settle', 'release', 'refund')
         THEN NOT EXISTS (SELECT 1 FROM job WHERE job.id = entry.reference)
       WHEN reference LIKE 'payment:%'
         THEN NOT EXISTS (SELECT 1 FROM purchase WHERE 'payment:' || purchase.payment_id = entry.reference)
       WHEN kind IN ('grant', 'expire') THEN NOT EXISTS (SELECT 1 FROM credit_grant WHERE id = entry.grant_id)
       ELSE reference NOT LIKE 'adjustment:%' OR memo IS NULL END LIMIT ?`,
    MAX_NAMED,
  )
  for (const { seq } of strays) broken.push(`entry ${seq}`)
}
