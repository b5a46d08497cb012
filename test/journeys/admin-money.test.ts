import { env } from 'cloudflare:workers'
import { beforeAll, expect, test } from 'vitest'
import { userObject } from '../../src/objects'
import { requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { makeAdmin, stateOf } from '../support/rows'
import { creditsOf, deliver, ended, holdQueue, newKey, startShoot } from '../support/shoots'
import { errorOf } from '../support/walk'

const REASON = 'the box was cut off in every picture'

let admin: Person
let sari: Person
beforeAll(async () => {
  admin = await makeAdmin(await signUp())
  sari = await signUp()
})

const adjust = (credits: unknown): Promise<Response> =>
  requestAs(admin, `/admin/users/${sari.user.id}/credit-adjustments`, {
    json: { credits, reason: REASON },
    headers: { 'idempotency-key': newKey() },
  })

const refund = (generationId: string, credits: unknown, key = newKey()): Promise<Response> =>
  requestAs(admin, `/admin/users/${sari.user.id}/generations/${generationId}/refunds`, {
    json: { credits, reason: REASON },
    headers: { 'idempotency-key': key },
  })

/** No admin can mean these. */
const ABSURD = [100_001, -100_001, 2 ** 53, -(2 ** 53), 2 ** 63, 1e308, 0, 0.5, -1.5, '100', '', null, true, [100], {}]

test('credits that no admin can mean are refused and change nothing, given, taken or refunded (A28)', async () => {
  await holdQueue(sari)
  const { generation } = await startShoot(sari)
  await deliver(sari, generation.id, [0])
  await ended(sari, generation.id)
  const before = [await stateOf(sari.user.id), await creditsOf(sari)]
  for (const credits of ABSURD)
    for (const answer of [await adjust(credits), await refund(generation.id, credits)]) {
      const { statusCode, issues } = await errorOf(answer)
      const fields = new Set(issues.map(({ field }) => field))
      expect([credits, statusCode, [...fields]]).toEqual([credits, 422, ['credits']])
    }
  expect(await errorOf(await refund(generation.id, -30))).toMatchObject({ statusCode: 422 })
  expect([await stateOf(sari.user.id), await creditsOf(sari)]).toEqual(before)
})

test('a pile of large adjustments waits for a second admin instead of adding up (A28)', async () => {
  const { available } = await creditsOf(sari)
  const answers = await Promise.all(Array.from({ length: 20 }, () => adjust(10_000)))
  const applied = answers.filter(({ status }) => status === 201).length
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(20 - applied)
  // What one admin may change alone in a day is 50,000, added up.
  expect(applied).toBe(5)
  expect((await creditsOf(sari)).available).toBe(available + 10_000 * applied)
  expect(await userObject(env, sari.user.id).verify()).toMatchObject({ ok: true })
})

test('twenty refunds of one picture by an admin at once: one is given, the others are told what is left (A14)', async () => {
  await holdQueue(sari)
  const { generation } = await startShoot(sari)
  await deliver(sari, generation.id, [0])
  const before = await creditsOf(sari)
  const answers = await Promise.all(Array.from({ length: 20 }, () => refund(generation.id, 30)))
  const refused = answers.filter(({ status }) => status !== 201)
  expect(refused).toHaveLength(19)
  for (const answer of refused)
    expect(await errorOf(answer)).toMatchObject({
      ...{ statusCode: 409, code: 'EXCEEDS_CHARGE', details: { refundable: 0 } },
    })
  expect(await creditsOf(sari)).toEqual({ ...before, available: before.available + 30 })
})

test('an admin’s second refund of a generation is given up to what is left of its charge (A15)', async () => {
  await holdQueue(sari)
  const { generation } = await startShoot(sari, { batchSize: 3 })
  await deliver(sari, generation.id, [0, 1, 2])
  const { available } = await creditsOf(sari)
  const key = newKey()
  const statuses = [
    ...[await refund(generation.id, 30, key), await refund(generation.id, 30), await refund(generation.id, 60)],
    // The first once more, as after a lost answer.
    ...[await refund(generation.id, 30, key), await refund(generation.id, 30), await refund(generation.id, 1)],
  ].map(({ status }) => status)
  expect(statuses).toEqual([201, 201, 409, 201, 201, 409])
  expect((await creditsOf(sari)).available).toBe(available + 90)
})
