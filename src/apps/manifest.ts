type Words = { en: string; id: string }

/** What apps rest on; src/health/parts.ts says what each of them is made of. */
export const APP_PARTS = ['database', 'storage', 'jobs', 'accounts', 'pictures', 'previews'] as const
export type AppPart = (typeof APP_PARTS)[number]

/**
 * What the platform knows of an app before it runs: data alone. Admins change `access`, `features` and `order` of an
 * installation (docs/apps.md); prices are rows of the price list.
 */
export type AppManifest = {
  id: string
  name: Words
  description: Words
  /** Name of an icon of the dashboard, and of its colour. */
  icon: string
  version: string
  /** All its routes are below it, and nobody else's. */
  routePrefix: `/api/v1/apps/${string}`
  /** What it charges for: each has a row in the price list. */
  priced: readonly string[]
  access: {
    requiresAuth: boolean
    requiresSubscription: boolean
    /** The lowest plan that may use it; null: any. */
    minTier: 'free' | 'basic' | 'pro' | 'enterprise' | null
    /** Null: everybody. */
    allowedRoles: readonly ('user' | 'admin')[] | null
  }
  /** Coming soon: there is a card and nothing behind it. */
  features: { enabled: boolean; beta: boolean; comingSoon: boolean }
  dashboard: { order: number; color: string /** Path of the caller's figures. */; stats: string | null }
  /** Without one of these it cannot be used. */
  needs: readonly AppPart[]
  /** Without one of these it is used with less. */
  uses: readonly AppPart[]
}

/** Everybody who has signed in, whatever the plan. */
export const FOR_MEMBERS: AppManifest['access'] = {
  ...{ requiresAuth: true, requiresSubscription: false, minTier: null, allowedRoles: null },
}
/** What any app needs that makes pictures for people. */
export const MAKES_PICTURES: readonly AppPart[] = ['database', 'storage', 'jobs', 'accounts', 'pictures']
