import { env } from 'cloudflare:workers'
import { afterAll, expect, test } from 'vitest'
import { insertPicture } from '../../src/generations/record-picture'
import { refreshPopularity } from '../../src/poses/library/refresh-popularity'
import { addFavorite } from '../../src/poses/people/favorites'
import { expectJson, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { db, generationRow, hidePoseRows, pictureRow, poseRow, projectRow } from '../support/rows'
import { deliver, ended, GENERATOR, holdQueue, type Page, POSES, startShoot } from '../support/shoots'

afterAll(hidePoseRows)

type Recent = { id: string; uses: number; lastUsedAt: string; isMine: boolean; isFavorite: boolean | null }

const recent = (person: Person, query = '') =>
  expectJson<Page<Recent>>(requestAs(person, `${GENERATOR}/poses/recent${query}`), 200)
const usesOf = (poseId: string) =>
  env.DB.prepare('select usage_count as n from poses where id = ?').bind(poseId).first<number>('n')

/** A shoot of rows: `use` makes a picture of a pose at a time. */
async function studio(person: Person) {
  const generation = await generationRow(person.user.id, await projectRow(person.user.id))
  let position = 0
  const use = (poseId: string, createdAt: number) =>
    pictureRow(person.user.id, generation, { poseId, createdAt, position: position++ })
  return { generation, use }
}

test('what somebody makes pictures of comes first, with how often and when', async () => {
  const [sari, budi] = [await signUp(), await signUp()]
  const before = (await usesOf(POSES[0])) ?? 0
  const { generation } = await startShoot(sari, { selectedPoseIds: [POSES[0]], batchSize: 3 })
  await ended(sari, generation.id)
  const { items } = await recent(sari)
  expect(items).toMatchObject([{ id: POSES[0], uses: 3, isMine: false, isFavorite: false }])
  expect(Date.parse(items[0]!.lastUsedAt)).toBeGreaterThan(Date.now() - 60_000)
  expect((await recent(budi)).items).toEqual([])
  expect(await usesOf(POSES[0])).toBeGreaterThanOrEqual(before + 3)
})

test('a picture recorded twice is one use (J10)', async () => {
  const sari = await signUp()
  const { generation } = await studio(sari)
  const poseId = await poseRow({ isPublic: true })
  const picture = {
    ...{ id: `img_${generation.slice(4)}`, generationId: generation, userId: sari.user.id, poseId, position: 0 },
    ...{ variationKey: 'v', outputKey: 'a', thumbnailKey: 'b', sizeBytes: 1, widthPx: 1, heightPx: 1, seedUsed: 0 },
    ...{ promptUsed: '', provider: 'embedded', model: 'row', generationMs: 1, createdAt: 1_000 },
  }
  for (let times = 0; times < 3; times++) await insertPicture(db, picture)
  expect(await usesOf(poseId)).toBe(1)
  expect((await recent(sari)).items).toMatchObject([{ id: poseId, uses: 1 }])
  const day = await env.DB.prepare('select day, uses from pose_daily_uses where pose_id = ?').bind(poseId).all()
  expect(day.results).toEqual([{ day: 0, uses: 1 }])
})

test('a message that the queue delivers twice is one use (J10)', async () => {
  const sari = await signUp()
  await holdQueue(sari)
  const pose = await poseRow({ isPublic: true })
  const { generation } = await startShoot(sari, { selectedPoseIds: [pose] })
  await deliver(sari, generation.id, [0])
  await deliver(sari, generation.id, [0])
  await ended(sari, generation.id)
  expect(await usesOf(pose)).toBe(1)
  expect((await recent(sari)).items).toMatchObject([{ id: pose, uses: 1 }])
})

test('pages without a gap or a repeat while other poses are used; what is hidden leaves no hole', async () => {
  const sari = await signUp()
  const { use } = await studio(sari)
  const poses = await Promise.all(Array.from({ length: 7 }, () => poseRow({ isPublic: true })))
  // Two and two in the same millisecond: the id decides.
  for (const [n, pose] of poses.entries()) await use(pose, 1_000 + Math.floor(n / 2))
  const all = (await recent(sari)).items.map(({ id }) => id)
  expect(new Set(all)).toEqual(new Set(poses))
  const hidden = all[3]!
  await env.DB.prepare('update poses set is_public = 0 where id = ?').bind(hidden).run()
  const seen: string[] = []
  let cursor: string | null = ''
  do {
    const { items, page }: Page<Recent> = await recent(sari, cursor ? `?limit=2&cursor=${cursor}` : '?limit=2')
    seen.push(...items.map(({ id }) => id))
    if (page.nextCursor) expect(items).toHaveLength(2)
    cursor = page.nextCursor
    await use(await poseRow({ isPublic: true }), 2_000)
  } while (cursor)
  expect(seen).toEqual(all.filter((id) => id !== hidden))
})

test('a pose that is used again goes to the front and is not shown twice', async () => {
  const sari = await signUp()
  const { use } = await studio(sari)
  const poses = await Promise.all(Array.from({ length: 4 }, () => poseRow({ isPublic: true })))
  for (const [n, pose] of poses.entries()) await use(pose, 1_000 + n)
  const first = await recent(sari, '?limit=2')
  expect(first.items.map(({ id }) => id)).toEqual([poses[3], poses[2]])
  await use(poses[3]!, 3_000)
  const second = await recent(sari, `?limit=2&cursor=${first.page.nextCursor}`)
  expect(second.items.map(({ id }) => id)).toEqual([poses[1], poses[0]])
  expect((await recent(sari)).items[0]).toMatchObject({ id: poses[3], uses: 2 })
})

test('one’s own poses are there too, nobody else’s', async () => {
  const [sari, budi] = [await signUp(), await signUp()]
  const [own, theirs] = [await poseRow({ ownerId: sari.user.id }), await poseRow({ ownerId: budi.user.id })]
  const { use } = await studio(sari)
  await use(own, 1_000)
  await use(theirs, 2_000)
  expect((await recent(sari)).items).toMatchObject([{ id: own, isMine: true }])
})

test('popularity follows uses and favourites when the cron comes by, not before', async () => {
  const sari = await signUp()
  const { use } = await studio(sari)
  const pose = await poseRow({ isPublic: true, popularity: 0, usageCount: 0, favoriteCount: 0 })
  const popularity = () =>
    env.DB.prepare('select popularity as n from poses where id = ?').bind(pose).first<number>('n')
  await use(pose, 1_000)
  await use(pose, 2_000)
  await addFavorite(db, sari.user.id, pose, 1)
  expect(await popularity()).toBe(0)
  await refreshPopularity(db)
  expect(await popularity()).toBe(3)
})
