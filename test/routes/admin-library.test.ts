import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import data from '../../data/poses/poses.json'
import { auditLog } from '../../src/db/tables/operations'
import { poseGeometry, poseShapes, poses } from '../../src/db/tables/poses'
import { users } from '../../src/db/tables/users'
import { expectJson, request, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { db, makeAdmin, poseRow } from '../support/rows'
import type { Page } from '../support/shoots'
import { errorOf } from '../support/walk'

type Curated = { id: string; version: number; status: string; names: { en: string }; revision: string } & Record<
  string,
  unknown
>
type Record18 = (typeof data.poses)[number]

let ani: Person
let budi: Person
let spare: Record18[]
beforeAll(async () => {
  ani = await makeAdmin(await signUp())
  budi = await makeAdmin(await signUp())
  const rows = await db.select({ id: poses.id }).from(poses)
  const known = new Set(rows.map(({ id }) => id))
  // One-person poses of the data that the library of the tests does not have.
  spare = data.poses.filter(({ id, peopleCount }) => !known.has(id) && peopleCount === 1)
})

afterAll(() => db.delete(poses).where(eq(poses.source, 'admin')))

const nextSpare = (): Record18 => spare.shift()!

const geometryOf = ({ people, camera }: Record18) => ({ people, camera })

/** A valid new pose with the skeleton of a pose that the library lacks. */
const bodyOf = (like: Record18, changes: Record<string, unknown> = {}) => ({
  ...{ id: `test-${like.id}`, names: like.name, descriptions: like.description, tags: like.tags },
  ...{ category: like.subcategory, difficulty: like.difficulty, gender: 'unisex', stance: like.stance },
  ...{ framing: like.framing, view: like.view.label, props: like.props, promptHint: like.promptHint },
  ...{ publish: true, geometry: geometryOf(like) },
  ...changes,
})

const openposeOf = ({ people }: Record18, jitter = 0) => ({
  ...{ canvas_width: 1000, canvas_height: 1000 },
  people: people.map(({ keypoints2d }) => ({
    pose_keypoints_2d: keypoints2d.map((value, i) =>
      i % 3 === 2 ? (value === 0 ? 0 : 1) : value === 0 ? 0 : Math.round(value * 1000 + jitter * ((i % 5) - 2)),
    ),
  })),
})

const add = (body: object, admin = ani) => requestAs(admin, '/admin/library', { json: body })
const change = (id: string, json: object, admin = ani) =>
  requestAs(admin, `/admin/library/${id}`, { method: 'PATCH', json })
const show = (id: string) => expectJson<Curated>(requestAs(ani, `/admin/library/${id}`), 200)
const remove = (id: string, admin = ani) => requestAs(admin, `/admin/library/${id}`, { method: 'DELETE' })
const publicPose = (id: string) => request(`/apps/pose-generator/library/${id}`)
const recordsOf = (subject: string) => db.select().from(auditLog).where(eq(auditLog.subject, subject))
const idsOf = async (query: string) => {
  const { items } = await expectJson<{ items: { id: string }[] }>(
    request(`/apps/pose-generator/library?limit=100&${query}`),
    200,
  )
  return items.map(({ id }) => id)
}
const countOf = async (slug: string): Promise<number> => {
  const { items } = await expectJson<{ items: { slug: string; poseCount: number }[] }>(
    requestAs(ani, '/admin/pose-categories'),
    200,
  )
  return items.find((each) => each.slug === slug)?.poseCount ?? -1
}

describe('POST /admin/library (createLibraryPose)', () => {
  test('a new pose is found by its name and its category at once, and the admin is on record', async () => {
    const like = nextSpare()
    const names = { en: 'Zebrafish Salute', id: 'Hormat Ikan Zebra' }
    const before = await countOf(like.categoryPath[0]!)
    const made = await expectJson<Curated>(add(bodyOf(like, { names })), 201)
    expect(made).toMatchObject({ status: 'published', categoryPath: like.categoryPath, source: 'admin', names })
    expect(made.previewUrl).toContain(made.revision)
    expect(await idsOf('search=zebrafish')).toEqual([made.id])
    expect(await idsOf('search=hormat%20zebra')).toContain(made.id)
    expect(await countOf(like.categoryPath[0]!)).toBe(before + 1)
    expect(await db.select().from(poseShapes).where(eq(poseShapes.poseId, made.id))).toHaveLength(1)
    expect(await recordsOf(made.id)).toMatchObject([{ actorId: ani.user.id, action: 'library_pose.created' }])
    expect((await publicPose(made.id)).status).toBe(200)
  })

  test('one that is not published stays out of the library until it is', async () => {
    const like = nextSpare()
    const names = { en: 'Quokka Bow', id: 'Quokka Membungkuk' }
    const made = await expectJson<Curated>(add(bodyOf(like, { names, publish: undefined })), 201)
    expect(made).toMatchObject({ status: 'hidden', previewUrl: null })
    expect(await idsOf('search=quokka')).toEqual([])
    expect((await publicPose(made.id)).status).toBe(404)
    await expectJson(change(made.id, { version: made.version, publish: true }), 200)
    expect(await idsOf('search=quokka')).toEqual([made.id])
  })

  test('an id is made of the English name when none is given', async () => {
    const names = { en: 'Café Greeting, Two Steps!', id: 'Salam Kafe' }
    const made = await expectJson<Curated>(add(bodyOf(nextSpare(), { id: undefined, names })), 201)
    expect(made.id).toBe('cafe-greeting-two-steps')
    const nameless = { names: { en: '挨拶', id: '挨拶' }, id: undefined }
    expect((await errorOf(await add(bodyOf(nextSpare(), nameless)))).issues[0]).toMatchObject({ field: 'id' })
  })

  test('an OpenPose file becomes a pose with a third dimension and exactly its points', async () => {
    const like = nextSpare()
    const body = bodyOf(like, { geometry: undefined, openpose: openposeOf(like) })
    const made = await expectJson<Curated & { geometry: { people: Record<string, number[]>[] } }>(add(body), 201)
    const [person] = made.geometry.people
    expect(person!.joints3d).toHaveLength(96)
    const sent = openposeOf(like).people[0]!.pose_keypoints_2d
    person!.keypoints2d!.forEach((value, i) => {
      if (i % 3 < 2) expect(value).toBeCloseTo(sent[i]! / 1000, 3)
    })
  })

  test('a pose that repeats one of the library is refused with its name, and let in when that is acknowledged', async () => {
    const like = nextSpare()
    const { id: first } = await expectJson<Curated>(add(bodyOf(like)), 201)
    const again = { id: `${first}-again`, names: { en: 'Once More', id: 'Sekali Lagi' } }
    const error = await errorOf(await add(bodyOf(like, again)))
    expect(error).toMatchObject({ statusCode: 409, code: 'POSE_TOO_NEAR', details: { poseId: first, distance: 0 } })
    const drawn = { ...again, geometry: undefined, openpose: openposeOf(like, 1) }
    expect(await errorOf(await add(bodyOf(like, drawn)))).toMatchObject({
      ...{ code: 'POSE_TOO_NEAR', details: { poseId: first } },
    })
    expect(await recordsOf(again.id)).toEqual([])
    const other = bodyOf(like, { ...again, acknowledgeSimilarTo: 'some-other-pose' })
    expect((await errorOf(await add(other))).code).toBe('POSE_TOO_NEAR')
    await expectJson(add(bodyOf(like, { ...again, acknowledgeSimilarTo: first })), 201)
    const [record] = await recordsOf(again.id)
    expect(JSON.parse(record!.details)).toMatchObject({ acknowledgeSimilarTo: first })
  })

  test('an id that is taken, also by a deleted pose, is a conflict', async () => {
    const { id } = await expectJson<Curated>(add(bodyOf(nextSpare())), 201)
    for (let again = 0; again < 2; again++) {
      const error = await errorOf(await add(bodyOf(nextSpare(), { id })))
      expect(error).toMatchObject({ statusCode: 409, code: 'CONFLICT', details: { poseId: id } })
      expect((await remove(id)).status).toBe(204)
    }
  })

  test('of two admins who add the same id at once one does, and one is on record (J8)', async () => {
    const like = nextSpare()
    const answers = await Promise.all([
      add(bodyOf(like)),
      add(bodyOf(like), budi),
      add(bodyOf(like)),
      add(bodyOf(like)),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409])
    expect(await recordsOf(`test-${like.id}`)).toHaveLength(1)
  })

  test('of two admins who add the same skeleton under two names at once one does', async () => {
    const like = nextSpare()
    const twins = ['a', 'b', 'c'].map((letter) => bodyOf(like, { id: `twin-${letter}` }))
    const answers = await Promise.all(twins.map((twin) => add(twin)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['a category that is not there', { category: 'no-such-category' }, 'category'],
    ['an id of somebody’s own poses', { id: 'pose-01jd0000000000000000000000' }, 'id'],
    ['an id that is a path', { id: 'facets' }, 'id'],
    ['markup in a name', { names: { en: '<b>Bold</b>', id: 'Tebal' } }, 'names.en'],
    ['a comma in a tag', { tags: { en: ['a,b'], id: ['c'] } }, 'tags.en.0'],
    ['a tag twice', { tags: { en: ['Box', 'box'], id: ['c'] } }, 'tags.en'],
    ['neither openpose nor geometry', { geometry: undefined }, 'openpose'],
    ['both openpose and geometry', { openpose: { people: [] } }, 'openpose'],
    ['nobody in the file', { geometry: undefined, openpose: { people: [] } }, 'openpose.people'],
  ])('%s is refused by the name of the field', async (_, changes, field) => {
    const error = await errorOf(await add(bodyOf(spare[0]!, changes)))
    expect(error).toMatchObject({ statusCode: 422, code: 'VALIDATION_FAILED' })
    expect(error.issues.map((issue) => issue.field)).toContain(field)
  })

  test('a skeleton that no body has is refused: joints missing, far out, or without end', async () => {
    const like = spare[0]!
    const person = like.people[0]!
    const withPerson = (changes: object) => ({ geometry: { ...geometryOf(like), people: [{ ...person, ...changes }] } })
    const stretched = person.keypoints2d.map((value, i) => (i === 12 ? 0.99 : i === 13 ? 0.01 : value))
    for (const [changes, field] of [
      [{ keypoints2d: person.keypoints2d.slice(1) }, 'geometry.people.0.keypoints2d'],
      [{ keypoints2d: person.keypoints2d.map(() => 0) }, 'geometry.people[0].keypoints2d'],
      [{ keypoints2d: stretched }, 'geometry.people[0].keypoints2d'],
      [{ joints3d: person.joints3d.map(() => 1e9) }, 'geometry.people.0.joints3d.0'],
    ] as const) {
      const error = await errorOf(await add(bodyOf(like, withPerson(changes))))
      expect(error.issues.map((issue) => issue.field)).toContain(field)
    }
    const endless = JSON.stringify(bodyOf(like)).replace('"pitch":', '"pitch":1e999,"x":')
    const answer = await requestAs(ani, '/admin/library', {
      ...{ method: 'POST', body: endless, headers: { 'content-type': 'application/json' } },
    })
    expect(answer.status).toBe(422)
  })

  test('SQL in a text is a text', async () => {
    const names = { en: "Robert'); drop table poses;--", id: "' or 1=1 --" }
    const made = await expectJson<Curated>(add(bodyOf(nextSpare(), { names })), 201)
    expect(made.names).toEqual(names)
    expect((await show(made.id)).names).toEqual(names)
  })
})

describe('PATCH /admin/library/{id} (updateLibraryPose)', () => {
  const made = (changes: object = {}) => expectJson<Curated>(add(bodyOf(nextSpare(), { ...changes })), 201)

  test('another name is found, the old one no longer, and both are on record', async () => {
    const pose = await made({ names: { en: 'Walrus Wave', id: 'Lambaian Walrus' } })
    const names = { en: 'Narwhal Wave', id: 'Lambaian Narwal' }
    const changed = await expectJson<Curated>(change(pose.id, { version: pose.version, names }, budi), 200)
    expect(changed.version).toBeGreaterThan(pose.version)
    expect(await idsOf('search=narwhal')).toEqual([pose.id])
    expect(await idsOf('search=walrus')).toEqual([])
    const records = await recordsOf(pose.id)
    const record = records.find(({ action }) => action === 'library_pose.changed')
    expect(record?.actorId).toBe(budi.user.id)
    expect(JSON.parse(record!.details)).toMatchObject({
      ...{ before: { nameEn: 'Walrus Wave' }, after: { nameEn: 'Narwhal Wave' } },
    })
  })

  test('a pose in another category is listed and counted there', async () => {
    const pose = await made()
    const [from, to] = [pose.category as string, pose.category === 'hold-one' ? 'hold-two' : 'hold-one']
    const counts = await Promise.all([countOf(from), countOf(to)])
    const moved = await expectJson<Curated>(change(pose.id, { version: pose.version, category: to }), 200)
    expect(moved.categoryPath).toEqual(['ecommerce', 'holding', to])
    expect(await Promise.all([countOf(from), countOf(to)])).toEqual([counts[0]! - 1, counts[1]! + 1])
    expect(await idsOf(`category=${to}`)).toContain(pose.id)
    expect(await idsOf(`category=${from}`)).not.toContain(pose.id)
  })

  test('another skeleton has another revision, and is what the index of nearest poses knows', async () => {
    const pose = await made()
    const like = nextSpare()
    const changed = await expectJson<Curated>(
      change(pose.id, { version: pose.version, geometry: geometryOf(like) }),
      200,
    )
    expect(changed.revision).not.toBe(pose.revision)
    const error = await errorOf(await add(bodyOf(like)))
    expect(error.details).toMatchObject({ poseId: pose.id, distance: 0 })
    const detail = await expectJson<{ people: { keypoints2d: number[] }[] }>(publicPose(pose.id), 200)
    expect(detail.people[0]!.keypoints2d).toEqual(like.people[0]!.keypoints2d)
  })

  test('a skeleton that another pose has is refused, its own is not', async () => {
    const [pose, other] = [await made(), await made()]
    const [row] = await db.select().from(poseGeometry).where(eq(poseGeometry.poseId, other.id))
    const error = await errorOf(await change(pose.id, { version: pose.version, geometry: row!.geometry }))
    expect(error).toMatchObject({ statusCode: 409, code: 'POSE_TOO_NEAR', details: { poseId: other.id } })
    const same = await expectJson<Curated>(change(other.id, { version: other.version, geometry: row!.geometry }), 200)
    expect(same.version).toBe(other.version)
  })

  test('two hidden poses with one skeleton: the second is refused when it is published', async () => {
    const like = nextSpare()
    const [first, second] = [
      await expectJson<Curated>(add(bodyOf(like, { id: 'hidden-one', publish: false })), 201),
      await expectJson<Curated>(add(bodyOf(like, { id: 'hidden-two', publish: false })), 201),
    ]
    await expectJson(change(first.id, { version: first.version, publish: true }), 200)
    const publish = { version: second.version, publish: true }
    expect((await errorOf(await change(second.id, publish))).details).toMatchObject({ poseId: first.id })
    await expectJson(change(second.id, { ...publish, acknowledgeSimilarTo: first.id }), 200)
  })

  test('nothing changed writes nothing', async () => {
    const pose = await made()
    for (const json of [{}, { names: pose.names, isPremium: false }])
      expect(await expectJson(change(pose.id, { version: pose.version, ...json }), 200)).toMatchObject({
        version: pose.version,
      })
    expect(await recordsOf(pose.id)).toHaveLength(1)
  })

  test('an admin does not overwrite what another changed unseen (J8)', async () => {
    const pose = await made()
    const rounds = ['One', 'Two', 'Three', 'Four', 'Five'].map((word) =>
      change(pose.id, { version: pose.version, names: { en: `Name ${word}`, id: 'Nama' } }),
    )
    const statuses = (await Promise.all(rounds)).map(({ status }) => status)
    expect(statuses.sort()).toEqual([200, 409, 409, 409, 409])
    const now = await show(pose.id)
    const late = await errorOf(await change(pose.id, { version: pose.version, isFeatured: true }))
    expect(late).toMatchObject({ code: 'CONFLICT', details: { version: now.version } })
    expect(await recordsOf(pose.id)).toHaveLength(2)
  })
})

describe('DELETE /admin/library/{id} (deleteLibraryPose, restoreLibraryPose)', () => {
  test('a deleted pose leaves the library and can be restored, hidden; a second time changes nothing', async () => {
    const names = { en: 'Pangolin Roll', id: 'Trenggiling Gulung' }
    const pose = await expectJson<Curated>(add(bodyOf(nextSpare(), { names })), 201)
    for (let again = 0; again < 2; again++) expect((await remove(pose.id)).status).toBe(204)
    expect(await idsOf('search=pangolin')).toEqual([])
    expect((await publicPose(pose.id)).status).toBe(404)
    const deleted = await show(pose.id)
    expect(deleted.status).toBe('deleted')
    const change1 = await errorOf(await change(pose.id, { version: deleted.version, publish: true }))
    expect(change1).toMatchObject({ statusCode: 409, code: 'CONFLICT' })
    for (let again = 0; again < 2; again++) {
      const path = `/admin/library/${pose.id}/restoration`
      expect((await expectJson<Curated>(requestAs(ani, path, { method: 'POST' }), 200)).status).toBe('hidden')
    }
    const { version } = await show(pose.id)
    await expectJson(change(pose.id, { version, publish: true }), 200)
    expect(await idsOf('search=pangolin')).toEqual([pose.id])
    const actions = (await recordsOf(pose.id)).map(({ action }) => action.replace('library_pose.', ''))
    expect(actions).toEqual(['created', 'deleted', 'restored', 'changed'])
  })
})

describe('GET /admin/library (listCuratedPoses)', () => {
  const list = (query: string) => expectJson<Page<Curated>>(requestAs(ani, `/admin/library?${query}`), 200)

  test('filters find hidden, deleted, premium and featured poses, by words and category', async () => {
    const body = bodyOf(nextSpare(), {
      names: { en: 'Axolotl Stand', id: 'Aksolotl' },
      publish: false,
      isPremium: true,
    })
    const { id } = await expectJson<Curated>(add(body), 201)
    const found = async (query: string) => (await list(`search=AXOLOTL&${query}`)).items.map((pose) => pose.id)
    for (const query of ['', 'status=hidden', 'premium=true', 'featured=false', `category=${body.category}`])
      expect([query, await found(query)]).toEqual([query, [id]])
    for (const query of ['status=published', 'status=deleted', 'premium=false', 'featured=true'])
      expect([query, await found(query)]).toEqual([query, []])
    await remove(id)
    expect(await found('status=deleted')).toEqual([id])
    expect(await found('status=hidden')).toEqual([])
    expect((await list("search=%25'%20or%201")).items).toEqual([])
  })

  test('poses that are added while paging leave no gap and no duplicate', async () => {
    const all = (await db.select({ id: poses.id, ownerId: poses.ownerId }).from(poses)).filter(
      ({ ownerId }) => ownerId === null,
    )
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { items, page } = await list(`limit=20${cursor && `&cursor=${cursor}`}`)
      seen.push(...items.map(({ id }) => id))
      cursor = page.nextCursor
      await poseRow({ id: `paging-${crypto.randomUUID()}` })
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.sort()).toEqual(all.map(({ id }) => id).sort())
  })
})

describe('people’s own poses', () => {
  test('are not there for admins: not shown, changed, deleted or listed', async () => {
    const sari = await signUp()
    const id = await poseRow({ id: `own-${crypto.randomUUID()}`, ownerId: sari.user.id })
    const calls = [
      requestAs(ani, `/admin/library/${id}`),
      change(id, { version: 0, publish: true }),
      remove(id),
      requestAs(ani, `/admin/library/${id}/restoration`, { method: 'POST' }),
    ]
    for (const answer of await Promise.all(calls)) expect(answer.status).toBe(404)
    const { items } = await expectJson<Page<Curated>>(requestAs(ani, `/admin/library?search=${id}`), 200)
    expect(items).toEqual([])
    expect(await recordsOf(id)).toEqual([])
  })
})

describe('a token that says admin', () => {
  test('changes nothing once the role was taken away', async () => {
    const admin = await makeAdmin(await signUp())
    const pose = await expectJson<Curated>(add(bodyOf(nextSpare())), 201)
    await db.update(users).set({ role: 'user' }).where(eq(users.id, admin.user.id))
    const slug = `/admin/pose-categories/${pose.category}`
    for (const answer of await Promise.all([
      add(bodyOf(nextSpare()), admin),
      change(pose.id, { version: pose.version, publish: false }, admin),
      remove(pose.id, admin),
      requestAs(admin, `/admin/library/${pose.id}/restoration`, { method: 'POST' }),
      requestAs(admin, '/admin/library/import', { json: { poses: [bodyOf(nextSpare())] } }),
      requestAs(admin, '/admin/pose-categories', { json: { slug: 'x-y', names: { en: 'Xy', id: 'Xy' } } }),
      requestAs(admin, slug, { method: 'PATCH', json: { displayOrder: 9 } }),
      requestAs(admin, slug, { method: 'DELETE' }),
    ]))
      expect(answer.status).toBe(403)
    expect((await show(pose.id)).status).toBe('published')
  })
})
