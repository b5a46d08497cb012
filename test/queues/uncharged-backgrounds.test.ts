import { env } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import { makeCtx } from '../../src/ctx'
import type { BackgroundWish } from '../../src/db/tables/pictures'
import { findPicture } from '../../src/generations/find-pictures'
import { newId } from '../../src/kernel/ids'
import type { PoseMessage } from '../../src/messages'
import { books, SECOND_MS, SESSION, startAsk } from '../support/jobs'
import { deliver, failing, messagesOf, type OpenUser, openUser, startFor } from '../support/queue'

afterEach(() => void vi.useRealTimers())

const WHITE: BackgroundWish = { mode: 'solid_color', color: '#FFFFFF', shadow: true }
const ctx = makeCtx(env, 'req_test', () => {})

const rows = async (sql: string, value: string) =>
  (await env.DB.prepare(sql).bind(value).all()).results as Record<string, string | null>[]
const makersOf = async (imageId: string) =>
  (await rows('SELECT made_by FROM picture_backgrounds WHERE image_id = ?', imageId)).map((row) => row.made_by)
const shownOf = async (user: OpenUser, imageId: string) =>
  (await findPicture(ctx, user.userId, imageId))?.backgroundId ?? null

/** Somebody with a finished picture, 270 credits left. */
async function withPicture() {
  const user = await openUser()
  const job = await startFor(user)
  await deliver((await messagesOf(user, job.id, 1)).map((body) => ({ body })))
  const [picture] = await rows('SELECT id FROM generated_poses WHERE generation_id = ?', job.id)
  return { user, imageId: picture!.id! }
}

async function begin(user: OpenUser, imageId: string) {
  const id = newId('backgroundJob')
  const answer = await user.object().start({
    ...startAsk(),
    ...{ route: 'changeBackground', key: `key-${id}`, price: { poseCredits: 0, backgroundCredits: 10 } },
    job: { id, app: 'backgrounds', projectId: '', type: 'BACKGROUND', textPrompt: null, params: { wish: WHITE } },
    tasks: [{ variationKey: imageId, imageId, name: 'pose-v0', poseId: null, draft: null, prompt: '', seed: 1 }],
  })
  if (!answer.ok) throw new Error(answer.code)
  const [body] = await messagesOf(user, id, 1)
  return { id, body: body as PoseMessage, view: () => user.object().job(id) }
}

/** A job that wrote its version, died before its end and was called off: its credits are back. */
async function abandoned() {
  const { user, imageId } = await withPicture()
  const job = await begin(user, imageId)
  await deliver([{ body: job.body, id: 'm' }], { vars: failing('finish') })
  await user.object().cancel(job.id, SESSION)
  vi.setSystemTime(Date.now() + 60 * SECOND_MS)
  await deliver([{ body: job.body, id: 'm2' }])
  expect(await job.view()).toMatchObject({ status: 'cancelled', creditsCharged: 0, creditsReleased: 10 })
  expect(await makersOf(imageId)).toEqual([`${job.id}:0`])
  return { user, imageId, job }
}

test('a background that was called off before it was charged is not shown', async () => {
  const { user, imageId } = await abandoned()
  expect(await shownOf(user, imageId)).toBeNull()
})

test('whoever asks for such a background again pays for it, once, and has it', async () => {
  const { user, imageId } = await abandoned()
  const again = await begin(user, imageId)
  await deliver([{ body: again.body }])
  expect(await again.view()).toMatchObject({ status: 'completed', creditsCharged: 10 })
  expect(await makersOf(imageId)).toEqual([`${again.id}:0`])
  expect(await shownOf(user, imageId)).toMatch(/^bgv_/)
  const third = await begin(user, imageId)
  await deliver([{ body: third.body }])
  expect(await third.view()).toMatchObject({ status: 'completed', creditsCharged: 0, creditsReleased: 10 })
  expect(await user.sql(books)).toMatchObject({ available: 260, held: 0, spent: 40 })
})

test('two who ask for such a background at the same time are one charge', async () => {
  const { user, imageId } = await abandoned()
  const jobs = [await begin(user, imageId), await begin(user, imageId)]
  await deliver(jobs.map(({ body }) => ({ body })))
  expect(await user.sql(books)).toMatchObject({ available: 260, held: 0, spent: 40 })
})

test('of a job that still runs the background is its own: another one for it is not charged', async () => {
  const { user, imageId } = await withPicture()
  const [first, second] = [await begin(user, imageId), await begin(user, imageId)]
  await deliver([{ body: first.body, id: 'm' }], { vars: failing('finish') })
  await deliver([{ body: second.body }])
  expect(await second.view()).toMatchObject({ status: 'completed', creditsCharged: 0 })
  vi.setSystemTime(Date.now() + 60 * SECOND_MS)
  await deliver([{ body: first.body, id: 'm2' }])
  expect(await first.view()).toMatchObject({ status: 'completed', creditsCharged: 10 })
  expect(await shownOf(user, imageId)).toMatch(/^bgv_/)
})

test('in a shoot a background whose row was written is charged, also when nobody could make it again', async () => {
  const user = await openUser()
  const job = await startFor(user, { background: true })
  const [body] = await messagesOf(user, job.id, 1)
  await deliver([{ body, id: 'm' }], { vars: failing('finish') })
  const [picture] = await rows('SELECT * FROM generated_poses WHERE generation_id = ?', job.id)
  expect(picture!.background_id).toMatch(/^bgv_/)
  await env.MEDIA.delete(picture!.mask_key!)
  vi.setSystemTime(Date.now() + 60 * SECOND_MS)
  await deliver([{ body, id: 'm2' }])
  expect(await user.object().job(job.id)).toMatchObject({ status: 'completed', creditsCharged: 40, creditsReleased: 0 })
})
