import { expect, test } from 'vitest'
import { askTurn, endTurn, MAX_RUNNING, MAX_WAITING, newTurns } from '../../src/auth/hash-turns'

const T0 = 1_000_000
const ticketsOf = (count: number) => Array.from({ length: count }, (_, n) => Symbol(n))

test('one hashes, the next waits for it to end', () => {
  const turns = newTurns()
  const [a, b] = ticketsOf(2) as [symbol, symbol]
  expect([a, b].map((ticket) => askTurn(turns, ticket, T0))).toEqual(['GO', 'WAIT'])
  endTurn(turns, a)
  expect(askTurn(turns, b, T0)).toBe('GO')
})

test('first come, first served', () => {
  const turns = newTurns()
  const [a, b, c] = ticketsOf(3) as [symbol, symbol, symbol]
  for (const ticket of [a, b, c]) askTurn(turns, ticket, T0)
  endTurn(turns, a)
  expect(askTurn(turns, c, T0)).toBe('WAIT')
  expect(askTurn(turns, b, T0)).toBe('GO')
})

test('when twenty wait the next is sent away, and the twenty keep their places', () => {
  const turns = newTurns()
  const tickets = ticketsOf(MAX_RUNNING + MAX_WAITING)
  for (const ticket of tickets) expect(askTurn(turns, ticket, T0)).not.toBe('FULL')
  expect(askTurn(turns, Symbol('late'), T0)).toBe('FULL')
  expect(askTurn(turns, tickets.at(-1)!, T0)).toBe('WAIT')
})

test('requests that were cut off do not block the rest', () => {
  const turns = newTurns()
  for (const ticket of ticketsOf(MAX_RUNNING + MAX_WAITING)) askTurn(turns, ticket, T0)
  expect(askTurn(turns, Symbol('later'), T0 + 4_999)).toBe('FULL')
  expect(askTurn(turns, Symbol('later'), T0 + 5_000)).toBe('GO')
})
