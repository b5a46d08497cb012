import { expect, test } from 'vitest'
import { preferredWait } from '../../src/generations/wait'

test.each([
  ['wait=10', 10],
  ['wait=1', 1],
  ['wait=60', 60],
  ['Wait = 5', 5],
  ['wait="30"', 30],
  ['respond-async, wait=10', 10],
  ['handling=lenient; x=1 , wait=10; y="a,b"', 10],
  ['foo="a, wait=3", wait=4', 4],
  ['foo="a\\", wait=3", wait=4', 4],
])('%s is a wish that we follow', (prefer, seconds) => {
  expect(preferredWait(prefer)).toBe(seconds)
})

test.each([
  ['wait=61', 60],
  ['wait=999999999999999999999999', 60],
])('%s is cut to a minute', (prefer, seconds) => {
  expect(preferredWait(prefer)).toBe(seconds)
})

test.each([
  undefined,
  '',
  'wait',
  'wait=',
  'wait=0',
  'wait=-5',
  'wait=1.5',
  'wait=1e1',
  'wait=ten',
  'wait=5 seconds',
  'waiting=5',
  'await=5',
  'respond-async',
  'x=wait=5',
  'foo="wait=5',
  ',,,;;;===""',
  'wait="5',
])('%s is ignored', (prefer) => {
  expect(preferredWait(prefer)).toBeNull()
})

test('of two wishes the first counts, even when it makes no sense', () => {
  expect(preferredWait('wait=5, wait=50')).toBe(5)
  expect(preferredWait('wait=soon, wait=50')).toBeNull()
})

test('a header that is longer than anybody could mean is ignored quickly', () => {
  expect(preferredWait('"'.repeat(1_000_000))).toBeNull()
  expect(preferredWait(`${'a,'.repeat(1_000)}wait=5`)).toBeNull()
})
