import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { avatarCreator } from '../../src/apps/avatar-creator/app'
import { EMPTY_ATTRIBUTES, EMPTY_PERSONA } from '../../src/avatars/fields'
import { portraitPose } from '../../src/avatars/portrait-pose'
import { avatarProjects, avatars } from '../../src/db/tables/avatars'
import type { JobParams, JobView } from '../../src/generations/types'
import { newId } from '../../src/kernel/ids'
import { avatarProjectRow, avatarRow, avatarWithPictures } from '../support/avatars'
import { books, SESSION, startAsk } from '../support/jobs'
import { deliver, failing, messagesOf, type OpenUser, openUser } from '../support/queue'
import { db } from '../support/rows'
import { newKey } from '../support/shoots'

/** An avatar of words that waits for its consumer; `fields` change the wish. */
async function oneAvatar({ uploadId = null as string | null } = {}) {
  const user = await openUser()
  const projectId = await avatarProjectRow(user.userId)
  const wish = { way: 'text_to_image', projectId, words: 'batik', variationCount: 1 } as const
  const given = {
    ...{ name: 'Sari', persona: EMPTY_PERSONA, attributes: EMPTY_ATTRIBUTES, words: 'batik', lookSeed: 7 },
    ...{ presetId: null, consent: null, parent: null, pose: portraitPose() },
  }
  const params = { ...avatarCreator.params(wish, given), uploadId }
  const answer = await user.object().start({
    ...{ route: 'avatar', key: newKey(), fingerprint: 'wish', sessionId: SESSION, requestId: 'test', taskWindow: 8 },
    job: {
      ...{ id: newId('avatarGeneration'), app: 'avatar-creator', projectId, type: 'text_to_image', textPrompt: null },
      params: { ...params, picture: { ...params.picture!, widthPx: 192, heightPx: 256 } },
    },
    tasks: avatarCreator.plan(wish, given, 7),
    price: { poseCredits: 10, backgroundCredits: 0 },
    limits: { posesPerHour: 100, generatesPerMinute: 100 },
    fund: 'credits',
  })
  if (!answer.ok) throw new Error(answer.code)
  const [body] = await messagesOf(user, answer.job.id, 1)
  return { user, projectId, job: answer.job, body: body!, id: `m-${answer.job.id}` }
}

const rowsOf = (job: JobView) => db.select().from(avatars).where(eq(avatars.generationId, job.id))
const objectsOf = async ({ userId }: OpenUser) =>
  (await env.MEDIA.list({ prefix: `u/${userId}/avt_` })).objects.map(({ key }) => key.split('/').at(-1))

async function expectMadeOnce(user: OpenUser, job: JobView): Promise<void> {
  expect(await user.object().job(job.id)).toMatchObject({ status: 'completed', completed: 1, creditsCharged: 10 })
  expect(await user.sql(books)).toMatchObject({ available: 290, held: 0, spent: 10 })
  expect(await rowsOf(job)).toHaveLength(1)
  expect(await objectsOf(user)).toEqual(['picture', 'thumb.jpg'])
}

test('an avatar whose message comes three times is made, and paid, once', async () => {
  const { user, job, body } = await oneAvatar()
  await Promise.all([deliver([{ body }]), deliver([{ body }]), deliver([{ body }])])
  await deliver([{ body }])
  await expectMadeOnce(user, job)
})

test('R2 that fails once costs five seconds, and not an avatar', async () => {
  const { user, job, body, id } = await oneAvatar()
  vi.spyOn(env.MEDIA, 'put').mockRejectedValueOnce(new Error('R2 is away'))
  expect(await deliver([{ body, id }])).toEqual({ acked: [], retried: { [id]: 5 } })
  await deliver([{ body, id, attempts: 2 }])
  await expectMadeOnce(user, job)
})

test('a failure between the picture in R2 and its row does not make the picture again', async () => {
  const { user, job, body, id } = await oneAvatar()
  const prepare = env.DB.prepare.bind(env.DB)
  let left = 1
  vi.spyOn(env.DB, 'prepare').mockImplementation((query) => {
    if (query.includes('insert into "avatars"') && left-- > 0) throw new Error('D1 is away')
    return prepare(query)
  })
  expect(await deliver([{ body, id }])).toEqual({ acked: [], retried: { [id]: 5 } })
  // Whoever asked the provider now would be refused: what is stored is all there is.
  await deliver([{ body, id, attempts: 2 }], { vars: { EMBEDDED_MODERATE: 'studio light' } })
  await expectMadeOnce(user, job)
  const [row] = await rowsOf(job)
  expect(row).toMatchObject({ provider: 'embedded', simulated: true, seedUsed: 7, lookSeed: 7 })
  expect(row!.recipe).toMatchObject({ provider: 'embedded', submissions: 1 })
})

test('an end that nobody heard of is told again, and the avatar stays one', async () => {
  const { user, job, body, id } = await oneAvatar()
  await deliver([{ body, id }], { vars: failing('finish', { times: 1, afterwards: true }) })
  await deliver([{ body, id, attempts: 2 }])
  await expectMadeOnce(user, job)
})

test('a project that was deleted meanwhile keeps no avatar, and gives the credits back', async () => {
  const { user, projectId, job, body } = await oneAvatar()
  await db.delete(avatarProjects).where(eq(avatarProjects.id, projectId))
  await deliver([{ body }])
  expect(await user.object().job(job.id)).toMatchObject({ status: 'failed', creditsCharged: 0 })
  expect(await user.sql(books)).toMatchObject({ available: 300, held: 0 })
  expect(await objectsOf(user)).toEqual([])
})

test('a photo that was taken down while the model worked leaves no avatar with that face', async () => {
  const { user, job, body } = await oneAvatar({ uploadId: newId('upload') })
  await deliver([{ body }])
  expect(await user.object().job(job.id)).toMatchObject({ status: 'failed', creditsCharged: 0 })
  expect([await rowsOf(job), await objectsOf(user)]).toEqual([[], []])
})

/** A shoot of one picture of this avatar, whether or not it is there. */
async function shootOf(user: OpenUser, avatarId: string) {
  const avatar = { id: avatarId, attributes: EMPTY_ATTRIBUTES, persona: EMPTY_PERSONA, words: '', lookSeed: 1 }
  const ask = startAsk({ projectId: user.projectId, poseId: 'carry-box-chest' })
  const params = { ...(ask.job.params as JobParams), avatar }
  const job = { ...ask.job, app: 'pose-generator' as const, params }
  const answer = await user.object().start({ ...ask, job })
  if (!answer.ok) throw new Error(answer.code)
  const [body] = await messagesOf(user, answer.job.id, 1)
  return { job: answer.job, body: body! }
}

test('of an avatar that was deleted while its picture was made there is no picture, and it costs nothing', async () => {
  const user = await openUser()
  const avatarId = await avatarWithPictures(user.userId, await avatarProjectRow(user.userId))
  const { job, body } = await shootOf(user, avatarId)
  // Deleted between the model's work and the picture's row.
  const put = env.MEDIA.put.bind(env.MEDIA)
  vi.spyOn(env.MEDIA, 'put').mockImplementation((async (...sent: Parameters<typeof put>) => {
    await db.delete(avatars).where(eq(avatars.id, avatarId))
    return put(...sent)
  }) as typeof env.MEDIA.put)
  await deliver([{ body }])
  expect(await user.object().unmadePictures(job.id)).toMatchObject({ tasks: [{ errorCode: 'INVALID' }] })
  expect(await user.sql(books)).toMatchObject({ available: 300, held: 0 })
  expect((await env.MEDIA.list({ prefix: `u/${user.userId}/${job.id}/` })).objects).toEqual([])
  const pictures = env.DB.prepare('select count(*) as n from generated_poses where generation_id = ?')
  expect(await pictures.bind(job.id).first('n')).toBe(0)
})

test('a shoot that was planned before its avatar was deleted fails and gives the credits back', async () => {
  const user = await openUser()
  const avatarId = await avatarRow(user.userId, await avatarProjectRow(user.userId))
  await db.delete(avatars).where(eq(avatars.id, avatarId))
  const { job, body } = await shootOf(user, avatarId)
  await deliver([{ body }])
  expect(await user.object().unmadePictures(job.id)).toMatchObject({ tasks: [{ errorCode: 'INVALID' }] })
  expect(await user.sql(books)).toMatchObject({ available: 300, held: 0 })
})
