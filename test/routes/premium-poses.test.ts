import { eq } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { poses } from '../../src/db/tables/poses'
import { expectJson, requestAs, signUp } from '../support/app'
import { importAs, type OpenPose } from '../support/own-poses'
import { buyFor, PEBISNIS } from '../support/plans'
import { db, hidePoseRows, poseRow } from '../support/rows'
import { creditsOf, ended, GENERATOR, generate, newProject, oneSmallPicture, type Started } from '../support/shoots'

afterAll(hidePoseRows)

test('a premium pose is for people with a paid plan: others are told which pose it is, and nothing is held', async () => {
  const person = await signUp()
  const pose = await poseRow({ isPublic: true, isPremium: true })
  const { id } = await newProject(person)
  const params = oneSmallPicture(id, { selectedPoseIds: ['stand-neutral', pose] })

  const refusal = { error: { code: 'PREMIUM_POSE', details: { poseIds: [pose] } } }
  expect(await expectJson(generate(person, params), 403)).toMatchObject(refusal)
  const quote = requestAs(person, '/quotes', { json: { app: 'pose-generator', params } })
  expect(await expectJson(quote, 403)).toMatchObject(refusal)
  expect(await creditsOf(person)).toMatchObject({ held: 0, available: 300 })

  // The token is from before: what the person pays for counts at once.
  await buyFor(person.user.id, PEBISNIS)
  const { generation } = await expectJson<Started>(generate(person, params), 202)
  expect(await ended(person, generation.id)).toMatchObject({ status: 'completed', posesCompleted: 2 })
})

test('the file of a premium pose comes back as nobody’s own pose but of those who may use it', async () => {
  const person = await signUp()
  const premium = 'yoga-tree'
  const openpose = await expectJson<OpenPose>(requestAs(person, `${GENERATOR}/poses/${premium}/export`), 200)
  const become = (isPremium: boolean) => db.update(poses).set({ isPremium }).where(eq(poses.id, premium))
  await become(true)
  try {
    const refusal = { error: { code: 'PREMIUM_POSE', details: { poseIds: [premium] } } }
    expect(await expectJson(importAs(person, openpose, { allowSimilar: true }), 403)).toMatchObject(refusal)
    expect(await db.$count(poses, eq(poses.ownerId, person.user.id))).toBe(0)
    await buyFor(person.user.id, PEBISNIS)
    await expectJson(importAs(person, openpose, { allowSimilar: true }), 201)
  } finally {
    await become(false)
  }
})

test('words alone lead to no premium pose', async () => {
  const person = await signUp()
  const words = { nameEn: 'Quetzalcoatl', nameId: 'Quetzalcoatl' }
  const drafts = async () => {
    const json = { text: 'quetzalcoatl', count: 4, seed: 1 }
    const answer = requestAs(person, `${GENERATOR}/poses/draft`, { json })
    return (await expectJson<{ drafts: { startPoseId: string | null }[] }>(answer, 200)).drafts
  }
  await poseRow({ isPublic: true, isPremium: true, ...words })
  expect(await drafts()).toEqual([])
  const free = await poseRow({ isPublic: true, ...words })
  expect((await drafts()).map(({ startPoseId }) => startPoseId)).toEqual([free])
})
