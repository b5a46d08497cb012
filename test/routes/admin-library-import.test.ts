import { eq, inArray } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import data from '../../data/poses/poses.json'
import { auditLog } from '../../src/db/tables/operations'
import { poseCategories, poses } from '../../src/db/tables/poses'
import { newId } from '../../src/kernel/ids'
import { MAX_MOVED_POSES } from '../../src/library-admin/change-categories'
import { expectJson, request, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { copies, databaseCounts, db, makeAdmin, poseRow } from '../support/rows'
import { errorOf } from '../support/walk'

type Report = {
  counts: Record<string, number>
  dryRun: boolean
  items: {
    index: number
    id: string
    status: string
    poseId?: string
    differs?: string[]
    issues?: { field: string }[]
  }[]
}
type DataPose = (typeof data.poses)[number]

let ani: Person
let budi: Person
let spare: DataPose[]
beforeAll(async () => {
  ani = await makeAdmin(await signUp())
  budi = await makeAdmin(await signUp())
  const known = new Set((await db.select({ id: poses.id }).from(poses)).map(({ id }) => id))
  spare = data.poses.filter(({ id }) => !known.has(id))
})
afterAll(async () => {
  await db.delete(poses).where(eq(poses.source, 'admin'))
  await db.delete(poseCategories).where(inArray(poseCategories.slug, ['test-leaf', 'test-branch', 'test-main']))
})

const take = (count: number) => spare.splice(0, count)

const itemOf = (like: DataPose, changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...{ id: like.id, names: like.name, descriptions: like.description, tags: like.tags },
  ...{ category: like.subcategory, difficulty: like.difficulty, gender: 'unisex', stance: like.stance },
  ...{ framing: like.framing, view: like.view.label, props: like.props, promptHint: like.promptHint },
  geometry: { people: like.people, camera: like.camera },
  ...changes,
})

const drawn = ({ people }: DataPose) => ({
  ...{ geometry: undefined },
  openpose: {
    ...{ canvas_width: 1, canvas_height: 1 },
    people: people.map(({ keypoints2d }) => ({
      pose_keypoints_2d: keypoints2d.map((value, i) => (i % 3 === 2 ? Math.min(1, value) : value)),
    })),
  },
})

const importAs = (admin: Person, items: unknown[], dryRun?: boolean) =>
  expectJson<Report>(
    requestAs(admin, '/admin/library/import', { json: { poses: items, ...(dryRun !== undefined && { dryRun }) } }),
    200,
  )
const statusesOf = ({ items }: Report) => items.map(({ status }) => status)

describe('POST /admin/library/import (importLibraryPoses)', () => {
  test('what is good goes in though another is bad, and each is told what became of it', async () => {
    const [one, two, three, four] = take(4) as [DataPose, DataPose, DataPose, DataPose]
    const [there] = await db.select({ id: poses.id }).from(poses).where(eq(poses.isPublic, true)).limit(1)
    const known = data.poses.find(({ id }) => id === there!.id)!
    const report = await importAs(ani, [
      itemOf(one),
      itemOf(two, { category: 'no-such' }),
      itemOf(one, { id: 'copy-in-the-file' }),
      itemOf(known, { id: 'copy-of-the-library' }),
      itemOf(three, { colour: 'red', names: { en: '', id: 'x' } }),
      itemOf(four, drawn(four)),
      itemOf(one),
      { nothing: 1 },
    ])
    expect(statusesOf(report)).toEqual([
      'created',
      'invalid',
      'duplicate',
      'duplicate',
      'invalid',
      'created',
      'exists',
      'invalid',
    ])
    expect(report.counts).toEqual({ created: 2, unchanged: 0, exists: 1, duplicate: 2, invalid: 3, busy: 0 })
    expect(report.items[1]!.issues).toMatchObject([{ field: 'category' }])
    expect(report.items[2]).toMatchObject({ poseId: one.id, distance: 0 })
    expect(report.items[3]).toMatchObject({ poseId: known.id })
    expect(report.items[4]!.issues!.map(({ field }) => field)).toEqual(expect.arrayContaining(['colour', 'names.en']))
    const records = await db
      .select()
      .from(auditLog)
      .where(inArray(auditLog.subject, [one.id, four.id]))
    expect(records.map(({ action }) => action)).toEqual(['library_pose.created', 'library_pose.created'])
    expect((await request(`/apps/pose-generator/library/${one.id}`)).status).toBe(404)
  })

  test('the same file again changes nothing, drawn poses and names without ids too (J11)', async () => {
    const [one, two, three] = take(3) as [DataPose, DataPose, DataPose]
    const file = [itemOf(one), itemOf(two, drawn(two)), itemOf(three, { id: undefined, publish: true })]
    expect(statusesOf(await importAs(ani, file))).toEqual(['created', 'created', 'created'])
    const before = await databaseCounts()
    expect(statusesOf(await importAs(budi, file))).toEqual(['unchanged', 'unchanged', 'unchanged'])
    expect(await databaseCounts()).toEqual(before)
  })

  test('a pose that an admin has changed since is left as it is, and the report says where it differs', async () => {
    const [one] = take(1) as [DataPose]
    await importAs(ani, [itemOf(one)])
    const { version } = await expectJson<{ version: number }>(requestAs(ani, `/admin/library/${one.id}`), 200)
    const json = { version, names: { en: 'By Hand', id: 'Tangan' }, isFeatured: true }
    await expectJson(requestAs(ani, `/admin/library/${one.id}`, { method: 'PATCH', json }), 200)
    expect((await importAs(ani, [itemOf(one)])).items).toMatchObject([{ status: 'exists', differs: ['names'] }])
    const { names } = await expectJson<{ names: object }>(requestAs(ani, `/admin/library/${one.id}`), 200)
    expect(names).toEqual(json.names)
  })

  test('a dry run says the same as the real one and writes nothing', async () => {
    const [one, two] = take(2) as [DataPose, DataPose]
    const file = [itemOf(one), itemOf(one, { id: 'twin-of-it' }), itemOf(two, { stance: 'flying' })]
    const before = await databaseCounts()
    const dry = await importAs(ani, file, true)
    expect(dry.dryRun).toBe(true)
    expect(await databaseCounts()).toEqual(before)
    expect((await importAs(ani, file, false)).items).toEqual(dry.items)
  })

  test('two imports of one file at once: every pose is there once, and is on record once (J11)', async () => {
    const like = take(30)
    const file = like.map((pose) => itemOf(pose))
    const reports = await Promise.all([importAs(ani, file), importAs(budi, file)])
    const created = reports.flatMap(({ items }) =>
      items.filter(({ status }) => status === 'created').map(({ id }) => id),
    )
    expect(created.sort()).toEqual(like.map(({ id }) => id).sort())
    for (const { items } of reports) for (const { status } of items) expect(['created', 'unchanged']).toContain(status)
    const records = await db
      .select()
      .from(auditLog)
      .where(
        inArray(
          auditLog.subject,
          like.map(({ id }) => id),
        ),
      )
    expect(records).toHaveLength(like.length)
  })

  test('200 poses are taken at once, 201 are not', async () => {
    const like = take(200)
    const report = await importAs(
      ani,
      like.map((pose) => itemOf(pose, { publish: true })),
    )
    expect(report.counts.created).toBe(200)
    const many = Array.from({ length: 201 }, () => ({}))
    const error = await errorOf(await requestAs(ani, '/admin/library/import', { json: { poses: many } }))
    expect(error).toMatchObject({ statusCode: 422, issues: [{ field: 'poses' }] })
  })

  test('keys of prototypes are fields that nobody knows', async () => {
    const body = `{"poses":[{"__proto__":{"publish":true},"constructor":1},${JSON.stringify(itemOf(take(1)[0]!)).replace('{', '{"__proto__":{"id":"x"},')}]}`
    const answer = await requestAs(ani, '/admin/library/import', {
      ...{ method: 'POST', body, headers: { 'content-type': 'application/json' } },
    })
    const report = await expectJson<Report>(answer, 200)
    expect(report.items[0]!.status).toBe('invalid')
    expect(({} as Record<string, unknown>).publish).toBeUndefined()
  })
})

describe('categories (createPoseCategory, updatePoseCategory, deletePoseCategory)', () => {
  type Category = { slug: string; parent: string | null; level: number; poseCount: number }
  const add = (slug: string, parent: string | null = null) =>
    requestAs(ani, '/admin/pose-categories', {
      json: { slug, names: { en: `Name ${slug}`, id: `Nama ${slug}` }, parent },
    })
  const change = (slug: string, json: object) =>
    requestAs(ani, `/admin/pose-categories/${slug}`, { method: 'PATCH', json })
  const remove = (slug: string) => requestAs(ani, `/admin/pose-categories/${slug}`, { method: 'DELETE' })
  const all = async () =>
    new Map(
      (await expectJson<{ items: Category[] }>(requestAs(ani, '/admin/pose-categories'), 200)).items.map((each) => [
        each.slug,
        each,
      ]),
    )
  const recordsOf = async (slug: string) =>
    (await db.select().from(auditLog).where(eq(auditLog.subject, slug))).map(({ action }) => action)

  test('three levels are made, a fourth and a missing parent are refused, and so is the same slug twice', async () => {
    await expectJson(add('test-main'), 201)
    await expectJson(add('test-branch', 'test-main'), 201)
    expect(await expectJson(add('test-leaf', 'test-branch'), 201)).toMatchObject({ level: 3, poseCount: 0 })
    for (const parent of ['test-leaf', 'no-such'])
      expect((await errorOf(await add('test-more', parent))).issues).toMatchObject([{ field: 'parent' }])
    expect((await errorOf(await add('test-main'))).code).toBe('CONFLICT')
    expect(await recordsOf('test-main')).toEqual(['pose_category.created'])
  })

  test('no category comes below itself, and none below the third level', async () => {
    for (const parent of ['test-main', 'test-branch', 'test-leaf'])
      expect((await errorOf(await change('test-main', { parent }))).issues).toMatchObject([{ field: 'parent' }])
    expect((await errorOf(await change('test-main', { parent: 'ecommerce' }))).issues).toMatchObject([
      { field: 'parent' },
    ])
    const turns = await Promise.all([
      change('test-branch', { parent: null }),
      change('test-main', { parent: 'test-branch' }),
      change('test-branch', { parent: 'test-main' }),
    ])
    for (const { status } of turns) expect([200, 422]).toContain(status)
    const now = await all()
    for (const slug of ['test-main', 'test-branch', 'test-leaf']) {
      const { parent, level } = now.get(slug)!
      expect(level).toBe(parent === null ? 1 : now.get(parent)!.level + 1)
    }
  })

  test('one with a pose cannot be removed, even a hidden one, and says how many hold it', async () => {
    const [like] = take(1) as [DataPose]
    await expectJson(
      requestAs(ani, '/admin/library', { json: itemOf(like, { category: 'test-leaf', publish: true }) }),
      201,
    )
    const error = await errorOf(await remove('test-leaf'))
    expect(error).toMatchObject({ statusCode: 409, code: 'CONFLICT', details: { poses: 1, subcategories: 0 } })
    await requestAs(ani, `/admin/library/${like.id}`, { method: 'DELETE' })
    expect((await errorOf(await remove('test-leaf'))).details).toMatchObject({ poses: 1 })
    expect((await all()).has('test-leaf')).toBe(true)
  })

  test('a moved category takes its poses along: path, counts and lists', async () => {
    const [like] = take(1) as [DataPose]
    await change('test-branch', { parent: null })
    await change('test-main', { parent: null })
    await expectJson(change('test-branch', { parent: 'test-main' }), 200)
    await expectJson(change('test-leaf', { parent: 'test-branch' }), 200)
    await expectJson(
      requestAs(ani, '/admin/library', { json: itemOf(like, { category: 'test-leaf', publish: true }) }),
      201,
    )
    expect((await all()).get('test-main')!.poseCount).toBe(1)
    await expectJson(change('test-leaf', { parent: 'ecommerce' }), 200)
    const pose = await expectJson<{ categoryPath: string[] }>(requestAs(ani, `/admin/library/${like.id}`), 200)
    expect(pose.categoryPath).toEqual(['ecommerce', 'test-leaf'])
    const now = await all()
    expect([now.get('test-main')!.poseCount, now.get('test-leaf')!.poseCount]).toEqual([0, 1])
    expect(now.get('test-leaf')!.level).toBe(2)
    const members = await db.$client
      .prepare('select category_slug as slug from pose_category_members where pose_id = ?')
      .bind(like.id)
      .all<{ slug: string }>()
    expect(members.results.map(({ slug }) => slug).sort()).toEqual(['ecommerce', 'test-leaf'])
    expect(await recordsOf('test-leaf')).toContain('pose_category.changed')
  })

  test('people’s own poses, deleted ones too, keep no admin from moving or removing one; they go to the one above', async () => {
    const sari = await signUp()
    await expectJson(add('test-above'), 201)
    await expectJson(add('test-crowded', 'test-above'), 201)
    const own = { ownerId: sari.user.id, categorySlug: 'test-crowded', categoryPath: ['test-above', 'test-crowded'] }
    const id = await poseRow({ ...own, id: `pose-${newId('image').slice(4).toLowerCase()}` })
    await copies(id, MAX_MOVED_POSES)
    await poseRow({ ...own, id: `pose-${newId('image').slice(4).toLowerCase()}`, deletedAt: 1 })
    await expectJson(change('test-crowded', { parent: null }), 200)
    await expectJson(change('test-crowded', { parent: 'test-above' }), 200)
    expect((await remove('test-crowded')).status).toBe(204)
    const [pose] = await db.select().from(poses).where(eq(poses.id, id))
    expect(pose).toMatchObject({ categorySlug: 'test-above', categoryPath: ['test-above'] })
    expect(await db.$count(poses, eq(poses.categorySlug, 'test-above'))).toBe(MAX_MOVED_POSES + 2)
    // Above it there is nothing where they could go.
    expect((await errorOf(await remove('test-above'))).details).toMatchObject({ poses: MAX_MOVED_POSES + 2 })
    await db.delete(poses).where(eq(poses.ownerId, sari.user.id))
    expect((await remove('test-above')).status).toBe(204)
  })

  test('an empty one is removed, once, and is on record; nothing changed writes nothing', async () => {
    await expectJson(add('test-short-lived'), 201)
    await expectJson(change('test-short-lived', {}), 200)
    const answers = await Promise.all([remove('test-short-lived'), remove('test-short-lived')])
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404])
    expect((await recordsOf('test-short-lived')).sort()).toEqual(['pose_category.created', 'pose_category.deleted'])
    expect((await errorOf(await remove('test-main'))).details).toMatchObject({ subcategories: expect.any(Number) })
  })
})

test('somebody’s own pose in an import is nobody’s business: its id is reserved', async () => {
  const sari = await signUp()
  const id = await poseRow({ id: `pose-${newId('image').slice(4).toLowerCase()}`, ownerId: sari.user.id })
  const report = await importAs(ani, [itemOf(take(1)[0]!, { id })])
  expect(report.items).toMatchObject([{ status: 'invalid', issues: [{ field: 'id' }] }])
})
