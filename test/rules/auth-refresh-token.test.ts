import { expect, test } from 'vitest'
import { firstRefreshToken, readRefreshToken, refreshHash, successorOf } from '../../src/auth/refresh-token'
import { newId } from '../../src/kernel/ids'

const KEY = 'a-server-key-of-at-least-32-characters'
const OTHER_KEY = 'b-server-key-of-at-least-32-characters'
const anyToken = () => firstRefreshToken(KEY, newId('user'), newId('session'))

test('a token says whose session it is', async () => {
  const token = await anyToken()
  expect(await readRefreshToken(KEY, token.text)).toEqual(token)
  expect(token.text).toMatch(new RegExp(`^${token.userId}\\.${token.sessionId}\\.[\\w-]{86}$`))
})

test('two sessions never share a token', async () => {
  const [user, session] = [newId('user'), newId('session')]
  expect(await firstRefreshToken(KEY, user, session)).not.toEqual(await firstRefreshToken(KEY, user, session))
})

test('the successor is always the same, is genuine, and differs from its parent', async () => {
  const token = await anyToken()
  const successor = await successorOf(KEY, token)
  expect(await successorOf(KEY, token)).toEqual(successor)
  expect(await readRefreshToken(KEY, successor.text)).toEqual(successor)
  expect(successor.sessionId).toBe(token.sessionId)
  expect(await refreshHash(successor)).not.toBe(await refreshHash(token))
})

test('who knows a token but not the key cannot tell its successor', async () => {
  const token = await anyToken()
  expect((await successorOf(OTHER_KEY, token)).text).not.toBe((await successorOf(KEY, token)).text)
})

test('a token with any character changed is not ours', async () => {
  const { text } = await anyToken()
  for (let at = 0; at < text.length; at++) {
    const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
    expect(await readRefreshToken(KEY, changed), `character ${at}`).toBeNull()
  }
})

test.each(['', 'x', 'a.b.c', '..', '\u0000'.repeat(150), 'usr_.ses_.'])('%j is no token', async (text) =>
  expect(await readRefreshToken(KEY, text)).toBeNull(),
)

test("another server's token is not ours", async () =>
  expect(await readRefreshToken(OTHER_KEY, (await anyToken()).text)).toBeNull())
