import { afterAll, describe, expect, test } from 'vitest'
import { expectJson, request, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { hidePoseRows, poseRow } from '../support/rows'
import { GENERATOR } from '../support/shoots'
import { errorOf } from '../support/walk'

afterAll(hidePoseRows)

const rate = (person: Person, poseId: string, json: object) =>
  requestAs(person, `${GENERATOR}/library/${poseId}/rating`, { method: 'PUT', json })
const rated = (person: Person, poseId: string, stars: number) => expectJson(rate(person, poseId, { stars }), 200)
const remove = (person: Person, poseId: string) =>
  requestAs(person, `${GENERATOR}/library/${poseId}/rating`, { method: 'DELETE' })

describe('a rating (ratePose, removePoseRating)', () => {
  test('is one a person: a new one takes the place of the old', async () => {
    const [sari, budi, tono] = [await signUp(), await signUp(), await signUp()]
    const pose = await poseRow({ isPublic: true })
    expect(await rated(sari, pose, 1)).toEqual({ stars: 1, ratingAverage: 1, ratingCount: 1 })
    expect(await rated(sari, pose, 5)).toEqual({ stars: 5, ratingAverage: 5, ratingCount: 1 })
    expect(await rated(sari, pose, 5)).toEqual({ stars: 5, ratingAverage: 5, ratingCount: 1 })
    expect(await rated(budi, pose, 2)).toEqual({ stars: 2, ratingAverage: 3.5, ratingCount: 2 })
    expect(await rated(tono, pose, 3)).toEqual({ stars: 3, ratingAverage: 3.33, ratingCount: 3 })
  })

  test('is shown on the pose to whoever gave it, with the same average as everywhere', async () => {
    const [sari, budi, tono] = [await signUp(), await signUp(), await signUp()]
    const pose = await poseRow({ isPublic: true })
    for (const [person, stars] of [[sari, 5] as const, [budi, 2] as const, [tono, 3] as const])
      await rated(person, pose, stars)
    const path = `${GENERATOR}/library/${pose}`
    const average = { ratingAverage: 3.33, ratingCount: 3 }
    const answer = await requestAs(budi, path)
    expect([answer.headers.get('cache-control'), answer.headers.get('vary')]).toEqual([
      'private, no-cache',
      expect.stringContaining('Authorization'),
    ])
    expect(await answer.json()).toMatchObject({ ...average, stars: 2, isFavorite: false })
    await expectJson(requestAs(budi, `${path}/favorite`, { method: 'POST' }), 200)
    await expectJson(remove(budi, pose), 200)
    expect(await expectJson(requestAs(budi, path), 200)).toMatchObject({ stars: null, isFavorite: true })
    expect(await expectJson(request(path), 200)).toMatchObject({ ratingAverage: 4, stars: null, isFavorite: null })
  })

  test('can be taken back, whether or not there was one; without ratings there is no average', async () => {
    const [sari, budi] = [await signUp(), await signUp()]
    const pose = await poseRow({ isPublic: true })
    await rated(sari, pose, 4)
    const back = (person: Person) => expectJson(remove(person, pose), 200)
    expect(await back(budi)).toEqual({ stars: null, ratingAverage: 4, ratingCount: 1 })
    expect(await back(sari)).toEqual({ stars: null, ratingAverage: null, ratingCount: 0 })
    expect(await back(sari)).toEqual({ stars: null, ratingAverage: null, ratingCount: 0 })
  })

  test('has one to five whole stars and nothing else', async () => {
    const sari = await signUp()
    const pose = await poseRow({ isPublic: true })
    for (const stars of [0, 6, -1, 4.5, '5', null, 1e9]) {
      const error = await errorOf(await rate(sari, pose, { stars }))
      expect([error.statusCode, error.issues[0]?.field, stars]).toEqual([422, 'stars', stars])
    }
    expect((await rate(sari, pose, { stars: 3, userId: 'usr_x' })).status).toBe(422)
    expect(await expectJson(remove(sari, pose), 200)).toMatchObject({ ratingCount: 0 })
  })

  test('is of a pose of the library: hidden, private and unknown ones are missing, to their owner too', async () => {
    const sari = await signUp()
    for (const pose of [await poseRow(), await poseRow({ ownerId: sari.user.id }), 'nobody-knows-it']) {
      expect((await rate(sari, pose, { stars: 5 })).status).toBe(404)
      expect((await remove(sari, pose)).status).toBe(404)
    }
  })
})
