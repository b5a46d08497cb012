import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { userObject } from '../../src/objects'
import { expectJson, request, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { ended, startShoot } from '../support/shoots'
import { errorOf } from '../support/walk'

type Log = { items: { seq: number; type: string; generationId?: string; at: string }[]; latest: number; reset: boolean }
const ticketOf = async (person: Person) =>
  (await expectJson<{ ticket: string }>(requestAs(person, '/live/ticket', { method: 'POST' }), 201)).ticket
const open = (protocol: string, headers: Record<string, string> = {}) =>
  request('/live', { headers: { upgrade: 'websocket', 'sec-websocket-protocol': protocol, ...headers } })
const events = (person: Person, query = '') => expectJson<Log>(requestAs(person, `/events${query}`), 200)

describe('POST /live/ticket (createLiveTicket)', () => {
  test('a ticket for 30 seconds, a new one each time, kept as a hash only', async () => {
    const sari = await signUp()
    const answer = await expectJson<{ ticket: string; expiresIn: number }>(
      requestAs(sari, '/live/ticket', { method: 'POST' }),
      201,
    )
    expect(answer.expiresIn).toBe(30)
    expect(answer.ticket).not.toBe(await ticketOf(sari))
    const kept = await runInDurableObject(userObject(env, sari.user.id), (_object, { storage }) =>
      JSON.stringify(storage.sql.exec('SELECT * FROM ticket').toArray()),
    )
    expect(kept).not.toContain(answer.ticket.split('.')[1])
  })

  test('not for somebody signed out', async () => {
    const sari = await signUp()
    await requestAs(sari, '/auth/logout', { method: 'POST' })
    expect((await requestAs(sari, '/live/ticket', { method: 'POST' })).status).toBe(401)
  })
})

describe('GET /live (openLive)', () => {
  test('opens with a ticket, says where the log stands, and echoes our protocol alone', async () => {
    const sari = await signUp()
    const answer = await open(`lumiku.v1, ticket.${await ticketOf(sari)}`)
    expect(answer.status).toBe(101)
    expect(answer.headers.get('sec-websocket-protocol')).toBe('lumiku.v1')
    const socket = answer.webSocket!
    const first = new Promise<string>((said) => socket.addEventListener('message', ({ data }) => said(String(data))))
    socket.accept()
    expect(JSON.parse(await first)).toMatchObject({ type: 'connected' })
    socket.close()
  })

  test.each([
    ['no ticket', 'lumiku.v1', 401],
    ['a ticket that is none', 'lumiku.v1, ticket.x', 401],
    ['a ticket nobody gave', 'lumiku.v1, ticket.usr_01J00000000000000000000000.guess', 401],
    ['an access token in its place', 'lumiku.v1, ticket.eyJhbGciOiJIUzI1NiJ9.e30.x', 401],
  ])('%s: %s -> %i', async (_, protocol, status) => {
    expect((await open(protocol)).status).toBe(status)
  })

  test('a page of another site is turned away before its ticket is looked at', async () => {
    const sari = await signUp()
    const ticket = await ticketOf(sari)
    for (const origin of ['https://evil.example', 'null', 'http://localhost:8787.evil.example'])
      expect((await open(`lumiku.v1, ticket.${ticket}`, { origin })).status).toBe(403)
    const answer = await open(`lumiku.v1, ticket.${ticket}`)
    expect(answer.status).toBe(101)
    answer.webSocket?.accept()
    answer.webSocket?.close()
  })

  test('without an upgrade, or without our protocol, it is a 400 that says so', async () => {
    const sari = await signUp()
    const ticket = await ticketOf(sari)
    const plain = await request('/live', { headers: { 'sec-websocket-protocol': `lumiku.v1, ticket.${ticket}` } })
    expect(await errorOf(plain)).toMatchObject({ statusCode: 400, issues: [{ field: 'upgrade' }] })
    expect((await open(`ticket.${ticket}`)).status).toBe(400)
  })
})

describe('GET /events (listEvents)', () => {
  test('the log of a shoot, gapless, in pages, ending where `latest` says', async () => {
    const sari = await signUp()
    const { generation } = await startShoot(sari, { batchSize: 3 })
    await ended(sari, generation.id)
    const all = await events(sari)
    expect(all.items.map((event) => event.seq)).toEqual(Array.from({ length: all.latest }, (_, i) => i + 1))
    expect(all.items.filter((event) => event.type === 'pose_generation_progress')).toHaveLength(3)
    expect(all.items.some((event) => event.type === 'pose_generation_complete')).toBe(true)
    const paged: number[] = []
    for (let after = 0; after < all.latest; ) {
      const { items } = await events(sari, `?after=${after}&limit=2`)
      paged.push(...items.map((event) => event.seq))
      after = items.at(-1)!.seq
    }
    expect(paged).toEqual(all.items.map((event) => event.seq))
    expect(await events(sari, `?after=${all.latest}`)).toEqual({ items: [], latest: all.latest, reset: false })
  })

  test('a client that has seen too much, or too little, starts over', async () => {
    const sari = await signUp()
    const { generation } = await startShoot(sari)
    await ended(sari, generation.id)
    const { latest } = await events(sari)
    expect(await events(sari, `?after=${latest + 5}`)).toEqual({ items: [], latest, reset: true })
    await runInDurableObject(userObject(env, sari.user.id), (_object, { storage }) => {
      storage.sql.exec('DELETE FROM event WHERE seq <= 2')
    })
    expect(await events(sari, '?after=1')).toEqual({ items: [], latest, reset: true })
    expect((await events(sari, '?after=2')).reset).toBe(false)
  })

  test('is one’s own alone', async () => {
    const sari = await signUp()
    const { generation } = await startShoot(sari)
    await ended(sari, generation.id)
    const log = await events(await signUp())
    expect(log.items.filter((event) => event.generationId === generation.id)).toEqual([])
  })
})
