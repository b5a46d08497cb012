#!/usr/bin/env node
// npm run prove: the core of the money against a model of it, for as many commands as you have time for.
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import './prove/sources.mjs'

const HELP = `Lives of users: commands drawn by a seed go to the ledger's core and to a model of it that shares no line
with the core. After every command the balances and the answer must be equal; every hundred, and at the end of a life,
the whole ledger is verified and added up again from its entries. Commands crash in the middle of a transaction, come
twice, come late, and the clock steps back.

  npm run prove                                  1,000,000 commands
  npm run prove -- --ops 20000                   fewer
  npm run prove -- --users 100                   spread over so many users (default: one for every 500 commands)
  npm run prove -- --seed 42                     the same commands again
  npm run prove -- --seed 42 --user 17           only those of user 17
  npm run prove -- --threads 1                   threads (default 2)
  npm run prove -- --bug check-then-act          a core broken on purpose must be found: exit code 0 when it was
  npm run prove -- --help                        this text

Bugs: check-then-act, double-charge, credit-each-callback. Exit code 1: a violation, with the commands that lead to it,
or a bug that was not found; 2: a typing error.
`
const BUG_LISTS = 5_000

const options = {
  ops: { type: 'string', default: '1000000' },
  users: { type: 'string' },
  seed: { type: 'string' },
  user: { type: 'string' },
  threads: { type: 'string', default: '2' },
  bug: { type: 'string' },
  help: { type: 'boolean', default: false },
}

async function main() {
  const { values } = parseArgs({ options })
  if (values.help) return process.stdout.write(HELP)
  const seed = values.seed === undefined ? Date.now() % 2 ** 31 : whole('seed', values.seed, 0)
  if (values.bug !== undefined) return findBug(values.bug, seed)
  const { LIFE_OPS } = await import('./prove/life.ts')
  const ops = whole('ops', values.ops, 1)
  const users = values.users === undefined ? Math.ceil(ops / LIFE_OPS) : whole('users', values.users, 1)
  const lives = livesOf(ops, users)
  const only = values.user === undefined ? lives : lives.filter(({ user }) => user === whole('user', values.user, 0))
  if (only.length === 0) throw new Error(`--user is below ${users}`)
  console.log(`seed ${seed}: ${number(ops)} commands of ${number(users)} users`)
  const again = `npm run prove -- --ops ${ops} --users ${users} --seed ${seed}`
  await run(only, seed, whole('threads', values.threads, 1), again)
}

function whole(name, text, least) {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least) throw new Error(`--${name} is a whole number from ${least}`)
  return Number(text)
}

/** As many commands for each, the first ones taking what does not divide. */
const livesOf = (ops, users) =>
  Array.from({ length: users }, (_, user) => ({ user, ops: Math.floor(ops / users) + (user < ops % users ? 1 : 0) }))

/** `again`: the command whose `--user` makes any one of these lives anew. */
function run(lives, seed, threads, again) {
  const startedMs = performance.now()
  const done = { ops: 0, users: 0, mix: {} }
  const waiting = [...lives].reverse()
  const due = lives.reduce((sum, { ops }) => sum + ops, 0)
  return new Promise((resolve, reject) => {
    const workers = Array.from({ length: Math.min(threads, lives.length) }, () => {
      const worker = new Worker(new URL('./prove/worker.mjs', import.meta.url))
      const next = () => {
        const life = waiting.pop()
        if (life) worker.postMessage({ seed, ...life })
        else if (done.users === lives.length) finish(0)
      }
      worker.on('message', ({ user, ops, mix, failure }) => {
        done.ops += ops
        done.users += 1
        for (const [kind, count] of Object.entries(mix)) done.mix[kind] = (done.mix[kind] ?? 0) + count
        if (failure) return finish(1, { user, ...failure })
        bar(done.ops / due, done.ops, startedMs)
        next()
      })
      worker.on('error', reject)
      next()
      return worker
    })
    const stop = () => finish(130)
    process.once('SIGINT', stop)
    let finished = false
    function finish(code, violation) {
      if (finished) return
      finished = true
      process.off('SIGINT', stop)
      if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
      if (violation) tell(violation, again)
      summary(done, seed, startedMs, violation ? 1 : 0, code === 130)
      process.exitCode = code
      Promise.all(workers.map((worker) => worker.terminate())).then(() => resolve())
    }
  })
}

function bar(share, ops, startedMs) {
  if (!process.stderr.isTTY) return
  const filled = Math.round(30 * share)
  const speed = number(Math.round((ops / (performance.now() - startedMs)) * 1_000))
  process.stderr.write(`\r[${'#'.repeat(filled)}${'-'.repeat(30 - filled)}] ${number(ops)} commands, ${speed}/s `)
}

function summary({ ops, users, mix }, seed, startedMs, violations, stopped) {
  const seconds = (performance.now() - startedMs) / 1_000
  const kinds = Object.entries(mix).sort(([, a], [, b]) => b - a)
  console.log(kinds.map(([kind, count]) => `${kind} ${((100 * count) / ops).toFixed(1)}%`).join(', '))
  if (stopped) console.log('stopped early')
  const speed = number(Math.round(ops / seconds))
  console.log(`${number(ops)} commands of ${number(users)} users in ${seconds.toFixed(1)} s, ${speed}/s, seed ${seed}`)
  console.log(`${violations} violations`)
}

function tell({ user, op, message, last, shrunk }, again) {
  console.log(`VIOLATION at command ${op} of user ${user}: ${message}\n`)
  console.log(`The last commands:\n${list(last)}\n`)
  if (shrunk) console.log(`Shrunk to ${shrunk.commands.length}: ${shrunk.message}\n${list(shrunk.commands)}\n`)
  console.log(`Again: ${again} --user ${user}\n`)
}

const list = (commands) => commands.map((command) => `  ${command}`).join('\n')
const number = (value) => value.toLocaleString('en-US')

async function findBug(name, seed) {
  const { BUGS } = await import('./prove/bugs.ts')
  const { hunt } = await import('./prove/hunt.ts')
  const { written } = await import('./prove/commands.ts')
  if (!Object.hasOwn(BUGS, name)) throw new Error(`no bug ${name}; there are ${Object.keys(BUGS).join(', ')}`)
  const bug = BUGS[name]
  const startedMs = performance.now()
  console.log(`seed ${seed}: ${bug.story}`)
  const found = hunt(bug.core, { seed, lists: BUG_LISTS })
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1)
  process.exitCode = found ? 0 : 1
  if (!found) return console.log(`NOT FOUND in ${number(BUG_LISTS)} lists of commands, ${seconds} s`)
  console.log(`found in list ${found.lists} and shrunk ${found.shrinks} times, ${seconds} s: ${found.message}`)
  console.log(list(found.commands.map(written)))
}

main().catch((error) => {
  console.error(`${error.message}\n\n${HELP}`)
  process.exitCode = 2
})
