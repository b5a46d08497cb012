import { env } from 'cloudflare:workers'
import { and, eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { makeCtx } from '../../src/ctx'
import { auditLog } from '../../src/db/tables/operations'
import { poses } from '../../src/db/tables/poses'
import { poseRequests } from '../../src/db/tables/requests'
import { users } from '../../src/db/tables/users'
import { decideRequest } from '../../src/requests/decide-request'
import { MOVES } from '../../src/requests/moves'
import { expectJson, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import {
  ADMIN_REQUESTS,
  asked,
  decide,
  everyPage,
  moveTo,
  newName,
  type PoseRequest,
  REQUESTS,
  showRequest,
  vote,
} from '../support/requests'
import { db, makeAdmin, poseRow, requestRow, userRow } from '../support/rows'
import { upload } from '../support/uploads'
import { errorOf } from '../support/walk'

type Status = keyof typeof MOVES
const STATUSES = Object.keys(MOVES) as Status[]

let sari: Person
let budi: Person
let admin: Person
beforeAll(async () => {
  sari = await signUp()
  budi = await signUp()
  admin = await makeAdmin(await signUp())
})

const publicPose = async (): Promise<string> => {
  const id = await poseRow({ isPublic: true })
  return id
}
const forget = (poseId: string) => env.DB.prepare('delete from poses where id = ?').bind(poseId).run()
const deedsOn = (subject: string) => db.select().from(auditLog).where(eq(auditLog.subject, subject))
const poseOf = async (id: string) => (await db.select().from(poses).where(eq(poses.id, id)))[0]!

type Heard = { type: string; data: Record<string, unknown> }
const heard = async (person: Person): Promise<Record<string, unknown>[]> => {
  const { items } = await expectJson<{ items: Heard[] }>(requestAs(person, '/events?limit=1000'), 200)
  return items.filter(({ type }) => type === 'pose_request_changed').map(({ data }) => data)
}

test('from the wish to the pose: the workflow ends with the pose, its credit, and news to all who asked for it', async () => {
  const { id, name } = await asked(sari, { creditName: 'Toko Sari' })
  await vote(budi, id)
  await moveTo(admin, id, 'approved', 'in_progress')
  const pose = await publicPose()
  const { credit } = await poseOf(pose)
  const json = { status: 'completed', completedPoseId: pose, adminNotes: 'Terima kasih!' }
  const done = await expectJson<PoseRequest & { userId: string }>(decide(admin, id, json), 200)
  const url = `/api/v1/apps/pose-generator/library/${pose}`
  const end = { status: 'completed', completedPoseId: pose, completedPoseUrl: url, adminNotes: 'Terima kasih!' }
  expect(done).toMatchObject({ ...end, userId: sari.user.id })
  expect(await showRequest(budi, id)).toMatchObject({ ...end, hasVoted: true, votesCount: 1 })
  const shown = await expectJson<{ credit: string }>(requestAs(budi, `/apps/pose-generator/library/${pose}`), 200)
  // Who made it is named as before.
  expect(shown.credit).toBe(`${credit}; Requested by Toko Sari`)
  // Seeding the library again takes nothing back.
  expect((await poseOf(pose)).editedAt).toBeGreaterThan(0)

  const news = (status: string, poseId: string | null) => ({ requestId: id, name, status, poseId })
  await vi.waitUntil(async () => (await heard(budi)).length === 1 && (await heard(sari)).length >= 1, {
    timeout: 15_000,
    interval: 50,
  })
  expect(await heard(budi)).toEqual([news('completed', pose)])
  expect((await heard(sari)).at(-1)).toEqual(news('completed', pose))
  await vi.waitUntil(
    async () => {
      const [row] = await db.select().from(poseRequests).where(eq(poseRequests.id, id))
      return row!.announcedAt !== null
    },
    { timeout: 15_000, interval: 50 },
  )
  const deeds = await deedsOn(id)
  expect(deeds.map(({ action }) => action)).toEqual([
    'pose_request.approved',
    'pose_request.in_progress',
    'pose_request.completed',
  ])
  expect(JSON.parse(deeds[2]!.details)).toMatchObject({ from: 'in_progress', to: 'completed', completedPoseId: pose })
  await forget(pose)
  expect(await showRequest(budi, id)).toMatchObject({ status: 'completed', completedPoseUrl: null })
}, 40_000)

test('a pose that several people asked for thanks each of them, and its maker still', async () => {
  const pose = await poseRow({ isPublic: true, credit: 'Photo by Ana, CC-BY 4.0' })
  for (const creditName of ['Toko Sari Jaya', 'Toko Sari', 'Toko Sari']) {
    const { id } = await asked(await signUp(), { creditName })
    await moveTo(admin, id, 'approved', 'in_progress')
    await expectJson(decide(admin, id, { status: 'completed', completedPoseId: pose }), 200)
  }
  expect((await poseOf(pose)).credit).toBe(
    'Photo by Ana, CC-BY 4.0; Requested by Toko Sari Jaya; Requested by Toko Sari',
  )
  await forget(pose)
})

test('nobody approves a picture that was put there after he looked (J8)', async () => {
  const person = await signUp()
  const [harmless, other] = [await upload(person), await upload(person)]
  const { id, updatedAt } = await asked(person, { referenceImageId: harmless.id })
  expect(await errorOf(await decide(admin, id, { status: 'approved' }))).toMatchObject({
    ...{ statusCode: 422, issues: [{ field: 'updatedAt' }] },
  })
  const json = { referenceImageId: other.id }
  const changed = await expectJson<PoseRequest>(requestAs(person, `${REQUESTS}/${id}`, { method: 'PATCH', json }), 200)
  expect(await errorOf(await decide(admin, id, { status: 'approved', updatedAt }))).toMatchObject({
    ...{ statusCode: 409, code: 'CONFLICT', details: { updatedAt: changed.updatedAt } },
  })
  expect((await showRequest(budi, id)).status).toBe('pending')
  await expectJson(decide(admin, id, { status: 'approved', updatedAt: changed.updatedAt }), 200)
})

test('nobody is thanked by a pose whose requester did not want to be named', async () => {
  const pose = await publicPose()
  const before = (await poseOf(pose)).credit
  const { id } = await asked(await signUp())
  await moveTo(admin, id, 'approved', 'in_progress')
  await expectJson(decide(admin, id, { status: 'completed', completedPoseId: pose }), 200)
  expect([(await poseOf(pose)).credit, (await poseOf(pose)).editedAt]).toEqual([before, null])
  await forget(pose)
})

describe('moves (decidePoseRequest)', () => {
  const moves = STATUSES.flatMap((from) => STATUSES.map((to) => [from, to, MOVES[from].includes(to)] as const))

  test('there are six of them, and an end stays one', () => {
    expect(moves.filter(([, , isAllowed]) => isAllowed).map(([from, to]) => `${from} -> ${to}`)).toEqual([
      'pending -> approved',
      'pending -> rejected',
      'approved -> in_progress',
      'approved -> rejected',
      'in_progress -> completed',
      'in_progress -> rejected',
    ])
  })

  test.each(moves)('%s -> %s: allowed %s', async (from, to, isAllowed) => {
    const pose = to === 'completed' ? await publicPose() : undefined
    const id = await requestRow(await userRow(), { name: newName(), status: from, announcedAt: 1 })
    const answer = await decide(admin, id, { status: to, ...(pose && { completedPoseId: pose }) })
    const { status } = await showRequest(admin, id)
    expect([answer.status, status]).toEqual(isAllowed ? [200, to] : [409, from])
    const isEnd = from === 'completed' || from === 'rejected'
    if (!isAllowed) expect((await errorOf(answer)).code).toBe(isEnd ? 'ALREADY_DECIDED' : 'CONFLICT')
    expect(await deedsOn(id)).toHaveLength(isAllowed ? 1 : 0)
    if (pose) await forget(pose)
  })
})

test('a request is completed with a public pose of the library and with nothing else', async () => {
  const id = await requestRow(await userRow(), { name: newName(), status: 'in_progress' })
  const hidden = await poseRow()
  const own = await poseRow({ ownerId: sari.user.id })
  for (const json of [
    { status: 'completed' },
    { status: 'completed', completedPoseId: 'no-such-pose' },
    { status: 'completed', completedPoseId: hidden },
    { status: 'completed', completedPoseId: own },
    { status: 'rejected', completedPoseId: 'stand-neutral' },
    { completedPoseId: 'stand-neutral' },
  ])
    expect(await errorOf(await decide(admin, id, json))).toMatchObject({
      ...{ statusCode: 422, issues: [{ field: 'completedPoseId' }] },
    })
  expect([await showRequest(admin, id), await deedsOn(id)]).toMatchObject([{ status: 'in_progress' }, []])
  for (const pose of [hidden, own]) await forget(pose)
})

test('of two admins who decide at once one does, and the record has that one (J8)', async () => {
  const other = await makeAdmin(await signUp())
  for (let round = 0; round < 5; round++) {
    const id = await requestRow(await userRow(), { name: newName() })
    const answers = await Promise.all([
      decide(admin, id, { status: 'approved' }),
      decide(other, id, { status: 'rejected', adminNotes: 'Sudah ada' }),
    ])
    const winners = answers.filter(({ status }) => status === 200)
    // Refused after approved is allowed, so both may succeed one after the other; never at the same moment.
    const { status } = await showRequest(admin, id)
    const deeds = await deedsOn(id)
    expect(deeds.length).toBe(winners.length)
    expect(deeds.at(-1)!.action).toBe(`pose_request.${status}`)
  }
}, 30_000)

test('of ten who do the same to one request at the same moment one does (J8)', async () => {
  const ctx = makeCtx(env, 'decide', () => {})
  const id = await requestRow(await userRow(), { name: newName() })
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, () => decideRequest(ctx, admin.user.id, id, { status: 'approved' })),
  )
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await deedsOn(id)).toHaveLength(1)
})

test('notes can be changed at any time, are public, and tell nobody', async () => {
  const { id } = await asked(await signUp())
  await moveTo(admin, id, 'rejected')
  const before = await showRequest(admin, id)
  await expectJson(decide(admin, id, { adminNotes: 'Maaf' }), 200)
  expect(await showRequest(budi, id)).toMatchObject({ adminNotes: 'Maaf', updatedAt: before.updatedAt })
  await expectJson(decide(admin, id, { adminNotes: '' }), 200)
  expect((await showRequest(budi, id)).adminNotes).toBeNull()
  expect((await deedsOn(id)).map(({ action }) => action)).toEqual([
    'pose_request.rejected',
    'pose_request.noted',
    'pose_request.noted',
  ])
  expect((await errorOf(await decide(admin, id, { adminNotes: 'x'.repeat(1001) }))).issues[0]?.field).toBe('adminNotes')
})

test('after the end nobody votes (voteForPoseRequest), nor takes a vote back (withdrawPoseRequestVote)', async () => {
  const { id } = await asked(await signUp())
  await vote(budi, id)
  await moveTo(admin, id, 'rejected')
  for (const method of ['POST', 'DELETE'] as const)
    expect(await errorOf(await vote(budi, id, method))).toMatchObject({ statusCode: 409, code: 'ALREADY_DECIDED' })
  expect(await showRequest(budi, id)).toMatchObject({ votesCount: 1, hasVoted: true })
})

test('an admin whose role was taken away decides nothing', async () => {
  const former = await makeAdmin(await signUp())
  const { id } = await asked(await signUp())
  await db
    .update(users)
    .set({ role: 'user' })
    .where(and(eq(users.id, former.user.id)))
  expect((await decide(former, id, { status: 'approved' })).status).toBe(403)
  expect((await showRequest(budi, id)).status).toBe('pending')
})

test('admins page through all requests of a status and see whose they are', async () => {
  const owner = await userRow()
  const ids: string[] = []
  for (let n = 0; n < 5; n++) ids.push(await requestRow(owner, { name: newName(), status: 'in_progress' }))
  for (const sort of ['votes', 'newest']) {
    const all = await everyPage<PoseRequest & { userId: string }>(
      admin,
      `${ADMIN_REQUESTS}?status=in_progress&limit=2&sort=${sort}`,
    )
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    expect(all.filter(({ userId }) => userId === owner).map(({ id }) => id)).toEqual([...ids].reverse())
  }
  const { items } = await expectJson<{ items: object[] }>(requestAs(budi, `${REQUESTS}?status=in_progress`), 200)
  expect(items.length).toBeGreaterThan(0)
  for (const item of items) expect(item).not.toHaveProperty('userId')
})
