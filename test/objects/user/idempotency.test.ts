import { runInDurableObject } from 'cloudflare:test'
import { expect, test } from 'vitest'
import { findReplay, keepAnswer, trimAnswers } from '../../../durable-objects/user/idempotency'
import { IDEMPOTENCY_KEPT_MS } from '../../../src/kernel/limits'
import { newObject, openAccount, SESSION, T0, withSql } from '../../support/jobs'

const ASK = { route: 'generate', key: 'click-1', fingerprint: 'a' }

test('a key is known from its first answer on, on its own route', () =>
  withSql((sql) => {
    expect(findReplay(sql, ASK)).toEqual({ known: false })
    keepAnswer(sql, ASK, '"first"', T0)
    expect(findReplay(sql, ASK)).toEqual({ known: true, same: true, answer: '"first"' })
    expect(findReplay(sql, { ...ASK, route: 'retry' })).toEqual({ known: false })
    expect(findReplay(sql, { ...ASK, key: 'click-2' })).toEqual({ known: false })
  }))

test('a key spent on another request is told apart', () =>
  withSql((sql) => {
    keepAnswer(sql, ASK, '"first"', T0)
    expect(findReplay(sql, { ...ASK, fingerprint: 'b' })).toEqual({ known: true, same: false })
  }))

test('answers are forgotten after seven days', () =>
  withSql((sql) => {
    keepAnswer(sql, ASK, '"first"', T0)
    trimAnswers(sql, T0 + IDEMPOTENCY_KEPT_MS)
    expect(findReplay(sql, ASK).known).toBe(true)
    trimAnswers(sql, T0 + IDEMPOTENCY_KEPT_MS + 1)
    expect(findReplay(sql, ASK).known).toBe(false)
  }))

test('whatever else is asked under a key gets the first answer, or is told that the key is spent', async () => {
  const object = newObject()
  await runInDurableObject(object, (_object, state) => openAccount(state.storage.sql, 0, Date.now()))
  expect(await object.remember(ASK, '"first"', SESSION)).toEqual({ ok: true, replayed: false, answer: '"first"' })
  expect(await object.remember(ASK, '"second"', SESSION)).toEqual({ ok: true, replayed: true, answer: '"first"' })
  const other = { ...ASK, fingerprint: 'b' }
  expect(await object.remember(other, '"x"', SESSION)).toEqual({ ok: false, code: 'IDEMPOTENCY_KEY_REUSED' })
  expect(await object.remember(ASK, '"x"', 'ses_gone')).toEqual({ ok: false, code: 'SESSION_REVOKED' })
})
