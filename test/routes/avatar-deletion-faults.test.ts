import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { consume } from '../../queues/consumer'
import { deleteAvatar } from '../../src/avatars/delete-avatar'
import { avatarPictureKey, avatarThumbnailKey } from '../../src/avatars/object-keys'
import { makeCtx } from '../../src/ctx'
import { avatars } from '../../src/db/tables/avatars'
import { avatarDeletions } from '../../src/db/tables/likeness'
import { jobPrefix } from '../../src/generations/object-keys'
import { newId } from '../../src/kernel/ids'
import { continueDeletion, continueOverdue, OVERDUE_AFTER_MS } from '../../src/likeness/erase-deletion'
import { castNets } from '../../src/recovery/cast-nets'
import { uploadKey } from '../../src/uploads/object-key'
import { findOrphans } from '../../src/uploads/object-owners'
import { expectErrors } from '../setup'
import { avatarProjectRow, avatarWithPictures } from '../support/avatars'
import { brokenMedia, ctx, deletionRow, objectsOf } from '../support/deletions'
import { db, generationRow, pictureRow, projectRow, uploadRow, userRow } from '../support/rows'

const BOTH = { pictures: 'delete', variations: 'keep' } as const
type Vars = Partial<Record<keyof Env, unknown>>
const ctxIn = (vars: Vars) => makeCtx({ ...env, ...vars } as Env, 'test', () => {})

/** What is sent is caught: nobody goes on with a deletion but who is told to. */
function heldQueue() {
  const sent: unknown[] = []
  const send = async (message: unknown) => void sent.push(message)
  return { sent, GENERATION_QUEUE: { send, sendBatch: send } }
}
const AWAY = { GENERATION_QUEUE: { send: () => Promise.reject(new Error('the queue is away')) } }

let userId: string
let avatarId: string
/** Objects of the avatar (2), its photo (1) and two shoots (3 each). */
const OBJECTS = 9
beforeEach(async () => {
  userId = await userRow()
  const uploadId = await uploadRow(userId)
  await env.MEDIA.put(uploadKey(userId, uploadId), 'photo')
  avatarId = await avatarWithPictures(userId, await avatarProjectRow(userId), { uploadId })
  for (let shoot = 0; shoot < 2; shoot++) {
    const generationId = await generationRow(userId, await projectRow(userId), { avatarId })
    await pictureRow(userId, generationId)
    for (const name of ['master', 'thumb', 'mask'])
      await env.MEDIA.put(`${jobPrefix(userId, generationId)}${name}`, 'bytes')
  }
})

const message = (deletionId: string) => ({ type: 'erasure', userId, deletionId, requestId: 'test' })

/** Hands the message over as the queue does. */
async function deliver(deletionId: string, vars: Vars = {}) {
  const asked = { ack: vi.fn(), retry: vi.fn() }
  const delivered = { id: 'erasure', timestamp: new Date(), attempts: 1, body: message(deletionId), ...asked }
  const batch = { queue: 'lumiku-generation', messages: [delivered], ackAll() {}, retryAll() {} }
  const execution = { waitUntil() {}, passThroughOnException() {}, props: {} }
  await consume(batch as never, { ...env, ...vars } as Env, execution as never)
  return asked
}

describe('a deletion that is cut short is finished by itself, and what is counted was there', () => {
  test.each([
    ['looking into a folder', 'list', 1],
    ['looking into the second folder', 'list', 2],
    ['looking for the photo', 'head', 1],
    ['deleting', 'delete', 1],
  ] as const)('R2 is away when %s (K1)', async (_, method, from) => {
    const queue = heldQueue()
    const cut = await deleteAvatar(ctxIn({ ...queue, ...brokenMedia(method, from) }), userId, avatarId, BOTH)
    expect(cut).toMatchObject({ endedAt: null, picturesDeleted: 2, generationsKept: 2 })
    expect(await db.select().from(avatars).where(eq(avatars.id, avatarId))).toEqual([])
    expect(queue.sent).toEqual([message(cut.id)])
    expect((await deliver(cut.id, brokenMedia(method, 1))).retry).toHaveBeenCalledOnce()
    expect((await deliver(cut.id)).ack).toHaveBeenCalledOnce()
    expect(await objectsOf(userId)).toEqual([])
    expect(await deletionRow(cut.id)).toMatchObject({ objectsDeleted: OBJECTS, endedAt: expect.any(Number) })
  })

  test('its message comes twice, at once and after the end (K1)', async () => {
    const cut = await deleteAvatar(ctxIn({ ...heldQueue(), ...brokenMedia('delete') }), userId, avatarId, BOTH)
    await Promise.all([deliver(cut.id), deliver(cut.id), deliver(cut.id)])
    const row = await deletionRow(cut.id)
    expect(row.endedAt).not.toBeNull()
    expect(row.objectsDeleted).toBeLessThanOrEqual(OBJECTS)
    await deliver(cut.id)
    expect(await deletionRow(cut.id)).toEqual(row)
    expect(await objectsOf(userId)).toEqual([])
  })

  test('its message is lost: after a minute the net goes on with it, not before (K1)', async () => {
    const cut = await deleteAvatar(ctxIn({ ...heldQueue(), ...brokenMedia('list') }), userId, avatarId, BOTH)
    await continueOverdue(ctx, cut.createdAt + OVERDUE_AFTER_MS)
    expect(await objectsOf(userId)).toHaveLength(OBJECTS)
    expect(await castNets(ctx, cut.createdAt + OVERDUE_AFTER_MS + 1, ['deletions'])).toMatchObject({ torn: [] })
    expect(await objectsOf(userId)).toEqual([])
    expect(await deletionRow(cut.id)).toMatchObject({ objectsDeleted: OBJECTS, endedAt: expect.any(Number) })
  })

  test('R2 and the queue are away together: the answer comes all the same, and the net does the rest (K1)', async () => {
    const cut = await deleteAvatar(ctxIn({ ...AWAY, ...brokenMedia('list') }), userId, avatarId, BOTH)
    expect(cut.endedAt).toBeNull()
    const away = ctxIn(brokenMedia('list'))
    expect(await castNets(away, Date.now() + 2 * OVERDUE_AFTER_MS, ['deletions'])).toMatchObject({
      torn: ['deletions'],
    })
    expect(expectErrors()).toHaveLength(1)
    await castNets(ctx, Date.now() + 2 * OVERDUE_AFTER_MS, ['deletions'])
    expect((await deletionRow(cut.id)).objectsDeleted).toBe(OBJECTS)
  })

  test('death between the bytes and the note of them: the rest goes, and what was not noted is not counted (K1)', async () => {
    let noted = 0
    const DB = new Proxy(env.DB, {
      get(database, name) {
        const real: unknown = Reflect.get(database, name)
        if (name !== 'prepare') return typeof real === 'function' ? real.bind(database) : real
        return (sql: string) => {
          if (sql.startsWith('update "avatar_deletions"') && ++noted === 1) throw new Error('the Worker died')
          return database.prepare(sql)
        }
      },
    })
    const cut = await deleteAvatar(ctxIn({ ...heldQueue(), DB }), userId, avatarId, BOTH)
    expect(cut).toMatchObject({ endedAt: null, objectsDeleted: 0 })
    await continueDeletion(ctx, cut.id)
    expect(await objectsOf(userId)).toEqual([])
    expect((await deletionRow(cut.id)).endedAt).not.toBeNull()
  })

  test('D1 refuses: nothing has gone, and the same request later does all of it (K1)', async () => {
    const DB = new Proxy(env.DB, {
      get(database, name) {
        const real: unknown = Reflect.get(database, name)
        if (name === 'batch') return () => Promise.reject(new Error('D1 is away'))
        return typeof real === 'function' ? real.bind(database) : real
      },
    })
    await expect(deleteAvatar(ctxIn({ DB }), userId, avatarId, BOTH)).rejects.toThrow('D1 is away')
    expect(await objectsOf(userId)).toHaveLength(OBJECTS)
    expect(await db.select().from(avatarDeletions).where(eq(avatarDeletions.userId, userId))).toEqual([])
    expect((await deleteAvatar(ctx, userId, avatarId, BOTH)).objectsDeleted).toBe(OBJECTS)
  })
})

test('a shoot of 1,100 objects goes in one request, page by page', async () => {
  const generationId = await generationRow(userId, await projectRow(userId), { avatarId })
  const keys = Array.from({ length: 1_100 }, (_, n) => `${jobPrefix(userId, generationId)}${n}_master`)
  for (let from = 0; from < keys.length; from += 100)
    await Promise.all(keys.slice(from, from + 100).map((key) => env.MEDIA.put(key, 'b')))
  const deletion = await deleteAvatar(ctx, userId, avatarId, BOTH)
  expect(deletion).toMatchObject({ objectsDeleted: OBJECTS + 1_100, endedAt: expect.any(Number) })
  expect(await objectsOf(userId)).toEqual([])
}, 60_000)

test('an avatar of sixty shoots is answered as pending and finished by its message', async () => {
  for (let shoot = 0; shoot < 60; shoot++) {
    const generationId = await generationRow(userId, await projectRow(userId), { avatarId })
    await env.MEDIA.put(`${jobPrefix(userId, generationId)}only_master`, 'b')
  }
  const deletion = await deleteAvatar(ctxIn(heldQueue()), userId, avatarId, BOTH)
  expect(deletion).toMatchObject({ endedAt: null, generationsKept: 62 })
  expect(deletion.objectsDeleted).toBeGreaterThan(20)
  await deliver(deletion.id)
  expect(await deletionRow(deletion.id)).toMatchObject({ objectsDeleted: OBJECTS + 60, endedAt: expect.any(Number) })
})

test('objects of an avatar whose row a crash never wrote have no owner, those of one that is there have (K8)', async () => {
  const lost = newId('avatar')
  const there = [avatarPictureKey(userId, avatarId), avatarThumbnailKey(userId, avatarId)]
  const orphans = [avatarPictureKey(userId, lost), avatarThumbnailKey(userId, lost)]
  expect(await findOrphans(db, [...there, ...orphans])).toEqual({ orphans, unknown: [] })
})
