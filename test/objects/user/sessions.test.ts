import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import {
  isSessionAlive,
  listSessions,
  MAX_LIVE_SESSIONS,
  openSession,
  ROTATION_GRACE_MS,
  revokeOtherSessions,
  revokeSession,
  rotateSession,
  SESSION_LIFETIME_MS,
} from '../../../durable-objects/user/sessions'
import { userObject } from '../../../src/objects'

const T0 = 1_800_000_000_000

/** Runs with the SQL of a user's object that nobody has used. */
const withSql = (work: (sql: SqlStorage) => void) =>
  runInDurableObject(userObject(env, crypto.randomUUID()), (_object, state) => work(state.storage.sql))

const open = (sql: SqlStorage, id: string, now = T0) =>
  openSession(sql, { id, refreshHash: `${id}-1`, userAgent: 'Firefox' }, now)

/** Presents the n-th token of a session. */
const rotate = (sql: SqlStorage, id: string, n: number, now: number) =>
  rotateSession(sql, { id, presentedHash: `${id}-${n}`, successorHash: `${id}-${n + 1}` }, now)

const idsOf = (sql: SqlStorage, now: number) => listSessions(sql, now).map(({ id }) => id)

test('a session lives thirty days from its last use', () =>
  withSql((sql) => {
    expect(open(sql, 'a')).toEqual({
      id: 'a',
      userAgent: 'Firefox',
      createdAt: T0,
      lastUsedAt: T0,
      expiresAt: T0 + SESSION_LIFETIME_MS,
    })
    const used = T0 + SESSION_LIFETIME_MS - 1
    expect(rotate(sql, 'a', 1, used)).toMatchObject({
      ok: true,
      session: { createdAt: T0, lastUsedAt: used, expiresAt: used + SESSION_LIFETIME_MS },
    })
    expect(isSessionAlive(sql, 'a', used + SESSION_LIFETIME_MS - 1)).toBe(true)
    expect(isSessionAlive(sql, 'a', used + SESSION_LIFETIME_MS)).toBe(false)
    expect(rotate(sql, 'a', 2, used + SESSION_LIFETIME_MS)).toEqual({ ok: false, code: 'EXPIRED' })
  }))

test('opening the same session twice is opening it once', () =>
  withSql((sql) => {
    const first = open(sql, 'a')
    expect(open(sql, 'a', T0 + 5)).toEqual(first)
    expect(idsOf(sql, T0 + 5)).toEqual(['a'])
  }))

test('a session id is never given to a second token', () =>
  withSql((sql) => {
    open(sql, 'a')
    expect(() => openSession(sql, { id: 'a', refreshHash: 'other', userAgent: '' }, T0)).toThrow('one session')
  }))

test('the eleventh device signs out the one used longest ago', () =>
  withSql((sql) => {
    for (let n = 0; n < MAX_LIVE_SESSIONS; n++) open(sql, `s${n}`, T0 + n)
    rotate(sql, 's0', 1, T0 + 100)
    open(sql, 'new', T0 + 200)
    const live = idsOf(sql, T0 + 200)
    expect(live).toHaveLength(MAX_LIVE_SESSIONS)
    expect(live.slice(0, 2)).toEqual(['new', 's0'])
    expect(isSessionAlive(sql, 's1', T0 + 200)).toBe(false)
  }))

test('a new session is never the one that makes room, even when the clock stands still', () =>
  withSql((sql) => {
    for (let n = 0; n < MAX_LIVE_SESSIONS; n++) open(sql, `z${n}`)
    open(sql, 'a')
    expect(isSessionAlive(sql, 'a', T0)).toBe(true)
    expect(idsOf(sql, T0)).toHaveLength(MAX_LIVE_SESSIONS)
  }))

test('within ten seconds the parent gets the same successor, and changes nothing', () =>
  withSql((sql) => {
    open(sql, 'a')
    const first = rotate(sql, 'a', 1, T0 + 1)
    expect(rotate(sql, 'a', 1, T0 + 1 + ROTATION_GRACE_MS - 1)).toEqual(first)
    expect(rotate(sql, 'a', 2, T0 + 20_000)).toMatchObject({ ok: true })
  }))

test('the parent used after the grace ends the session for everybody', () =>
  withSql((sql) => {
    open(sql, 'a')
    rotate(sql, 'a', 1, T0)
    expect(rotate(sql, 'a', 1, T0 + ROTATION_GRACE_MS)).toEqual({ ok: false, code: 'REUSED' })
    expect(rotate(sql, 'a', 2, T0 + ROTATION_GRACE_MS)).toEqual({ ok: false, code: 'REVOKED' })
    expect(isSessionAlive(sql, 'a', T0 + ROTATION_GRACE_MS)).toBe(false)
  }))

test('a grandparent ends the session even within the grace', () =>
  withSql((sql) => {
    open(sql, 'a')
    rotate(sql, 'a', 1, T0)
    rotate(sql, 'a', 2, T0 + 1)
    expect(rotate(sql, 'a', 1, T0 + 2)).toEqual({ ok: false, code: 'REUSED' })
  }))

test('using the grace does not prolong it', () =>
  withSql((sql) => {
    open(sql, 'a')
    rotate(sql, 'a', 1, T0)
    rotate(sql, 'a', 1, T0 + 9_000)
    expect(rotate(sql, 'a', 1, T0 + 11_000)).toEqual({ ok: false, code: 'REUSED' })
  }))

test('a reused token ends its own session only', () =>
  withSql((sql) => {
    open(sql, 'a')
    open(sql, 'b')
    rotate(sql, 'a', 1, T0)
    rotate(sql, 'a', 1, T0 + ROTATION_GRACE_MS)
    expect(idsOf(sql, T0 + ROTATION_GRACE_MS)).toEqual(['b'])
  }))

test('a session nobody knows is unknown', () =>
  withSql((sql) => expect(rotate(sql, 'a', 1, T0)).toEqual({ ok: false, code: 'UNKNOWN' })))

test('revoking says whether there was something to revoke', () =>
  withSql((sql) => {
    open(sql, 'a')
    expect(revokeSession(sql, 'a', T0)).toBe(true)
    expect(revokeSession(sql, 'a', T0)).toBe(false)
    expect(revokeSession(sql, 'b', T0)).toBe(false)
    expect(rotate(sql, 'a', 1, T0)).toEqual({ ok: false, code: 'REVOKED' })
  }))

test('the others can be revoked, or all of them', () =>
  withSql((sql) => {
    for (const id of ['a', 'b', 'c']) open(sql, id)
    expect(revokeOtherSessions(sql, 'b', T0).sort()).toEqual(['a', 'c'])
    expect(revokeOtherSessions(sql, 'b', T0)).toEqual([])
    expect(revokeOtherSessions(sql, null, T0)).toEqual(['b'])
    expect(listSessions(sql, T0)).toEqual([])
  }))

test('sessions that ended are forgotten in time, and stay refused', () =>
  withSql((sql) => {
    open(sql, 'a')
    revokeSession(sql, 'a', T0)
    open(sql, 'b', T0 + 2 * 86_400_000)
    expect(rotate(sql, 'a', 1, T0 + 2 * 86_400_000)).toEqual({ ok: false, code: 'UNKNOWN' })
    expect(sql.exec('SELECT COUNT(*) AS n FROM session').one().n).toBe(1)
  }))
