import { eq, isNull } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import data from '../../data/poses/poses.json'
import { type SiteApi, type SiteAsk, siteCommands } from '../../scripts/admin/site.mjs'
import { auditLog } from '../../src/db/tables/operations'
import { poses } from '../../src/db/tables/poses'
import { expectJson, requestAs, signUp } from '../support/app'
import { portrayed } from '../support/deletions'
import type { Person } from '../support/people'
import { asked, showRequest } from '../support/requests'
import { db, makeAdmin } from '../support/rows'

let sari: Person
let admin: Person
beforeAll(async () => {
  sari = await signUp()
  admin = await makeAdmin(await signUp())
})
afterAll(async () => {
  await db.delete(poses).where(eq(poses.source, 'admin'))
})

/** The client of the command, before the app itself. */
const api: SiteApi = {
  get: (path) => expectJson(requestAs(admin, path), 200),
  post: (path, json) => expectJson(requestAs(admin, path, { method: 'POST', json: json as object }), 200),
  patch: (path, json) => expectJson(requestAs(admin, path, { method: 'PATCH', json: json as object }), 200),
}
const command = (name: string, ask: SiteAsk = {}) => siteCommands[name]!(api, ask)
const poseOf = async (id: string) => (await db.select().from(poses).where(eq(poses.id, id)))[0]
const deedsOn = async (subject: string) =>
  (await db.select().from(auditLog).where(eq(auditLog.subject, subject))).map(({ actorId, action }) => [
    actorId,
    action,
  ])

describe('npm run admin, as an admin of the site', () => {
  test('lists what was reported of avatars, shows one, and upholds or dismisses it', async () => {
    const { avatarId } = await portrayed(sari)
    const contact = `${crypto.randomUUID()}@example.test`
    const report = async () => {
      const json = { subject: avatarId, reason: 'no_consent', details: 'Ini wajah saya', contact }
      return (await expectJson<{ id: string }>(requestAs(sari, '/apps/avatar-creator/reports', { json }), 202)).id
    }
    const id = await report()
    const { lines } = await command('avatar-reports', { status: 'open' })
    expect(lines).toContainEqual([id, 'open', 'no_consent', avatarId, contact, expect.any(String)])
    const shown = await command('show-report', { id })
    expect(shown.lines.flat()).toEqual(
      expect.arrayContaining(['Ini wajah saya', `owner ${sari.user.id}`, expect.stringContaining('/api/v1/media/')]),
    )
    expect((await command('dismiss-report', { id, notes: 'It is hers' })).lines).toEqual([
      [id, 'dismissed', 'nothing goes'],
    ])
    const second = await report()
    expect((await command('uphold-report', { id: second, notes: 'It is not hers' })).lines).toEqual([
      [second, 'upheld', '1 avatars and 0 pictures go: done'],
    ])
    expect(await deedsOn(second)).toEqual([[admin.user.id, 'avatar_report.upheld']])
  })

  test('lists every pose, hidden ones too', async () => {
    const { lines } = await command('poses')
    const all = await db.select({ id: poses.id }).from(poses).where(isNull(poses.ownerId))
    expect(all.length).toBeGreaterThan(50)
    expect(lines.map(([id]) => id).sort()).toEqual(all.map(({ id }) => id).sort())
    expect((await command('poses', { search: 'yoga-tree', status: 'published' })).lines).toEqual([
      ['yoga-tree', 'published', expect.any(String), expect.any(String), expect.any(String)],
    ])
  })

  test('imports a file in parts, hidden, and says what became of each; then shows, features and hides one', async () => {
    const known = new Set((await db.select({ id: poses.id }).from(poses)).map(({ id }) => id))
    const like = data.poses.find(({ id, peopleCount }) => !known.has(id) && peopleCount === 1)!
    const item = {
      ...{ id: like.id, names: like.name, descriptions: like.description, tags: like.tags, gender: 'unisex' },
      ...{ category: like.subcategory, difficulty: like.difficulty, stance: like.stance, framing: like.framing },
      ...{ view: like.view.label, props: like.props, promptHint: like.promptHint },
      geometry: { people: like.people, camera: like.camera },
    }
    const many = [item, ...Array.from({ length: 100 }, () => ({ id: 'Not a slug' }))]
    const report = await command('import-poses', { poses: many })
    expect(report.isWhole).toBe(false)
    expect(report.lines[0]).toEqual(['0', like.id, 'created', ''])
    expect(report.lines[100]).toEqual(['100', 'Not a slug', 'invalid', expect.stringContaining('id: ')])
    expect(await command('import-poses', { poses: [item] })).toEqual({
      ...{ lines: [['0', like.id, 'unchanged', '']], isWhole: true },
    })
    await command('publish-pose', { id: like.id })
    await command('feature-pose', { id: like.id })
    expect(await poseOf(like.id)).toMatchObject({ isPublic: true, isFeatured: true })
    await command('unfeature-pose', { id: like.id })
    await command('hide-pose', { id: like.id })
    expect(await poseOf(like.id)).toMatchObject({ isPublic: false, isFeatured: false, deletedAt: null })
    // Another file may have made and removed a pose of this name before.
    const deeds = (await deedsOn(like.id)).filter(([actor]) => actor === admin.user.id)
    expect(deeds).toHaveLength(5)
  })

  test('takes a request from its first step to its end', async () => {
    const { id } = await asked(sari)
    await command('approve-request', { id, notes: 'Good idea' })
    expect((await command('requests', { status: 'approved' })).lines.map(([each]) => each)).toContain(id)
    await command('start-request', { id })
    await command('complete-request', { id, poseId: 'yoga-tree' })
    expect(await showRequest(sari, id)).toMatchObject({
      ...{ status: 'completed', completedPoseId: 'yoga-tree', adminNotes: 'Good idea' },
    })
    const refused = (await asked(sari)).id
    await command('reject-request', { id: refused, notes: 'We have this one' })
    expect(await showRequest(sari, refused)).toMatchObject({ status: 'rejected', adminNotes: 'We have this one' })
  })
})
