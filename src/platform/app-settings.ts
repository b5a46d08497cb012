import { inArray } from 'drizzle-orm'
import type { AppManifest } from '../apps/manifest'
import { inOrder, registry } from '../apps/registry'
import type { Ctx } from '../ctx'
import type { Database } from '../db/client'
import { appSettings } from '../db/tables/apps'
import { describeError } from '../kernel/log'

/** Each isolate reads the settings at most once in this time. */
const FRESH_MS = 15_000
/** Settings this old are waited for; younger ones are used while the new ones come. */
const OLD_MS = 60_000
/** A database that has not answered by then is not waited for. */
const READ_MS = 1_000

export type SettingsRow = typeof appSettings.$inferSelect
type Rows = ReadonlyMap<string, SettingsRow>

/** Of this isolate, whoever asks. */
let kept: { at: number; readAt: number; rows: Rows } | null = null

/** What admins changed, by app: of this moment. */
export async function readSettings(db: Database): Promise<Rows> {
  const ids = registry.getAll().map(({ id }) => id)
  const rows = await db.select().from(appSettings).where(inArray(appSettings.appId, ids))
  return new Map(rows.map((row) => [row.appId, row]))
}

/**
 * The same as of a minute ago at most, where the database answers; while it does not, what is known holds, at first the
 * manifests. A minute does not matter here: money and sessions are judged elsewhere. Never throws.
 */
export async function recentSettings(ctx: Ctx): Promise<Rows> {
  const now = ctx.now()
  const before = kept
  if (before && now - before.at < FRESH_MS) return before.rows
  // Who comes while they are being read gets the last ones, and does not read them too.
  if (before) before.at = now
  const reading = readSettings(ctx.db).then(
    (rows) => {
      kept = { at: now, readAt: now, rows }
      return rows
    },
    (error) => {
      ctx.log('warn', 'app_settings_unread', { error: describeError(error) })
      return null
    },
  )
  if (before && now - before.readAt < OLD_MS) {
    ctx.later(reading)
    return before.rows
  }
  return (await within(reading, READ_MS)) ?? before?.rows ?? new Map()
}

/** After a change: who made it sees it at once, wherever this isolate answers. */
export const forgetSettings = (): void => {
  kept = null
}

async function within<T>(work: Promise<T>, limitMs: number): Promise<T | null> {
  const late = AbortSignal.timeout(limitMs)
  return Promise.race([
    work,
    new Promise<null>((resolve) => late.addEventListener('abort', () => resolve(null), { once: true })),
  ])
}

/** The manifest as it holds here: with what admins changed. */
export function inForce(manifest: AppManifest, row: SettingsRow | undefined): AppManifest {
  if (!row) return manifest
  const { access, features, dashboard } = manifest
  return {
    ...manifest,
    access: {
      ...access,
      requiresSubscription: row.requiresSubscription ?? access.requiresSubscription,
      minTier: row.minTier ?? access.minTier,
      allowedRoles: (row.allowedRoles as AppManifest['access']['allowedRoles']) ?? access.allowedRoles,
    },
    features: {
      enabled: row.isEnabled ?? features.enabled,
      beta: row.isBeta ?? features.beta,
      comingSoon: row.isComingSoon ?? features.comingSoon,
    },
    dashboard: { ...dashboard, order: row.position ?? dashboard.order },
  }
}

/** Every app as it holds here, in the order that holds here. */
export const allInForce = (rows: Rows): AppManifest[] =>
  registry
    .getAll()
    .map((manifest) => inForce(manifest, rows.get(manifest.id)))
    .sort(inOrder)
