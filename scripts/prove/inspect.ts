import { lastBalances } from '../../durable-objects/user/entries'
import { FOREVER } from '../../durable-objects/user/plan-periods'
import { unlimitedView } from '../../durable-objects/user/quota'
import { all, first } from '../../durable-objects/user/rows'
import { verify } from '../../durable-objects/user/verify'
import { isOpen, type Model } from './model'
import type { Totals } from './model-credits'

const ACCOUNTS = ['available', 'held', 'spent', 'expired', 'reversed'] as const
const SUMS = `SELECT ${ACCOUNTS.map((account) => `COALESCE(SUM(${account}), 0) AS ${account}`)} FROM credit_grant`

/** The balances and today's quota against the model, cheap enough for every command; null when all agree. */
export function comparison(sql: SqlStorage, model: Model, now: number): string | null {
  const { totals } = model.credits
  const sums = first<Omit<Totals, 'owed'>>(sql, SUMS)!
  const running = lastBalances(sql)
  for (const account of ACCOUNTS)
    if (sums[account] !== totals[account]) return `${account} is ${sums[account]}, due is ${totals[account]}`
  for (const account of ['available', 'held', 'owed'] as const)
    if (running[account] !== totals[account]) return `${account} runs at ${running[account]}, not ${totals[account]}`
  const day = model.plans.day(now)
  const row = first<{ used: number; held: number }>(sql, 'SELECT used, held FROM quota_day WHERE day = ?', day)
  const due = model.plans.days.get(day)
  if (row?.used !== due?.used || row?.held !== due?.held) return `quota of today is ${JSON.stringify(row)}`
  return null
}

/** Every row about money against the model, the ledger's own verification, and the entries added up once more. */
export function inspection(sql: SqlStorage, model: Model, at: { now: number; alarmAt: number }): string | null {
  return (
    brokenPromise(sql, at.alarmAt) ??
    wrongEntries(sql, model) ??
    wrongGrant(sql, model) ??
    wrongHold(sql, model) ??
    wrongTask(sql, model) ??
    wrongOrder(sql, model) ??
    wrongPeriod(sql, model) ??
    wrongQuota(sql, model, at.now)
  )
}

/** As of the last alarm: a hold is too old only if an alarm has passed it by. */
function brokenPromise(sql: SqlStorage, alarmAt: number): string | null {
  const verification = verify(sql, alarmAt)
  const broken = verification.checks.find(({ ok }) => !ok)
  return broken ? `${broken.id} ${broken.claim}: ${broken.detail}` : null
}

type EntryRow = { seq: number; from_account: string; to_account: string; credits: number }

function wrongEntries(sql: SqlStorage, model: Model): string | null {
  const balance = new Map<string, number>()
  const add = (account: string, credits: number) => balance.set(account, (balance.get(account) ?? 0) + credits)
  for (const { from_account, to_account, credits } of all<EntryRow>(sql, 'SELECT * FROM entry ORDER BY seq')) {
    add(from_account, -credits)
    add(to_account, credits)
  }
  const { available, held, spent, expired, owed } = model.credits.totals
  const due = { available, held, spent, expired, receivable: 0 - owed }
  for (const [account, credits] of Object.entries(due))
    if ((balance.get(account) ?? 0) !== credits)
      return `entries give ${account} ${balance.get(account)}, not ${credits}`
  const sum = [...balance.values()].reduce((total, credits) => total + credits, 0)
  return sum === 0 ? null : `all accounts together are ${sum}`
}

type GrantRow = Omit<Totals, 'owed'> & { id: string }

function wrongGrant(sql: SqlStorage, model: Model): string | null {
  const rows = new Map(all<GrantRow>(sql, 'SELECT * FROM credit_grant').map((row) => [row.id, row]))
  if (rows.size !== model.credits.grants.length) return `${rows.size} grants, due are ${model.credits.grants.length}`
  for (const grant of model.credits.grants)
    for (const account of ACCOUNTS)
      if (rows.get(grant.key)?.[account] !== grant[account])
        return `grant ${grant.key} has ${rows.get(grant.key)?.[account]} ${account}, due are ${grant[account]}`
  return null
}

type HoldRow = { job_id: string; credits: number; charged: number; released: number; refunded: number }

function wrongHold(sql: SqlStorage, model: Model): string | null {
  const rows = all<HoldRow>(sql, 'SELECT * FROM hold')
  if (rows.length !== model.credits.holds.size) return `${rows.length} holds, due are ${model.credits.holds.size}`
  for (const row of rows) {
    const hold = model.credits.holds.get(row.job_id)
    for (const part of ['credits', 'charged', 'released', 'refunded'] as const)
      if (row[part] !== hold?.[part]) return `${row.job_id}: ${part} ${row[part]}, due are ${hold?.[part]}`
  }
  return null
}

type TaskRow = { job_id: string; position: number; state: string; attempt: number; tries: number } & {
  run: string | null
  delayed: number
}

/** What is known of every picture, of a job upstream above all: one that is lost is paid for twice. */
function wrongTask(sql: SqlStorage, model: Model): string | null {
  const query = `SELECT task.*, job.delayed_at IS NOT NULL AS delayed FROM task JOIN job ON job.id = task.job_id`
  for (const row of all<TaskRow>(sql, query)) {
    const { tasks, delayed } = model.jobs.get(row.job_id)!
    const due = tasks[row.position]!
    const state = row.state === 'pending' || row.state === 'queued' ? 'open' : row.state
    const isSame =
      state === due.state &&
      row.attempt === due.attempt &&
      (!isOpen(due) || row.tries === due.tries) &&
      row.run === due.run &&
      (row.delayed === 1) === delayed
    if (!isSame) return `task ${JSON.stringify({ ...row, prompt: '' })}, due is ${JSON.stringify({ ...due, delayed })}`
  }
  return null
}

function wrongOrder(sql: SqlStorage, model: Model): string | null {
  type Row = { payment_id: string; target: number; owed: number }
  for (const row of all<Row>(sql, 'SELECT * FROM purchase')) {
    const due = model.credits.orders.get(row.payment_id)
    if (row.target !== due?.target || row.owed !== due.owed) return `order ${JSON.stringify(row)}`
  }
  return null
}

type PeriodRow = { id: string; starts_at: number; ends_at: number; grace_until: number; voided_at: number | null }

function wrongPeriod(sql: SqlStorage, model: Model): string | null {
  for (const row of all<PeriodRow>(sql, 'SELECT * FROM plan_period')) {
    const due = model.plans.periods.get(row.id)
    const to = due?.to === Infinity ? FOREVER : due?.to
    const same = row.starts_at === due?.from && row.ends_at === to && row.grace_until === to + due.grace
    if (!same || row.voided_at !== due.voidedAt) return `period ${JSON.stringify(row)}, due is ${JSON.stringify(due)}`
  }
  return null
}

function wrongQuota(sql: SqlStorage, model: Model, now: number): string | null {
  for (const { day, used, held } of all<{ day: number; used: number; held: number }>(sql, 'SELECT * FROM quota_day')) {
    const due = model.plans.days.get(day)
    if (used !== due?.used || held !== due.held) return `day ${day}: ${used} used, ${held} held`
  }
  const view = unlimitedView(sql, now)
  const remaining = view?.active ? view.remaining : null
  const due = model.plans.remaining(now)
  return remaining === due ? null : `${remaining} poses of today remain, due are ${due}`
}

const COUNTED = ['entry', 'hold_part', 'idempotency', 'event', 'quote', 'plan_period', 'payment_check', 'session']

/** The rows that commands write, in one line: the same before and after a transaction that did not happen. */
export const fingerprintOf = (sql: SqlStorage): string =>
  JSON.stringify([
    ...COUNTED.map((table) => all(sql, `SELECT COUNT(*) AS rows FROM ${table}`)),
    all(sql, SUMS),
    all(sql, 'SELECT id, version, ended_at, next_position FROM job'),
    all(sql, 'SELECT state, SUM(attempt + sendings), SUM(tries), COUNT(*) FROM task GROUP BY state'),
    all(sql, 'SELECT job_id, position, run FROM task WHERE run IS NOT NULL'),
    all(sql, 'SELECT id FROM job WHERE delayed_at IS NOT NULL'),
    all(sql, 'SELECT * FROM payment_check'),
    all(sql, 'SELECT * FROM purchase'),
    all(sql, 'SELECT * FROM plan_period'),
  ])
