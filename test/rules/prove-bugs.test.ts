import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BUGS, makeBrokenTree } from '../../scripts/prove-http/broken-tree.mjs'

test.each(Object.keys(BUGS))('the mistake %s, which the proof over HTTP must find, still fits the core', (bug) => {
  const { tree, remove } = makeBrokenTree(bug)
  expect(existsSync(tree)).toBe(true)
  remove()
  expect(existsSync(tree)).toBe(false)
})
