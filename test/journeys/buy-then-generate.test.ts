import { expect, test } from 'vitest'
import { expectJson, requestAs, signUp } from '../support/app'
import { creditsOf, ended, generate, newKey, newProject, oneSmallPicture, POSES, type Started } from '../support/shoots'
import { errorOf } from '../support/walk'

test('a seller whose credits do not reach buys a pack and makes the same shoot', async () => {
  const sari = await signUp()
  const project = await newProject(sari)
  const shoot = oneSmallPicture(project.id, { selectedPoseIds: [...POSES], batchSize: 3 })

  const key = newKey()
  const tooDear = await errorOf(await generate(sari, shoot, key))
  expect(tooDear).toMatchObject({ code: 'INSUFFICIENT_CREDITS', details: { required: 360, available: 300 } })

  const { payment, redirectUrl } = await expectJson<{ payment: { id: string }; redirectUrl: string }>(
    requestAs(sari, '/payments', {
      json: { productId: 'credits-1500', gateway: 'simulated' },
      headers: { 'idempotency-key': newKey() },
    }),
    201,
  )
  expect(await creditsOf(sari)).toEqual({ available: 300, held: 0 })
  await expectJson(requestAs(sari, `/${redirectUrl}`, { method: 'POST' }), 200)
  expect(await creditsOf(sari)).toEqual({ available: 1800, held: 0 })

  const { generation, creditCharged } = await expectJson<Started>(generate(sari, shoot, key), 202)
  expect(creditCharged).toBe(360)
  expect(await ended(sari, generation.id)).toMatchObject({
    status: 'completed',
    posesCompleted: 12,
    creditCharged: 360,
  })
  expect(await creditsOf(sari)).toEqual({ available: 1440, held: 0 })

  const { items } = await expectJson<{ items: { kind: string; credits: number; reference: string }[] }>(
    requestAs(sari, '/credits/entries?limit=100'),
    200,
  )
  const sumOf = (kind: string) =>
    items.filter((entry) => entry.kind === kind).reduce((sum, { credits }) => sum + credits, 0)
  expect([sumOf('grant'), sumOf('hold'), sumOf('settle'), sumOf('release')]).toEqual([1800, 360, 360, 0])
  // What came free burns before what was paid for.
  const holds = items.filter((entry) => entry.kind === 'hold').map((entry) => entry.credits)
  expect(holds.reverse()).toEqual([300, 60])
  expect(items.some((entry) => entry.reference === `payment:${payment.id}`)).toBe(true)
})
