import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import {
  createGuessTable,
  forgetGuesses,
  giveBackGuess,
  MAX_DELAY_MS,
  takeGuess,
} from '../../durable-objects/attempts/guesses'
import { createSlotTable, takeSlot } from '../../durable-objects/attempts/slots'
import { attemptsObject } from '../../src/objects'

const T0 = 1_800_000_000_000
const HOUR_MS = 3_600_000
const LIMIT = { freeFailures: 5, keptMs: 24 * HOUR_MS }
const YES = { ok: true }
const inMs = (retryAfterMs: number) => ({ ok: false, retryAfterMs })

const anyObject = () => attemptsObject(env, crypto.randomUUID())

const withSql = (work: (sql: SqlStorage) => void) =>
  runInDurableObject(anyObject(), (_object, state) => {
    createGuessTable(state.storage.sql)
    createSlotTable(state.storage.sql)
    work(state.storage.sql)
  })

/** Fails `times` times, waiting as long as asked each time; answers when the last one was. */
function failTimes(sql: SqlStorage, times: number, from = T0): number {
  let now = from
  for (let done = 0; done < times; ) {
    const admission = takeGuess(sql, LIMIT, now)
    if (admission.ok) done++
    else now += admission.retryAfterMs
  }
  return now
}

test('five failures are free, then each one doubles the wait', () =>
  withSql((sql) => {
    const fifth = failTimes(sql, 5)
    expect(fifth).toBe(T0)
    expect(takeGuess(sql, LIMIT, T0)).toEqual(YES)
    expect(takeGuess(sql, LIMIT, T0)).toEqual(inMs(2_000))
    expect(takeGuess(sql, LIMIT, T0 + 2_000)).toEqual(YES)
    expect(takeGuess(sql, LIMIT, T0 + 2_000)).toEqual(inMs(4_000))
  }))

test('a refused guess does not prolong the wait', () =>
  withSql((sql) => {
    failTimes(sql, 6)
    for (let n = 0; n < 100; n++) expect(takeGuess(sql, LIMIT, T0 + 1_000)).toEqual(inMs(1_000))
    expect(takeGuess(sql, LIMIT, T0 + 2_000)).toEqual(YES)
  }))

test('nobody ever waits longer than fifteen minutes', () =>
  withSql((sql) => {
    const now = failTimes(sql, 60)
    expect(takeGuess(sql, LIMIT, now)).toEqual(inMs(MAX_DELAY_MS))
    expect(takeGuess(sql, LIMIT, now + MAX_DELAY_MS)).toEqual(YES)
  }))

test('the right password wipes the slate', () =>
  withSql((sql) => {
    const now = failTimes(sql, 9)
    forgetGuesses(sql)
    expect(failTimes(sql, 5, now)).toBe(now)
  }))

test('a guess given back leaves the count as it was', () =>
  withSql((sql) => {
    failTimes(sql, 5)
    for (let n = 0; n < 20; n++) {
      expect(takeGuess(sql, LIMIT, T0)).toEqual(YES)
      giveBackGuess(sql)
    }
    giveBackGuess(sql)
    expect(failTimes(sql, 1)).toBe(T0)
  }))

test('failures are forgotten after a quiet day', () =>
  withSql((sql) => {
    const now = failTimes(sql, 12)
    expect(failTimes(sql, 5, now + LIMIT.keptMs)).toBe(now + LIMIT.keptMs)
  }))

test('of a hundred guesses at once six get through', async () => {
  const object = anyObject()
  const admissions = await Promise.all(Array.from({ length: 100 }, () => object.takeGuess(LIMIT)))
  expect(admissions.filter(({ ok }) => ok)).toHaveLength(6)
})

test('an eviction does not free anybody', async () => {
  const object = anyObject()
  for (let n = 0; n < 6; n++) await object.takeGuess(LIMIT)
  await evictDurableObject(object)
  expect(await object.takeGuess(LIMIT)).toMatchObject({ ok: false })
})

test('a window has room for so many, and for one more whenever one has left', () =>
  withSql((sql) => {
    const limit = { max: 3, windowMs: HOUR_MS }
    for (let n = 0; n < 3; n++) expect(takeSlot(sql, limit, T0 + n)).toEqual(YES)
    expect(takeSlot(sql, limit, T0 + 10)).toEqual(inMs(HOUR_MS - 10))
    expect(takeSlot(sql, limit, T0 + HOUR_MS)).toEqual(YES)
    expect(takeSlot(sql, limit, T0 + HOUR_MS)).toEqual(inMs(1))
  }))

test('a window that was made smaller waits until it fits', () =>
  withSql((sql) => {
    for (let n = 0; n < 5; n++) takeSlot(sql, { max: 5, windowMs: HOUR_MS }, T0 + n)
    expect(takeSlot(sql, { max: 2, windowMs: HOUR_MS }, T0 + 10)).toEqual(inMs(HOUR_MS + 3 - 10))
  }))

test('an object with nothing left to remember erases itself and can start again', async () => {
  const object = anyObject()
  await object.takeGuess({ freeFailures: 5, keptMs: MAX_DELAY_MS + 1 })
  await object.takeSlot({ max: 1, windowMs: HOUR_MS })
  await runInDurableObject(object, (_object, state) => {
    state.storage.sql.exec('UPDATE guess SET expires_at = 1')
    state.storage.sql.exec('UPDATE slot SET expires_at = 1')
  })
  expect(await runDurableObjectAlarm(object)).toBe(true)
  await runInDurableObject(object, (_object, state) => {
    const tables = state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name IN ('guess', 'slot')").toArray()
    expect(tables).toEqual([])
  })
  expect(await runDurableObjectAlarm(object)).toBe(false)
  expect(await object.takeGuess(LIMIT)).toEqual(YES)
})

test('an alarm that comes too early forgets nothing', async () => {
  const object = anyObject()
  for (let n = 0; n < 6; n++) await object.takeGuess(LIMIT)
  expect(await runDurableObjectAlarm(object)).toBe(true)
  expect(await object.takeGuess(LIMIT)).toMatchObject({ ok: false })
  expect(await runDurableObjectAlarm(object)).toBe(true)
})
