import { expect, test } from 'vitest'
import { expectJson, request, requestAs, signUp } from '../support/app'
import {
  creditsOf,
  deliver,
  GENERATOR,
  holdQueue,
  newKey,
  POSES,
  REFUSING,
  resultsOf,
  type Started,
  showGeneration,
  startShoot,
} from '../support/shoots'

test('a shoot with failures costs what was finished, and its failures can be made again (A12)', async () => {
  const sari = await signUp()
  await holdQueue(sari)
  const background = { useBackgroundChanger: true, backgroundMode: 'solid_color', backgroundColor: '#FFE4B5' }
  const { generation, creditCharged } = await startShoot(sari, { selectedPoseIds: [...POSES], ...background })
  expect(creditCharged).toBe(160)
  expect(await creditsOf(sari)).toEqual({ available: 140, held: 160 })

  await deliver(sari, generation.id, [0])
  expect(await creditsOf(sari)).toEqual({ available: 140, held: 120 })
  await deliver(sari, generation.id, [1, 2], REFUSING)
  expect(await creditsOf(sari)).toEqual({ available: 220, held: 40 })
  await deliver(sari, generation.id, [3])
  expect(await creditsOf(sari)).toEqual({ available: 220, held: 0 })
  expect(await showGeneration(sari, generation.id)).toMatchObject({
    ...{ status: 'partial', posesCompleted: 2, posesFailed: 2 },
    ...{ creditCharged: 80, creditRefunded: 80, creditHeld: 0 },
  })

  // Messages come more than once; nothing is made or paid twice.
  await deliver(sari, generation.id, [0, 1, 2, 3])
  expect(await creditsOf(sari)).toEqual({ available: 220, held: 0 })

  const { items } = await resultsOf(sari, generation.id)
  expect(items.map((picture) => picture.status)).toEqual(['completed', 'failed', 'failed', 'completed'])
  for (const { outputImageUrl } of items) {
    if (outputImageUrl === null) continue
    expect((await request(`/${outputImageUrl}`)).headers.get('content-type')).toBe('image/png')
  }

  const again = await expectJson<Started>(
    requestAs(sari, `${GENERATOR}/generations/${generation.id}/retry`, {
      method: 'POST',
      headers: { 'idempotency-key': newKey() },
    }),
    202,
  )
  expect(again).toMatchObject({ totalPosesExpected: 2, creditCharged: 80 })
  await deliver(sari, again.generation.id, [0, 1])
  expect(await showGeneration(sari, again.generation.id)).toMatchObject({ status: 'completed', creditCharged: 80 })
  expect(await creditsOf(sari)).toEqual({ available: 140, held: 0 })
  const made = await resultsOf(sari, again.generation.id)
  expect(made.items.map((picture) => picture.variationKey)).toEqual([`${POSES[1]}-v0`, `${POSES[2]}-v0`])

  const { items: entries } = await expectJson<{ items: { kind: string; credits: number }[] }>(
    requestAs(sari, '/credits/entries?limit=100'),
    200,
  )
  const settled = entries.filter((entry) => entry.kind === 'settle')
  expect(settled.map((entry) => entry.credits)).toEqual([40, 40, 40, 40])
})
