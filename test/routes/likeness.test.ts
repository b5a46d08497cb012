import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { avatarConsents } from '../../src/db/tables/likeness'
import { sha256Hex } from '../../src/kernel/hash'
import { newId } from '../../src/kernel/ids'
import { ConsentField, consentRow, POLICY, POLICY_VERSION, statementSha256, toConsent } from '../../src/likeness/policy'
import { expectJson, request } from '../support/app'
import { AVATARS, avatarProjectRow, avatarRow } from '../support/avatars'
import { db, userRow } from '../support/rows'

type Text = {
  title: string
  rules: string[]
  howToReport: string
  statements: { kind: string; text: string; sha256: string }[]
}
type Policy = { version: string; language: string; policy: Record<'id' | 'en', Text> }

const policyIn = (language: string): Promise<Policy> =>
  expectJson(request(`${AVATARS}/policy`, { headers: { 'accept-language': language } }), 200)

describe('GET /apps/avatar-creator/policy (showLikenessPolicy)', () => {
  test('tells in both languages what may be done with a face, and which of them the caller reads', async () => {
    const { version, language, policy } = await policyIn('en')
    expect([version, language]).toEqual([POLICY_VERSION, 'en'])
    expect((await policyIn('id')).language).toBe('id')
    for (const text of [policy.id, policy.en]) {
      expect(text.rules).toHaveLength(POLICY.en.rules.length)
      expect(text.rules.join(' ')).toContain('18')
      expect(text.howToReport).toContain(`/api/v1${AVATARS}/reports`)
      expect(text.statements.map(({ kind }) => kind)).toEqual(['self', 'permission'])
    }
    expect(policy.id.rules).not.toEqual(policy.en.rules)
  })

  test('each statement comes with the hash that a consent keeps', async () => {
    const { policy } = await policyIn('id')
    for (const { text, sha256 } of [...policy.id.statements, ...policy.en.statements])
      expect(sha256).toBe(await sha256Hex(text))
  })
})

describe('a consent', () => {
  const given = { kind: 'self', policyVersion: POLICY_VERSION, isAdult: true, accepted: true }

  test.each([
    ['to a policy of before', { policyVersion: '2025-01' }, 'policyVersion', POLICY_VERSION],
    ['for somebody under 18', { isAdult: false }, 'isAdult', '18'],
    ['that was not given', { accepted: false }, 'accepted', 'must be true'],
    ['left out in part', { accepted: undefined }, 'accepted', 'must be true'],
    ['of an unknown kind', { kind: 'friend' }, 'kind', 'self'],
    ['with more in it', { note: 'x' }, '', 'note'],
  ])('%s is refused, and the answer names what is asked for', (_, change, field, rule) => {
    const refused = ConsentField.safeParse({ ...given, ...change })
    const [issue] = refused.error?.issues ?? []
    expect([issue?.path.join('.'), issue?.message]).toEqual([field, expect.stringContaining(rule)])
  })

  test('is kept once for each job, with the statement as it was read', async () => {
    const userId = await userRow()
    const avatarId = await avatarRow(userId, await avatarProjectRow(userId))
    const consent = await toConsent(ConsentField.parse({ ...given, kind: 'permission' }), 'en')
    const generationId = newId('avatarGeneration')
    for (let n = 0; n < 2; n++)
      await db
        .insert(avatarConsents)
        .values(consentRow({ userId, avatarId, generationId, consent, now: 7 }))
        .onConflictDoNothing()
    const rows = await db.select().from(avatarConsents).where(eq(avatarConsents.userId, userId))
    expect(rows).toEqual([
      expect.objectContaining({
        ...{ avatarId, generationId, kind: 'permission', policyVersion: POLICY_VERSION, createdAt: 7 },
        statementSha256: await statementSha256('permission', 'en'),
      }),
    ])
    expect(await statementSha256('permission', 'id')).not.toBe(await statementSha256('permission', 'en'))
  })
})
