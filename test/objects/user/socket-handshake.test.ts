import { env } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import { TICKET_LIFETIME_MS } from '../../../src/kernel/limits'
import { userObject } from '../../../src/objects'
import { codeOf } from '../../support/accounts'
import { signUp } from '../../support/app'
import { gift } from '../../support/jobs'
import type { Person } from '../../support/people'
import { connect, handshake, takeTicket } from '../../support/socket'

afterEach(() => void vi.useRealTimers())

const objectOf = (person: Person) => userObject(env, person.user.id)

/** Expects a socket, and closes it. */
async function opens(answer: Response | Promise<Response>): Promise<void> {
  const { status, webSocket } = await answer
  expect(status).toBe(101)
  webSocket?.accept()
  webSocket?.close(1000)
}

test('only lumiku.v1 is echoed, and the first message says where the log stands', async () => {
  const sari = await signUp()
  await objectOf(sari).adjust(gift('news', 1))
  const ticket = await takeTicket(sari)
  const answer = await handshake(ticket)
  await opens(answer)
  expect(answer.headers.get('sec-websocket-protocol')).toBe('lumiku.v1')
  expect(JSON.stringify([...answer.headers])).not.toContain(ticket)
  const live = await connect(sari)
  expect(live.heard).toEqual([{ type: 'connected', seq: 1 }])
})

test('a ticket opens one socket', async () => {
  const ticket = await takeTicket(await signUp())
  await opens(handshake(ticket))
  expect(await codeOf(handshake(ticket), 401)).toBe('UNAUTHENTICATED')
})

test('a ticket lives thirty seconds', async () => {
  const sari = await signUp()
  const [early, late] = [await takeTicket(sari), await takeTicket(sari)]
  const takenAt = Date.now()
  vi.setSystemTime(takenAt + TICKET_LIFETIME_MS - 1_000)
  await opens(handshake(early))
  vi.setSystemTime(takenAt + TICKET_LIFETIME_MS + 1)
  expect(await codeOf(handshake(late), 401)).toBe('UNAUTHENTICATED')
})

test('a ticket belongs to its user and is not guessed', async () => {
  const [sari, budi] = [await signUp(), await signUp()]
  const secret = (await takeTicket(sari)).split('.')[1]
  for (const ticket of [`${budi.user.id}.${secret}`, `${sari.user.id}.wrong`, 'nonsense', `${sari.user.id}`])
    expect(await codeOf(handshake(ticket), 401)).toBe('UNAUTHENTICATED')
})

test('a ticket of somebody who signed out meanwhile opens nothing', async () => {
  const sari = await signUp()
  const ticket = await takeTicket(sari)
  await objectOf(sari).revokeOtherSessions(null)
  expect(await codeOf(handshake(ticket), 401)).toBe('UNAUTHENTICATED')
})

test('a page of somebody else opens no socket, however good its ticket', async () => {
  const sari = await signUp()
  for (const origin of ['https://evil.example', 'null', 'http://localhost:8787.evil.example'])
    expect(await codeOf(handshake(await takeTicket(sari), { origin }), 403)).toBe('FORBIDDEN')
  await opens(handshake(await takeTicket(sari), { origin: null }))
})

test('an access token in the query or as sub-protocol is no ticket', async () => {
  const sari = await signUp()
  for (const query of [`?token=${sari.accessToken}`, `?ticket=${await takeTicket(sari)}`])
    expect(await codeOf(handshake('', { query, protocol: 'lumiku.v1' }), 401)).toBe('UNAUTHENTICATED')
  expect(await codeOf(handshake(sari.accessToken), 401)).toBe('UNAUTHENTICATED')
})

test('a handshake without lumiku.v1 or without an upgrade spends no ticket', async () => {
  const ticket = await takeTicket(await signUp())
  expect(await codeOf(handshake(ticket, { protocol: `ticket.${ticket}` }), 400)).toBe('INVALID_HEADER')
  expect(await codeOf(handshake(ticket, { headers: { upgrade: 'h2c' } }), 400)).toBe('INVALID_HEADER')
  await opens(handshake(ticket))
})

test('the object itself refuses what is no handshake', async () => {
  const sari = await signUp()
  expect((await objectOf(sari).fetch('http://object/')).status).toBe(400)
})
