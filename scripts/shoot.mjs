// npm run shoot: from poses to pictures on disk, in a terminal. This file runs on any Node 18+; the work is done by
// shoot/main.mjs on the Node 24 that the packages bring, whose WebSocket it needs.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { binDir, root, toolEnv } from './child-process.mjs'
import { ensureInstalled } from './setup.mjs'

const isOldNode = Number(process.versions.node.split('.')[0]) < 24

if (isOldNode) await ensureInstalled()
const { code } = isOldNode
  ? await again()
  : await import('./shoot/main.mjs').then(({ main }) => main(process.argv.slice(2)))
process.exit(code)

function again() {
  // The terminal sends Ctrl-C to both processes; this one only waits, the other one decides.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
  const child = spawn(join(binDir, 'node'), [join(root, 'scripts/shoot.mjs'), ...process.argv.slice(2)], {
    env: toolEnv(),
    stdio: 'inherit',
  })
  return new Promise((done) => child.on('close', (code) => done({ code: code ?? 1 })))
}
