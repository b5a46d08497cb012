import { createExecutionContext, runInDurableObject, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, expect, test, vi } from 'vitest'
import { dueProjectionAt } from '../../durable-objects/user/outbox'
import { createApp } from '../../src/app'
import { avatars } from '../../src/db/tables/avatars'
import type { PoseMessage } from '../../src/messages'
import { userObject } from '../../src/objects'
import { ORIGIN } from '../support/app'
import { CONSENT, madeAvatars, photoForm, photoOf, uploadAvatar } from '../support/avatar-starts'
import { AVATARS, newAvatarProject } from '../support/avatars'
import { countedDatabase } from '../support/counted-database'
import { DAY_MS, gift } from '../support/jobs'
import { type Person, signUp } from '../support/people'
import { presetRow } from '../support/presets'
import { deliver } from '../support/queue'
import { db, makeAdmin } from '../support/rows'
import { newKey, newProject, oneSmallPicture } from '../support/shoots'

/** Operations of R2 by what they are billed as: A (put, list) is $4.50 a million, B (get, head) $0.36, delete nothing. */
const CLASSES = { put: 'a', list: 'a', get: 'b', head: 'b' } as const
type Cost = Record<'written' | 'read' | 'object' | 'a' | 'b' | 'messages', number>

const cost: Cost = { written: 0, read: 0, object: 0, a: 0, b: 0, messages: 0 }
const sent: PoseMessage[] = []
const DB = countedDatabase((written, read) => {
  cost.written += written
  cost.read += read
}) as unknown as D1Database
const MEDIA = new Proxy(env.MEDIA, {
  get(bucket, name) {
    const kind = CLASSES[name as keyof typeof CLASSES]
    const real = Reflect.get(bucket, name) as (...sent: unknown[]) => unknown
    return (...given: unknown[]) => {
      if (kind) cost[kind]++
      return real.apply(bucket, given)
    }
  },
})
const GENERATION_QUEUE = {
  send: async (body: PoseMessage) => void sent.push(body),
  sendBatch: async (batch: { body: PoseMessage }[]) => void sent.push(...batch.map(({ body }) => body)),
}
const vars = { DB, MEDIA, GENERATION_QUEUE } as unknown as Partial<Record<keyof Env, unknown>>

/** From here on everything that this person's object writes, at home and in D1, is counted. */
async function meter({ user }: Person): Promise<void> {
  await runInDurableObject(userObject(env, user.id), (object, { storage: { sql } }) => {
    Object.defineProperty(object, 'env', { value: { ...env, ...vars }, configurable: true })
    const { exec } = Object.getPrototypeOf(sql) as SqlStorage
    sql.exec = function (query, ...bindings) {
      const cursor = exec.call(this, query, ...bindings)
      cursors.push(cursor)
      return cursor as never
    }
  })
}
const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = []

/** One call, with all that the queue does of it. Answers its body and what it cost since. */
async function call<T>(person: Person, method: string, path: string, body?: FormData | object) {
  const before = { ...cost }
  cursors.length = 0
  const execution = createExecutionContext()
  const headers = new Headers({ authorization: `Bearer ${person.accessToken}`, 'idempotency-key': newKey() })
  if (body && !(body instanceof FormData)) headers.set('content-type', 'application/json')
  const asked = new Request(`${ORIGIN}/api/v1${path}`, {
    ...{ method, headers },
    ...(body && { body: body instanceof FormData ? body : JSON.stringify(body) }),
  })
  const answer = await createApp().fetch(asked, { ...env, ...vars } as Env, execution)
  const text = await answer.text()
  await waitOnExecutionContext(execution)
  if (!answer.ok) throw new Error(`${answer.status} ${text}`)
  // What the object sends, and writes to D1, follows its answers.
  await settled(person)
  for (let body = sent.shift(); body; body = sent.shift()) {
    cost.messages++
    await deliver([{ body }], { vars })
    await settled(person)
  }
  const object = cursors.reduce((sum, cursor) => sum + cursor.rowsWritten, 0)
  const since = Object.fromEntries(Object.entries(cost).map(([name, n]) => [name, n - before[name as keyof Cost]]))
  return { json: JSON.parse(text) as T, cost: { ...since, object } as Cost }
}

/** The object has written to D1 what it has to: that follows its answers within a second. */
const settled = ({ user }: Person) =>
  runInDurableObject(userObject(env, user.id), (_object, { storage: { sql } }) =>
    vi.waitUntil(() => dueProjectionAt(sql) > Date.now() + DAY_MS, { timeout: 10_000, interval: 20 }),
  )

function expectAtMost(found: Cost, most: Partial<Cost>): void {
  const beyond = Object.entries(found).filter(([name, n]) => n > (most[name as keyof Cost] ?? 0))
  expect(beyond, JSON.stringify(found)).toEqual([])
}

let sari: Person
let projectId: string
let avatarId: string
beforeAll(async () => {
  sari = await signUp()
  await userObject(env, sari.user.id).adjust(gift('for pictures', 2_000))
  projectId = (await newAvatarProject(sari)).id
  const [avatar] = await madeAvatars(sari, uploadAvatar(sari, projectId, photoForm(photoOf())))
  avatarId = avatar!.id
  await meter(sari)
})

/** An avatar of any way: rows of D1 and of its owner's object, operations of R2, and one message. */
const ONE_AVATAR = { written: 18, read: 70, object: 46, a: 3, b: 1, messages: 1 }

test('an avatar costs ten to twenty rows of D1 and one message, whichever way it comes', async () => {
  const start = async (path: string, body: FormData | object) =>
    (await call(sari, 'POST', `${AVATARS}/${path}`, body)).cost
  const at = `projects/${projectId}/avatars`
  const [row] = await db.select({ uploadId: avatars.uploadId }).from(avatars).where(eq(avatars.id, avatarId))
  // When it was written down, rows of D1: 15, 10, 11, 15; of the object: 41 each.
  expectAtMost(await start(`${at}/upload`, photoForm(photoOf())), ONE_AVATAR)
  expectAtMost(await start(`${at}/generate`, { words: 'batik', variationCount: 1 }), { ...ONE_AVATAR, written: 12 })
  expectAtMost(await start(`${at}/from-preset`, { presetId: await presetRow() }), { ...ONE_AVATAR, written: 13 })
  expectAtMost(await start(`${at}/from-reference`, { referenceImageId: row!.uploadId, consent: CONSENT }), ONE_AVATAR)
  // 18: its use is a row with three indexes, and the count on the avatar that it is a variation of.
  const varied = await start(`avatars/${avatarId}/variations`, { variationCount: 1 })
  expectAtMost(varied, { ...ONE_AVATAR, written: 20 })
})

test('a shoot with an avatar writes nine rows more than one without, however many pictures it has', async () => {
  const project = await newProject(sari)
  const shoot = async (fields: object) => {
    const body = oneSmallPicture(project.id, { batchSize: 4, ...fields })
    return (await call(sari, 'POST', '/apps/pose-generator/generate', body)).cost
  }
  await shoot({})
  const [without, withAvatar] = [await shoot({}), await shoot({ avatarId })]
  expect(withAvatar.written - without.written).toBeLessThanOrEqual(10)
  expect(withAvatar.read - without.read).toBeLessThanOrEqual(30)
  expect([withAvatar.a, withAvatar.b, withAvatar.messages]).toEqual([without.a, without.b, 4])
})

test('what anybody may look at without paying writes nothing', async () => {
  for (const [path, read] of [
    ['/apps', 30],
    ['/apps/avatar-creator', 30],
    // Forty-seven rows, read and sorted once for each seed and place of the edge.
    [`${AVATARS}/presets`, 120],
    [`${AVATARS}/policy`, 10],
    [`${AVATARS}/stats`, 60],
  ] as const)
    expectAtMost((await call(sari, 'GET', path)).cost, { read })
})

test('a report is three rows, its decision some more, and a deletion what goes', async () => {
  const admin = await makeAdmin(await signUp())
  const report = async () => {
    const contact = `${crypto.randomUUID()}@example.test`
    const body = { subject: avatarId, reason: 'other', details: 'It is my face here', contact }
    const { json, cost } = await call<{ id: string }>(sari, 'POST', `${AVATARS}/reports`, body)
    expectAtMost(cost, { written: 3, read: 10 })
    return json.id
  }
  const decide = async (decision: string) => {
    const path = `/admin/avatar-reports/${await report()}/decision`
    return (await call(admin, 'POST', path, { decision, note: 'looked at it' })).cost
  }
  expectAtMost(await decide('dismissed'), { written: 5, read: 15 })
  // Two avatars and a shoot with four pictures: 33 rows written, 282 read, and its owner's object tells him.
  expectAtMost(await decide('upheld'), { written: 50, read: 500, object: 4, a: 8, b: 2 })
  expectAtMost((await call(sari, 'DELETE', `${AVATARS}/projects/${projectId}`)).cost, {
    ...{ written: 60, read: 400, a: 8, b: 3 },
  })
})
