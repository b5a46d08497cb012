import { beforeAll, describe, expect, test } from 'vitest'
import { expectJson, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { BASIC, buyFor } from '../support/plans'
import { pictureRow, stateOf } from '../support/rows'
import {
  creditsOf,
  deliver,
  ended,
  GENERATOR,
  type Generation,
  holdQueue,
  newKey,
  newProject,
  type Page,
  POSES,
  REFUSING,
  resultsOf,
  type Started,
  showGeneration,
  startShoot,
} from '../support/shoots'
import { errorOf } from '../support/walk'

const GENERATIONS = `${GENERATOR}/generations`
type Shown = {
  generation: Generation
  progress: {
    percentage: number
    posesCompleted: number
    posesFailed: number
    posesTotal: number
    queuePosition: number
  }
}
const show = (person: Person, id: string) => expectJson<Shown>(requestAs(person, `${GENERATIONS}/${id}`), 200)
const cancel = (person: Person, id: string) =>
  requestAs(person, `${GENERATIONS}/${id}/cancellation`, { method: 'POST' })
const retry = (person: Person, id: string, key = newKey()) =>
  requestAs(person, `${GENERATIONS}/${id}/retry`, { method: 'POST', headers: { 'idempotency-key': key } })
const list = (person: Person, query = '') => expectJson<Page<Generation>>(requestAs(person, GENERATIONS + query), 200)

/** Somebody whose pictures are made by hand: only when the test delivers their messages. */
async function photographer(): Promise<Person> {
  const person = await signUp()
  await holdQueue(person)
  return person
}

const FOUR = { selectedPoseIds: [...POSES], batchSize: 1 }

describe('GET /generations/:id', () => {
  test('shows how far it is while it runs', async () => {
    const sari = await photographer()
    const { generation } = await startShoot(sari, FOUR)
    expect((await show(sari, generation.id)).progress).toMatchObject({ percentage: 0, posesTotal: 4, queuePosition: 0 })
    await deliver(sari, generation.id, [0])
    await deliver(sari, generation.id, [2], REFUSING)
    const { generation: now, progress } = await show(sari, generation.id)
    expect(progress).toMatchObject({ percentage: 50, posesCompleted: 1, posesFailed: 1, posesTotal: 4 })
    expect(now).toMatchObject({ status: 'processing', creditHeld: 60, creditCharged: 30, creditRefunded: 30 })
    const next = await startShoot(sari)
    expect((await show(sari, next.generation.id)).progress.queuePosition).toBe(2)
  })
})

describe('GET /generations (listGenerations)', () => {
  let sari: Person
  let shoots: { projectId: string; generation: Generation }[]
  beforeAll(async () => {
    sari = await signUp()
    shoots = []
    for (let i = 0; i < 4; i++) shoots.unshift(await startShoot(sari))
    for (const { generation } of shoots) await ended(sari, generation.id)
  })

  test('newest first, by pages, and says the same as the generation itself', async () => {
    await expect.poll(async () => (await list(sari, '?status=completed')).items.length).toBe(4)
    const first = await list(sari, '?limit=3')
    const second = await list(sari, `?limit=3&cursor=${first.page.nextCursor}`)
    expect(second.page.nextCursor).toBeNull()
    const all = [...first.items, ...second.items]
    expect(all.map((item) => item.id)).toEqual(shoots.map(({ generation }) => generation.id))
    for (const item of all) expect(item).toEqual(await showGeneration(sari, item.id))
  })

  test('by project and by status', async () => {
    const { projectId, generation } = shoots[1]!
    expect((await list(sari, `?projectId=${projectId}`)).items.map((item) => item.id)).toEqual([generation.id])
    expect((await list(sari, '?status=failed')).items).toEqual([])
    expect((await list(await signUp(), `?projectId=${projectId}`)).items).toEqual([])
  })
})

describe('GET /generations/:id/results', () => {
  test('what has an end, in order, while the rest is still to come', async () => {
    const sari = await photographer()
    const { generation } = await startShoot(sari, FOUR)
    expect((await resultsOf(sari, generation.id)).items).toEqual([])
    await deliver(sari, generation.id, [3])
    await deliver(sari, generation.id, [1], REFUSING)
    const { items } = await resultsOf(sari, generation.id)
    expect(items.map(({ poseId, status, error }) => [poseId, status, error])).toEqual([
      [POSES[1], 'failed', 'MODERATED_IN'],
      [POSES[3], 'completed', null],
    ])
    expect(items[0]).toMatchObject({ outputImageUrl: null, thumbnailUrl: null, width: 256, height: 256 })
  })

  test('by pages, finished and failed ones together', async () => {
    const sari = await photographer()
    const { generation } = await startShoot(sari, { ...FOUR, batchSize: 2 })
    await deliver(sari, generation.id, [0, 2, 4, 6])
    await deliver(sari, generation.id, [1, 3, 5], REFUSING)
    await cancel(sari, generation.id)
    const seen: string[] = []
    for (let query = '?limit=3'; ; ) {
      const { items, page } = await resultsOf(sari, generation.id, query)
      seen.push(...items.map((picture) => `${picture.variationKey} ${picture.status}`))
      if (page.nextCursor === null) break
      query = `?limit=3&cursor=${page.nextCursor}`
    }
    const end = (position: number) => (position === 7 ? 'cancelled' : position % 2 === 0 ? 'completed' : 'failed')
    const expected = Array.from({ length: 8 }, (_, i) => `${POSES[i % 4]}-v${Math.floor(i / 4)} ${end(i)}`)
    expect(seen).toEqual(expected)
  })
})

describe('GET /generations/:id/results after a crash', () => {
  test('a picture whose row was written but which was given up is shown once: as failed, as it was not paid (A18)', async () => {
    const sari = await photographer()
    const { generation } = await startShoot(sari, FOUR)
    await deliver(sari, generation.id, [0, 1, 3])
    await deliver(sari, generation.id, [2], REFUSING)
    await pictureRow(sari.user.id, generation.id, { position: 2, variationKey: `${POSES[2]}-v0` })
    const { items } = await resultsOf(sari, generation.id)
    expect(items.map((picture) => picture.status)).toEqual(['completed', 'completed', 'failed', 'completed'])
    expect((await resultsOf(sari, generation.id, '?limit=3')).page.nextCursor).toBe('2')
  })
})

describe('POST /generations/:id/cancellation', () => {
  test('releases what nobody has begun, keeps what is finished, and says so again', async () => {
    const sari = await photographer()
    const { generation } = await startShoot(sari, FOUR)
    await deliver(sari, generation.id, [0])
    for (let time = 0; time < 2; time++) {
      const { generation: after } = await expectJson<Shown>(cancel(sari, generation.id), 200)
      expect(after).toMatchObject({ status: 'cancelled', posesCompleted: 1, posesCancelled: 3 })
      expect(after).toMatchObject({ creditCharged: 30, creditRefunded: 90, creditHeld: 0 })
    }
    expect(await creditsOf(sari)).toEqual({ available: 270, held: 0 })
    await deliver(sari, generation.id, [1, 2, 3])
    expect(await creditsOf(sari)).toEqual({ available: 270, held: 0 })
    const { items } = await resultsOf(sari, generation.id)
    expect(items.map((picture) => picture.status)).toEqual(['completed', 'cancelled', 'cancelled', 'cancelled'])
  })

  test('what has ended by itself cannot be cancelled: 409', async () => {
    const sari = await signUp()
    const { generation } = await startShoot(sari)
    await ended(sari, generation.id)
    const before = await stateOf(sari.user.id)
    expect(await errorOf(await cancel(sari, generation.id))).toMatchObject({
      statusCode: 409,
      details: { status: 'completed' },
    })
    expect(await stateOf(sari.user.id)).toEqual(before)
  })

  test('somebody signed out cannot cancel with a token that has not run out', async () => {
    const sari = await photographer()
    const { generation } = await startShoot(sari)
    await requestAs(sari, '/auth/logout', { method: 'POST' })
    expect((await cancel(sari, generation.id)).status).toBe(401)
  })
})

describe('POST /generations/:id/retry', () => {
  test('makes the failed ones once more, for a hold of their own, once per key', async () => {
    const sari = await photographer()
    const { generation } = await startShoot(sari, FOUR)
    await deliver(sari, generation.id, [0, 2])
    await deliver(sari, generation.id, [1, 3], REFUSING)
    expect(await showGeneration(sari, generation.id)).toMatchObject({ status: 'partial', creditCharged: 60 })
    const key = newKey()
    const answer = await retry(sari, generation.id, key)
    const again = await expectJson<Started>(answer, 202)
    expect(answer.headers.get('location')).toBe(again.links.self)
    expect(again).toMatchObject({ totalPosesExpected: 2, creditCharged: 60 })
    expect(again.generation.id).not.toBe(generation.id)
    const replay = await retry(sari, generation.id, key)
    expect(replay.headers.get('idempotent-replayed')).toBe('true')
    expect(await expectJson<Started>(replay, 202)).toEqual(again)
    await deliver(sari, again.generation.id, [0, 1])
    const { items } = await resultsOf(sari, again.generation.id)
    expect(items.map((picture) => picture.poseId)).toEqual([POSES[1], POSES[3]])
    const first = await resultsOf(sari, generation.id)
    expect(items.map((picture) => picture.seedUsed)).toEqual([first.items[1]!.seedUsed, first.items[3]!.seedUsed])
    expect(await creditsOf(sari)).toEqual({ available: 180, held: 0 })
  })

  test('what was paid in credits is tried again in credits, so a used-up day of a plan does not stand in the way', async () => {
    const sari = await photographer()
    await buyFor(sari.user.id, { ...BASIC, dailyQuota: 1 })
    await startShoot(sari)
    const { generation } = await startShoot(sari, { fund: 'credits' })
    await deliver(sari, generation.id, [0], REFUSING)
    const again = await expectJson<Started>(retry(sari, generation.id), 202)
    expect(again.generation).toMatchObject({ fund: 'credits', creditHeld: 30 })
  })

  test('the same key for another generation is a 422 (A4)', async () => {
    const sari = await photographer()
    const [a, b] = [await startShoot(sari), await startShoot(sari)]
    for (const { generation } of [a, b]) await deliver(sari, generation.id, [0], REFUSING)
    const key = newKey()
    await expectJson(retry(sari, a.generation.id, key), 202)
    expect(await errorOf(await retry(sari, b.generation.id, key))).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
  })

  test('nothing to retry is a 409: still running, or nothing failed', async () => {
    const sari = await photographer()
    const { generation } = await startShoot(sari)
    for (let time = 0; time < 2; time++) {
      const before = await stateOf(sari.user.id)
      expect(await errorOf(await retry(sari, generation.id))).toMatchObject({ statusCode: 409, code: 'CONFLICT' })
      expect(await stateOf(sari.user.id)).toEqual(before)
      await deliver(sari, generation.id, [0])
    }
  })

  test('a deleted project takes its retries along: 404, and no credit is held', async () => {
    const sari = await photographer()
    const { generation, projectId } = await startShoot(sari)
    await deliver(sari, generation.id, [0], REFUSING)
    await requestAs(sari, `${GENERATOR}/projects/${projectId}`, { method: 'DELETE' })
    expect((await retry(sari, generation.id)).status).toBe(404)
    expect(await creditsOf(sari)).toEqual({ available: 300, held: 0 })
  })

  test('without a key: 400; without the credits: 402 (A5)', async () => {
    const sari = await photographer()
    const { generation } = await startShoot(sari, { ...FOUR, batchSize: 2 })
    await deliver(sari, generation.id, [0, 1, 2, 3, 4, 5, 6, 7], REFUSING)
    const bare = await requestAs(sari, `${GENERATIONS}/${generation.id}/retry`, { method: 'POST' })
    expect(await errorOf(bare)).toMatchObject({ statusCode: 400, issues: [{ field: 'idempotency-key' }] })
    await startShoot(sari, { selectedPoseIds: [POSES[0]], batchSize: 3 })
    expect(await errorOf(await retry(sari, generation.id))).toMatchObject({
      code: 'INSUFFICIENT_CREDITS',
      details: { required: 240, available: 210 },
    })
  })
})

test('a project that has no shoot has no generations', async () => {
  const sari = await signUp()
  const { id } = await newProject(sari)
  expect(await list(sari, `?projectId=${id}`)).toEqual({ items: [], page: { nextCursor: null, limit: 24 } })
})
