// The fake providers as a process of their own, which outlives every kill of our server, and the wires to move them.
import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { binDir, lastLines, root, toolEnv } from '../child-process.mjs'

const startLimitMs = 30_000
const callLimitMs = 30_000

/**
 * Starts them. `folder` is where their state file goes. Answers `{ providers, vars, control, stop, kill }`: `control(name)`
 * moves one of them, `vars` are the settings by which our server finds all of them, `kill()` ends them without waiting.
 */
export async function startFakes(folder) {
  const statePath = join(folder, 'fakes.json')
  rmSync(statePath, { force: true })
  const script = join(root, 'test', 'providers', 'servers', 'start.mjs')
  // Its own process group: a Ctrl-C at the terminal is for us alone, and we end it.
  const child = spawn(join(binDir, 'node'), [script, '--state', statePath], {
    ...{ cwd: root, env: toolEnv(), detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    said = (said + chunk).slice(-5_000)
  })
  const exited = new Promise((done) => child.on('close', done))
  const kill = () => child.exitCode === null && child.kill('SIGKILL')
  const providers = await readState(statePath, child, () => said)
  return {
    providers,
    vars: varsOf(providers),
    control: (name) => controlOf(providers[name].url),
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
    kill,
  }
}

async function readState(path, child, said) {
  for (const startedMs = Date.now(); ; await wait(50)) {
    try {
      return JSON.parse(readFileSync(path, 'utf8')).providers
    } catch {
      if (child.exitCode === null && Date.now() - startedMs < startLimitMs) continue
      throw new Error(`The fake providers did not start.\n${lastLines(said())}`)
    }
  }
}

const varsOf = (providers) => ({
  FAL_KEY: providers.fal.key,
  FAL_RUN_URL: providers.fal.url,
  FAL_QUEUE_URL: providers.fal.url,
  WAVESPEED_KEY: providers.wavespeed.key,
  WAVESPEED_URL: providers.wavespeed.url,
  CF_ACCOUNT_ID: 'account0001',
  CF_API_TOKEN: providers['workers-ai'].key,
  CF_API_URL: providers['workers-ai'].url,
  HF_TOKEN: providers.huggingface.key,
  HF_ROUTER_URL: providers.huggingface.url,
  HF_ENDPOINT_URL: providers['huggingface-endpoint'].url,
})

/** The wires of one fake provider (test/providers/servers/faults.mjs says what each does). */
function controlOf(url) {
  const send = async (path, body) => {
    const answer = await fetch(`${url}/_control/${path}`, {
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(callLimitMs),
    })
    const json = await answer.json()
    if (!answer.ok) throw new Error(`the fake provider refused ${path}: ${json.error}`)
    return json
  }
  return {
    stats: () => send('stats'),
    reset: () => send('reset', {}),
    latency: (ms) => send('latency', { ms }),
    dead: (dead) => send('dead', { dead }),
    mix: (rates, seed) => send('mix', { rates, seed }),
  }
}
