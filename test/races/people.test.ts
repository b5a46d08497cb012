import { env } from 'cloudflare:workers'
import { afterAll, expect, test } from 'vitest'
import { addFavorite, removeFavorite } from '../../src/poses/people/favorites'
import { ratePose, removeRating } from '../../src/poses/people/ratings'
import { db, hidePoseRows, poseRow, userRow } from '../support/rows'

afterAll(hidePoseRows)

const PARALLEL = 100

type Counted = { favorites: number; ratings: number; stars: number }

const countsOf = (poseId: string) =>
  env.DB.prepare(
    'select favorite_count as favorites, rating_count as ratings, rating_sum as stars from poses where id = ?',
  )
    .bind(poseId)
    .first<Counted>()
const people = () => Promise.all(Array.from({ length: PARALLEL }, () => userRow()))
const stars = (n: number) => (n % 5) + 1

test('a hundred people make a pose their favourite at the same moment: a hundred; one person a hundred times: one (J1, J2)', async () => {
  const poseId = await poseRow({ isPublic: true })
  const everybody = await people()
  const answers = await Promise.all(everybody.map((userId) => addFavorite(db, userId, poseId, 1)))
  expect(answers.every(({ isFavorite }) => isFavorite)).toBe(true)
  expect(await countsOf(poseId)).toMatchObject({ favorites: PARALLEL })
  await Promise.all(everybody.map((userId) => removeFavorite(db, userId, poseId)))
  expect(await countsOf(poseId)).toMatchObject({ favorites: 0 })

  const [one = ''] = everybody
  await Promise.all(Array.from({ length: PARALLEL }, () => addFavorite(db, one, poseId, 1)))
  expect(await countsOf(poseId)).toMatchObject({ favorites: 1 })
  await Promise.all(Array.from({ length: PARALLEL }, () => removeFavorite(db, one, poseId)))
  expect(await countsOf(poseId)).toMatchObject({ favorites: 0 })
}, 20_000)

test('a hundred people rate a pose at the same moment: a hundred ratings and their average (J2)', async () => {
  const poseId = await poseRow({ isPublic: true })
  const everybody = await people()
  await Promise.all(everybody.map((userId, n) => ratePose(db, { userId, poseId, stars: stars(n) }, 1)))
  expect(await countsOf(poseId)).toMatchObject({ ratings: PARALLEL, stars: 3 * PARALLEL })
  // Half of them change their mind while the other half take theirs back.
  const odd = everybody.filter((_, n) => n % 2 === 1)
  const even = everybody.filter((_, n) => n % 2 === 0)
  await Promise.all([
    ...odd.map((userId) => ratePose(db, { userId, poseId, stars: 5 }, 2)),
    ...even.map((userId) => removeRating(db, userId, poseId)),
  ])
  expect(await countsOf(poseId)).toMatchObject({ ratings: odd.length, stars: 5 * odd.length })
})

test('one person rates a hundred times at the same moment: one rating, and its stars are the sum (J1)', async () => {
  const poseId = await poseRow({ isPublic: true })
  const userId = await userRow()
  const answers = await Promise.all(
    Array.from({ length: PARALLEL }, (_, n) => ratePose(db, { userId, poseId, stars: stars(n) }, n)),
  )
  // Each saw the pose as it was right after its own write.
  for (const { stars: given, ratingAverage, ratingCount } of answers)
    expect([ratingAverage, ratingCount]).toEqual([given, 1])
  const kept = await env.DB.prepare('select stars from pose_ratings where pose_id = ?').bind(poseId).all<{
    stars: number
  }>()
  expect(kept.results).toHaveLength(1)
  expect(await countsOf(poseId)).toMatchObject({ ratings: 1, stars: kept.results[0]!.stars })
})

test('people rate, like and change their minds all at once: the counts are those of the rows that are left (J2)', async () => {
  const poseId = await poseRow({ isPublic: true })
  const everybody = await people()
  await Promise.all(
    everybody.flatMap((userId, n) => [
      ratePose(db, { userId, poseId, stars: stars(n) }, 1),
      addFavorite(db, userId, poseId, 1),
      ...(n % 3 === 0 ? [removeRating(db, userId, poseId), removeFavorite(db, userId, poseId)] : []),
      ...(n % 4 === 0 ? [ratePose(db, { userId, poseId, stars: stars(n + 2) }, 2)] : []),
    ]),
  )
  const rows = await env.DB.prepare(
    `select (select count(*) from pose_favorites where pose_id = ?1) as favorites,
       (select count(*) from pose_ratings where pose_id = ?1) as ratings,
       (select coalesce(sum(stars), 0) from pose_ratings where pose_id = ?1) as stars`,
  )
    .bind(poseId)
    .first<Counted>()
  expect(await countsOf(poseId)).toEqual(rows)
  expect(rows!.ratings).toBeGreaterThan(PARALLEL / 2)
})
