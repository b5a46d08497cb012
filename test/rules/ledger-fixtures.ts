import type { EntryRow } from '../../durable-objects/user/entries'
import { grant } from '../../durable-objects/user/ledger'
import { openPeriod } from '../../durable-objects/user/plan-periods'
import { beginCheck, type ConvergeAnswer, type ConvergeAsk, converge } from '../../durable-objects/user/purchases'
import { all, first } from '../../durable-objects/user/rows'
import { openSession } from '../../durable-objects/user/sessions'
import { type StartAsk, start } from '../../durable-objects/user/start'
import { claim, finish, type Outcome } from '../../durable-objects/user/tasks'
import type { GrantAsk } from '../../src/credits/types'
import type { JobView } from '../../src/generations/types'

/** 2026-11-20 12:00 in Jakarta. */
export const T0 = Date.UTC(2026, 10, 20, 5)
export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS
export const MEMO = { actor: 'usr_admin', requestId: 'req_1', reason: 'a spoilt shoot' }
const SESSION = 'ses_test'

/** A signed-in user with `credits` that never expire. */
export function openAccount(sql: SqlStorage, credits = 0): void {
  sql.exec('INSERT INTO owner(user_id, opened_at) VALUES (?, ?)', 'usr_test', T0)
  openSession(sql, { id: SESSION, refreshHash: 'hash', userAgent: 'Firefox' }, T0 - DAY_MS)
  if (credits > 0) grantOf(sql, { credits })
}

export const grantOf = (sql: SqlStorage, ask: Partial<GrantAsk> = {}, now = T0): boolean =>
  grant(sql, { key: 'welcome', source: 'welcome', category: 'promo', credits: 100, expiresAt: null, ...ask }, now)

type Wish = { poses?: number; background?: boolean } & Partial<StartAsk>

/** A request for pictures at 30 credits, 40 with a background; the key is also the job's id. */
export function askFor({ poses = 1, background = false, key = 'job', ...rest }: Wish = {}): StartAsk {
  return {
    ...{ route: 'generate', key, fingerprint: 'body', sessionId: SESSION, requestId: 'req_test' },
    job: {
      ...{ id: key, app: 'pose-generator', projectId: 'prj_test', type: 'GALLERY_REFERENCE', textPrompt: null },
      params: {
        ...{ widthPx: 256, heightPx: 256, avatarUploadId: null, subject: { key: '', words: '' } },
        ...{ background: null, outputFormats: [] },
      },
    },
    tasks: Array.from({ length: poses }, (_, position) => ({
      ...{ variationKey: `v${position}`, imageId: `img_${position}`, name: 'Pose' },
      ...{ poseId: null, draft: null, prompt: '', seed: 1 },
    })),
    price: { poseCredits: 30, backgroundCredits: background ? 10 : 0 },
    limits: { posesPerHour: 100_000, generatesPerMinute: 1_000 },
    taskWindow: 8,
    ...rest,
  }
}

/** Starts a job that must be accepted. */
export function startJob(sql: SqlStorage, wish: Wish = {}, now = T0): JobView {
  const answer = start(sql, askFor(wish), now)
  if (!answer.ok) throw new Error(`refused: ${answer.code}`)
  return answer.job
}

export const DONE: Outcome = { kind: 'done', backgroundDone: true, image: { id: 'img' } }
export const NO_BACKGROUND: Outcome = { kind: 'done', backgroundDone: false, image: { id: 'img' } }
export const FAILED: Outcome = { kind: 'failed', code: 'UPSTREAM_5XX' }

/** Ends pictures of a job with one outcome each, from the first on. */
export function makePictures(sql: SqlStorage, jobId: string, outcomes: Outcome[], now = T0): void {
  for (const [position, outcome] of outcomes.entries()) makePicture(sql, { jobId, position }, outcome, now)
}

export function makePicture(sql: SqlStorage, key: { jobId: string; position: number }, outcome = DONE, now = T0): void {
  const claimed = claim(sql, key, MINUTE_MS, now)
  if (!claimed.go) throw new Error(claimed.reason)
  finish(sql, key, claimed.attempt, outcome, now)
}

/** A pack of 100 credits for Rp 10,000 of which `keptRupiah` stayed with us, asked of the gateway just now. */
export function pay(sql: SqlStorage, keptRupiah: number, ask: Partial<ConvergeAsk> = {}, now = T0): ConvergeAnswer {
  const paymentId = ask.paymentId ?? 'pay_1'
  const turn = beginCheck(sql, paymentId, MINUTE_MS, now)
  if (!turn.go) throw new Error('somebody is asking')
  return converge(sql, { ...orderOf(paymentId), keptRupiah, checkNo: turn.checkNo, ...ask }, now)
}

export const orderOf = (paymentId: string): ConvergeAsk => ({
  ...{ paymentId, productId: 'pack_100', gateway: 'simulated', amountRupiah: 10_000, credits: 100, dailyQuota: 0 },
  ...{ cycleMonths: 0, source: 'topup', keptRupiah: 10_000, checkNo: 1, memo: MEMO },
})

/** A plan of so many pictures a day, from long ago until `endsAt`, without grace. */
export const giveQuota = (sql: SqlStorage, dailyQuota: number, endsAt = T0 + 300 * DAY_MS): void =>
  openPeriod(sql, { id: 'plan', productId: 'plan_test', dailyQuota, startsAt: T0 - 90 * DAY_MS, endsAt, graceMs: 0 })

export const entryRows = (sql: SqlStorage): EntryRow[] => all<EntryRow>(sql, 'SELECT * FROM entry ORDER BY seq')

/** Every entry as `kind credits from>to grant`, oldest first: what an accountant reads. */
export const journal = (sql: SqlStorage, fromSeq = 1): string[] =>
  entryRows(sql)
    .filter(({ seq }) => seq >= fromSeq)
    .map((row) => `${row.kind} ${row.credits} ${row.from_account}>${row.to_account} ${row.grant_id}`)

export type GrantRow = Record<'available' | 'held' | 'spent' | 'expired' | 'reversed', number>

export const grantRow = (sql: SqlStorage, id: string): GrantRow =>
  first<GrantRow>(sql, 'SELECT available, held, spent, expired, reversed FROM credit_grant WHERE id = ?', id)!

/** Undoes the guards of a table of entries, as a broken disk or an operator with a shell would. */
export function forge(sql: SqlStorage, statement: string, ...bindings: SqlStorageValue[]): void {
  for (const trigger of ['entry_no_update', 'entry_no_delete', 'entry_no_replace'])
    sql.exec(`DROP TRIGGER IF EXISTS ${trigger}`)
  sql.exec('PRAGMA ignore_check_constraints = ON')
  sql.exec(statement, ...bindings)
}
