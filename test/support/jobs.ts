import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { cancelJob } from '../../durable-objects/user/cancel'
import { entriesAfter, entryHash } from '../../durable-objects/user/entries'
import { eventsAfter } from '../../durable-objects/user/events'
import { findJob, viewJob } from '../../durable-objects/user/jobs'
import { grant } from '../../durable-objects/user/ledger'
import { FOREVER, openPeriod } from '../../durable-objects/user/plan-periods'
import { promote } from '../../durable-objects/user/queueing'
import { all, number } from '../../durable-objects/user/rows'
import { openSession } from '../../durable-objects/user/sessions'
import { type StartAsk, start } from '../../durable-objects/user/start'
import { type Claim, claim, finish, type Outcome } from '../../durable-objects/user/tasks'
import type { Entry, GrantAsk } from '../../src/credits/types'
import type { JobView, TaskPlan } from '../../src/generations/types'
import { newId } from '../../src/kernel/ids'
import { userObject } from '../../src/objects'

/** A moment of no importance: 2027-01-15 15:00 in Jakarta. */
export const T0 = 1_800_000_000_000
export const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** The object of a user whom nobody has met. */
export const newObject = () => userObject(env, newId('user'))

/** Runs with the SQL of such an object, where `now` is whatever the test says. */
export const withSql = <R>(work: (sql: SqlStorage, storage: DurableObjectStorage) => R | Promise<R>): Promise<R> =>
  runInDurableObject(newObject(), (_object, state) => work(state.storage.sql, state.storage))

export const SESSION = 'ses_test'

/** A signed-in user with `credits`, by the object's own functions. */
export function openAccount(sql: SqlStorage, credits = 0, now = T0): void {
  sql.exec('INSERT INTO owner(user_id, opened_at) VALUES (?, ?)', 'usr_test', now)
  openSession(sql, { id: SESSION, refreshHash: 'hash', userAgent: 'Firefox' }, now)
  if (credits > 0) grantOf(sql, { credits }, now)
}

/** Grants credits that never expire, unless the test says otherwise. */
export const grantOf = (sql: SqlStorage, ask: Partial<GrantAsk>, now = T0): boolean =>
  grant(sql, { key: 'welcome', source: 'welcome', category: 'promo', credits: 100, expiresAt: null, ...ask }, now)

/** The only plan of somebody: so many pictures a day until `expiresAt` (null: for ever), from long ago. */
export function giveQuota(sql: SqlStorage, plan: { dailyQuota: number; expiresAt: number | null }): void {
  sql.exec('DELETE FROM plan_period')
  const { dailyQuota, expiresAt } = plan
  const period = { id: 'plan', productId: 'pro-monthly', dailyQuota, startsAt: 0, endsAt: expiresAt ?? FOREVER }
  openPeriod(sql, { ...period, graceMs: 0 })
}

/** The same for somebody who signed up. */
export const giveQuotaTo = (userId: string, dailyQuota: number): Promise<void> =>
  runInDurableObject(userObject(env, userId), (_object, { storage: { sql } }) =>
    giveQuota(sql, { dailyQuota, expiresAt: null }),
  )

/** Credits that an admin gave, as an object takes the order: once per key. */
export const gift = (key: string, credits: number, expiresAt: number | null = null) => ({
  ...{ key, credits, expiresAt },
  memo: { actor: 'admin:usr_admin', requestId: 'req_test', reason: 'a gift for a test' },
})

export const tasksOf = (count: number, poseId: string | null = null): TaskPlan[] =>
  Array.from({ length: count }, (_, position) => ({
    variationKey: `pose-v${position}`,
    imageId: newId('image'),
    name: `Pose ${position}`,
    poseId,
    draft: null,
    prompt: 'holding a box',
    seed: position,
  }))

export type Wish = { poses?: number; background?: boolean; projectId?: string; poseId?: string } & Partial<
  Omit<StartAsk, 'tasks' | 'price' | 'job'>
>

/** A request for `poses` pictures at 30 credits, or 40 with a background, under a key of its own. */
export function startAsk({ poses = 1, background = false, projectId, poseId, ...rest }: Wish = {}): StartAsk {
  const id = newId('generation')
  return {
    route: 'generate',
    key: `key-${id}`,
    fingerprint: 'fingerprint',
    sessionId: SESSION,
    requestId: 'req_test',
    job: {
      id,
      app: 'pose-generator',
      projectId: projectId ?? 'prj_test',
      type: 'GALLERY_REFERENCE',
      textPrompt: null,
      params: {
        widthPx: 256,
        heightPx: 256,
        avatarUploadId: null,
        subject: { key: 'prj_test', words: '' },
        background: background ? { mode: 'solid_color', color: '#ffffff' } : null,
        outputFormats: [],
      },
    },
    tasks: tasksOf(poses, poseId),
    price: { poseCredits: 30, backgroundCredits: background ? 10 : 0 },
    limits: { posesPerHour: 100_000, generatesPerMinute: 1_000 },
    taskWindow: 8,
    ...rest,
  }
}

/** Starts a job that must be accepted. */
export function startJob(sql: SqlStorage, wish: Wish = {}, now = T0): JobView {
  const answer = start(sql, startAsk(wish), now)
  if (!answer.ok) throw new Error(`refused: ${answer.code}`)
  return answer.job
}

export const done = (backgroundDone = false): Outcome => ({ kind: 'done', backgroundDone, image: { id: 'img_test' } })
export const failed = (code = 'UPSTREAM_5XX'): Outcome => ({ kind: 'failed', code })
export const retry = (delayMs = SECOND_MS): Outcome => ({ kind: 'retry', code: 'UPSTREAM_5XX', delayMs })

export const LEASE_MS = 25 * SECOND_MS

/** A job of `poses` pictures, paid by 300 credits, and the handles a consumer has on it. */
export function openJob(sql: SqlStorage, wish: Wish = {}) {
  openAccount(sql, 300)
  const { id: jobId } = startJob(sql, wish)
  promote(sql, T0)
  const key = (position = 0) => ({ jobId, position })
  return {
    jobId,
    key,
    claim: (position = 0, now = T0) => claim(sql, key(position), LEASE_MS, now),
    finish: (outcome: Outcome, position = 0, attempt = 1, now = T0) =>
      finish(sql, key(position), attempt, outcome, now),
    cancel: (now = T0) => cancelJob(sql, jobId, now),
    view: (now = T0) => viewJob(sql, findJob(sql, jobId)!, now),
  }
}

/** The number of a claim that was given, or why it was not. */
export const attemptOf = (claimed: Claim): number | string => (claimed.go ? claimed.attempt : claimed.reason)

/** Types of all events so far, in their order. */
export const eventTypes = (sql: SqlStorage): string[] => eventsAfter(sql, 0, 1_000)?.map(({ type }) => type) ?? []

/** Everything the grants ever had, by where it is now. */
export const books = (sql: SqlStorage) => {
  const sum = (column: string) => number(sql, `SELECT COALESCE(SUM(${column}), 0) FROM credit_grant`)
  return {
    granted: sum('credits'),
    available: sum('available'),
    held: sum('held'),
    spent: sum('spent'),
    expired: sum('expired'),
  }
}

/** Rows of every table: what a refusal must leave as it was. */
export function tableCounts(sql: SqlStorage): Record<string, number> {
  const tables = sql
    .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'")
    .toArray()
  return Object.fromEntries(tables.map(({ name }) => [name, number(sql, `SELECT COUNT(*) FROM "${name}"`)]))
}

export const entries = (sql: SqlStorage): Entry[] => entriesAfter(sql, 0, 1_000_000)

/** Numbers of entries whose hash is not that of their content and their predecessor's hash. */
export function brokenLinks(sql: SqlStorage): number[] {
  const kept = all<{ hash: string; previous_hash: string }>(sql, 'SELECT hash, previous_hash FROM entry ORDER BY seq')
  return entries(sql).flatMap((entry, index) => {
    const previous = kept[index - 1]?.hash ?? ''
    const row = kept[index]
    return row?.previous_hash === previous && row.hash === entryHash(previous, entry) ? [] : entry.seq
  })
}
