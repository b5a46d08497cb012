import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PoseMessage } from '../../src/messages'
import { providerObject, userObject } from '../../src/objects'
import { imageProviders } from '../../src/providers/registry'
import { countedDatabase as countRows } from '../support/counted-database'
import { configWith, controlOf } from '../support/providers'
import { deliver, messagesOf, openUser, startFor } from '../support/queue'

const FAL = { IMAGE_PROVIDERS: 'fal', PROVIDER_LIMITS: '{"fal":{"slots":20}}' }
const PICTURES = 8
const POLLS = 4
const fal = controlOf(env.FAL_QUEUE_URL)
const provider = imageProviders(configWith(FAL), env)[0]!

beforeEach(async () => {
  await fal.reset()
})
afterEach(() => void vi.useRealTimers())

/** Counts the rows that an object writes from here on: $1 per million. */
async function rowsOf(stub: DurableObjectStub): Promise<() => number> {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = []
  await runInDurableObject(stub, (_object, { storage: { sql } }) => {
    const { exec } = Object.getPrototypeOf(sql) as SqlStorage
    sql.exec = function (query, ...bindings) {
      const cursor = exec.call(this, query, ...bindings)
      cursors.push(cursor)
      return cursor as never
    }
  })
  return () => cursors.reduce((sum, cursor) => sum + cursor.rowsWritten, 0)
}

/** The database, counting the rows that are written through it. */
function countedDatabase() {
  let rows = 0
  const db = countRows((written) => {
    rows += written
  })
  return { db, written: () => rows }
}

test('a picture of a queue that is asked after four times costs what docs/providers.md says', async () => {
  // A poll that fails writes what one writes that comes too early, and is no matter of time.
  await fal.breakNext('503', { path: 'poll', count: PICTURES * (POLLS - 1) })
  const user = await openUser()
  const { db, written: rowsInD1 } = countedDatabase()
  const rowsInUser = await rowsOf(userObject(env, user.userId))
  const rowsAtProvider = await rowsOf(providerObject(env, provider))
  await runInDurableObject(user.object(), (object) => {
    const { env: own } = object as unknown as { env: Env }
    Object.defineProperty(object, 'env', { value: { ...own, DB: db }, configurable: true })
  })
  const job = await startFor(user, { poses: PICTURES })
  let waiting: PoseMessage[] = [...(await messagesOf(user, job.id, PICTURES))]
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  let messages = 0
  // Submitted, asked after in vain all but once, then there.
  for (let step = 0; step <= POLLS; step++) {
    messages += waiting.length
    const sent: PoseMessage[] = []
    const GENERATION_QUEUE = { send: async (body: PoseMessage) => void sent.push(body) }
    const bodies = waiting.map((body) => ({ body }))
    await deliver(bodies, {
      vars: { ...FAL, DB: db, GENERATION_QUEUE } as unknown as Partial<Record<keyof Env, unknown>>,
    })
    waiting = sent
    vi.setSystemTime(Date.now() + 2_000)
  }
  expect(await user.object().job(job.id)).toMatchObject({ status: 'completed' })
  const each = (rows: number) => Math.round((10 * rows) / PICTURES) / 10
  const measured = {
    rowsInUser: each(rowsInUser()),
    rowsAtProvider: each(rowsAtProvider()),
    rowsInD1: each(rowsInD1()),
    messages: messages / PICTURES,
  }
  expect(measured.messages).toBe(1 + POLLS)
  // 34.5, 6.1 and 4.3 when it was written down; 7.3 since pictures count for their poses.
  expect(measured.rowsInUser).toBeLessThanOrEqual(36)
  expect(measured.rowsAtProvider).toBeLessThanOrEqual(7)
  expect(measured.rowsInD1).toBeLessThanOrEqual(8)
})
