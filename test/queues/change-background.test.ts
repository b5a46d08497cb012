import { env } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import type { BackgroundWish } from '../../src/db/tables/pictures'
import { oneAtATime } from '../../src/exports/one-at-a-time'
import { sha256Hex } from '../../src/kernel/hash'
import { newId } from '../../src/kernel/ids'
import { MAX_TASK_TRIES } from '../../src/kernel/limits'
import type { PoseMessage } from '../../src/messages'
import { createImageKernel } from '../../src/render/image/kernel'
import { modules } from '../../src/render/modules'
import { books, SECOND_MS, startAsk } from '../support/jobs'
import { deliver, failing, messagesOf, type OpenUser, openUser, startFor } from '../support/queue'

afterEach(() => void vi.useRealTimers())

const NOBODY = { FAL_KEY: '', MATTING_URL: '' } as Partial<Record<keyof Env, unknown>>
const WHITE: BackgroundWish = { mode: 'solid_color', color: '#FFFFFF', shadow: true }
const BEACH: BackgroundWish = { mode: 'ai_generate', prompt: 'pantai', shadow: true }

type Row = Record<string, string | number | null>
const rowsOf = async (table: string, column: string, value: string): Promise<Row[]> =>
  (await env.DB.prepare(`SELECT * FROM ${table} WHERE ${column} = ?`).bind(value).all()).results as Row[]
const versions = (imageId: string) => rowsOf('picture_backgrounds', 'image_id', imageId)
const bytesAt = async (key: unknown) => new Uint8Array(await (await env.MEDIA.get(String(key)))!.arrayBuffer())

/** Somebody with a finished picture, 270 credits left. */
async function withPicture() {
  const user = await openUser()
  const job = await startFor(user)
  await deliver((await messagesOf(user, job.id, 1)).map((body) => ({ body })))
  const [picture] = await rowsOf('generated_poses', 'generation_id', job.id)
  return { user, picture: picture!, imageId: String(picture!.id) }
}

/** A job that gives the picture another background, with its message in the test's hands. */
async function begin(user: OpenUser, imageId: string, wish: BackgroundWish) {
  const id = newId('backgroundJob')
  const answer = await user.object().start({
    ...startAsk(),
    ...{ route: 'changeBackground', key: `key-${id}`, price: { poseCredits: 0, backgroundCredits: 10 } },
    job: { id, app: 'backgrounds', projectId: '', type: 'BACKGROUND', textPrompt: null, params: { wish } },
    tasks: [{ variationKey: imageId, imageId, name: 'pose-v0', poseId: null, draft: null, prompt: 'pantai', seed: 1 }],
  })
  if (!answer.ok) throw new Error(answer.code)
  const [body] = await messagesOf(user, id, 1)
  return { id, body: body as PoseMessage, view: () => user.object().job(id) }
}

/** Made once, charged once, nothing left over. */
async function expectOnce(user: OpenUser, imageId: string, charged = 10) {
  expect(await versions(imageId)).toHaveLength(1)
  expect(await user.sql(books)).toMatchObject({ available: 270 - charged, held: 0, spent: 30 + charged })
}

/** Makes writes of version rows to D1 fail, the first `times`. */
function failRow(times = 1): void {
  const prepare = env.DB.prepare.bind(env.DB)
  let left = times
  vi.spyOn(env.DB, 'prepare').mockImplementation((query) => {
    if (query.includes('insert into "picture_backgrounds"') && left-- > 0) throw new Error('D1 is away')
    return prepare(query)
  })
}

test('a version is in R2 with its thumbnail, in D1 with who made it, and shown; the original is not touched', async () => {
  const { user, picture, imageId } = await withPicture()
  const before = await sha256Hex(new TextDecoder('latin1').decode(await bytesAt(picture.output_key)))
  const job = await begin(user, imageId, WHITE)
  await deliver([{ body: job.body }])
  const [version] = await versions(imageId)
  expect(version).toMatchObject({ mode: 'solid_color', made_by: `${job.id}:0`, provider: null, cost_micro_usd: 0 })
  expect((await bytesAt(version!.object_key)).byteLength).toBe(version!.size_bytes)
  expect((await env.MEDIA.head(String(version!.thumbnail_key)))?.httpMetadata?.contentType).toBe('image/jpeg')
  const [shown] = await rowsOf('generated_poses', 'id', imageId)
  expect(shown).toMatchObject({ background_id: version!.id, output_key: picture.output_key })
  expect(await sha256Hex(new TextDecoder('latin1').decode(await bytesAt(picture.output_key)))).toBe(before)
  await expectOnce(user, imageId)
})

test('a place from words is a picture of its own, made by the provider, and nothing of it is left over', async () => {
  const { user, picture, imageId } = await withPicture()
  const job = await begin(user, imageId, BEACH)
  await deliver([{ body: job.body }])
  expect(await versions(imageId)).toMatchObject([{ mode: 'ai_generate', provider: 'embedded' }])
  const stem = String(picture.output_key).replace(/_master$/, '')
  const { objects } = await env.MEDIA.list({ prefix: stem })
  expect(objects.filter(({ key }) => key.includes('plate'))).toEqual([])
  await expectOnce(user, imageId)
})

test.each([WHITE, BEACH])('R2 that fails once costs five seconds, not a charge ($mode)', async (wish) => {
  const { user, imageId } = await withPicture()
  const { body, view } = await begin(user, imageId, wish)
  vi.spyOn(env.MEDIA, 'put').mockRejectedValueOnce(new Error('R2 is away'))
  expect(await deliver([{ body, id: 'm' }])).toEqual({ acked: [], retried: { m: 5 } })
  await deliver([{ body, id: 'm', attempts: 2 }])
  expect(await view()).toMatchObject({ status: 'completed', creditsCharged: 10 })
  await expectOnce(user, imageId)
})

test('a crash after the place was paid does not pay it again', async () => {
  const { user, imageId } = await withPicture()
  const { body, view } = await begin(user, imageId, BEACH)
  failRow()
  expect(await deliver([{ body, id: 'm' }])).toEqual({ acked: [], retried: { m: 5 } })
  // Whoever asked the provider now would be refused: what is stored is all there is.
  await deliver([{ body, id: 'm', attempts: 2 }], { vars: { EMBEDDED_MODERATE: 'pantai' } })
  expect(await view()).toMatchObject({ status: 'completed', creditsCharged: 10 })
  await expectOnce(user, imageId)
})

test('a file that a crash left two days ago is put anew before a row names it, or it would be swept away', async () => {
  const { user, imageId } = await withPicture()
  const job = await begin(user, imageId, WHITE)
  failRow()
  await deliver([{ body: job.body }])
  vi.setSystemTime(Date.now() + 2 * 24 * 3_600 * SECOND_MS)
  const put = vi.spyOn(env.MEDIA, 'put')
  const again = await begin(user, imageId, WHITE)
  await deliver([{ body: again.body }])
  const [version] = await versions(imageId)
  const puts = put.mock.calls.filter(([key]) => key === version!.object_key)
  expect(puts.map(([, , options]) => options?.onlyIf !== undefined)).toEqual([true, false])
  expect((await bytesAt(version!.object_key)).byteLength).toBe(version!.size_bytes)
})

test('a consumer that dies between the row and the end is followed by one that is charged all the same', async () => {
  const { user, imageId } = await withPicture()
  const { body, view } = await begin(user, imageId, WHITE)
  await deliver([{ body, id: 'm' }], { vars: failing('finish') })
  const [version] = await versions(imageId)
  expect(version).toBeDefined()
  await env.DB.prepare('UPDATE generated_poses SET background_id = NULL WHERE id = ?').bind(imageId).run()
  vi.setSystemTime(Date.now() + 60 * SECOND_MS)
  await deliver([{ body, id: 'm2' }])
  expect(await view()).toMatchObject({ status: 'completed', creditsCharged: 10 })
  // It was undone meanwhile, and stays so.
  expect(await rowsOf('generated_poses', 'id', imageId)).toMatchObject([{ background_id: null }])
  await expectOnce(user, imageId)
})

test('two jobs for one background at the same time are one charge, and the file is as long as its row says', async () => {
  const { user, imageId } = await withPicture()
  const jobs = [await begin(user, imageId, BEACH), await begin(user, imageId, BEACH)]
  await deliver(jobs.map(({ body }) => ({ body })))
  const views = await Promise.all(jobs.map(({ view }) => view()))
  expect(views.map((view) => view?.status)).toEqual(['completed', 'completed'])
  expect(views.map((view) => view?.creditsCharged).sort()).toEqual([0, 10])
  const [version] = await versions(imageId)
  expect((await bytesAt(version!.object_key)).byteLength).toBe(version!.size_bytes)
  await expectOnce(user, imageId)
})

test('a provider that refuses the words gives the credits back', async () => {
  const { user, imageId } = await withPicture()
  const { body, view } = await begin(user, imageId, BEACH)
  await deliver([{ body }], { vars: { EMBEDDED_MODERATE: 'pantai' } })
  expect(await view()).toMatchObject({ status: 'failed', creditsCharged: 0, creditsReleased: 10 })
  expect(await versions(imageId)).toEqual([])
  expect(await user.sql(books)).toMatchObject({ available: 270, held: 0 })
})

test('a picture that is gone gives the credits back', async () => {
  const { user, picture, imageId } = await withPicture()
  const jobs = [await begin(user, imageId, WHITE), await begin(user, imageId, { ...WHITE, color: '#000000' })]
  await env.MEDIA.delete(String(picture.output_key))
  await deliver([{ body: jobs[0]!.body }])
  await env.DB.prepare('DELETE FROM generated_poses WHERE id = ?').bind(imageId).run()
  await deliver([{ body: jobs[1]!.body }])
  for (const { view } of jobs) expect(await view()).toMatchObject({ status: 'failed', creditsReleased: 10 })
  expect(await user.sql(books)).toMatchObject({ available: 270, held: 0 })
})

test('a background picture that was deleted meanwhile gives the credits back', async () => {
  const { user, imageId } = await withPicture()
  const wish: BackgroundWish = { mode: 'upload', uploadId: newId('upload'), shadow: true }
  const { body, view } = await begin(user, imageId, wish)
  await deliver([{ body }])
  expect(await view()).toMatchObject({ status: 'failed', creditsReleased: 10 })
})

test('a picture without a mask, where nobody cuts pictures out, gives the credits back', async () => {
  const { user, picture, imageId } = await withPicture()
  await env.MEDIA.delete(String(picture.mask_key))
  for (const wish of [WHITE, BEACH]) {
    const { body, view } = await begin(user, imageId, wish)
    await deliver([{ body }], { vars: NOBODY })
    expect(await view()).toMatchObject({ status: 'failed', creditsReleased: 10 })
  }
})

test('in a shoot a background that fails three times is released, and its picture is delivered and charged', async () => {
  const user = await openUser()
  const job = await startFor(user, { background: true })
  const [body] = await messagesOf(user, job.id, 1)
  const put = env.MEDIA.put.bind(env.MEDIA)
  vi.spyOn(env.MEDIA, 'put').mockImplementation((async (...sent: Parameters<typeof put>) => {
    if (sent[0].includes('_bg_')) throw new Error('R2 is away')
    return put(...sent)
  }) as typeof env.MEDIA.put)
  expect(await deliver([{ body, id: 'm' }])).toEqual({ acked: [], retried: { m: 2 } })
  expect(await rowsOf('generated_poses', 'generation_id', job.id)).toEqual([])
  // The picture is there: whoever asked the provider now would be refused.
  const vars = { EMBEDDED_MODERATE: 'holding a box' }
  expect(await deliver([{ body, id: 'm', attempts: 2 }], { vars })).toEqual({ acked: [], retried: { m: 4 } })
  expect(await deliver([{ body, id: 'm', attempts: 3 }], { vars })).toEqual({ acked: ['m'], retried: {} })
  expect(await user.object().job(job.id)).toMatchObject({
    status: 'completed',
    creditsCharged: 30,
    creditsReleased: 10,
  })
  expect(await rowsOf('generated_poses', 'generation_id', job.id)).toMatchObject([
    { background_id: null, background_mode: null },
  ])
})

test('in a shoot a background that fails once is made at the next try, and charged once', async () => {
  const user = await openUser()
  const job = await startFor(user, { background: true })
  const [body] = await messagesOf(user, job.id, 1)
  failRow()
  expect(await deliver([{ body, id: 'm' }])).toEqual({ acked: [], retried: { m: 5 } })
  await deliver([{ body, id: 'm', attempts: 2 }], { vars: { EMBEDDED_MODERATE: 'holding a box' } })
  expect(await user.object().job(job.id)).toMatchObject({ status: 'completed', creditsCharged: 40, creditsReleased: 0 })
  const [picture] = await rowsOf('generated_poses', 'generation_id', job.id)
  const [version] = await versions(String(picture!.id))
  expect(picture).toMatchObject({ background_id: version!.id, background_mode: null })
  const { rgba } = createImageKernel(modules.image).decodePng(await bytesAt(version!.object_key))
  expect([...rgba.subarray(0, 4)]).toEqual([255, 255, 255, 255])
})

/** More work on pixels than anybody waits behind; call the answer to let it end. */
function crowd(): () => Promise<unknown> {
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const turns = Array.from({ length: 17 }, () => oneAtATime(() => gate))
  return () => {
    open()
    return Promise.all(turns)
  }
}

test('a change that finds too many before it waits, however often, and fails nothing by it', async () => {
  const { user, imageId } = await withPicture()
  const { id, body, view } = await begin(user, imageId, WHITE)
  const disperse = crowd()
  let message = body
  for (let times = 0; times < MAX_TASK_TRIES + 1; times++) {
    const sent: PoseMessage[] = []
    const GENERATION_QUEUE = { send: async (next: PoseMessage) => void sent.push(next) }
    const vars = { GENERATION_QUEUE } as unknown as Partial<Record<keyof Env, unknown>>
    expect(await deliver([{ body: message, id: 'm' }], { vars })).toEqual({ acked: ['m'], retried: {} })
    expect(sent).toHaveLength(1)
    message = sent[0]!
  }
  await disperse()
  await deliver([{ body: message }])
  expect(await view()).toMatchObject({ status: 'completed', creditsCharged: 10 })
  const tries = 'SELECT tries FROM task WHERE job_id = ?'
  expect(await user.sql((sql) => sql.exec(tries, id).one())).toEqual({ tries: 0 })
  await expectOnce(user, imageId)
})

test('in a shoot a background that finds too many before it is made later, and not given up', async () => {
  const user = await openUser()
  const job = await startFor(user, { background: true })
  const [body] = await messagesOf(user, job.id, 1)
  const disperse = crowd()
  const vars = { EMBEDDED_MODERATE: 'holding a box' }
  expect(await deliver([{ body, id: 'm' }])).toEqual({ acked: [], retried: { m: 5 } })
  for (let attempts = 2; attempts <= 4; attempts++)
    expect(await deliver([{ body, id: 'm', attempts }], { vars })).toEqual({ acked: [], retried: { m: 5 } })
  await disperse()
  await deliver([{ body, id: 'm', attempts: 5 }], { vars })
  expect(await user.object().job(job.id)).toMatchObject({ status: 'completed', creditsCharged: 40 })
})

test('a picture that is there is delivered without its background rather than given up at its last try', async () => {
  const user = await openUser()
  const job = await startFor(user, { background: true })
  const [body] = await messagesOf(user, job.id, 1)
  await user.sql((sql) => sql.exec('UPDATE task SET tries = ? WHERE job_id = ?', MAX_TASK_TRIES - 2, job.id).toArray())
  const put = env.MEDIA.put.bind(env.MEDIA)
  vi.spyOn(env.MEDIA, 'put').mockImplementation((async (...sent: Parameters<typeof put>) => {
    if (sent[0].includes('_bg_')) throw new Error('R2 is away')
    return put(...sent)
  }) as typeof env.MEDIA.put)
  expect(await deliver([{ body, id: 'm' }])).toEqual({ acked: [], retried: { m: 2 } })
  expect(await deliver([{ body, id: 'm', attempts: 2 }])).toEqual({ acked: ['m'], retried: {} })
  expect(await user.object().job(job.id)).toMatchObject({
    ...{ status: 'completed', creditsCharged: 30, creditsReleased: 10 },
  })
})
