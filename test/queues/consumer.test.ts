import { env } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import { MAX_MESSAGE_TRIES } from '../../src/kernel/limits'
import { expectErrors } from '../setup'
import { books } from '../support/jobs'
import { DEAD_LETTER_QUEUE, deliver, failing, messagesOf, openUser, startFor } from '../support/queue'

/** A user with one picture to make, and its message. */
async function onePicture() {
  const user = await openUser()
  const job = await startFor(user)
  const [body] = await messagesOf(user, job.id, 1)
  return { user, job, body: body!, id: `m-${job.id}` }
}

const parked = async (messageId: string) =>
  (await env.DB.prepare('SELECT * FROM dead_letters WHERE message_id = ?').bind(messageId).all()).results

/** Parking is logged as an error, on purpose. */
const expectErrorLog = (event: string): void => expect(expectErrors().flat().join()).toContain(event)

test('a message whose picture is made is acked', async () => {
  const { user, job, body, id } = await onePicture()
  expect(await deliver([{ body, id }])).toEqual({ acked: [id], retried: {} })
  expect(await user.object().job(job.id)).toMatchObject({ status: 'completed', creditsCharged: 30 })
})

test.each([
  ['null', null],
  ['a text', 'make me a picture'],
  ['another type', { type: 'video', userId: 'usr_1' }],
  ['a position below zero', { type: 'pose', userId: 'usr_1', jobId: 'gen_1', position: -1, requestId: 'r' }],
  ['bytes beyond reading', { type: 'pose', pad: 'x'.repeat(10_000) }],
])('an unreadable message is kept, cut to size, and acked: %s', async (_title, body) => {
  const id = `unreadable-${crypto.randomUUID()}`
  expect(await deliver([{ body, id }])).toEqual({ acked: [id], retried: {} })
  expectErrorLog('message_parked')
  const [row] = await parked(id)
  expect(row).toMatchObject({ queue: 'lumiku-generation', error: 'Error: UNREADABLE', attempts: 1 })
  expect(row?.body).toBe(JSON.stringify(body).slice(0, 4_000))
})

test('messages for jobs that nobody knows, and for ended ones, are acked and forgotten', async () => {
  const { user, job, body } = await onePicture()
  await user.object().cancel(job.id, 'ses_test')
  const bodies = [body, { ...body, position: 7 }, { ...body, jobId: 'gen_none' }, { ...body, userId: 'usr_none' }]
  const { acked, retried } = await deliver(bodies.map((each) => ({ body: each })))
  expect([acked.length, retried]).toEqual([4, {}])
  expect(await user.sql(books)).toMatchObject({ available: 300, spent: 0 })
})

test('while a consumer has the task, a second message for it is acked and does nothing', async () => {
  const { user, job, body, id } = await onePicture()
  await user.object().claim({ jobId: job.id, position: 0 }, 60_000)
  expect(await deliver([{ body, id }])).toEqual({ acked: [id], retried: {} })
  expect(await user.object().job(job.id)).toMatchObject({ status: 'processing', completed: 0 })
})

test('a provider that fails is asked four times, ever later, then the picture fails and costs nothing (A16)', async () => {
  const { user, job, body, id } = await onePicture()
  const vars = { EMBEDDED_FAIL_RATE: '1' }
  // Waits differ by a fifth, so that a provider that comes back is not met by everybody at once.
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  expect(await deliver([{ body, id }], { vars })).toEqual({ acked: [], retried: { [id]: 1 } })
  expect(await user.sql(books)).toMatchObject({ held: 30 })
  expect(await deliver([{ body, id, attempts: 2 }], { vars })).toEqual({ acked: [], retried: { [id]: 3 } })
  expect(await deliver([{ body, id, attempts: 3 }], { vars })).toEqual({ acked: [], retried: { [id]: 9 } })
  expect(await deliver([{ body, id, attempts: 4 }], { vars })).toEqual({ acked: [id], retried: {} })
  expect(await user.object().job(job.id)).toMatchObject({ status: 'failed', creditsReleased: 30 })
  expect(await user.object().unmadePictures(job.id)).toMatchObject({ tasks: [{ errorCode: 'UPSTREAM_5XX' }] })
  expect(await user.sql(books)).toMatchObject({ available: 300, held: 0, spent: 0 })
})

test('a provider that recovers is charged like one that never failed', async () => {
  const { user, job, body, id } = await onePicture()
  await deliver([{ body, id }], { vars: { EMBEDDED_FAIL_RATE: '1' } })
  expect(await deliver([{ body, id, attempts: 2 }])).toEqual({ acked: [id], retried: {} })
  expect(await user.object().job(job.id)).toMatchObject({ status: 'completed', creditsCharged: 30 })
})

test('what the provider refuses for its words fails at once', async () => {
  const { user, job, body, id } = await onePicture()
  const vars = { EMBEDDED_MODERATE: 'holding a box' }
  expect(await deliver([{ body, id }], { vars })).toEqual({ acked: [id], retried: {} })
  expect(await user.object().unmadePictures(job.id)).toMatchObject({ tasks: [{ errorCode: 'MODERATED_IN' }] })
})

test('one message that fails leaves the others of its batch alone (A22)', async () => {
  const user = await openUser()
  const job = await startFor(user, { poses: 4 })
  const bodies = await messagesOf(user, job.id, 4)
  const vars = failing('claim', { times: 1 })
  const { acked, retried } = await deliver(
    bodies.map((body, n) => ({ body, id: `${job.id}-${n}` })),
    { vars },
  )
  expect(acked).toHaveLength(3)
  expect(Object.values(retried)).toEqual([2])
  expect(await user.object().job(job.id)).toMatchObject({ completed: 3, status: 'processing' })
})

test('a message that fails comes again, ever later, and is parked after its last try (A21)', async () => {
  const { user, job, body, id } = await onePicture()
  const vars = failing('claim')
  const delays: (number | undefined)[] = []
  for (let attempts = 1; attempts < MAX_MESSAGE_TRIES; attempts++)
    delays.push((await deliver([{ body, id, attempts }], { vars })).retried[id])
  expect(delays).toEqual([2, 4, 8, 16, 32, 64, 128])
  expect(await parked(id)).toEqual([])
  expect(await user.sql(books)).toMatchObject({ held: 30 })

  expect(await deliver([{ body, id, attempts: MAX_MESSAGE_TRIES }], { vars })).toEqual({ acked: [id], retried: {} })
  expectErrorLog('message_parked')
  expect(await user.object().job(job.id)).toMatchObject({ status: 'failed', creditsReleased: 30 })
  expect(await parked(id)).toMatchObject([{ attempts: MAX_MESSAGE_TRIES, body: JSON.stringify(body) }])
})

test('a dead letter fails its task, returns the credits, and is kept once however often it comes (A21)', async () => {
  const { user, job, body, id } = await onePicture()
  for (let attempts = 1; attempts <= 3; attempts++)
    expect(await deliver([{ body, id, attempts }], { queue: DEAD_LETTER_QUEUE })).toEqual({ acked: [id], retried: {} })
  expectErrorLog('message_parked')
  expect(await user.object().job(job.id)).toMatchObject({ status: 'failed', creditsReleased: 30 })
  expect(await user.sql(books)).toMatchObject({ available: 300, held: 0 })
  expect(await parked(id)).toMatchObject([{ queue: DEAD_LETTER_QUEUE, error: 'Error: DEAD_LETTER', attempts: 1 }])
})

test('a dead letter of a picture that was made changes nothing about it', async () => {
  const { user, job, body, id } = await onePicture()
  await deliver([{ body, id }])
  await deliver([{ body, id: `${id}-again` }], { queue: DEAD_LETTER_QUEUE })
  expectErrorLog('message_parked')
  expect(await user.object().job(job.id)).toMatchObject({ status: 'completed', creditsCharged: 30, creditsReleased: 0 })
})

test('a dead letter that nobody can read is kept too', async () => {
  const id = `unreadable-${crypto.randomUUID()}`
  expect(await deliver([{ body: 7, id }], { queue: DEAD_LETTER_QUEUE })).toEqual({ acked: [id], retried: {} })
  expectErrorLog('message_parked')
  expect(await parked(id)).toMatchObject([{ body: '7' }])
})

test('a dead letter that cannot be kept comes again; its credits are back already', async () => {
  const { user, body, id } = await onePicture()
  const prepare = vi.spyOn(env.DB, 'prepare').mockImplementation(() => {
    throw new Error('D1 is away')
  })
  const again = await deliver([{ body, id, attempts: 2 }], { queue: DEAD_LETTER_QUEUE })
  prepare.mockRestore()
  expectErrorLog('message_parked')
  expect(again).toEqual({ acked: [], retried: { [id]: 4 } })
  expect(await user.sql(books)).toMatchObject({ available: 300, held: 0 })
  await deliver([{ body, id, attempts: 3 }], { queue: DEAD_LETTER_QUEUE })
  expectErrorLog('message_parked')
  expect(await parked(id)).toHaveLength(1)
})
