import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { expectJson, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import {
  deliver,
  GENERATOR,
  type Generation,
  holdQueue,
  newKey,
  newProject,
  oneSmallPicture,
  requestIn,
  type Started,
  startShoot,
} from '../support/shoots'
import { errorOf } from '../support/walk'

type Shown = { generation: Generation; progress: { estimatedTimeRemaining: number | null; estimate: object | null } }

const show = (person: Person, id: string, prefer?: string) =>
  requestAs(person, `${GENERATOR}/generations/${id}`, { headers: prefer === undefined ? {} : { prefer } })

const applied = (answer: Response) => answer.headers.get('preference-applied')

describe('GET /generations/:id with Prefer: wait', () => {
  test('answers with the last picture, without being asked twice', async () => {
    const sari = await signUp()
    const { generation } = await startShoot(sari, { batchSize: 2 })
    const answer = await show(sari, generation.id, 'wait=30')
    expect(applied(answer)).toBe('wait=30')
    const shown = await expectJson<Shown>(answer, 200)
    expect(shown.generation).toMatchObject({ status: 'completed', posesCompleted: 2, creditCharged: 60 })
    expect(shown.progress.estimate).toEqual({ p50Seconds: 0, p90Seconds: 0 })
  })

  test('after the seconds it shows how far it is, and the shoot goes on', async () => {
    const sari = await signUp()
    await holdQueue(sari)
    const { generation } = await startShoot(sari)
    const answer = await show(sari, generation.id, 'wait=1')
    expect(applied(answer)).toBe('wait=1')
    expect((await expectJson<Shown>(answer, 200)).generation).toMatchObject({ status: 'pending', creditHeld: 30 })
    await deliver(sari, generation.id, [0])
    const ended = await show(sari, generation.id, 'wait=600')
    expect(applied(ended)).toBe('wait=60')
    expect((await expectJson<Shown>(ended, 200)).generation.status).toBe('completed')
  })

  test.each([undefined, '', 'wait', 'wait=0', 'wait=soon', 'wait=-1', 'respond-async', 'wait=soon, wait=5'])(
    'Prefer: %s makes nobody wait and is no mistake',
    async (prefer) => {
      const sari = await signUp()
      await holdQueue(sari)
      const { generation } = await startShoot(sari)
      const answer = await show(sari, generation.id, prefer)
      expect([answer.status, applied(answer)]).toEqual([200, null])
    },
  )

  test('nobody waits for what is not there, or is somebody else’s: 404 at once', async () => {
    const [sari, budi] = [await signUp(), await signUp()]
    await holdQueue(sari)
    const { generation } = await startShoot(sari)
    const answer = await show(budi, generation.id, 'wait=60')
    expect(applied(answer)).toBeNull()
    expect(await errorOf(answer)).toMatchObject({ statusCode: 404 })
  })

  test('a wait that breaks off is answered with what there is, and does not say that it was kept', async () => {
    const sari = await signUp()
    await holdQueue(sari)
    const { generation } = await startShoot(sari)
    const getByName = (name: string) =>
      new Proxy(env.USER.getByName(name), {
        get: (stub, property) =>
          property === 'waitForEnd'
            ? () => Promise.reject(new Error('the object went away'))
            : Reflect.get(stub, property),
      })
    const headers = { authorization: `Bearer ${sari.accessToken}`, prefer: 'wait=60' }
    const path = `${GENERATOR}/generations/${generation.id}`
    const answer = await requestIn({ USER: { getByName } }, path, { headers })
    expect(applied(answer)).toBeNull()
    expect((await expectJson<Shown>(answer, 200)).generation).toMatchObject({ status: 'pending' })
  })
})

describe('POST /generate with Prefer: wait', () => {
  const generate = async (person: Person, headers: Record<string, string>, projectId: string) =>
    requestAs(person, `${GENERATOR}/generate`, { json: oneSmallPicture(projectId), headers })

  test('one request is enough for a small shoot', async () => {
    const sari = await signUp()
    const { id } = await newProject(sari)
    const answer = await generate(sari, { 'idempotency-key': newKey(), prefer: 'wait=30' }, id)
    expect(applied(answer)).toBe('wait=30')
    const { generation, ...started } = await expectJson<Started & { estimate: object }>(answer, 202)
    expect(generation).toMatchObject({ status: 'completed', creditCharged: 30, creditHeld: 0 })
    expect(started.estimate).toEqual({ p50Seconds: 0, p90Seconds: 0 })
    expect(Date.parse(started.estimatedCompletionTime)).toBeLessThanOrEqual(Date.now())
  })

  test('sent again after a lost line it waits for the same shoot and charges nothing more', async () => {
    const sari = await signUp()
    const { id } = await newProject(sari)
    const key = { 'idempotency-key': newKey() }
    const first = await expectJson<Started>(generate(sari, key, id), 202)
    const again = await generate(sari, { ...key, prefer: 'wait=30' }, id)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    const { generation } = await expectJson<Started>(again, 202)
    expect(generation).toMatchObject({ id: first.generation.id, status: 'completed', creditCharged: 30 })
  })

  test('without the wish the answer comes at once, and a replay is the first answer to the letter', async () => {
    const sari = await signUp()
    await holdQueue(sari)
    const { id } = await newProject(sari)
    const key = { 'idempotency-key': newKey() }
    const first = await generate(sari, key, id)
    expect(applied(first)).toBeNull()
    const body = await expectJson<Started>(first, 202)
    await deliver(sari, body.generation.id, [0])
    expect(await expectJson(generate(sari, key, id), 202)).toEqual(body)
  })
})
