import { describe, expect, test } from 'vitest'
import type { AppManifest } from '../../src/apps/manifest'
import { register, registry } from '../../src/apps/registry'
import { reasonAgainst, type Visitor } from '../../src/platform/app-access'
import { inForce, type SettingsRow } from '../../src/platform/app-settings'

const shipped = registry.get('pose-generator')!
const like = (id: string, changes: Partial<AppManifest> = {}): AppManifest => ({
  ...shipped,
  ...{ id, routePrefix: `/api/v1/apps/${id}` },
  ...changes,
})
const idsOf = (list: readonly AppManifest[]) => list.map(({ id }) => id)
const features = { enabled: true, beta: false, comingSoon: false }

describe('the registry', () => {
  test('the apps stand in the order of the platform, each with its card in both languages', () => {
    expect(idsOf(registry.getAll())).toEqual([
      ...['video-mixer', 'carousel-mix', 'looping-flow', 'avatar-creator', 'pose-generator'],
    ])
    for (const { name, description } of registry.getAll())
      for (const text of [name.en, name.id, description.en, description.id]) expect(text.length).toBeGreaterThan(5)
    expect(shipped).toMatchObject({ icon: 'user-square', dashboard: { color: 'indigo' } })
  })

  test('the three that are announced have a card and cannot be used', () => {
    expect(idsOf(registry.getEnabled())).toEqual(['avatar-creator', 'pose-generator'])
    expect(idsOf(registry.getDashboardApps())).toEqual(idsOf(registry.getAll()))
  })

  test('an app that is switched off has no card; equal orders go by id', () => {
    const off = like('b', { features: { ...features, enabled: false } })
    const { getAll, getDashboardApps } = register([like('c'), off, like('a')])
    expect([idsOf(getAll()), idsOf(getDashboardApps())]).toEqual([
      ['a', 'b', 'c'],
      ['a', 'c'],
    ])
  })

  test('two apps of one name, or an app in the place of another, keep the Worker from starting', () => {
    expect(() => register([like('a'), like('a')])).toThrow('two apps are called a')
    expect(() => register([like('a', { routePrefix: '/api/v1/apps/b' })])).toThrow('a has a prefix of another')
  })
})

const NOTHING_CHANGED: SettingsRow = {
  ...{ appId: shipped.id, isEnabled: null, isBeta: null, isComingSoon: null, position: null, minTier: null },
  ...{ requiresSubscription: null, allowedRoles: null, version: 1, updatedBy: 'usr_1', updatedAt: 1 },
}

describe('what admins change', () => {
  test('nothing, and null, are as the app ships', () => {
    expect(inForce(shipped, undefined)).toBe(shipped)
    expect(inForce(shipped, NOTHING_CHANGED)).toEqual(shipped)
  })

  test('false counts, as it is not nothing', () => {
    expect(inForce(shipped, { ...NOTHING_CHANGED, isEnabled: false, position: 0 })).toMatchObject({
      ...{ features: { ...features, enabled: false }, dashboard: { ...shipped.dashboard, order: 0 } },
    })
  })
})

const member: Visitor = { role: 'user', tier: 'basic', hasPlan: true }
const rules = (changes: Partial<AppManifest['access']>) => ({ ...shipped.access, ...changes })

describe('who may use an app', () => {
  test.each([
    ['a stranger is told to sign in', {}, null, 'sign_in'],
    ['a member may', {}, member, null],
    ['a stranger may where nobody need sign in', { requiresAuth: false }, null, null],
    [
      'a stranger may not where a plan is asked for',
      { requiresAuth: false, minTier: 'basic' as const },
      null,
      'sign_in',
    ],
    ['a plan that is high enough will do', { minTier: 'basic' as const }, member, null],
    ['a plan that is too low will not', { minTier: 'pro' as const }, member, 'plan'],
    ['a free plan is no limit', { minTier: 'free' as const }, { ...member, tier: 'free' as const }, null],
    [
      'who has no plan cannot use what asks for one',
      { requiresSubscription: true },
      { ...member, hasPlan: false },
      'plan',
    ],
    ['who has one can', { requiresSubscription: true }, member, null],
    ['another role may not, whatever the plan', { allowedRoles: ['admin' as const] }, member, 'role'],
    ['the role itself may', { allowedRoles: ['admin' as const] }, { ...member, role: 'admin' as const }, null],
  ])('%s', (_, changes, visitor, expected) => {
    expect(reasonAgainst(rules(changes), visitor)).toBe(expected)
  })
})
