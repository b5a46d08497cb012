import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { expectJson, requestAs } from '../support/app'
import { signUp } from '../support/people'

type Started = { generation: { id: string; status: string }; creditCharged: number }

test('a new seller makes two pictures with the welcome credits and downloads them', async () => {
  const sari = await signUp()
  const project = await expectJson<{ id: string }>(
    requestAs(sari, '/apps/pose-generator/projects', { json: { projectName: 'Kotak teh' } }),
    201,
  )
  const library = await expectJson<{ items: { id: string }[] }>(
    requestAs(sari, '/apps/pose-generator/library?search=holding%20box&limit=2'),
    200,
  )
  const started = await expectJson<Started>(
    requestAs(sari, '/apps/pose-generator/generate', {
      json: {
        projectId: project.id,
        generationType: 'GALLERY_REFERENCE',
        selectedPoseIds: library.items.map((pose) => pose.id),
        batchSize: 1,
        width: 256,
        height: 256,
      },
      headers: { 'idempotency-key': 'first-shoot' },
    }),
    202,
  )
  expect(started.creditCharged).toBe(60)
  const path = `/apps/pose-generator/generations/${started.generation.id}`
  await expect
    .poll(async () => (await expectJson<Started>(requestAs(sari, path), 200)).generation.status, { timeout: 10_000 })
    .toBe('completed')
  const results = await expectJson<{ items: { outputImageUrl: string }[] }>(requestAs(sari, `${path}/results`), 200)
  expect(results.items).toHaveLength(2)
  const picture = await requestAs(sari, `/${results.items[0]!.outputImageUrl}`)
  expect(picture.headers.get('content-type')).toBe('image/png')
  const credits = await expectJson<{ available: number; held: number }>(requestAs(sari, '/credits'), 200)
  expect(credits).toMatchObject({ available: 240, held: 0 })
  expect(env.MEDIA).toBeDefined()
})
