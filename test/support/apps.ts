import { env } from 'cloudflare:workers'
import { forgetSettings } from '../../src/platform/app-settings'
import { expectJson, requestAs } from './app'
import type { Person } from './people'

export type AppCard = {
  id: string
  name: string
  description: string
  icon: string
  color: string
  version: string
  routePrefix: string
  status: string
  beta: boolean
  access: { allowed: boolean; reason: string | null; minTier: string | null; requiresSubscription: boolean }
  prices: Record<string, number> | null
  links: { stats: string | null; health: string | null }
}
export type AdminApp = {
  id: string
  version: number
  status: string
  missing: string[]
  settings: Record<string, unknown>
  changed: Record<string, unknown>
  updatedBy: string | null
  updatedAt: string | null
}

export const ADMIN_APPS = '/admin/apps'

/** An app as admins see it. */
export async function adminApp(admin: Person, id: string): Promise<AdminApp> {
  const { items } = await expectJson<{ items: AdminApp[] }>(requestAs(admin, ADMIN_APPS), 200)
  const found = items.find((each) => each.id === id)
  if (!found) throw new Error(`there is no app ${id}`)
  return found
}

/** Changes an app, from whatever version it has. */
export async function changeApp(admin: Person, id: string, changes: Record<string, unknown>): Promise<AdminApp> {
  const { version } = await adminApp(admin, id)
  const sent = { method: 'PATCH', json: { version, ...changes } }
  return expectJson(requestAs(admin, `${ADMIN_APPS}/${id}`, sent), 200)
}

/** Every app as it ships, for the tests that come after. */
export async function shipAgain(): Promise<void> {
  await env.DB.prepare('delete from app_settings').run()
  forgetSettings()
}
