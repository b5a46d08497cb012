import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { StartAsk } from '../../durable-objects/user/start'
import { oneAtATime } from '../../src/exports/one-at-a-time'
import { recipeHash } from '../../src/exports/recipe-hash'
import { DEFAULT_OPTIONS, type FormatId } from '../../src/exports/types'
import { masterKey } from '../../src/generations/object-keys'
import type { TaskPlan } from '../../src/generations/types'
import { newId } from '../../src/kernel/ids'
import { MAX_MESSAGE_TRIES } from '../../src/kernel/limits'
import type { PoseMessage } from '../../src/messages'
import { expectErrors } from '../setup'
import { startAsk } from '../support/jobs'
import { deliver, messagesOf, type OpenUser, openUser, startFor } from '../support/queue'

afterEach(() => void vi.useRealTimers())

/** A seller with pictures that are paid, and the names of these. */
async function withPictures(count = 1) {
  const user = await openUser()
  const job = await startFor(user, { poses: count })
  for (const body of await messagesOf(user, job.id, count)) await deliver([{ body }])
  const made = await rowsOf('generated_poses WHERE generation_id = ?', job.id)
  expect(made).toHaveLength(count)
  return { user, jobId: job.id, imageIds: made.map(({ id }) => String(id)) }
}

const rowsOf = async (what: string, ...bound: unknown[]) =>
  (
    await env.DB.prepare(`SELECT * FROM ${what}`)
      .bind(...bound)
      .all()
  ).results

const filesOf = (imageId: string) => rowsOf('export_variants WHERE image_id = ? ORDER BY format', imageId)
const formatsOf = async (imageId: string) => (await filesOf(imageId)).map(({ format }) => format)

async function begin(user: OpenUser, ask: StartAsk): Promise<void> {
  const answer = await user.object().start(ask)
  if (!answer.ok) throw new Error(`refused: ${answer.code}`)
}

/** An export of these pictures, started; its messages are in the test's hands. */
async function startExport(user: OpenUser, imageIds: string[], formats: FormatId[]) {
  const id = newId('export')
  const job: StartAsk['job'] = {
    ...{ id, app: 'exports', projectId: user.projectId, type: 'EXPORT', textPrompt: null },
    params: { name: 'Kotak teh', formats, options: DEFAULT_OPTIONS, versions: {} },
  }
  const tasks = imageIds.map(
    (imageId): TaskPlan => ({
      ...{ variationKey: imageId, imageId, name: 'Kotak teh', poseId: null, draft: null, prompt: '', seed: 0 },
    }),
  )
  await begin(user, { ...startAsk(), job, tasks, price: { poseCredits: 0, backgroundCredits: 0 } })
  const messages = await messagesOf(user, id, tasks.length)
  const tasksNow = async () =>
    (await user.object().pictureWork(id))!.tasks.map(({ state, errorCode }) => [state, errorCode])
  return { id, messages, view: () => user.object().job(id), tasksNow }
}

const one = (body: PoseMessage, id = 'one') => ({ body, id })

/** Makes R2 refuse the first `times` puts of files in this format. */
function refusePut(format: string, times = Number.POSITIVE_INFINITY): void {
  const put = env.MEDIA.put.bind(env.MEDIA)
  let left = times
  vi.spyOn(env.MEDIA, 'put').mockImplementation((async (...sent: Parameters<typeof put>) => {
    if (sent[0].includes(`_x_${format}_`) && left-- > 0) throw new Error('R2 is away')
    return put(...sent)
  }) as typeof env.MEDIA.put)
}

describe('an export', () => {
  test('makes what is missing of every picture, and costs nothing', async () => {
    const { user, imageIds } = await withPictures(2)
    const before = await user.object().credits()
    const { messages, view } = await startExport(user, imageIds, ['whatsapp_catalog', 'instagram_feed', 'original'])
    await deliver(messages.map((body, n) => one(body, `m-${n}`)))
    expect(await view()).toMatchObject({ status: 'completed', completed: 2, creditsCharged: 0 })
    for (const imageId of imageIds)
      expect(await formatsOf(imageId)).toEqual(['instagram_feed', 'original', 'whatsapp_catalog'])
    expect(await user.object().credits()).toEqual(before)
    const { events } = await user.object().events(0, 100)
    const told = events?.filter(({ type }) => type.startsWith('export_')) ?? []
    expect(told.find(({ type }) => type === 'export_progress')?.data.image).toMatchObject({ files: 3, failed: 0 })
    expect(told.at(-1)?.type).toBe('export_ready')
  })

  test('does not make again what is there', async () => {
    const { user, imageIds } = await withPictures()
    const first = await startExport(user, imageIds, ['whatsapp_catalog'])
    await deliver(first.messages.map((body) => one(body)))
    const files = await filesOf(imageIds[0]!)
    const put = vi.spyOn(env.MEDIA, 'put')
    const second = await startExport(user, imageIds, ['whatsapp_catalog'])
    await deliver(second.messages.map((body) => one(body)))
    expect(await second.view()).toMatchObject({ status: 'completed' })
    expect(put).not.toHaveBeenCalled()
    expect(await filesOf(imageIds[0]!)).toEqual(files)
  })

  test('asked for twice at the same moment makes one row of each file', async () => {
    const { user, imageIds } = await withPictures()
    const jobs = await Promise.all(
      [1, 2, 3].map(() => startExport(user, imageIds, ['whatsapp_catalog', 'instagram_feed'])),
    )
    await Promise.all(jobs.map(({ messages }, n) => deliver(messages.map((body) => one(body, `m-${n}`)))))
    for (const { view } of jobs) expect(await view()).toMatchObject({ status: 'completed', completed: 1 })
    expect(await formatsOf(imageIds[0]!)).toEqual(['instagram_feed', 'whatsapp_catalog'])
  })

  test('takes the version that its picture had when it was asked for', async () => {
    const { user, imageIds } = await withPictures()
    const { messages } = await startExport(user, imageIds, ['whatsapp_catalog'])
    await env.DB.prepare('UPDATE generated_poses SET background_id = ? WHERE id = ?')
      .bind(newId('background'), imageIds[0])
      .run()
    await deliver(messages.map((body) => one(body)))
    const [picture] = await rowsOf('generated_poses WHERE id = ?', imageIds[0])
    const facts = { id: imageIds[0]!, sizeBytes: Number(picture?.size_bytes) }
    const hash = await recipeHash(facts, null, 'whatsapp_catalog', DEFAULT_OPTIONS)
    expect(await filesOf(imageIds[0]!)).toMatchObject([{ recipe_hash: hash }])
  })

  test('goes on after R2 was away, and makes only what it had not put', async () => {
    const { user, imageIds } = await withPictures()
    const { messages, view } = await startExport(user, imageIds, ['whatsapp_catalog', 'instagram_feed'])
    refusePut('instagram_feed', 1)
    expect(await deliver([one(messages[0]!)])).toEqual({ acked: [], retried: { one: 5 } })
    expect(await formatsOf(imageIds[0]!)).toEqual(['whatsapp_catalog'])
    const puts = vi.mocked(env.MEDIA.put).mock.calls.length
    await deliver([{ ...one(messages[0]!), attempts: 2 }])
    expect(
      vi
        .mocked(env.MEDIA.put)
        .mock.calls.slice(puts)
        .map(([key]) => key.includes('_x_instagram_feed_')),
    ).toEqual([true])
    expect(await view()).toMatchObject({ status: 'completed' })
  })

  test('goes on after its rows could not be written', async () => {
    const { user, imageIds } = await withPictures()
    const { messages, view } = await startExport(user, imageIds, ['whatsapp_catalog'])
    vi.spyOn(env.DB, 'batch').mockRejectedValueOnce(new Error('D1 is away'))
    expect(await deliver([one(messages[0]!)])).toEqual({ acked: [], retried: { one: 5 } })
    expect(await filesOf(imageIds[0]!)).toEqual([])
    await deliver([{ ...one(messages[0]!), attempts: 2 }])
    expect(await view()).toMatchObject({ status: 'completed' })
    expect(await formatsOf(imageIds[0]!)).toEqual(['whatsapp_catalog'])
  })

  test('waits when too many build already, and waiting is no failure', async () => {
    const { user, imageIds } = await withPictures()
    const { messages, view } = await startExport(user, imageIds, ['whatsapp_catalog'])
    const sent: PoseMessage[] = []
    const queue = { send: async (message: PoseMessage) => void sent.push(message) }
    let letGo = () => {}
    const gate = new Promise<void>((resolve) => {
      letGo = resolve
    })
    // One at work, and as many as may wait behind it.
    const others = Array.from({ length: 17 }, () => oneAtATime(() => gate))
    const vars = { GENERATION_QUEUE: queue as unknown as Queue }
    expect(await deliver([one(messages[0]!)], { vars })).toEqual({ acked: ['one'], retried: {} })
    letGo()
    await Promise.all(others)
    expect(sent).toMatchObject([{ jobId: messages[0]!.jobId, after: 1 }])
    await deliver([one(sent[0]!)])
    expect(await view()).toMatchObject({ status: 'completed' })
  })

  test('does without a picture that is gone, and has the others', async () => {
    const { user, imageIds } = await withPictures(2)
    const { messages, view, tasksNow } = await startExport(user, imageIds, ['whatsapp_catalog'])
    await env.DB.prepare('DELETE FROM generated_poses WHERE id = ?').bind(imageIds[0]).run()
    await deliver(messages.map((body, n) => one(body, `m-${n}`)))
    expect(await view()).toMatchObject({ status: 'partial', completed: 1, failed: 1 })
    expect(await tasksNow()).toEqual([
      ['failed', 'PICTURE_GONE'],
      ['done', null],
    ])
  })

  test('does without a picture whose file is gone or cannot be read', async () => {
    const { user, imageIds } = await withPictures(2)
    const { messages, tasksNow } = await startExport(user, imageIds, ['whatsapp_catalog'])
    const rows = await Promise.all(imageIds.map(async (id) => (await rowsOf('generated_poses WHERE id = ?', id))[0]!))
    await env.MEDIA.delete(String(rows[0]?.output_key))
    await env.MEDIA.put(String(rows[1]?.output_key), 'no picture')
    await deliver(messages.map((body, n) => one(body, `m-${n}`)))
    expect(await tasksNow()).toEqual([
      ['failed', 'PICTURE_GONE'],
      ['failed', 'UNUSABLE_PICTURE'],
    ])
  })

  test('leaves neither rows nor objects of a picture that is deleted while its files are made', async () => {
    const { user, jobId, imageIds } = await withPictures()
    const { messages, tasksNow } = await startExport(user, imageIds, ['whatsapp_catalog'])
    const put = env.MEDIA.put.bind(env.MEDIA)
    vi.spyOn(env.MEDIA, 'put').mockImplementation((async (...sent: Parameters<typeof put>) => {
      await env.DB.prepare('DELETE FROM generated_poses WHERE id = ?').bind(imageIds[0]).run()
      return put(...sent)
    }) as typeof env.MEDIA.put)
    await deliver(messages.map((body) => one(body)))
    expect(await tasksNow()).toEqual([['failed', 'PICTURE_GONE']])
    expect(await rowsOf('export_variants WHERE image_id = ?', imageIds[0])).toEqual([])
    const { objects } = await env.MEDIA.list({ prefix: `u/${user.userId}/${jobId}/` })
    expect(objects.filter(({ key }) => key.includes('_x_'))).toEqual([])
  })
})

describe('files that a shoot asks for', () => {
  /** A shoot of one picture that wants these files; what is sent to the queue meanwhile is caught. */
  async function shoot(outputFormats: FormatId[], send?: (message: unknown) => Promise<void>) {
    const user = await openUser()
    const ask = startAsk({ projectId: user.projectId, poseId: 'carry-box-chest' })
    const { job } = ask
    if (job.app !== 'pose-generator') throw new Error('a shoot makes pictures')
    await begin(user, { ...ask, job: { ...job, params: { ...job.params, outputFormats } } })
    const [body] = await messagesOf(user, job.id, 1)
    const sent: unknown[] = []
    const queue = { send: send ?? (async (message: unknown) => void sent.push(message)) }
    await deliver([one(body!)], { vars: { GENERATION_QUEUE: queue as unknown as Queue } })
    const [picture] = await rowsOf('generated_poses WHERE generation_id = ?', job.id)
    return { user, job, sent, imageId: String(picture?.id), master: masterKey(user.userId, job.id, 'pose-v0') }
  }

  test('are asked for with its picture, and made', async () => {
    const { user, sent, imageId } = await shoot(['instagram_story', 'shopee_product'])
    expect(sent).toMatchObject([
      { type: 'variants', userId: user.userId, imageId, formats: ['instagram_story', 'shopee_product'] },
    ])
    expect(await filesOf(imageId)).toEqual([])
    expect(await deliver([{ body: sent[0], id: 'v' }])).toEqual({ acked: ['v'], retried: {} })
    expect(await formatsOf(imageId)).toEqual(['instagram_story', 'shopee_product'])
  })

  test('that are none, or the original alone, are nothing to make', async () => {
    expect((await shoot([])).sent).toEqual([])
    expect((await shoot(['original'])).sent).toEqual([])
  })

  test('do not cost their picture when the queue is away', async () => {
    const { user, job } = await shoot(['instagram_story'], () => Promise.reject(new Error('the queue is away')))
    expect(await user.object().job(job.id)).toMatchObject({ status: 'completed', completed: 1 })
  })

  test('come again when R2 is away, and are given up without a word to their picture', async () => {
    const { user, job, sent, imageId } = await shoot(['whatsapp_catalog', 'instagram_feed'])
    refusePut('instagram_feed')
    expect(await deliver([{ body: sent[0], id: 'v' }])).toMatchObject({ acked: [], retried: { v: expect.any(Number) } })
    expect(await formatsOf(imageId)).toEqual(['whatsapp_catalog'])
    expect(await deliver([{ body: sent[0], id: 'v', attempts: MAX_MESSAGE_TRIES }])).toEqual({
      acked: ['v'],
      retried: {},
    })
    expect(String(expectErrors())).toContain('message_parked')
    expect(await user.object().job(job.id)).toMatchObject({ status: 'completed', completed: 1 })
  })

  test('of a picture that cannot be read are forgotten', async () => {
    const { sent, imageId, master } = await shoot(['whatsapp_catalog'])
    await env.MEDIA.put(master, 'no picture')
    expect(await deliver([{ body: sent[0], id: 'v' }])).toEqual({ acked: ['v'], retried: {} })
    expect(await filesOf(imageId)).toEqual([])
  })

  test('of a picture that is gone, or somebody else’s, are forgotten', async () => {
    const { sent, imageId, master } = await shoot(['whatsapp_catalog'])
    const stranger = { ...(sent[0] as object), userId: newId('user') }
    expect(await deliver([{ body: stranger, id: 'v' }])).toEqual({ acked: ['v'], retried: {} })
    await env.MEDIA.delete(master)
    expect(await deliver([{ body: sent[0], id: 'v' }])).toEqual({ acked: ['v'], retried: {} })
    expect(await filesOf(imageId)).toEqual([])
    await env.DB.prepare('DELETE FROM generated_poses WHERE id = ?').bind(imageId).run()
    expect(await deliver([{ body: sent[0], id: 'v' }])).toEqual({ acked: ['v'], retried: {} })
  })
})
