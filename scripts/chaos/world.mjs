// Everything of one run: the server and its data, the gateways, the record of what happened.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../child-process.mjs'
import { prepareServer } from '../setup.mjs'
import { progressBar } from '../shoot/progress.mjs'
import { startMoney } from './gateways.mjs'
import { openHistory } from './history.mjs'
import { newNemesis } from './nemesis.mjs'
import { killableServer } from './server.mjs'

/** Pictures take a while and one in ten fails, so that kills meet them at work; rates are not what is tested here. */
const vars = {
  EMBEDDED_LATENCY_MS: '100',
  EMBEDDED_FAIL_RATE: '0.1',
  WELCOME_CREDITS: '600',
  LIMIT_GENERATES_PER_MINUTE: '100000',
  LIMIT_POSES_PER_HOUR: '1000000',
}

/**
 * A world for `{ kills, seed, port, limitSeconds }`, its server not started yet. `broken(rule, facts)` records a broken
 * promise; `violations` are all of them. The data is kept only when a promise was broken.
 */
export async function makeWorld({ kills, seed, port, limitSeconds }, output) {
  const folder = join(root, '.wrangler', 'chaos', `${seed}-${process.pid}`)
  const dir = join(folder, 'data')
  mkdirSync(folder, { recursive: true })
  await prepareServer(dir)
  const history = openHistory(join(folder, 'history.jsonl'))
  const money = await startMoney()
  const { sent, moment } = newNemesis()
  const bar = progressBar(output)
  const startedMs = performance.now()
  const elapsedMs = () => performance.now() - startedMs
  const counts = { requests: 0, lost: 0, kills: 0, checks: 0 }
  const violations = []
  const server = killableServer({
    ...{ dir, port, vars: { ...vars, ...money.vars } },
    logPath: join(folder, 'server.log'),
  })
  const forget = () => {
    if (violations.length === 0) rmSync(dir, { recursive: true, force: true })
  }
  return {
    ...{ folder, history, money, server, sent, moment, counts, violations, elapsedMs },
    isOver: () => violations.length > 0 || elapsedMs() > limitSeconds * 1000,
    broken(rule, facts) {
      violations.push({ rule, facts })
      history.write({ broken: rule, facts })
    },
    show(what) {
      const pose = `${what}: ${counts.requests} requests, ${counts.lost} lost`
      bar.update({ done: counts.kills, failed: 0, total: kills, pose })
    },
    async remove() {
      bar.end()
      await server.stop()
      await money.stop()
      await history.close()
      forget()
    },
    /** Ends the server at once, for exits that cannot wait. */
    end() {
      server.end()
      forget()
    },
  }
}
