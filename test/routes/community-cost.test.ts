import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, expect, test } from 'vitest'
import { announceRequest } from '../../queues/announce-request'
import { createApp } from '../../src/app'
import { makeCtx } from '../../src/ctx'
import { openDatabase } from '../../src/db/client'
import type { RequestMessage } from '../../src/messages'
import { refreshPopularity } from '../../src/poses/library/refresh-popularity'
import { expectJson, ORIGIN, requestAs, signUp } from '../support/app'
import { countedDatabase } from '../support/counted-database'
import { fileLike } from '../support/own-poses'
import { anyAddress, type Person } from '../support/people'
import { ADMIN_REQUESTS, asked, newName, REQUESTS, wish } from '../support/requests'
import { generationRow, makeAdmin, pictureRow, poseRow, projectRow, requestRow, userRow } from '../support/rows'
import { GENERATOR } from '../support/shoots'

/** D1 bills rows written at a thousand times the price of rows read, Queues three operations a message. */
type Cost = { written: number; read: number; sent: number }
const cost: Cost = { written: 0, read: 0, sent: 0 }
const sentMessages: RequestMessage[] = []
const counted = {
  ...env,
  DB: countedDatabase((written, read) => {
    cost.written += written
    cost.read += read
  }),
  GENERATION_QUEUE: {
    send: async (message: RequestMessage) => {
      cost.sent++
      sentMessages.push(message)
    },
  },
} as unknown as Env

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const before = { ...cost }
  await work()
  return { written: cost.written - before.written, read: cost.read - before.read, sent: cost.sent - before.sent }
}

/** What one call of the API costs. Throws what it answers when that is an error. */
const call = (person: Person, method: string, path: string, json?: unknown): Promise<Cost> =>
  costOf(async () => {
    const execution = createExecutionContext()
    const headers = {
      ...{ authorization: `Bearer ${person.accessToken}`, 'cf-connecting-ip': anyAddress() },
      ...(json !== undefined && { 'content-type': 'application/json' }),
    }
    const sent = { method, headers, ...(json !== undefined && { body: JSON.stringify(json) }) }
    const answer = await createApp().fetch(new Request(`${ORIGIN}/api/v1${path}`, sent), counted, execution)
    const text = await answer.text()
    await waitOnExecutionContext(execution)
    if (!answer.ok) throw new Error(`${answer.status} ${text}`)
  })

function expectAtMost(found: Cost, most: Partial<Cost>): void {
  for (const key of ['written', 'read', 'sent'] as const)
    expect([key, found[key]]).toEqual([key, Math.min(found[key], most[key] ?? 0)])
}

const POSE = `${GENERATOR}/library/yoga-tree`
let sari: Person
let admin: Person
let requestId: string
beforeAll(async () => {
  sari = await signUp()
  admin = await makeAdmin(await signUp())
  requestId = (await asked(await signUp())).id
})

test('a favourite, a rating and a vote write three rows each, and nothing when they are given again', async () => {
  expectAtMost(await call(sari, 'POST', `${POSE}/favorite`), { written: 3, read: 5 })
  expectAtMost(await call(sari, 'POST', `${POSE}/favorite`), { written: 0, read: 5 })
  expectAtMost(await call(sari, 'DELETE', `${POSE}/favorite`), { written: 3, read: 5 })
  expectAtMost(await call(sari, 'PUT', `${POSE}/rating`, { stars: 5 }), { written: 3, read: 5 })
  expectAtMost(await call(sari, 'POST', `${REQUESTS}/${requestId}/vote`), { written: 3, read: 5 })
  expectAtMost(await call(sari, 'POST', `${REQUESTS}/${requestId}/vote`), { written: 0, read: 5 })
  expectAtMost(await call(sari, 'DELETE', `${REQUESTS}/${requestId}/vote`), { written: 3, read: 5 })
})

test('a request writes five rows, and an admin’s step three and one message', async () => {
  expectAtMost(await call(sari, 'POST', REQUESTS, wish({ name: newName() })), { written: 5, read: 2_500 })
  const step = await call(admin, 'PATCH', `${ADMIN_REQUESTS}/${requestId}`, { status: 'approved' })
  expectAtMost(step, { written: 4, read: 10, sent: 1 })
})

test('an imported pose of one’s own writes as many rows as it has indexes, none of the library’s', async () => {
  const openpose = await fileLike('stand-neutral', 90)
  const found = await call(sari, 'POST', `${GENERATOR}/poses/import`, { name: 'Angkat tangan', openpose })
  expectAtMost(found, { written: 14, read: 1_000 })
})

/** A pose costs by its words: these are its own, whatever the poses of other files say. */
const WORDS = {
  ...{ nameEn: 'Attention', nameId: 'Sikap siap', descriptionEn: 'Stands upright.', descriptionId: 'Berdiri tegak.' },
  tagsEn: ['formal', 'uniform', 'id photo', 'standing', 'three-quarter view', 'full body', 'eye contact'],
  tagsId: ['formal', 'seragam', 'pas foto', 'berdiri', 'tiga perempat', 'seluruh badan', 'menatap kamera'],
  ...{ props: [], categorySlug: 'business-portrait', categoryPath: ['professional', 'business-portrait'] },
}

test('an admin’s edit of a pose writes its index of words anew, a hundred rows, and looks through the words of the library once', async () => {
  const id = await poseRow({ isPublic: true, ...WORDS })
  const { version } = await expectJson<{ version: number }>(requestAs(admin, `/admin/library/${id}`), 200)
  const terms = (await env.DB.prepare('select count(*) as count from pose_term_counts').first<number>('count')) ?? 0
  const change = { version, names: { en: 'Changed', id: 'Diubah' } }
  expectAtMost(await call(admin, 'PATCH', `/admin/library/${id}`, change), { written: 120, read: terms + 400 })
  await env.DB.prepare('delete from poses where id = ?').bind(id).run()
})

test('a picture of a pose writes at most five rows more than one without; the cron then three for each snapshot, however many pictures', async () => {
  const userId = await userRow()
  const generation = await generationRow(userId, await projectRow(userId))
  // What other files counted meanwhile is no cost of this picture.
  await refreshPopularity(openDatabase(env.DB))
  let position = 50
  const recorded = (poseId: string | null) => {
    const id = `img_cost${++position}`
    return costOf(async () => {
      const like = await pictureRow(userId, generation, { position: ++position, variationKey: `v${position}` })
      const columns = await env.DB.prepare(
        "select group_concat(name) as names from pragma_table_info('generated_poses')",
      )
      const names = ((await columns.first<string>('names')) ?? '').split(',')
      const own: Record<string, string> = { id: '?1', pose_id: '?2', variation_key: '?1', position: 'position + 1000' }
      const insert = `insert into generated_poses (${names}) select ${names.map((name) => own[name] ?? name)}
        from generated_poses where id = ?3`
      await counted.DB.prepare(insert).bind(id, poseId, like).run()
    })
  }
  const [without, first, again] = [await recorded(null), await recorded('yoga-tree'), await recorded('yoga-tree')]
  expect([first.written - without.written, again.written - without.written]).toEqual([5, 4])
  const refresh = () => costOf(() => refreshPopularity(openDatabase(counted.DB)))
  expectAtMost(await refresh(), { written: 6, read: 20 })
  expectAtMost(await refresh(), { written: 0, read: 10 })
})

test('an end is told to fifty voters by a message, and one row says that all have heard it', async () => {
  const requester = await userRow()
  const ended = await requestRow(requester, { name: newName(), status: 'rejected', updatedAt: Date.now() })
  const voters = await Promise.all(Array.from({ length: 120 }, () => userRow()))
  const voted = voters.map((id) => env.DB.prepare('insert into pose_request_votes values (?, ?, 1)').bind(ended, id))
  await env.DB.batch(voted)
  const first: RequestMessage = {
    ...{ type: 'request', poseRequestId: ended, status: 'rejected', after: null, isWhole: true, requestId: 'test' },
  }
  sentMessages.length = 0
  const found = await costOf(async () => {
    for (let next: RequestMessage | undefined = first; next; next = sentMessages.shift())
      await announceRequest(
        makeCtx(counted, 'test', () => {}),
        next,
      )
  })
  expectAtMost(found, { written: 2, read: 130, sent: 2 })
})
