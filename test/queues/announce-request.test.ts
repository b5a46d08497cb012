import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, test, vi } from 'vitest'
import { makeCtx } from '../../src/ctx'
import { poseRequests, poseRequestVotes } from '../../src/db/tables/requests'
import { users } from '../../src/db/tables/users'
import type { RequestMessage } from '../../src/messages'
import { userObject } from '../../src/objects'
import { castNets } from '../../src/recovery/cast-nets'
import { announceOverdue, askToAnnounce, GIVE_UP_AFTER_MS, OVERDUE_AFTER_MS } from '../../src/requests/announce'
import { expectErrors } from '../setup'
import { deliver, QUEUE } from '../support/queue'
import { db, requestRow, userRow } from '../support/rows'

type End = 'completed' | 'rejected'
type Asked = { requestId: string; requesterId: string; voterIds: string[]; status: End; endedAt: number }

/** Somebody with an account, whose object is open. */
async function person(): Promise<string> {
  const userId = await userRow()
  await userObject(env, userId).open({ userId, welcomeCredits: 0 })
  return userId
}

/** A request that has its end, and `voters` who voted for it; nobody was told. */
async function endedRequest(voters: number, status: End = 'completed'): Promise<Asked> {
  const requesterId = await person()
  const voterIds = await Promise.all(Array.from({ length: voters }, person))
  const endedAt = Date.now()
  const requestId = await requestRow(requesterId, { name: 'Nampan', status, updatedAt: endedAt })
  for (const userId of voterIds) await db.insert(poseRequestVotes).values({ requestId, userId, createdAt: 1 })
  return { requestId, requesterId, voterIds: voterIds.sort(), status, endedAt }
}

const firstMessage = ({ requestId, status }: Asked): RequestMessage => ({
  ...{ type: 'request', poseRequestId: requestId, status, after: null, isWhole: true, requestId: 'test' },
})

/** Environment whose queue keeps what is sent. */
function catching(vars: object = {}) {
  const sent: RequestMessage[] = []
  const queue = { send: async (message: RequestMessage) => void sent.push(message) }
  return { sent, vars: { GENERATION_QUEUE: queue, ...vars } }
}

/** Delivers a message and all that follow from it, each `times`; of `lost` (its number) nobody hears. */
async function runThrough(first: RequestMessage, { times = 1, lost = -1, vars = {} } = {}): Promise<RequestMessage[]> {
  const { sent, vars: caught } = catching(vars)
  const seen: RequestMessage[] = []
  for (let next: RequestMessage | undefined = first; next; next = sent.shift()) {
    if (seen.some(({ after }) => after === next!.after)) continue
    seen.push(next)
    if (seen.length - 1 === lost) continue
    for (let n = 0; n < times; n++) {
      const { retried } = await deliver([{ body: next }], { vars: caught })
      expect(retried).toEqual({})
    }
  }
  return seen
}

const eventsOf = async (userId: string) => {
  const { events } = await userObject(env, userId).events(0, 100)
  return events!.filter(({ type }) => type === 'pose_request_changed').map(({ data }) => data)
}
const announcedAt = async (id: string): Promise<number | null> =>
  (await db.select().from(poseRequests).where(eq(poseRequests.id, id)))[0]!.announcedAt

/** How many events each of these people has, as one set. */
const countsOf = async (userIds: string[]): Promise<number[]> => [
  ...new Set(await Promise.all(userIds.map(async (id) => (await eventsOf(id)).length))),
]

const net = (now: number, vars: object) =>
  castNets(
    makeCtx({ ...env, ...vars } as Env, 'net', () => {}),
    now,
    ['announcements'],
  )

describe('the end of a request', () => {
  test('120 voters have one event each, though every message comes twice and one is lost (J4)', async () => {
    const asked = await endedRequest(120)
    const everybody = [asked.requesterId, ...asked.voterIds]
    const first = await runThrough(firstMessage(asked), { times: 2, lost: 1 })
    // The second message was lost: the first page knows, and nothing says that all do.
    expect(first.map(({ after }) => after)).toEqual([null, asked.voterIds[49]])
    expect(await countsOf(everybody.slice(0, 51))).toEqual([1])
    expect(await countsOf(everybody.slice(51))).toEqual([0])
    expect(await announcedAt(asked.requestId)).toBeNull()

    const { sent, vars } = catching()
    await net(asked.endedAt + OVERDUE_AFTER_MS, vars)
    expect(sent.filter(({ poseRequestId }) => poseRequestId === asked.requestId)).toEqual([])
    await net(asked.endedAt + OVERDUE_AFTER_MS + 1, vars)
    const again = sent.filter(({ poseRequestId }) => poseRequestId === asked.requestId)
    expect(again).toMatchObject([{ status: 'completed', after: null, isWhole: true }])
    expect(await runThrough(again[0]!, { times: 2 })).toHaveLength(3)

    expect(await countsOf(everybody)).toEqual([1])
    expect(await announcedAt(asked.requestId)).not.toBeNull()
    sent.length = 0
    await net(asked.endedAt + OVERDUE_AFTER_MS + 1, vars)
    expect(sent.filter(({ poseRequestId }) => poseRequestId === asked.requestId)).toEqual([])
  }, 30_000)

  test('through the platform’s own queue everybody hears of it', async () => {
    const asked = await endedRequest(60, 'rejected')
    await askToAnnounce(
      makeCtx(env, 'test', () => {}),
      asked.requestId,
      'rejected',
    )
    await vi.waitUntil(async () => (await announcedAt(asked.requestId)) !== null, { timeout: 20_000, interval: 50 })
    expect(await countsOf([asked.requesterId, ...asked.voterIds])).toEqual([1])
    expect(await eventsOf(asked.voterIds[0]!)).toEqual([
      { requestId: asked.requestId, name: 'Nampan', status: 'rejected', poseId: null },
    ])
  }, 30_000)

  test('a requester who voted for the own request hears of it once', async () => {
    const asked = await endedRequest(1)
    const { requestId, requesterId } = asked
    await db.insert(poseRequestVotes).values({ requestId, userId: requesterId, createdAt: 1 })
    await runThrough(firstMessage(asked))
    expect(await countsOf([requesterId, ...asked.voterIds])).toEqual([1])
  })

  test('an account that is gone is no error, neither the requester’s nor a voter’s (J7)', async () => {
    const asked = await endedRequest(3)
    const [gone, ...others] = asked.voterIds
    await db.delete(users).where(eq(users.id, gone!))
    await runThrough(firstMessage(asked))
    expect(await countsOf(others)).toEqual([1])
    expect(await announcedAt(asked.requestId)).not.toBeNull()

    const orphan = await endedRequest(2)
    await db.delete(users).where(eq(users.id, orphan.requesterId))
    expect(await runThrough(firstMessage(orphan))).toHaveLength(1)
    expect(await countsOf(orphan.voterIds)).toEqual([0])
  })

  test('nobody’s object is told nothing, and remembers nothing', async () => {
    const news = { requestId: 'req_1', name: 'Nampan', status: 'rejected', poseId: null } as const
    const stranger = userObject(env, await userRow())
    expect(await stranger.tellOfRequest(news)).toBe(false)
    expect(await stranger.events(0, 100)).toMatchObject({ events: [] })
  })

  test('one whose object is away stops nobody else; it is told when the net comes (J6)', async () => {
    const asked = await endedRequest(70)
    const away = asked.voterIds[10]!
    const getByName = (name: string) => {
      if (name !== `u:${away}`) return env.USER.getByName(name)
      return { tellOfRequest: () => Promise.reject(new Error('the object is away')) }
    }
    await runThrough(firstMessage(asked), { vars: { USER: { getByName } } })
    const others = asked.voterIds.filter((id) => id !== away)
    expect(await countsOf([asked.requesterId, ...others])).toEqual([1])
    expect([await countsOf([away]), await announcedAt(asked.requestId)]).toEqual([[0], null])

    await runThrough(firstMessage(asked))
    expect(await countsOf([asked.requesterId, ...asked.voterIds])).toEqual([1])
    expect(await announcedAt(asked.requestId)).not.toBeNull()
  }, 30_000)

  test('whoever cannot be told has the others called ever more seldom: ten times in a week, not every five minutes (J6)', async () => {
    const asked = await endedRequest(0)
    const { sent, vars } = catching()
    const begunAt: number[] = []
    for (let minutes = 15; minutes < GIVE_UP_AFTER_MS / 60_000; minutes += 15) {
      sent.length = 0
      await announceOverdue(
        makeCtx({ ...env, ...vars } as unknown as Env, 'net', () => {}),
        asked.endedAt + minutes * 60_000,
      )
      if (sent.some(({ poseRequestId }) => poseRequestId === asked.requestId)) begunAt.push(minutes)
    }
    expect(begunAt).toEqual([15, 30, 60, 120, 240, 480, 960, 1_920, 3_840, 7_680])
    await runThrough(firstMessage(asked))
    expect(await announcedAt(asked.requestId)).not.toBeNull()
  }, 30_000)

  test('what cannot be told for a week is given up, and the log says so (J6)', async () => {
    const asked = await endedRequest(1)
    const { sent, vars } = catching()
    await net(asked.endedAt + GIVE_UP_AFTER_MS + 1, vars)
    expect(sent.filter(({ poseRequestId }) => poseRequestId === asked.requestId)).toEqual([])
    expect(await announcedAt(asked.requestId)).not.toBeNull()
    expect(JSON.stringify(expectErrors())).toContain('announcement_given_up')
  })

  test('a queue that is away loses nothing: the net sends it (J5)', async () => {
    const asked = await endedRequest(2)
    const broken = { GENERATION_QUEUE: { send: () => Promise.reject(new Error('the queue is away')) } }
    await askToAnnounce(
      makeCtx({ ...env, ...broken } as unknown as Env, 'test', () => {}),
      asked.requestId,
      'completed',
    )
    const { sent, vars } = catching()
    await net(asked.endedAt + OVERDUE_AFTER_MS + 1, vars)
    await runThrough(sent.find(({ poseRequestId }) => poseRequestId === asked.requestId)!)
    expect(await countsOf([asked.requesterId, ...asked.voterIds])).toEqual([1])
  })
})

describe('a step on the way', () => {
  const step = (requestId: string, status: 'approved' | 'in_progress'): RequestMessage => ({
    ...{ type: 'request', poseRequestId: requestId, status, after: null, isWhole: true, requestId: 'test' },
  })

  test('is told to the requester alone, once', async () => {
    const { requestId, requesterId, voterIds } = await endedRequest(2)
    await db.update(poseRequests).set({ status: 'approved' }).where(eq(poseRequests.id, requestId))
    await runThrough(step(requestId, 'approved'), { times: 2 })
    expect([await countsOf([requesterId]), await countsOf(voterIds)]).toEqual([[1], [0]])
    expect(await announcedAt(requestId)).toBeNull()
    await db.delete(poseRequests).where(eq(poseRequests.id, requestId))
  })

  test('is not told when the request has gone on since, nor by an object that knows the end (J4)', async () => {
    const asked = await endedRequest(0)
    await runThrough(step(asked.requestId, 'approved'))
    expect(await countsOf([asked.requesterId])).toEqual([0])
    await runThrough(firstMessage(asked))
    const late = { requestId: asked.requestId, name: 'Nampan', status: 'in_progress', poseId: null } as const
    expect(await userObject(env, asked.requesterId).tellOfRequest(late)).toBe(false)
    expect((await eventsOf(asked.requesterId)).map(({ status }) => status)).toEqual(['completed'])
  })

  test('comes again when the requester’s object is away: no net is under it (J5)', async () => {
    const { requestId } = await endedRequest(0)
    await db.update(poseRequests).set({ status: 'approved' }).where(eq(poseRequests.id, requestId))
    const getByName = () => ({ tellOfRequest: () => Promise.reject(new Error('the object is away')) })
    const { acked, retried } = await deliver([{ body: step(requestId, 'approved'), id: 'm' }], {
      vars: { USER: { getByName } },
      queue: QUEUE,
    })
    expect([acked, Object.keys(retried)]).toEqual([[], ['m']])
    await db.delete(poseRequests).where(eq(poseRequests.id, requestId))
  })
})
