import { afterAll, expect, test } from 'vitest'
import { expectJson, requestAs, signUp } from '../support/app'
import { buyFor, PEBISNIS } from '../support/plans'
import { hidePoseRows, poseRow } from '../support/rows'
import { creditsOf, ended, generate, newProject, oneSmallPicture, type Started } from '../support/shoots'

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
