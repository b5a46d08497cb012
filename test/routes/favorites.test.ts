import { env } from 'cloudflare:workers'
import { afterAll, describe, expect, test } from 'vitest'
import { addFavorite, MAX_FAVORITES } from '../../src/poses/people/favorites'
import { expectJson, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { db, hidePoseRows, poseRow } from '../support/rows'
import { ended, GENERATOR, resultsOf, startShoot } from '../support/shoots'

afterAll(hidePoseRows)

type Favorite = { isFavorite: boolean; favoriteCount: number }

const path = (poseId: string) => `${GENERATOR}/library/${poseId}/favorite`
const add = (person: Person, poseId: string) => requestAs(person, path(poseId), { method: 'POST' })
const remove = (person: Person, poseId: string) => requestAs(person, path(poseId), { method: 'DELETE' })
const added = (person: Person, poseId: string) => expectJson<Favorite>(add(person, poseId), 200)
const removed = (person: Person, poseId: string) => expectJson<Favorite>(remove(person, poseId), 200)
const hide = (poseId: string) => env.DB.prepare('update poses set is_public = 0 where id = ?').bind(poseId).run()

describe('a favourite pose (addPoseFavorite, removePoseFavorite)', () => {
  test('counts once for each person, however often it is asked for', async () => {
    const [sari, budi] = [await signUp(), await signUp()]
    const pose = await poseRow({ isPublic: true })
    expect(await added(sari, pose)).toEqual({ isFavorite: true, favoriteCount: 1 })
    expect(await added(sari, pose)).toEqual({ isFavorite: true, favoriteCount: 1 })
    expect(await added(budi, pose)).toEqual({ isFavorite: true, favoriteCount: 2 })
    expect(await removed(sari, pose)).toEqual({ isFavorite: false, favoriteCount: 1 })
    expect(await removed(sari, pose)).toEqual({ isFavorite: false, favoriteCount: 1 })
    expect(await removed(budi, pose)).toEqual({ isFavorite: false, favoriteCount: 0 })
  })

  test('is one of the library: hidden, private and unknown ones are missing, to their owner too', async () => {
    const sari = await signUp()
    const hidden = await poseRow()
    const own = await poseRow({ ownerId: sari.user.id })
    for (const pose of [hidden, own, 'nobody-knows-it']) {
      expect((await add(sari, pose)).status).toBe(404)
      expect((await remove(sari, pose)).status).toBe(404)
    }
  })

  test('that was hidden since can still be taken out, once', async () => {
    const sari = await signUp()
    const pose = await poseRow({ isPublic: true })
    await added(sari, pose)
    await hide(pose)
    expect((await add(sari, pose)).status).toBe(404)
    expect(await removed(sari, pose)).toEqual({ isFavorite: false, favoriteCount: 0 })
    expect((await remove(sari, pose)).status).toBe(404)
  })

  test('more than fit are refused, also at the same moment; those one has can be asked for again', async () => {
    const sari = await signUp()
    const some = await Promise.all(Array.from({ length: 6 }, () => poseRow({ isPublic: true })))
    const addTo3 = (pose: string) => addFavorite(db, sari.user.id, pose, 1, 3)
    const asked = await Promise.allSettled(some.map(addTo3))
    const refused = asked.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
    expect(refused).toHaveLength(3)
    for (const reason of refused) expect(reason).toMatchObject({ code: 'CONFLICT', details: { limit: 3 } })
    const had = some.filter((_, n) => asked[n]?.status === 'fulfilled')
    for (const pose of had) expect(await addTo3(pose)).toEqual({ isFavorite: true, favoriteCount: 1 })
    await removed(sari, had[0]!)
    const another = some.find((pose) => !had.includes(pose))!
    expect(await addTo3(another)).toEqual({ isFavorite: true, favoriteCount: 1 })
    expect(MAX_FAVORITES).toBe(5_000)
  })
})

describe('a favourite picture (addPictureFavorite, removePictureFavorite)', () => {
  test('shows as one in the results until it is taken back; nobody else can mark it', async () => {
    const [sari, budi] = [await signUp(), await signUp()]
    const { generation } = await startShoot(sari)
    await ended(sari, generation.id)
    const [picture] = (await resultsOf(sari, generation.id)).items
    const mark = (person: Person, method: string) =>
      requestAs(person, `${GENERATOR}/poses/${picture!.id}/favorite`, { method })
    const shown = async () => (await resultsOf(sari, generation.id)).items[0]
    expect((await mark(budi, 'POST')).status).toBe(404)
    expect(await shown()).toMatchObject({ isFavorite: false })
    for (const [method, isFavorite] of [['POST', true] as const, ['DELETE', false] as const])
      for (let times = 0; times < 2; times++) {
        expect(await expectJson(mark(sari, method), 200)).toEqual({ id: picture!.id, isFavorite })
        expect(await shown()).toMatchObject({ isFavorite })
      }
    await mark(sari, 'POST')
    expect((await mark(budi, 'DELETE')).status).toBe(404)
    expect(await shown()).toMatchObject({ isFavorite: true })
  })
})
