import { env } from 'cloudflare:workers'
import { afterAll, describe, expect, test } from 'vitest'
import { addToCollection, MAX_COLLECTION_POSES } from '../../src/poses/people/collection-items'
import { MAX_COLLECTIONS } from '../../src/poses/people/collections'
import { expectJson, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { db, hidePoseRows, poseRow } from '../support/rows'
import { GENERATOR, type Page } from '../support/shoots'
import { errorOf } from '../support/walk'

afterAll(hidePoseRows)

type Collection = { id: string; name: string; poseCount: number; createdAt: string; updatedAt: string }
type Card = { id: string; name: string; previewUrl: string; isMine: boolean; addedAt: string }
type Shown = Page<Card> & { collection: Collection }

const COLLECTIONS = `${GENERATOR}/collections`
const create = (person: Person, name = 'Lebaran') =>
  expectJson<Collection>(requestAs(person, COLLECTIONS, { json: { name } }), 201)
const show = (person: Person, id: string, query = '') =>
  expectJson<Shown>(requestAs(person, `${COLLECTIONS}/${id}${query}`), 200)
const list = (person: Person, query = '') => expectJson<Page<Collection>>(requestAs(person, COLLECTIONS + query), 200)
const put = (person: Person, id: string, poseId: string) =>
  requestAs(person, `${COLLECTIONS}/${id}/poses/${poseId}`, { method: 'PUT' })
const take = (person: Person, id: string, poseId: string) =>
  requestAs(person, `${COLLECTIONS}/${id}/poses/${poseId}`, { method: 'DELETE' })
const setPublic = (poseId: string, isPublic: number) =>
  env.DB.prepare('update poses set is_public = ? where id = ?').bind(isPublic, poseId).run()
const publicPoses = (count: number) => Promise.all(Array.from({ length: count }, () => poseRow({ isPublic: true })))

describe('collections (createCollection, updateCollection, deleteCollection)', () => {
  test('are made, renamed and deleted; each time the list says so', async () => {
    const sari = await signUp()
    const made = await create(sari, '  Lebaran 2027 ')
    expect(made).toMatchObject({ name: 'Lebaran 2027', poseCount: 0 })
    expect((await list(sari)).items).toEqual([made])
    const json = { name: 'Natal' }
    const renamed = await expectJson(requestAs(sari, `${COLLECTIONS}/${made.id}`, { method: 'PATCH', json }), 200)
    expect(renamed).toMatchObject({ id: made.id, name: 'Natal', createdAt: made.createdAt })
    expect((await requestAs(sari, `${COLLECTIONS}/${made.id}`, { method: 'DELETE' })).status).toBe(204)
    expect((await requestAs(sari, `${COLLECTIONS}/${made.id}`, { method: 'DELETE' })).status).toBe(404)
    expect((await list(sari)).items).toEqual([])
  })

  test('somebody else’s are missing, whatever is asked of them, and stay as they are', async () => {
    const [sari, budi] = [await signUp(), await signUp()]
    const { id } = await create(sari)
    const [inside, other] = await publicPoses(2)
    await put(sari, id, inside!)
    const before = await show(sari, id)
    for (const sent of [{}, { method: 'PATCH', json: { name: 'x' } }, { method: 'DELETE' }])
      expect((await requestAs(budi, `${COLLECTIONS}/${id}`, sent)).status).toBe(404)
    expect((await put(budi, id, other!)).status).toBe(404)
    expect((await take(budi, id, inside!)).status).toBe(404)
    expect((await list(budi)).items).toEqual([])
    expect(await show(sari, id)).toEqual(before)
  })

  test('a hundred are the limit, also for those asked for at the same moment', async () => {
    const sari = await signUp()
    const rows = `with recursive n(value) as (select 11 union all select value + 1 from n where value < 100)
      select 'col_' || value || ?1, ?1, 'Row', 1, 1 from n`
    await env.DB.prepare(`insert into pose_collections ${rows}`).bind(sari.user.id).run()
    const asked = await Promise.all(
      Array.from({ length: 20 }, () => requestAs(sari, COLLECTIONS, { json: { name: 'Satu lagi' } })),
    )
    expect(asked.filter(({ status }) => status === 201)).toHaveLength(10)
    const refused = asked.filter(({ status }) => status !== 201)
    for (const answer of refused)
      expect(await errorOf(answer)).toMatchObject({ statusCode: 409, details: { limit: MAX_COLLECTIONS } })
  })

  test('page from newest to oldest without a gap or a repeat, also while one is added', async () => {
    const sari = await signUp()
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.unshift((await create(sari)).id)
    const seen: string[] = []
    let cursor: string | null = ''
    do {
      const { items, page } = await list(sari, cursor ? `?limit=2&cursor=${cursor}` : '?limit=2')
      seen.push(...items.map((item) => item.id))
      cursor = page.nextCursor
      await create(sari)
    } while (cursor)
    expect(seen).toEqual(ids)
  })
})

describe('poses of a collection (addToCollection, removeFromCollection)', () => {
  test('go in and out once, however often that is asked; the count and the date of change follow', async () => {
    const sari = await signUp()
    const { id } = await create(sari)
    const [pose] = await publicPoses(1)
    await env.DB.prepare('update pose_collections set updated_at = 1 where id = ?').bind(id).run()
    const changedAt = async () => Date.parse((await show(sari, id)).collection.updatedAt)
    expect(await expectJson(take(sari, id, pose!), 200)).toEqual({ isInCollection: false, poseCount: 0 })
    expect(await changedAt()).toBe(1)
    expect(await expectJson(put(sari, id, pose!), 200)).toEqual({ isInCollection: true, poseCount: 1 })
    expect(await changedAt()).toBeGreaterThan(1)
    await env.DB.prepare('update pose_collections set updated_at = 1 where id = ?').bind(id).run()
    expect(await expectJson(put(sari, id, pose!), 200)).toEqual({ isInCollection: true, poseCount: 1 })
    expect(await changedAt()).toBe(1)
    expect(await expectJson(take(sari, id, pose!), 200)).toEqual({ isInCollection: false, poseCount: 0 })
    expect(await changedAt()).toBeGreaterThan(1)
    expect((await show(sari, id)).items).toEqual([])
  })

  test('are the library’s and one’s own; those that others keep private are missing', async () => {
    const [sari, budi] = [await signUp(), await signUp()]
    const { id } = await create(sari)
    const own = await poseRow({ ownerId: sari.user.id })
    const [pose] = await publicPoses(1)
    await expectJson(put(sari, id, own), 200)
    await expectJson(put(sari, id, pose!), 200)
    for (const missing of [await poseRow({ ownerId: budi.user.id }), await poseRow(), 'nobody-knows-it'])
      expect((await put(sari, id, missing)).status).toBe(404)
    await expectJson(requestAs(sari, `${GENERATOR}/library/${pose}/favorite`, { method: 'POST' }), 200)
    const { items, collection } = await show(sari, id)
    expect(collection.poseCount).toBe(2)
    const shown = new Map(items.map((item) => [item.id, item]))
    expect(shown.get(pose!)).toMatchObject({ isFavorite: true, previewUrl: expect.stringContaining('/library/') })
    expect(shown.get(own)).toMatchObject({
      isFavorite: false,
      isMine: true,
      previewUrl: expect.stringContaining('sig='),
    })
  })

  test('page last added first without a gap or a repeat, while poses come, and one of them is hidden', async () => {
    const sari = await signUp()
    const { id } = await create(sari)
    const poses = await publicPoses(7)
    for (const pose of poses) await put(sari, id, pose)
    // Added in the same millisecond: the id decides.
    await env.DB.prepare('update pose_collection_items set added_at = 1000 + (pose_id > ?1) where collection_id = ?2')
      .bind(poses[3], id)
      .run()
    const expected = (await show(sari, id)).items.map((item) => item.id)
    expect(new Set(expected)).toEqual(new Set(poses))
    const hidden = expected[4]!
    await setPublic(hidden, 0)
    const seen: string[] = []
    let cursor: string | null = ''
    do {
      const { items, page }: Shown = await show(sari, id, cursor ? `?limit=2&cursor=${cursor}` : '?limit=2')
      seen.push(...items.map((item) => item.id))
      if (page.nextCursor) expect(items).toHaveLength(2)
      cursor = page.nextCursor
      const [fresh] = await publicPoses(1)
      await put(sari, id, fresh!)
    } while (cursor)
    expect(seen).toEqual(expected.filter((pose) => pose !== hidden))
    await setPublic(hidden, 1)
    expect((await show(sari, id, '?limit=100')).items.map((item) => item.id)).toContain(hidden)
  })

  test('no more get in than fit, also at the same moment; a hidden one makes room', async () => {
    const sari = await signUp()
    const { id: collectionId } = await create(sari)
    const some = await publicPoses(6)
    const add = (poseId: string) => addToCollection(db, { userId: sari.user.id, collectionId, poseId }, 1, 3)
    const asked = await Promise.allSettled(some.map(add))
    const refused = asked.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
    expect(refused).toHaveLength(3)
    for (const reason of refused) expect(reason).toMatchObject({ code: 'CONFLICT', details: { limit: 3 } })
    const inside = some.filter((_, n) => asked[n]?.status === 'fulfilled')
    expect(await add(inside[0]!)).toEqual({ isInCollection: true, poseCount: 3 })
    await setPublic(inside[0]!, 0)
    const another = some.find((pose) => !inside.includes(pose))!
    expect(await add(another)).toEqual({ isInCollection: true, poseCount: 3 })
    expect(MAX_COLLECTION_POSES).toBe(500)
  })
})
