import { eq, sql } from 'drizzle-orm'
import { auditWhen } from '../admin/record-audit'
import type { AppManifest } from '../apps/manifest'
import type { Ctx } from '../ctx'
import { appSettings } from '../db/tables/apps'
import { fail } from '../http/errors'
import { forgetSettings, readSettings, type SettingsRow } from './app-settings'
import type { AppChanges } from './views'

type Values = Partial<Omit<SettingsRow, 'appId' | 'version' | 'updatedAt' | 'updatedBy'>>

/**
 * Changes what holds of an app here, and says who did. Throws 409 with the `version` that it has now when that is not the
 * one in `changes`. Nothing changed is no error, and no new version.
 */
export async function changeSettings(ctx: Ctx, actorId: string, { id }: AppManifest, changes: AppChanges) {
  const { db } = ctx
  const row = (await readSettings(db)).get(id)
  const version = row?.version ?? 0
  if (version !== changes.version) throw outdated(version)
  const values = differing(row, changes)
  if (Object.keys(values).length === 0) return

  const stamp = { version: version + 1, updatedBy: actorId, updatedAt: ctx.now() }
  const isStill = sql`coalesce((select ${appSettings.version} from ${appSettings} where ${appSettings.appId} = ${id}), 0) = ${version}`
  const before = Object.fromEntries(Object.keys(values).map((name) => [name, row?.[name as keyof Values] ?? null]))
  const [, changed] = await db.batch([
    auditWhen(ctx, isStill, {
      actorId,
      action: 'app.changed',
      subject: `app:${id}`,
      details: { before, after: values },
    }),
    db
      .insert(appSettings)
      .values({ appId: id, ...values, ...stamp })
      .onConflictDoUpdate({
        target: appSettings.appId,
        set: { ...values, ...stamp },
        setWhere: eq(appSettings.version, version),
      })
      .returning({ version: appSettings.version }),
  ])
  forgetSettings()
  if (changed.length === 0) throw outdated((await readSettings(db)).get(id)?.version ?? 0)
}

const outdated = (version: number) =>
  fail('CONFLICT', { reason: 'it was changed since this version: read it again', version })

/** The columns that get another value. */
function differing(row: SettingsRow | undefined, changes: AppChanges): Values {
  const asked = {
    ...{ isEnabled: changes.enabled, isBeta: changes.beta, isComingSoon: changes.comingSoon, position: changes.order },
    ...{ minTier: changes.minTier, requiresSubscription: changes.requiresSubscription },
    allowedRoles: changes.allowedRoles && [...new Set(changes.allowedRoles)].sort(),
  }
  const changed = Object.entries(asked).filter(
    ([name, value]) =>
      value !== undefined && JSON.stringify(value) !== JSON.stringify(row?.[name as keyof Values] ?? null),
  )
  return Object.fromEntries(changed) as Values
}
