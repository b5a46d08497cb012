import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { expect, test } from 'vitest'
import { STEPS } from '../../../durable-objects/provider/schema'
import { admitAsk, LIMITS, newProvider, settleAsk } from './fixtures'

test('of a hundred who ask at once four get through', async () => {
  const object = newProvider()
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) => object.admit(admitAsk(`l${n}`, { owner: `o${n}` }))),
  )
  expect(answers.filter(({ go }) => go)).toHaveLength(4)
})

test('an eviction in the middle loses no slot, no place in line, no money and no figure', async () => {
  const object = newProvider()
  for (let n = 0; n < 4; n++) await object.admit(admitAsk(`l${n}`, { estimateMicroUsd: 1_000 }))
  await object.admit(admitAsk('waits', { owner: 'budi' }))
  await object.settle(settleAsk('l0', 'RATE_LIMITED', { detail: 'slow down' }))
  await object.settle(settleAsk('l1', 'ok', { costMicroUsd: 900 }))
  const before = await object.status(LIMITS)
  expect(before).toMatchObject({ slots: { limit: 2, inUse: 2, waiting: 1 }, spentTodayMicroUsd: 2_900, p50Ms: 8_000 })
  await evictDurableObject(object)
  expect(await object.status(LIMITS)).toEqual(before)
})

test('an eviction does not close the circuit; an admin does', async () => {
  const object = newProvider()
  await object.admit(admitAsk('a'))
  await object.settle(settleAsk('a', 'AUTH'))
  await evictDurableObject(object)
  expect(await object.admit(admitAsk('b'))).toMatchObject({ go: false, reason: 'open' })
  await object.reset()
  expect(await object.status(LIMITS)).toMatchObject({ circuit: 'closed', downSince: null })
  await evictDurableObject(object)
  expect(await object.admit(admitAsk('b'))).toEqual({ go: true })
})

test('an object that comes back runs no step of its schema a second time', async () => {
  const object = newProvider()
  await object.admit(admitAsk('a'))
  await evictDurableObject(object)
  await runInDurableObject(object, (_object, { storage: { sql } }) => {
    expect(sql.exec('SELECT COUNT(*) AS n FROM schema_step').one().n).toBe(STEPS.length)
  })
  expect(await object.status(LIMITS)).toMatchObject({ slots: { inUse: 1 } })
})
