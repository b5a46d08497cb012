import { env } from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import { describe, expect, test, vi } from 'vitest'
import { openDatabase } from '../../src/db/client'
import { type PosePerson, poseGeometry, poseShapes, poses } from '../../src/db/tables/poses'
import { attemptsObject } from '../../src/objects'
import { readCache } from '../../src/poses/library/library-cache'
import { readLibraryVersion } from '../../src/poses/library/library-cache-version'
import { findTooNear, nearestPoses } from '../../src/poses/shape/nearest-poses'
import { shapeRowsOf } from '../../src/poses/shape/shape-rows'
import { expectJson, request, requestAs, signUp } from '../support/app'
import { imported, SITTING } from '../support/own-poses'
import type { Person } from '../support/people'
import { db, poseRow, stateOf } from '../support/rows'
import { creditsOf, GENERATOR } from '../support/shoots'
import { errorOf } from '../support/walk'

type Near = {
  id: string
  distance: number
  similarity: number
  mirrored: boolean
  isMine: boolean
  isOtherView: boolean
  isFavorite: boolean | null
  previewUrl: string
  previewLargeUrl: string
  controlUrl: string
}
type List = { items: Near[] }

const BOX = 'carry-box-chest'
const MIRRORED = [0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16]

const peopleOf = async (id: string): Promise<PosePerson[]> =>
  (await db.select().from(poseGeometry).where(eq(poseGeometry.poseId, id)))[0]!.geometry.people
const bodiesOf = async (id: string) => (await peopleOf(id)).map(({ keypoints2d }) => ({ keypoints2d }))

/** As a photo shows it: in pixels, somewhere, some joints behind a table. */
const inPixels = (keypoints: readonly number[], hidden: readonly number[] = []): number[] =>
  keypoints.map((value, i) => {
    if (hidden.includes(Math.floor(i / 3))) return 0
    return i % 3 === 2 ? value : value * 900 + 120
  })
const turned = (keypoints: readonly number[]): number[] =>
  MIRRORED.flatMap((joint) => [1 - keypoints[joint * 3]!, ...keypoints.slice(joint * 3 + 1, joint * 3 + 3)])

const find = (person: Person, json: object) => requestAs(person, `${GENERATOR}/poses/nearest`, { json })
const found = async (person: Person, json: object): Promise<Near[]> =>
  (await expectJson<List>(find(person, json), 200)).items
const similarTo = async (id: string, query = ''): Promise<Near[]> =>
  (await expectJson<List>(request(`${GENERATOR}/library/${id}/similar${query}`), 200)).items
const refusedBecause = async (person: Person, json: object) => {
  const answer = await find(person, json)
  expect(answer.status).toBe(422)
  return (await errorOf(answer)).issues
}

/** A pose with the skeleton of another one, in the index. */
async function copyOf(id: string, values: NonNullable<Parameters<typeof poseRow>[0]>): Promise<string> {
  const copy = await poseRow(values)
  const geometry = (await db.select().from(poseGeometry).where(eq(poseGeometry.poseId, id)))[0]!.geometry
  await db.update(poseGeometry).set({ geometry }).where(eq(poseGeometry.poseId, copy))
  await db.insert(poseShapes).values(shapeRowsOf(copy, values.ownerId ?? null, geometry.people))
  return copy
}
const remove = (id: string) => db.delete(poses).where(eq(poses.id, id))

describe('POST /poses/nearest', () => {
  test('a skeleton from a photo finds the pose it shows, free and without a trace', async () => {
    const sari = await signUp()
    const before = await stateOf(sari.user.id)
    const [body] = await bodiesOf(BOX)
    const items = await found(sari, {
      people: [{ keypoints2d: inPixels(body!.keypoints2d, [9, 10, 12, 13]) }],
      limit: 3,
    })
    expect(items).toHaveLength(3)
    expect(items[0]).toMatchObject({ id: BOX, mirrored: false, isMine: false, isOtherView: false })
    expect(items[0]!.similarity).toBeGreaterThan(85)
    expect(items.map(({ distance }) => distance)).toEqual(
      items.map(({ distance }) => distance).toSorted((a, b) => a - b),
    )
    expect(await stateOf(sari.user.id)).toEqual(before)
    expect(await creditsOf(sari)).toEqual({ available: 300, held: 0 })
  })

  test('a photo of the other side finds it too, and says that it is mirrored', async () => {
    const [body] = await bodiesOf('yoga-tree')
    const items = await found(await signUp(), { people: [{ keypoints2d: turned(body!.keypoints2d) }], limit: 1 })
    expect(items).toMatchObject([{ id: 'yoga-tree', mirrored: true }])
  })

  test('two people find poses of two, whoever is named first', async () => {
    const pair = await bodiesOf('duo-handshake')
    const items = await found(await signUp(), { people: pair.toReversed(), limit: 20 })
    expect(items[0]).toMatchObject({ id: 'duo-handshake', distance: expect.closeTo(0, 1) })
    expect(items.map(({ id }) => id)).not.toContain(BOX)
  })

  test("finds one's own poses, and nobody else's", async () => {
    const [sari, budi] = [await signUp(), await signUp()]
    const own = await copyOf(BOX, { ownerId: sari.user.id })
    const asked = { people: await bodiesOf(BOX), limit: 5 }
    expect((await found(sari, asked)).filter(({ isMine }) => isMine)).toMatchObject([{ id: own, distance: 0 }])
    expect((await found(budi, asked)).map(({ id }) => id)).not.toContain(own)
    expect((await similarTo(BOX, '?limit=50&otherViews=true')).map(({ id }) => id)).not.toContain(own)
    await db.update(poses).set({ deletedAt: Date.now() }).where(eq(poses.id, own))
    expect((await found(sari, asked)).map(({ id }) => id)).not.toContain(own)
    await remove(own)
  })

  test('an own pose that is found has links that open, and a favourite says so', async () => {
    const sari = await signUp()
    const { id } = await imported(sari, SITTING)
    await expectJson(requestAs(sari, `${GENERATOR}/library/${BOX}/favorite`, { method: 'POST' }), 200)
    const [own] = await found(sari, { people: await bodiesOf(id), limit: 1 })
    expect(own).toMatchObject({ id, isMine: true, isFavorite: false, distance: expect.closeTo(0, 1) })
    for (const url of [own!.previewUrl, own!.previewLargeUrl, own!.controlUrl])
      expect([url, (await request(`/${url}`)).status]).toEqual([url, 200])
    const [box] = await found(sari, { people: await bodiesOf(BOX), limit: 1 })
    expect(box).toMatchObject({ id: BOX, isFavorite: true })
    await remove(id)
  })

  test('says what is wrong with a skeleton', async () => {
    const sari = await signUp()
    const few = Array.from({ length: 54 }, (_, i) => (i % 3 === 2 ? Number(i < 9) : i))
    const point = Array.from({ length: 54 }, () => 1)
    expect(await refusedBecause(sari, { people: [{ keypoints2d: few }] })).toMatchObject([
      { field: 'people.0.keypoints2d', rule: expect.stringMatching(/at least 4 joints/) },
    ])
    expect(await refusedBecause(sari, { people: [{ keypoints2d: point }] })).toMatchObject([
      { rule: expect.stringMatching(/not all in one place/) },
    ])
    expect(await refusedBecause(sari, { people: [{ keypoints2d: point.slice(3) }] })).toMatchObject([
      { field: 'people.0.keypoints2d', rule: expect.stringMatching(/54 numbers/) },
    ])
    expect(await refusedBecause(sari, { people: [] })).toMatchObject([{ field: 'people' }])
  })

  test('sixty a minute are free, the next waits', async () => {
    const sari = await signUp()
    const json = { people: await bodiesOf(BOX), limit: 1 }
    const attempts = attemptsObject(env, `nearest:${sari.user.id}`)
    for (let i = 0; i < 59; i++) await attempts.takeSlot({ max: 60, windowMs: 60_000 })
    expect((await find(sari, json)).status).toBe(200)
    const refused = await find(sari, json)
    expect([refused.status, (await errorOf(refused)).code]).toEqual([429, 'RATE_LIMITED'])
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
  })
})

describe('GET /library/:id/similar', () => {
  test("says which are the caller's favourites, and nothing of it to a stranger", async () => {
    const sari = await signUp()
    const [stranger] = await similarTo(BOX, '?limit=1')
    expect(stranger).toMatchObject({ isFavorite: null })
    await expectJson(requestAs(sari, `${GENERATOR}/library/${stranger!.id}/favorite`, { method: 'POST' }), 200)
    const answer = await requestAs(sari, `${GENERATOR}/library/${BOX}/similar?limit=2`)
    expect(answer.headers.get('cache-control')).toBe('private, no-cache')
    const { items } = (await answer.json()) as List
    expect(items.map(({ isFavorite }) => isFavorite)).toEqual([true, false])
  })

  test('shows the nearest first, without the pose itself and its other views', async () => {
    const items = await similarTo(BOX, '?limit=8')
    expect(items).toHaveLength(8)
    expect(items.map(({ id }) => id)).not.toContain(BOX)
    expect(items.every(({ isOtherView, isMine }) => !isOtherView && !isMine)).toBe(true)
    expect(items.map(({ distance }) => distance)).toEqual(
      items.map(({ distance }) => distance).toSorted((a, b) => a - b),
    )
    expect(items.every(({ similarity }) => similarity >= 0 && similarity <= 100)).toBe(true)
  })

  test('is worked out once, and anew when the library has changed', async () => {
    const POSE = 'run-sprint'
    const similar = async () => (await similarTo(POSE, '?limit=50')).map(({ id }) => id)
    const before = await similar()
    const version = await readLibraryVersion(db)
    const kept = () => readCache(version, JSON.stringify(['similar', POSE, false]))
    await vi.waitFor(async () => expect(await kept()).toHaveLength(before.length))
    const index = await db.select().from(poseShapes).where(eq(poseShapes.poseId, before[0]!))
    await db.delete(poseShapes).where(eq(poseShapes.poseId, before[0]!))
    // What is kept does not look at the index.
    expect(await similar()).toEqual(before)
    await db.insert(poseShapes).values(index)
    const twin = await copyOf(POSE, { isPublic: true, basePose: 'twin' })
    expect((await similar())[0]).toBe(twin)
    await remove(twin)
    expect(await similar()).toEqual(before)
  })

  test('shows other views when asked, marked', async () => {
    const view = await copyOf(BOX, { isPublic: true, basePose: BOX })
    expect((await similarTo(BOX)).map(({ id }) => id)).not.toContain(view)
    expect((await similarTo(BOX, '?otherViews=true'))[0]).toMatchObject({ id: view, isOtherView: true, distance: 0 })
    await remove(view)
  })

  test('leaves out what is hidden or deleted', async () => {
    const hidden = await copyOf(BOX, { isPublic: false, basePose: 'hidden' })
    expect((await similarTo(BOX)).map(({ id }) => id)).not.toContain(hidden)
    await remove(hidden)
  })

  test('knows nothing of a pose that is not in the library', async () => {
    const sari = await signUp()
    const own = await copyOf(BOX, { ownerId: sari.user.id })
    for (const id of ['no-such-pose', own]) {
      const answer = await requestAs(sari, `${GENERATOR}/library/${id}/similar`)
      expect([answer.status, (await errorOf(answer)).code]).toEqual([404, 'NOT_FOUND'])
    }
    await remove(own)
  })
})

describe('the index', () => {
  const rowsRead = async (people: PosePerson[]): Promise<number> => {
    let rows = 0
    const counting = {
      prepare: (query: string) => counted(env.DB.prepare(query)),
    } as unknown as D1Database
    const counted = (statement: D1PreparedStatement): D1PreparedStatement =>
      ({
        bind: (...values: unknown[]) => counted(statement.bind(...values)),
        all: async () => {
          const result = await statement.all()
          rows += result.meta.rows_read
          return result
        },
        raw: async () => {
          // drizzle reads typed rows with raw(), which tells no meta: the same statement is asked once more.
          rows += (await statement.all()).meta.rows_read
          return statement.raw()
        },
      }) as unknown as D1PreparedStatement
    await nearestPoses(openDatabase(counting), people, { limit: 12 })
    return rows
  }

  test('reads its cells and the poses found, not the library, and never more than 5,000 rows', async () => {
    const people = await peopleOf(BOX)
    expect(await rowsRead(people)).toBeLessThan(300)
    // An overfull cell: one skeleton 6,000 times.
    const crowd = env.DB.prepare(
      `insert into pose_shapes (owner_id, cell, pose_id, person, descriptor)
       with recursive n (i) as (select 10 union all select i + 1 from n where i < 6009)
       select owner_id, cell, pose_id, i, descriptor from pose_shapes, n where pose_id = ? and person = 0`,
    )
    await crowd.bind(BOX).run()
    const crowded = await rowsRead(people)
    await env.DB.prepare('delete from pose_shapes where person >= 10').run()
    expect(crowded).toBeGreaterThan(4_800)
    expect(crowded).toBeLessThan(5_000)
  })
})

describe('findTooNear', () => {
  test('names the pose that a new one repeats, and lets a mirror image and another pose pass', async () => {
    const people = await peopleOf('yoga-tree')
    const mirrored = people.map(({ keypoints2d }) => ({
      keypoints2d: turned(keypoints2d),
      handLeft2d: null,
      handRight2d: null,
    }))
    expect(await findTooNear(db, people, {})).toEqual({ poseId: 'yoga-tree', distance: 0, mirrored: false })
    expect(await findTooNear(db, people, { excludeIds: ['yoga-tree'] })).toBeNull()
    expect(await findTooNear(db, mirrored, {})).toBeNull()
  })

  test("a hidden pose stands in nobody's way, an own one only in its owner's", async () => {
    const [sari, budi] = [await signUp(), await signUp()]
    const people = await peopleOf('yoga-tree')
    const scope = (person: Person) => ({ ownerId: person.user.id, excludeIds: ['yoga-tree'] })
    const hidden = await copyOf('yoga-tree', { isPublic: false })
    const own = await copyOf('yoga-tree', { ownerId: sari.user.id })
    expect(await findTooNear(db, people, scope(sari))).toMatchObject({ poseId: own })
    expect(await findTooNear(db, people, scope(budi))).toBeNull()
    await Promise.all([remove(hidden), remove(own)])
  })
})
