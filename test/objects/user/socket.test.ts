import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import { appendEvent, latestSeq, trimEvents } from '../../../durable-objects/user/events'
import { MAX_LIVE_SESSIONS } from '../../../durable-objects/user/sessions'
import { sendTo } from '../../../durable-objects/user/sockets'
import {
  EVENTS_KEPT,
  EVENTS_KEPT_MS,
  MAX_SOCKET_BUFFER_BYTES,
  MAX_SOCKET_MESSAGE_BYTES,
  MAX_SOCKET_MESSAGES_PER_SECOND,
  MAX_SOCKETS_PER_USER,
} from '../../../src/kernel/limits'
import { userObject } from '../../../src/objects'
import type { LiveEvent } from '../../../src/progress/events'
import { requestAs, signUp } from '../../support/app'
import { gift } from '../../support/jobs'
import type { Person } from '../../support/people'
import { deliver, ended, holdQueue, POSES, startShoot } from '../../support/shoots'
import { connect, hears, type Live } from '../../support/socket'

afterEach(() => void vi.useRealTimers())

const objectOf = (person: Person) => userObject(env, person.user.id)

/** Something happens `times` times: the balance grows by one credit. */
async function happen(person: Person, times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    const key = `test:${crypto.randomUUID()}`
    await objectOf(person).adjust(gift(key, 1))
  }
}

const hearsEvents = (live: Live, count: number) => vi.waitUntil(() => live.events().length >= count, { interval: 5 })
const seqs = (events: LiveEvent[]) => events.map(({ seq }) => seq)
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

test('events arrive as they happen, in order, and at every open socket', async () => {
  const sari = await signUp()
  const [phone, laptop] = [await connect(sari), await connect(sari)]
  await happen(sari, 5)
  for (const live of [phone, laptop]) {
    await hearsEvents(live, 5)
    expect(seqs(live.events())).toEqual([1, 2, 3, 4, 5])
  }
})

test('a client that lost its line gets what it missed, in order', async () => {
  const sari = await signUp()
  await happen(sari, 7)
  const live = await connect(sari)
  live.send({ type: 'resume', after: 3 })
  await hearsEvents(live, 4)
  expect(seqs(live.events())).toEqual([4, 5, 6, 7])
  live.send({ type: 'resume', after: 7 })
  live.send('ping')
  await hears(live, 'pong')
  expect(live.events()).toHaveLength(4)
})

test('three thousand missed events arrive in one go', async () => {
  const sari = await signUp()
  await runInDurableObject(objectOf(sari), (_object, { storage: { sql } }) => {
    for (let n = 0; n < 3_000; n++) appendEvent(sql, 'credits_changed', null, { n }, Date.now())
  })
  const live = await connect(sari)
  live.send({ type: 'resume', after: 0 })
  await hearsEvents(live, 3_000)
  expect(seqs(live.events())).toEqual(upTo(3_000))
})

test('who comes back after the log was trimmed is told to start over', async () => {
  const sari = await signUp()
  await runInDurableObject(objectOf(sari), (_object, { storage: { sql } }) => {
    for (let n = 0; n < EVENTS_KEPT + 5; n++) appendEvent(sql, 'credits_changed', null, { n }, 0)
    trimEvents(sql, EVENTS_KEPT_MS + 1)
    expect(latestSeq(sql)).toBe(EVENTS_KEPT + 5)
  })
  const live = await connect(sari)
  live.send({ type: 'resume', after: 1 })
  await hears(live, 'reset')
  expect(live.heard.at(-1)).toEqual({ type: 'reset', seq: EVENTS_KEPT + 5 })
  live.send({ type: 'resume', after: 999_999 })
  await vi.waitUntil(() => live.heard.length === 3, { interval: 5 })
  expect(live.events()).toEqual([])
})

test('the events of one user never reach another', async () => {
  const [sari, budi] = [await signUp(), await signUp()]
  const [hers, his] = [await connect(sari), await connect(budi)]
  const shoots = [await startShoot(sari, { batchSize: 2 }), await startShoot(budi)]
  await ended(sari, shoots[0]!.generation.id)
  await ended(budi, shoots[1]!.generation.id)
  for (const [live, shoot] of [[hers, shoots[0]!] as const, [his, shoots[1]!] as const]) {
    await hears(live, 'pose_generation_complete')
    const ids = new Set(live.events().flatMap(({ generationId }) => generationId ?? []))
    expect([...ids]).toEqual([shoot.generation.id])
  }
})

test('signing out closes the sockets of that session only, and says why', async () => {
  const sari = await signUp()
  const live = await connect(sari)
  const [session] = await objectOf(sari).listSessions()
  await objectOf(sari).openSession({ id: 'ses_other', refreshHash: 'other', userAgent: '' })
  await objectOf(sari).revokeSession('ses_other')
  live.send('ping')
  await hears(live, 'pong')
  await objectOf(sari).revokeSession(session!.id)
  expect(await live.closed).toEqual({ code: 4401, reason: 'signed out' })
  expect(live.heard.at(-1)).toEqual({ type: 'session_revoked' })
})

test('logging out closes the socket', async () => {
  const sari = await signUp()
  const live = await connect(sari)
  await requestAs(sari, '/auth/logout', { json: { refreshToken: sari.refreshToken } })
  expect((await live.closed).code).toBe(4401)
})

test('a refresh token used twice closes the socket of its session', async () => {
  const sari = await signUp()
  const live = await connect(sari)
  const [session] = await objectOf(sari).listSessions()
  await objectOf(sari).rotateSession({ id: session!.id, presentedHash: 'stolen', successorHash: 'x' })
  expect((await live.closed).code).toBe(4401)
})

test('an eleventh device closes the socket of the one used longest ago', async () => {
  const sari = await signUp()
  const live = await connect(sari)
  for (let n = 0; n < MAX_LIVE_SESSIONS; n++)
    await objectOf(sari).openSession({ id: `ses_${n}`, refreshHash: `${n}`, userAgent: '' })
  expect((await live.closed).code).toBe(4401)
})

test('a session that grew too old is shown out when it speaks', async () => {
  const sari = await signUp()
  const live = await connect(sari)
  await runInDurableObject(objectOf(sari), (_object, { storage }) => {
    storage.sql.exec('UPDATE session SET expires_at = 1')
  })
  live.send({ type: 'resume', after: 0 })
  expect((await live.closed).code).toBe(4401)
})

test.each([
  [
    'a message too large',
    JSON.stringify({ type: 'resume', after: 0, pad: 'x'.repeat(MAX_SOCKET_MESSAGE_BYTES) }),
    1009,
  ],
  ['no JSON', '{', 1003],
  ['JSON of another shape', '[]', 1003],
  ['null', 'null', 1003],
  ['an unknown wish', '{"type":"generate"}', 1003],
  ['a negative number', '{"type":"resume","after":-1}', 1003],
  ['a broken number', '{"type":"resume","after":1.5}', 1003],
  ['a text for a number', '{"type":"resume","after":"1"}', 1003],
  ['bytes', new Uint8Array([1, 2]), 1003],
])('%s closes the socket, and no other', async (_title, message, code) => {
  const sari = await signUpOnce()
  const [bad, good] = [await connect(sari), await connect(sari)]
  bad.socket.send(message)
  expect((await bad.closed).code).toBe(code)
  good.send('ping')
  await hears(good, 'pong')
  good.socket.close(1000)
})

let once: Promise<Person> | undefined
/** One account for tests that leave nothing behind. */
const signUpOnce = (): Promise<Person> => (once ??= signUp())

test('a flood closes the socket; twenty messages a second are none', async () => {
  const sari = await signUp()
  const [calm, flooding] = [await connect(sari), await connect(sari)]
  vi.setSystemTime(Date.now())
  const say = (live: Live, times: number) => {
    for (let n = 0; n < times; n++) live.send({ type: 'resume', after: 0 })
  }
  say(calm, MAX_SOCKET_MESSAGES_PER_SECOND)
  say(flooding, MAX_SOCKET_MESSAGES_PER_SECOND + 1)
  expect((await flooding.closed).code).toBe(4429)
  calm.send('ping')
  await hears(calm, 'pong')
})

test('a reader so slow that its line would fill our memory is closed, a quick one is not', () => {
  // The platform's side of a socket: what its reader has not taken yet is its `bufferedAmount`.
  const lineOf = (bufferedAmount: number, readyState = WebSocket.OPEN) => {
    const line = { readyState, bufferedAmount, send: vi.fn(), close: vi.fn() }
    sendTo(line as unknown as WebSocket, 'news')
    return [line.send.mock.calls, line.close.mock.calls]
  }
  expect(lineOf(MAX_SOCKET_BUFFER_BYTES)).toEqual([[['news']], []])
  expect(lineOf(MAX_SOCKET_BUFFER_BYTES + 1)).toEqual([[], [[4408, 'too slow']]])
  expect(lineOf(0, WebSocket.CLOSED)).toEqual([[], []])
})

test('a client that leaves without a word is no trouble', async () => {
  const sari = await signUp()
  const [leaving, staying] = [await connect(sari), await connect(sari)]
  leaving.socket.close()
  expect((await leaving.closed).code).toBe(1000)
  await happen(sari, 1)
  await hearsEvents(staying, 1)
  expect(leaving.events()).toEqual([])
})

test('an eleventh socket closes the oldest, and ten stay open', async () => {
  const sari = await signUp()
  const all: Live[] = []
  for (let n = 0; n < MAX_SOCKETS_PER_USER + 3; n++) all.push(await connect(sari))
  for (const live of all.slice(0, 3)) expect((await live.closed).code).toBe(4429)
  await happen(sari, 1)
  for (const live of all.slice(3)) await hearsEvents(live, 1)
})

test('a socket survives the eviction of its object: auth, order and ping', async () => {
  const sari = await signUp()
  const live = await connect(sari)
  await happen(sari, 2)
  await evictDurableObject(objectOf(sari))
  live.send('ping')
  await hears(live, 'pong')
  await happen(sari, 2)
  await hearsEvents(live, 4)
  await evictDurableObject(objectOf(sari))
  live.send({ type: 'resume', after: 1 })
  await hearsEvents(live, 7)
  expect(seqs(live.events())).toEqual([1, 2, 3, 4, 2, 3, 4])
  await evictDurableObject(objectOf(sari))
  await objectOf(sari).revokeOtherSessions(null)
  expect((await live.closed).code).toBe(4401)
})

test('a client that is cut twenty times during a shoot ends with every event once and in order', async () => {
  const sari = await signUp()
  await objectOf(sari).adjust(gift('more', 300))
  await holdQueue(sari)
  const { generation } = await startShoot(sari, { batchSize: 10, selectedPoseIds: POSES.slice(0, 2) })
  const got: LiveEvent[] = []
  const last = () => got.at(-1)?.seq ?? 0
  /** What comes before its turn is in the resumed part too: a client takes the next number only. */
  const take = (live: Live) => {
    for (const event of live.events()) if (event.seq === last() + 1) got.push(event)
    return got.some(({ type }) => type === 'pose_generation_complete')
  }
  for (let cut = 0; cut < 20; cut++) {
    const live = await connect(sari)
    live.send({ type: 'resume', after: last() })
    const making = deliver(sari, generation.id, [cut])
    if (cut % 3 > 0) await making
    if (cut % 3 > 1) await hearsEvents(live, 1)
    take(live)
    live.socket.close(1000)
    await making
  }
  const live = await connect(sari)
  live.send({ type: 'resume', after: last() })
  await vi.waitUntil(() => take(live), { timeout: 5_000, interval: 5 })
  expect(seqs(got)).toEqual(upTo(got.length))
  const pictures = got.flatMap(({ data }) => (typeof data.image === 'object' ? (data.image?.variationKey ?? []) : []))
  expect([pictures.length, new Set(pictures).size]).toEqual([20, 20])
}, 20_000)
