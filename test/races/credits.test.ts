import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { userObject } from '../../src/objects'
import { signUp } from '../support/app'
import { giveQuotaTo } from '../support/jobs'
import type { Person } from '../support/people'
import { creditsOf, ended, generate, newProject, oneSmallPicture, resultsOf, type Started } from '../support/shoots'

const AT_ONCE = 50

/** Fifty requests in flight together; `keyOf` names each. */
const race = async (person: Person, body: object, keyOf: (n: number) => string): Promise<Response[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, n) => generate(person, body, keyOf(n))))

const withStatus = (answers: Response[], status: number) => answers.filter((answer) => answer.status === status)
const entriesOf = (person: Person) => userObject(env, person.user.id).entries(Number.MAX_SAFE_INTEGER, 1_000)
const kinds = async (person: Person) => (await entriesOf(person)).map(({ kind }) => kind)

test('fifty requests at once with credits for one: one is accepted, the balance is exact (A1)', async () => {
  const sari = await signUp()
  const project = await newProject(sari)
  // Six pictures are 180 of the 300 welcome credits: a second shoot does not fit.
  const body = oneSmallPicture(project.id, { batchSize: 6 })
  const answers = await race(sari, body, (n) => `key-${n}`)
  expect([withStatus(answers, 202).length, withStatus(answers, 402).length]).toEqual([1, AT_ONCE - 1])
  const refusal = await withStatus(answers, 402)[0]!.json<{ error: { details: object } }>()
  expect(refusal.error.details).toMatchObject({ required: 180 })
  const { generation } = await withStatus(answers, 202)[0]!.json<Started>()
  expect(await ended(sari, generation.id)).toMatchObject({ status: 'completed', creditCharged: 180 })
  expect(await creditsOf(sari)).toEqual({ available: 120, held: 0 })
  expect((await kinds(sari)).filter((kind) => kind === 'hold')).toHaveLength(1)
})

test('fifty clicks on one button: one generation, one hold, forty-nine replays of the same answer (A3)', async () => {
  const sari = await signUp()
  const project = await newProject(sari)
  const answers = await race(sari, oneSmallPicture(project.id), () => 'one-click')
  expect(withStatus(answers, 202)).toHaveLength(AT_ONCE)
  const replays = answers.filter((answer) => answer.headers.get('idempotent-replayed') === 'true')
  expect(replays).toHaveLength(AT_ONCE - 1)
  const bodies = new Set(await Promise.all(answers.map((answer) => answer.text())))
  expect(bodies.size).toBe(1)
  const { generation } = JSON.parse([...bodies][0]!) as Started
  await ended(sari, generation.id)
  expect(await creditsOf(sari)).toEqual({ available: 270, held: 0 })
  expect((await kinds(sari)).filter((kind) => kind === 'hold')).toHaveLength(1)
  expect((await resultsOf(sari, generation.id)).items).toHaveLength(1)
})

test('the same key of two users is two keys (A6)', async () => {
  const [sari, budi] = [await signUp(), await signUp()]
  const started = await Promise.all(
    [sari, budi].map(async (person) => {
      const answer = await generate(person, oneSmallPicture((await newProject(person)).id), 'same-key')
      expect(answer.status).toBe(202)
      return (await answer.json<Started>()).generation.id
    }),
  )
  expect(new Set(started).size).toBe(2)
})

test('fifty requests at the edge of the day’s quota: one is accepted (B1)', async () => {
  const sari = await signUp()
  await giveQuotaTo(sari.user.id, 1)
  const body = oneSmallPicture((await newProject(sari)).id)
  const answers = await race(sari, body, (n) => `quota-${n}`)
  expect([withStatus(answers, 202).length, withStatus(answers, 429).length]).toEqual([1, AT_ONCE - 1])
  expect(await creditsOf(sari)).toEqual({ available: 300, held: 0 })
})

test('nobody ever reads a balance that is torn (A30)', async () => {
  const sari = await signUp()
  const body = oneSmallPicture((await newProject(sari)).id, { batchSize: 10 })
  const { generation } = await (await generate(sari, body)).json<Started>()
  const object = userObject(env, sari.user.id)
  const reads: [number, number, number][] = []
  for (let n = 0; n < 200; n++) {
    const [credits, job] = await Promise.all([object.credits(), object.job(generation.id)])
    reads.push([credits.available, credits.held, job!.creditsCharged])
  }
  await ended(sari, generation.id)
  for (const [available, held] of reads) {
    expect(held % 30).toBe(0)
    expect(available).toBe(0)
  }
})
