import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { grant } from '../../durable-objects/user/ledger'
import { number } from '../../durable-objects/user/rows'
import { openSession } from '../../durable-objects/user/sessions'
import { type StartAsk, start } from '../../durable-objects/user/start'
import type { Outcome } from '../../durable-objects/user/tasks'
import type { GrantAsk } from '../../src/credits/types'
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
export const withSql = <R>(work: (sql: SqlStorage, storage: DurableObjectStorage) => R): Promise<Awaited<R>> =>
  runInDurableObject(newObject(), async (_object, state) => await work(state.storage.sql, state.storage))

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

export const tasksOf = (count: number): TaskPlan[] =>
  Array.from({ length: count }, (_, position) => ({
    variationKey: `pose-v${position}`,
    imageId: newId('image'),
    name: `Pose ${position}`,
    poseId: null,
    prompt: 'holding a box',
    seed: position,
  }))

type Wish = { poses?: number; background?: boolean } & Partial<Omit<StartAsk, 'tasks' | 'price'>>

/** A request for `poses` pictures at 30 credits, or 40 with a background, under a key of its own. */
export function startAsk({ poses = 1, background = false, ...rest }: Wish = {}): StartAsk {
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
      projectId: 'prj_test',
      type: 'GALLERY_REFERENCE',
      textPrompt: null,
      params: {
        widthPx: 256,
        heightPx: 256,
        avatarUploadId: null,
        background: background ? { mode: 'solid_color', color: '#ffffff' } : null,
        outputFormats: [],
      },
    },
    tasks: tasksOf(poses),
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
