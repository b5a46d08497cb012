import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addFavorite } from '../../src/poses/people/favorites'
import { ratePose } from '../../src/poses/people/ratings'
import { expectJson, requestAs, signUp } from '../support/app'
import { changed, WHITE } from '../support/backgrounds'
import type { Person } from '../support/people'
import { db, generationRow, hidePoseRows, makeAdmin, pictureRow, poseRow, projectRow, userRow } from '../support/rows'
import { deliver, ended, GENERATOR, holdQueue, newKey, POSES, REFUSING, resultsOf, startShoot } from '../support/shoots'
import { upload } from '../support/uploads'

type Dashboard = {
  totals: Record<'generations' | 'pictures' | 'failedPictures' | 'projects' | 'uploads' | 'favorites', number>
  last7Days: { day: string; generations: number; pictures: number; creditsCharged: number }[]
  credits: { charged: number; last30Days: number; averagePerGeneration: number | null }
  topPoses: { id: string; name: string; previewUrl: string; uses: number; lastUsedAt: string }[]
  storage: { usedBytes: number; limitBytes: number }
}
type Entries = { items: { kind: string; credits: number }[]; page: { nextCursor: string | null } }

const DAY_MS = 24 * 3_600_000
const statsOf = (person: Person) => expectJson<Dashboard>(requestAs(person, `${GENERATOR}/stats`), 200)
/** The day of Jakarta, so many days ago. */
const wibDate = (daysAgo = 0) => new Date(Date.now() + 7 * 3_600_000 - daysAgo * DAY_MS).toISOString().slice(0, 10)

/** What the entries of a person's statement add up to: settled less refunded. */
async function chargedByStatement(person: Person): Promise<number> {
  let sum = 0
  let cursor: string | null = ''
  do {
    const range = `/credits/statement?limit=100&from=${wibDate(29)}&to=${wibDate()}`
    const { items, page }: Entries = await expectJson(
      requestAs(person, cursor ? `${range}&cursor=${encodeURIComponent(cursor)}` : range),
      200,
    )
    for (const { kind, credits } of items) sum += kind === 'settle' ? credits : kind === 'refund' ? -credits : 0
    cursor = page.nextCursor
  } while (cursor)
  return sum
}

afterAll(hidePoseRows)

describe('GET /stats (showStats)', () => {
  test('who has just come has nothing but seven empty days', async () => {
    const stats = await statsOf(await signUp())
    expect(Object.values(stats.totals)).toEqual([0, 0, 0, 0, 0, 0])
    expect(stats.last7Days.map(({ day }) => day)).toEqual([6, 5, 4, 3, 2, 1, 0].map(wibDate))
    for (const day of stats.last7Days) expect(day).toMatchObject({ generations: 0, pictures: 0, creditsCharged: 0 })
    expect(stats.credits).toEqual({ charged: 0, last30Days: 0, averagePerGeneration: null })
    expect(stats.topPoses).toEqual([])
    expect(stats.storage).toMatchObject({ usedBytes: 0, limitBytes: expect.any(Number) })
  })

  test('money is what the statement adds up to: shoots, a failure, a new background, a refund', async () => {
    const [sari, admin] = [await signUp(), await makeAdmin(await signUp())]
    const { generation: first, projectId } = await startShoot(sari, { batchSize: 2 })
    await ended(sari, first.id)
    const [picture] = (await resultsOf(sari, first.id)).items
    await changed(sari, picture!.id, WHITE)
    await holdQueue(sari)
    const { generation: second } = await startShoot(sari, { selectedPoseIds: [POSES[1]], batchSize: 2 })
    await deliver(sari, second.id, [0])
    await deliver(sari, second.id, [1], REFUSING)
    await ended(sari, second.id)
    const before = await statsOf(sari)
    expect(before.credits.charged).toBe(await chargedByStatement(sari))
    expect(before.credits.charged).toBe(100)
    expect(before.credits).toMatchObject({ last30Days: 100, averagePerGeneration: 45 })

    const refund = `/admin/users/${sari.user.id}/generations/${second.id}/refunds`
    const sent = { json: { credits: 10, reason: 'the box was cut off' }, headers: { 'idempotency-key': newKey() } }
    await expectJson(requestAs(admin, refund, sent), 201)
    const after = await statsOf(sari)
    expect(after.credits).toEqual({ charged: 90, last30Days: 90, averagePerGeneration: 40 })
    expect(after.credits.charged).toBe(await chargedByStatement(sari))
    expect(after.last7Days.at(-1)).toMatchObject({ day: wibDate(), creditsCharged: 90 })

    // The ledger remembers what a deleted project cost.
    expect((await requestAs(sari, `${GENERATOR}/projects/${projectId}`, { method: 'DELETE' })).status).toBe(204)
    const deleted = await statsOf(sari)
    expect(deleted.credits).toEqual(after.credits)
    expect(deleted.totals.projects).toBe(after.totals.projects - 1)
  }, 20_000)

  test('counts are one’s own: generations, pictures, failures, projects, uploads and favourites', async () => {
    const [sari, budi] = [await signUp(), await signUp()]
    await upload(sari)
    const project = await projectRow(sari.user.id)
    await projectRow(budi.user.id)
    const now = Date.now()
    const shoot = (createdAt: number, made: number, failed: number) =>
      generationRow(sari.user.id, project, {
        ...{ posesTotal: made + failed, posesCompleted: made, posesFailed: failed, createdAt },
      })
    for (const [daysAgo, made, failed] of [
      [0, 3, 1] as const,
      [0, 2, 0] as const,
      [6, 4, 0] as const,
      [7, 5, 2] as const,
    ])
      await shoot(now - daysAgo * DAY_MS, made, failed)
    await addFavorite(db, sari.user.id, await poseRow({ isPublic: true }), 1)
    const stats = await statsOf(sari)
    expect(stats.totals).toEqual({
      ...{ generations: 4, pictures: 14, failedPictures: 3, projects: 1, uploads: 1, favorites: 1 },
    })
    const days = new Map(stats.last7Days.map((day) => [day.day, day]))
    expect(days.get(wibDate(0))).toMatchObject({ generations: 2, pictures: 5 })
    expect(days.get(wibDate(6))).toMatchObject({ generations: 1, pictures: 4 })
    expect(stats.last7Days.reduce((sum, { pictures }) => sum + pictures, 0)).toBe(9)
    expect(stats.storage.usedBytes).toBeGreaterThan(0)
    expect((await statsOf(budi)).totals).toMatchObject({ generations: 0, projects: 1, uploads: 0, favorites: 0 })
  })

  test('the five poses used most, with their names in the language asked for; hidden ones are left out', async () => {
    const sari = await signUp()
    const generation = await generationRow(sari.user.id, await projectRow(sari.user.id))
    const poses = await Promise.all(
      Array.from({ length: 7 }, (_, n) => poseRow({ isPublic: true, nameEn: `Top ${n}`, nameId: `Atas ${n}` })),
    )
    let position = 0
    for (const [n, poseId] of poses.entries())
      for (let times = 0; times <= n; times++)
        await pictureRow(sari.user.id, generation, { poseId, position: position++, createdAt: 1_000 + n })
    await env.DB.prepare('update poses set is_public = 0 where id = ?').bind(poses[6]).run()
    const { topPoses } = await statsOf(sari)
    expect(topPoses.map(({ id, uses, name }) => [id, uses, name])).toEqual(
      [5, 4, 3, 2, 1].map((n) => [poses[n], n + 1, `Top ${n}`]),
    )
    expect(topPoses[0]?.previewUrl).toContain(`/library/${poses[5]}/preview`)
    const inIndonesian = await requestAs(sari, `${GENERATOR}/stats`, { headers: { 'accept-language': 'id' } })
    expect((await expectJson<Dashboard>(inIndonesian, 200)).topPoses[0]?.name).toBe('Atas 5')
  })

  test('no cache keeps it', async () => {
    const { headers } = await requestAs(await signUp(), `${GENERATOR}/stats`)
    expect(headers.get('cache-control')).toBe('private, no-store')
  })
})

describe('GET /admin/library/:id/stats (showPoseStats)', () => {
  let admin: Person
  beforeAll(async () => {
    admin = await makeAdmin(await signUp())
  })
  const figuresOf = (poseId: string) =>
    expectJson<Record<string, object>>(requestAs(admin, `/admin/library/${poseId}/stats`), 200)

  test('says how often, by whom and how well a pose is used, and what people think of it', async () => {
    const poseId = await poseRow({ isPublic: true })
    const [sari, budi, tono] = [await userRow(), await userRow(), await userRow()]
    const now = Date.now()
    let position = 0
    for (const [userId, daysAgo, poseMatch] of [
      [sari, 0, 0.9] as const,
      [sari, 6, 0.7] as const,
      [budi, 7, null] as const,
      [budi, 29, null] as const,
      [budi, 30, null] as const,
    ]) {
      const generation = await generationRow(userId, await projectRow(userId))
      await pictureRow(userId, generation, {
        ...{ poseId, poseMatch, position: position++, createdAt: now - daysAgo * DAY_MS },
      })
    }
    for (const [userId, stars] of [[sari, 5] as const, [budi, 4] as const, [tono, 1] as const])
      await ratePose(db, { userId, poseId, stars }, now)
    await addFavorite(db, tono, poseId, now)
    expect(await figuresOf(poseId)).toMatchObject({
      ...{ id: poseId, isPublic: true, deletedAt: null, favorites: 1 },
      uses: { total: 5, last7Days: 2, last30Days: 4, people: 2 },
      ratings: { count: 3, average: 3.33, histogram: [1, 0, 0, 1, 1], byUsers: { count: 2, average: 4.5 } },
      poseMatch: { mean: 0.8, pictures: 2 },
    })
  })

  test('of a pose nobody has used there is nothing to say; hidden ones are told of, private ones are not', async () => {
    const hidden = await poseRow()
    expect(await figuresOf(hidden)).toMatchObject({
      ...{ isPublic: false, favorites: 0 },
      uses: { total: 0, last7Days: 0, last30Days: 0, people: 0, days: [] },
      ratings: { count: 0, average: null, histogram: [0, 0, 0, 0, 0], byUsers: { count: 0, average: null } },
      poseMatch: { mean: null, pictures: 0 },
    })
    for (const id of [await poseRow({ ownerId: await userRow() }), 'nobody-knows-it'])
      expect((await requestAs(admin, `/admin/library/${id}/stats`)).status).toBe(404)
  })
})
