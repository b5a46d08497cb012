// One scenario's server over data of its own, with the fake providers beside it.
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { execute } from '../admin/database.mjs'
import { text } from '../admin/statements.mjs'
import { killableServer } from '../chaos/server.mjs'
import { root } from '../child-process.mjs'
import { prepareServer } from '../setup.mjs'
import { progressBar } from '../shoot/progress.mjs'
import { startFakes } from './fakes.mjs'
import { newSeller } from './seller.mjs'

/** How many pictures a seller asks for is not what is tested here. */
const vars = {
  WELCOME_CREDITS: '100000',
  LIMIT_GENERATES_PER_MINUTE: '100000',
  LIMIT_POSES_PER_HOUR: '1000000',
}
/** The platform rings once a minute; a local server rings only when somebody calls. */
const cronEveryMs = 60_000

/**
 * Everything that all scenarios share: the fakes, and a data folder with tables and poses that each scenario gets a copy
 * of. `open(name, settings)` starts a server; `remove()` ends all, `end()` does so at once, for exits that cannot wait, and
 * `forget()` deletes the data.
 */
export async function prepareWorlds({ port, output }) {
  const folder = join(root, '.wrangler', 'prove-providers', String(process.pid))
  const seeded = join(folder, 'seeded')
  mkdirSync(folder, { recursive: true })
  // Whoever was killed a moment ago may still be writing.
  const forget = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  let fakes
  let server
  const end = () => {
    server?.end()
    fakes?.kill()
  }
  return {
    folder,
    end,
    forget,
    async begin() {
      await prepareServer(seeded)
      fakes = await startFakes(folder)
    },
    async open(name, settings) {
      const dir = join(folder, name)
      rmSync(dir, { recursive: true, force: true })
      cpSync(seeded, dir, { recursive: true })
      for (const provider of Object.keys(fakes.providers)) await fakes.control(provider).reset()
      server = killableServer({
        ...{ dir, port, vars: { ...vars, ...fakes.vars, ...settings } },
        logPath: join(folder, `${name}.log`),
      })
      await server.start()
      return makeWorld({ name, dir, server, fakes, output })
    },
    async remove({ keep }) {
      await fakes?.stop()
      if (!keep) forget()
    },
  }
}

function makeWorld({ name, dir, server, fakes, output }) {
  const bar = progressBar(output)
  const cron = setInterval(() => void server.cron(), cronEveryMs)
  return {
    server,
    origin: server.origin,
    fake: (provider) => fakes.control(provider),
    /** A seller with many credits; `role` and `tier` as an operator gives them. */
    async seller(who, { role = 'user', tier = 'enterprise' } = {}) {
      const email = `${name}-${who}@lumiku.test`
      const join = () => newSeller(server.origin, email)
      await join()
      await execute(
        ['--local', '--persist-to', dir],
        [`update users set role = ${text(role)}, tier = ${text(tier)} where email = ${text(email)}`],
      )
      // Role and tier stand in the token: signed in again.
      return join()
    },
    show: (done, total, what, failed = 0) => bar.update({ done, failed, total, pose: `${name}: ${what}` }),
    async close() {
      clearInterval(cron)
      bar.end()
      await server.stop()
    },
  }
}

/** Asks `look()` until `isOver(answer)`; answers the last one. Throws with `what` after `limitMs`. */
export async function until(what, look, isOver, { limitMs, everyMs = 500 }) {
  for (const startedMs = Date.now(); ; await wait(everyMs)) {
    const seen = await look()
    if (isOver(seen)) return seen
    if (Date.now() - startedMs > limitMs) throw new Error(`${what}: not in ${limitMs / 1000} s`)
  }
}
