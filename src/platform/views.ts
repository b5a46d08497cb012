import { z } from '@hono/zod-openapi'
import type { AppManifest } from '../apps/manifest'
import type { Ctx } from '../ctx'
import { ROLES, TIERS } from '../db/tables/users'
import { isMissing } from '../health/parts'
import type { Language } from '../http/errors'
import { isRestricted, reasonAgainst, type Visitor } from './app-access'
import type { PriceLists } from './app-prices'

const STATUSES = ['available', 'unavailable', 'coming_soon'] as const
type Status = (typeof STATUSES)[number]

/** The id of an app, in a path. */
export const AppIdParam = z.object({
  appId: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,39}$/, 'must be the id of an app')
    .openapi({ param: { name: 'appId', in: 'path' }, example: 'pose-generator' }),
})

export const AppSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    icon: z.string(),
    color: z.string(),
    version: z.string(),
    routePrefix: z.string(),
    status: z
      .enum(STATUSES)
      .openapi({ description: 'unavailable: switched off, or a part that it needs is not set up' }),
    beta: z.boolean(),
    access: z.object({
      allowed: z.boolean(),
      reason: z.enum(['sign_in', 'plan', 'role']).nullable(),
      minTier: z.enum(TIERS).nullable(),
      requiresSubscription: z.boolean(),
    }),
    prices: z
      .record(z.string(), z.number().int())
      .nullable()
      .openapi({ description: 'Credits by action, in force now; null when they cannot be read' }),
    links: z.object({ stats: z.string().nullable(), health: z.string().nullable() }),
  })
  .openapi('App')

/** An app for somebody, in his language. */
export function toApp(
  ctx: Ctx,
  app: AppManifest,
  to: { visitor: Visitor | null; language: Language },
  lists: PriceLists,
) {
  const { id, name, description, icon, version, routePrefix, access, features, dashboard } = app
  const reason = reasonAgainst(access, to.visitor)
  const { minTier, requiresSubscription } = access
  const isThere = !features.comingSoon
  return {
    ...{ id, name: name[to.language], description: description[to.language], icon, color: dashboard.color, version },
    ...{ routePrefix, status: statusOf(ctx, app), beta: features.beta },
    access: { allowed: reason === null, reason, minTier, requiresSubscription },
    prices: lists && pricesOf(app, lists[id] ?? {}),
    links: { stats: isThere ? dashboard.stats : null, health: isThere ? `${routePrefix}/health` : null },
  }
}

/** An action without a price is not shown as free. */
const pricesOf = ({ priced }: AppManifest, list: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(list).filter(([action]) => priced.includes(action)))

export function statusOf(ctx: Ctx, { features, needs }: AppManifest): Status {
  if (features.comingSoon) return 'coming_soon'
  return features.enabled && !needs.some((part) => isMissing(ctx, part)) ? 'available' : 'unavailable'
}

const Flags = { enabled: z.boolean(), beta: z.boolean(), comingSoon: z.boolean() }
const Rules = {
  ...Flags,
  order: z.number().int().min(0).max(1_000),
  minTier: z.enum(TIERS).nullable(),
  requiresSubscription: z.boolean(),
  allowedRoles: z.array(z.enum(ROLES)).min(1).max(ROLES.length).nullable(),
}
const Changed = z.object(Rules).partial()

export const AdminAppSchema = z
  .object({
    id: z.string(),
    version: z.number().int().openapi({ description: 'Of the settings; 0 when nothing was ever changed' }),
    status: z.enum(STATUSES),
    isRestricted: z.boolean(),
    missing: z.array(z.string()).openapi({ description: 'Parts that it needs or uses and that are not set up' }),
    settings: z.object(Rules).openapi({ description: 'As they hold now' }),
    changed: Changed.openapi({ description: 'Those of them that are not as the app ships' }),
    updatedBy: z.string().nullable(),
    updatedAt: z.string().nullable().openapi({ format: 'date-time' }),
  })
  .openapi('AdminApp')

/** Body of a change: null is as the app ships; a plan of `free` and every role mean no limit. */
export const AppChanges = z
  .strictObject({
    version: z.number().int().min(0).openapi({ description: 'The one that was read' }),
    ...{ enabled: Flags.enabled.nullable(), beta: Flags.beta.nullable(), comingSoon: Flags.comingSoon.nullable() },
    ...{ order: Rules.order.nullable(), minTier: Rules.minTier, allowedRoles: Rules.allowedRoles },
    requiresSubscription: Rules.requiresSubscription.nullable(),
  })
  .partial()
  .required({ version: true })
  .openapi('AppChanges')
export type AppChanges = z.infer<typeof AppChanges>

const rulesOf = ({ features, dashboard, access }: AppManifest) => ({
  ...features,
  order: dashboard.order,
  minTier: access.minTier,
  requiresSubscription: access.requiresSubscription,
  allowedRoles: access.allowedRoles && [...access.allowedRoles],
})

type Kept = { version: number; updatedBy: string; updatedAt: number } | undefined

/** An app for an admin. `shipped` is its manifest, `app` what holds now. */
export function toAdminApp(ctx: Ctx, shipped: AppManifest, app: AppManifest, row: Kept) {
  const [before, now] = [rulesOf(shipped), rulesOf(app)]
  const changed = Object.entries(now).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof typeof before]),
  )
  return {
    id: app.id,
    version: row?.version ?? 0,
    status: statusOf(ctx, app),
    isRestricted: isRestricted(app.access),
    missing: [...app.needs, ...app.uses].filter((part) => isMissing(ctx, part)),
    settings: now,
    changed: Object.fromEntries(changed) as Partial<typeof now>,
    updatedBy: row?.updatedBy ?? null,
    updatedAt: row ? new Date(row.updatedAt).toISOString() : null,
  }
}
