import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { makeCtx } from '../../src/ctx'
import { pictureSpec } from '../../src/generations/picture-spec'
import type { JobParams, TaskPlan } from '../../src/generations/types'
import { ProviderError } from '../../src/providers/contract'
import { expectJson, requestAs, signUp } from '../support/app'
import { kernel, send } from '../support/uploads'

const grey = (width: number, height: number) =>
  kernel.encodePng(new Uint8Array(width * height * 4).fill(200), width, height)

const task: TaskPlan = {
  variationKey: 'carry-box-chest-v0',
  imageId: 'img_test',
  name: 'Box',
  poseId: 'carry-box-chest',
  draft: null,
  prompt: 'box',
  seed: 1,
}

const paramsWith = (uploadId: string): JobParams => ({
  widthPx: 256,
  heightPx: 256,
  avatarUploadId: null,
  subject: { key: 'prj_test', words: '' },
  background: { mode: 'upload', uploadId },
  outputFormats: [],
})

const specOf = (userId: string, uploadId: string) =>
  pictureSpec(
    makeCtx(env, 'req_test', () => {}),
    { userId, jobId: 'gen_test' },
    task,
    paramsWith(uploadId),
  )

test('a large background is kept no larger than a picture can be, in its own shape', async () => {
  const sari = await signUp()
  const { id } = await expectJson<{ id: string }>(send(sari, grey(2000, 1000), 'image/png'), 201)
  const { background } = await specOf(sari.user.id, id)
  expect(background).toMatchObject({ kind: 'image', pixels: { width: 1536, height: 768 } })
})

test('somebody else’s background is gone for everybody but them', async () => {
  const [sari, budi] = [await signUp(), await signUp()]
  const { id } = await expectJson<{ id: string }>(send(budi, grey(40, 40), 'image/png'), 201)
  await specOf(budi.user.id, id)
  await expect(specOf(sari.user.id, id)).rejects.toEqual(new ProviderError('INVALID', 'an uploaded picture is gone'))
})

test('a photo that was deleted, or taken down, is in no further picture, though it was used a moment ago', async () => {
  const sari = await signUp()
  const { id } = await expectJson<{ id: string }>(send(sari, grey(48, 48), 'image/png'), 201)
  await specOf(sari.user.id, id)
  expect((await requestAs(sari, `/uploads/${id}`, { method: 'DELETE' })).status).toBe(204)
  await expect(specOf(sari.user.id, id)).rejects.toEqual(new ProviderError('INVALID', 'an uploaded picture is gone'))
})
