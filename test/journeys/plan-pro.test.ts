import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { expectJson, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import {
  creditsOf,
  deliver,
  ended,
  GENERATOR,
  generate,
  holdQueue,
  newKey,
  newProject,
  oneSmallPicture,
  POSES,
  type Started,
} from '../support/shoots'
import { errorOf } from '../support/walk'

type Credits = { unlimited: { active: boolean; used: number; remaining: number; resetsAt: string } | null }
type Plans = { items: { productId: string; status: string; graceUntil: string; periodEndsAt: string }[] }

const quotaOf = async (person: Person) => (await expectJson<Credits>(requestAs(person, '/credits'), 200)).unlimited
const started = (answer: Promise<Response>) => expectJson<Started & { generation: { fund: string } }>(answer, 202)
const cancelShoot = (person: Person, id: string) =>
  requestAs(person, `${GENERATOR}/generations/${id}/cancellation`, { method: 'POST' })

test('a seller buys Pro, shoots a hundred pictures of a day’s quota, and pays the next one in credits', async () => {
  const sari = await signUp()
  await holdQueue(sari)
  const project = await newProject(sari)
  expect(await quotaOf(sari)).toBeNull()

  const ordered = await expectJson<{ payment: { id: string; status: string }; redirectUrl: string }>(
    requestAs(sari, '/payments', {
      json: { productId: 'pro-monthly', gateway: 'simulated' },
      headers: { 'idempotency-key': newKey() },
    }),
    201,
  )
  expect(await quotaOf(sari)).toBeNull()
  const pay = () => expectJson<{ status: string }>(requestAs(sari, `/${ordered.redirectUrl}`, { method: 'POST' }), 200)
  expect([(await pay()).status, (await pay()).status]).toEqual(['paid', 'paid'])
  const { items } = await expectJson<Plans>(requestAs(sari, '/subscriptions'), 200)
  expect(items).toMatchObject([{ productId: 'pro-monthly', status: 'active', dailyQuota: 100 }])
  expect(await quotaOf(sari)).toMatchObject({ active: true, used: 0, remaining: 100 })
  const tier = await env.DB.prepare('select tier from users where id = ?').bind(sari.user.id).first('tier')
  expect(tier).toBe('pro')

  // Ninety-seven are only asked for; what is reserved counts, so that the day cannot be spent twice.
  const many = oneSmallPicture(project.id, { selectedPoseIds: [POSES[0]], batchSize: 10 })
  const shoots: string[] = []
  for (let tens = 0; tens < 9; tens++) shoots.push((await started(generate(sari, many))).generation.id)
  await started(generate(sari, { ...many, batchSize: 7 }))
  const { generation } = await started(generate(sari, { ...many, batchSize: 3 }))
  expect(generation).toMatchObject({ fund: 'unlimited', creditHeld: 0, creditCharged: 0 })
  await deliver(sari, generation.id, [0, 1, 2])
  expect(await ended(sari, generation.id)).toMatchObject({ status: 'completed', posesCompleted: 3, creditCharged: 0 })
  expect(await creditsOf(sari)).toEqual({ available: 300, held: 0 })
  const full = await quotaOf(sari)
  expect(full).toMatchObject({ active: true, used: 100, remaining: 0 })

  const hundredAndFirst = oneSmallPicture(project.id)
  const key = newKey()
  const refused = await generate(sari, hundredAndFirst, key)
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(await errorOf(refused)).toMatchObject({
    ...{ statusCode: 429, code: 'QUOTA_EXCEEDED' },
    details: { required: 1, remaining: 0, resetsAt: full?.resetsAt },
  })

  const byCredits = await started(generate(sari, { ...hundredAndFirst, fund: 'credits' }, newKey()))
  expect(byCredits.generation).toMatchObject({ fund: 'credits', creditHeld: 30 })
  await deliver(sari, byCredits.generation.id, [0])
  expect(await ended(sari, byCredits.generation.id)).toMatchObject({ status: 'completed', creditCharged: 30 })
  expect(await creditsOf(sari)).toEqual({ available: 270, held: 0 })

  // What is given up comes back to the day it was taken from, and the refused request can be made after all.
  expect((await cancelShoot(sari, shoots[0]!)).status).toBe(200)
  expect(await quotaOf(sari)).toMatchObject({ used: 90, remaining: 10 })
  expect((await started(generate(sari, hundredAndFirst, key))).generation.fund).toBe('unlimited')
})

test('a seller whose plan is paid back loses the quota and keeps the pictures', async () => {
  const sari = await signUp()
  await holdQueue(sari)
  const project = await newProject(sari)
  const { payment, redirectUrl } = await expectJson<{ payment: { id: string }; redirectUrl: string }>(
    requestAs(sari, '/payments', {
      json: { productId: 'basic-monthly', gateway: 'simulated' },
      headers: { 'idempotency-key': newKey() },
    }),
    201,
  )
  await expectJson(requestAs(sari, `/${redirectUrl}`, { method: 'POST' }), 200)
  const { generation } = await started(generate(sari, oneSmallPicture(project.id)))
  expect(generation.fund).toBe('unlimited')

  await expectJson(requestAs(sari, `/payments/${payment.id}/simulation`, { json: { status: 'refunded' } }), 200)
  expect(await quotaOf(sari)).toBeNull()
  const { items } = await expectJson<Plans>(requestAs(sari, '/subscriptions'), 200)
  expect(items).toMatchObject([{ productId: 'basic-monthly', status: 'expired' }])

  await deliver(sari, generation.id, [0])
  expect(await ended(sari, generation.id)).toMatchObject({ status: 'completed', creditCharged: 0 })
  const next = await started(generate(sari, oneSmallPicture(project.id)))
  expect(next.generation).toMatchObject({ fund: 'credits', creditHeld: 30 })
})
