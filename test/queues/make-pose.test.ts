import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import { masterKey, thumbnailKey } from '../../src/generations/object-keys'
import { MAX_TASK_TRIES } from '../../src/kernel/limits'
import { books, SECOND_MS } from '../support/jobs'
import { deliver, failing, messagesOf, type OpenUser, openUser, startFor } from '../support/queue'

afterEach(() => void vi.useRealTimers())

async function onePicture(wish: Parameters<typeof startFor>[1] = {}) {
  const user = await openUser()
  const job = await startFor(user, wish)
  const [body] = await messagesOf(user, job.id, 1)
  return { user, job, body: body!, id: `m-${job.id}` }
}

const rows = async (jobId: string) =>
  (await env.DB.prepare('SELECT * FROM generated_poses WHERE generation_id = ?').bind(jobId).all()).results

/** What was put of this person: another's shoot may go on beside. */
const putsOf = (put: { mock: { calls: unknown[][] } }, { userId }: OpenUser) =>
  put.mock.calls.filter(([key]) => String(key).startsWith(`u/${userId}/`))

/** Made once, charged once, nothing left over. */
async function expectMadeOnce(user: OpenUser, jobId: string): Promise<void> {
  expect(await user.object().job(jobId)).toMatchObject({ status: 'completed', completed: 1, creditsCharged: 30 })
  expect(await user.sql(books)).toMatchObject({ available: 270, held: 0, spent: 30 })
  expect(await rows(jobId)).toHaveLength(1)
}

/** Makes the next write of a picture's row to D1 fail, or its first `times`. */
function failRecord(times = 1): void {
  const prepare = env.DB.prepare.bind(env.DB)
  let left = times
  vi.spyOn(env.DB, 'prepare').mockImplementation((query) => {
    if (query.includes('insert into "generated_poses"') && left-- > 0) throw new Error('D1 is away')
    return prepare(query)
  })
}

test('a picture is in R2 with its thumbnail, in D1 with its facts, and in the log with its links', async () => {
  const { user, job, body, id } = await onePicture()
  await deliver([{ body, id }])
  const [row] = await rows(job.id)
  expect(row).toMatchObject({
    ...{
      user_id: user.userId,
      variation_key: 'pose-v0',
      position: 0,
      pose_id: 'carry-box-chest',
      provider: 'embedded',
    },
    ...{
      width_px: 256,
      height_px: 256,
      seed_used: 0,
      simulated: 1,
      prompt_used: 'holding a box',
      background_mode: null,
    },
    output_key: masterKey(user.userId, job.id, 'pose-v0'),
    thumbnail_key: thumbnailKey(user.userId, job.id, 'pose-v0'),
  })
  const master = await env.MEDIA.get(String(row?.output_key))
  expect(master?.httpMetadata?.contentType).toBe('image/png')
  expect((await master?.arrayBuffer())?.byteLength).toBe(row?.size_bytes)
  const thumbnail = await env.MEDIA.get(String(row?.thumbnail_key))
  expect(new Uint8Array((await thumbnail?.arrayBuffer()) ?? new ArrayBuffer(0)).slice(0, 2)).toEqual(
    new Uint8Array([0xff, 0xd8]),
  )
  const { events } = await user.object().events(0, 10)
  const progress = events?.find(({ type }) => type === 'pose_generation_progress')
  expect(progress?.data.image).toMatchObject({ id: row?.id, status: 'completed', poseId: 'carry-box-chest' })
  expect(JSON.stringify(progress?.data.image)).toContain('thumbnailUrl')
})

test('a background that was asked for and made is charged and noted', async () => {
  const { user, job, body, id } = await onePicture({ background: true })
  await deliver([{ body, id }])
  const [row] = await rows(job.id)
  const made = env.DB.prepare('SELECT id FROM picture_backgrounds WHERE image_id = ?').bind(row?.id)
  expect(row).toMatchObject({ background_mode: null, background_id: await made.first('id') })
  expect(await user.object().job(job.id)).toMatchObject({ creditsCharged: 40, creditsReleased: 0 })
})

test('a pose that is not in the library fails its picture for good', async () => {
  const { user, job, body, id } = await onePicture({ poseId: 'no-such-pose' })
  expect(await deliver([{ body, id }])).toEqual({ acked: [id], retried: {} })
  expect(await user.object().unmadePictures(job.id)).toMatchObject({ tasks: [{ errorCode: 'INVALID' }] })
  expect(await user.sql(books)).toMatchObject({ available: 300, held: 0 })
})

test('R2 that fails once costs five seconds, not a lease', async () => {
  const { user, job, body, id } = await onePicture()
  vi.spyOn(env.MEDIA, 'put').mockRejectedValueOnce(new Error('R2 is away'))
  expect(await deliver([{ body, id }])).toEqual({ acked: [], retried: { [id]: 5 } })
  expect(await deliver([{ body, id, attempts: 2 }])).toEqual({ acked: [id], retried: {} })
  await expectMadeOnce(user, job.id)
})

test('a failure between the picture in R2 and its row does not make the picture again (A22)', async () => {
  const { user, job, body, id } = await onePicture()
  const put = vi.spyOn(env.MEDIA, 'put')
  failRecord()
  expect(await deliver([{ body, id }])).toEqual({ acked: [], retried: { [id]: 5 } })
  expect(putsOf(put, user)).toHaveLength(3)
  // Whoever asked the provider now would be refused: what is stored is all there is.
  const vars = { EMBEDDED_MODERATE: 'holding a box' }
  expect(await deliver([{ body, id, attempts: 2 }], { vars })).toEqual({ acked: [id], retried: {} })
  expect(putsOf(put, user)).toHaveLength(3)
  await expectMadeOnce(user, job.id)
})

test('a thumbnail without its master is no picture', async () => {
  const { user, job, body, id } = await onePicture()
  const put = env.MEDIA.put.bind(env.MEDIA)
  vi.spyOn(env.MEDIA, 'put').mockImplementation((async (...sent: Parameters<typeof put>) => {
    if (sent[0].endsWith('_master')) throw new Error('R2 is away')
    return put(...sent)
  }) as typeof env.MEDIA.put)
  await deliver([{ body, id }])
  vi.mocked(env.MEDIA.put).mockRestore()
  await deliver([{ body, id, attempts: 2 }])
  await expectMadeOnce(user, job.id)
})

test('a master without its thumbnail gets one, and the provider is not asked again', async () => {
  const { user, job, body, id } = await onePicture()
  failRecord()
  await deliver([{ body, id }])
  const key = thumbnailKey(user.userId, job.id, 'pose-v0')
  await env.MEDIA.delete(key)
  await deliver([{ body, id, attempts: 2 }], { vars: { EMBEDDED_MODERATE: 'holding a box' } })
  await expectMadeOnce(user, job.id)
  expect((await env.MEDIA.head(key))?.httpMetadata?.contentType).toBe('image/jpeg')
})

test('the fixed picture of a benchmark is kept, recorded and charged like any other', async () => {
  const user = await openUser()
  const job = await startFor(user, { poses: 2 })
  const bodies = await messagesOf(user, job.id, 2)
  await deliver(
    bodies.map((body) => ({ body })),
    { vars: { EMBEDDED_FIXED: '1' } },
  )
  const sizes = new Set((await rows(job.id)).map((row) => row.size_bytes))
  expect([sizes.size, (await user.object().job(job.id))?.creditsCharged]).toEqual([1, 60])
})

test('a consumer that dies between the row and the finish is followed by one that only finishes (A9)', async () => {
  const { user, job, body, id } = await onePicture()
  const put = vi.spyOn(env.MEDIA, 'put')
  expect(await deliver([{ body, id }], { vars: failing('finish') })).toEqual({ acked: [], retried: { [id]: 2 } })
  expect(await rows(job.id)).toHaveLength(1)
  // The dead one's lease still stands: the message is forgotten, and sent again when the lease is over.
  expect(await deliver([{ body, id, attempts: 2 }])).toEqual({ acked: [id], retried: {} })
  expect(await user.object().job(job.id)).toMatchObject({ status: 'processing', completed: 0 })
  vi.setSystemTime(Date.now() + 30 * SECOND_MS)
  await runDurableObjectAlarm(user.object())
  expect(user.sent).toHaveLength(2)
  expect(await deliver([{ body: user.sent[1] }], { vars: { EMBEDDED_MODERATE: 'holding a box' } })).toMatchObject({
    retried: {},
  })
  expect(putsOf(put, user)).toHaveLength(3)
  await expectMadeOnce(user, job.id)
})

test('a finish whose answer was lost is not repeated (A9)', async () => {
  const { user, job, body, id } = await onePicture()
  const vars = failing('finish', { afterwards: true })
  expect(await deliver([{ body, id }], { vars })).toEqual({ acked: [], retried: { [id]: 2 } })
  expect(await deliver([{ body, id, attempts: 2 }])).toEqual({ acked: [id], retried: {} })
  await expectMadeOnce(user, job.id)
})

test('a D1 that stays away fails the picture in the end, and its credits return', async () => {
  const { user, job, body, id } = await onePicture()
  failRecord(Number.POSITIVE_INFINITY)
  const delays: (number | undefined)[] = []
  for (let attempts = 1; attempts <= MAX_TASK_TRIES; attempts++)
    delays.push((await deliver([{ body, id, attempts }])).retried[id])
  expect(delays).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300, undefined])
  expect(await user.object().unmadePictures(job.id)).toMatchObject({ tasks: [{ errorCode: 'INTERNAL' }] })
  expect(await user.sql(books)).toMatchObject({ available: 300, held: 0, spent: 0 })
})

test('a picture that was finished after its job was cancelled is delivered and charged', async () => {
  const { user, job, body, id } = await onePicture()
  const put = env.MEDIA.put.bind(env.MEDIA)
  vi.spyOn(env.MEDIA, 'put').mockImplementation((async (...sent: Parameters<typeof put>) => {
    await user.object().cancel(job.id, 'ses_test')
    return put(...sent)
  }) as typeof env.MEDIA.put)
  await deliver([{ body, id }])
  expect(await user.object().job(job.id)).toMatchObject({ status: 'cancelled', completed: 1, creditsCharged: 30 })
})
