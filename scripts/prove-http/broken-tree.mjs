// A copy of the source tree in which the core has a known mistake.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../child-process.mjs'
import { EDITS } from './check-then-act.mjs'

/** What a server is made of. */
const PARTS = [
  ...['src', 'durable-objects', 'queues', 'data', 'migrations', 'scripts'],
  ...['wrangler.toml', 'package.json', 'package-lock.json', 'tsconfig.json', 'worker-configuration.d.ts', '.dev.vars'],
]

export const BUGS = { 'check-then-act': EDITS }

/** Copies the tree and makes the mistake `bug` in the copy. Answers its path and `remove()`. Throws when it does not fit. */
export function makeBrokenTree(bug) {
  const tree = mkdtempSync(join(tmpdir(), 'lumiku-broken-'))
  const remove = () => rmSync(tree, { recursive: true, force: true })
  try {
    for (const part of PARTS)
      if (existsSync(join(root, part))) cpSync(join(root, part), join(tree, part), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
    for (const edit of BUGS[bug]) applyEdit(tree, edit)
  } catch (error) {
    remove()
    throw error
  }
  return { tree, remove }
}

function applyEdit(tree, { file, find, replace, times }) {
  const path = join(tree, file)
  const pieces = readFileSync(path, 'utf8').split(find)
  if (pieces.length - 1 !== times)
    throw new Error(`${file} has ${pieces.length - 1} times, not ${times}:\n${find}\nThe mistake has to be made anew.`)
  writeFileSync(path, pieces.join(replace))
}
