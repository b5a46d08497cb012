// How the scripts run other programs. Node 18, built-ins only: this file is read before anything is installed.
import { spawn } from 'node:child_process'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

/** Absolute path of the repository. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/** Absolute path of the folder that holds the installed commands (and Node 24). */
export const binDir = join(root, 'node_modules', '.bin')

// A laptop without network must not wait for time-outs, and nobody is told that it ran: each line below switches off
// one thing that wrangler would otherwise ask the internet (update check in the banner, request.cf, metrics).
const offline = {
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  DO_NOT_TRACK: '1',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_LOG_PATH: join(root, '.wrangler', 'logs'),
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_SEND_METRICS: 'false',
  // A trace store of `wrangler dev` that slows every call: nobody reads it here.
  X_LOCAL_OBSERVABILITY: 'false',
}

/** Environment for the installed commands: their folder first in PATH, no telemetry, no look-ups. */
export function toolEnv(extra = {}) {
  return { ...process.env, ...offline, PATH: `${binDir}:${process.env.PATH ?? ''}`, ...extra }
}

/** Environment for npm: without the installed Node in PATH, because `npm ci` deletes it while it runs. */
export function installerEnv() {
  const path = (process.env.PATH ?? '').split(':').filter((entry) => !entry.includes('node_modules'))
  return { ...process.env, PATH: path.join(':') }
}

/**
 * Runs a program to its end in the repository.
 * `onTick(elapsedMs)` is called each `tickMs` (default 5000) so that a long step can say that it still lives;
 * `stream` sends its output straight to the terminal instead of collecting it.
 * Answers `{ code, output }`: the exit code (1 when a signal ended it) and stdout and stderr together.
 * Throws when the program cannot be started.
 */
export function run(command, args, { env = toolEnv(), onTick, tickMs = 5000, stream = false } = {}) {
  return new Promise((done, failed) => {
    const startedMs = Date.now()
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: ['ignore', stream ? 'inherit' : 'pipe', stream ? 'inherit' : 'pipe'],
    })
    let output = ''
    const collect = (chunk) => {
      output += chunk
    }
    child.stdout?.setEncoding('utf8').on('data', collect)
    child.stderr?.setEncoding('utf8').on('data', collect)
    const ticker = onTick && setInterval(() => onTick(Date.now() - startedMs), tickMs)
    child.on('error', (error) => {
      clearInterval(ticker)
      failed(new Error(`Cannot run ${command}: ${error.message}`))
    })
    child.on('close', (code) => {
      clearInterval(ticker)
      done({ code: code ?? 1, output })
    })
  })
}

/** `run`, but a non-zero exit throws an Error that carries the last lines of what the program said. */
export async function mustRun(what, command, args, options) {
  const { code, output } = await run(command, args, options)
  if (code !== 0) throw new Error(`${what} failed (${command} ${args.join(' ')}, exit ${code})\n${lastLines(output)}`)
  return output
}

/** The end of a program's output: at most `count` lines, without colour codes and blank edges. */
export function lastLines(text, count = 40) {
  return stripVTControlCharacters(text).trim().split('\n').slice(-count).join('\n')
}

/** Elapsed milliseconds as people read them: `0.4 s`, `12 s`, `2 min 5 s`. */
export function seconds(ms) {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`
  const whole = Math.round(ms / 1000)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
