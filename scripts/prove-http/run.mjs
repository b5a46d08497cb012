// Lives until enough commands were given, or until the server and the model disagree; then the shortest such life.
import fc from 'fast-check'
import { seedOfLife } from '../prove/random.ts'
import { progressBar } from '../shoot/progress.mjs'
import { lifeOf, written } from './commands.mjs'
import { live } from './life.mjs'

const mostCommands = 40
const livesPerBatch = 5
/** Sellers who live side by side: each waits for its own pictures most of the time. */
const lanes = 3
/** Looking for a shorter counterexample ends here: each try is a new seller over HTTP. */
const shrinkLimitMs = 120_000

/**
 * Gives at least `commands` commands to sellers of `world`. Answers `{ commands, lives, mix, tookMs, failure }`;
 * `failure` is null or `{ reason, commands, tries }` of the shortest life found in which server and model differ.
 */
export async function proveHttp(world, { commands, seed, output }) {
  const startedMs = performance.now()
  const bar = progressBar(output)
  const mix = new Map()
  let given = 0
  let lives = 0
  let failure = null
  const onCommand = ({ kind }) => {
    given++
    mix.set(kind, (mix.get(kind) ?? 0) + 1)
    bar.update({ done: Math.min(given, commands), failed: 0, total: commands, pose: kind, secondsLeft: left() })
  }
  const left = () => (((performance.now() - startedMs) / given) * Math.max(0, commands - given)) / 1000
  async function proveLane(lane) {
    for (let batch = lane; given < commands && !failure; batch += lanes) {
      const property = fc.asyncProperty(lifeOf(mostCommands), async (life) => {
        // Somebody else has found one: what this lane is shortening need not be finished.
        if (failure) return
        lives++
        await live(world, life, onCommand)
      })
      const result = await fc.check(property, {
        seed: seedOfLife(seed, batch),
        numRuns: livesPerBatch,
        interruptAfterTimeLimit: shrinkLimitMs,
      })
      if (result.failed && result.counterexample) failure ??= failureOf(result)
    }
  }
  await Promise.all(Array.from({ length: lanes }, (_, lane) => proveLane(lane)))
  bar.end()
  return { commands: given, lives, mix, tookMs: performance.now() - startedMs, failure }
}

function failureOf({ counterexample, errorInstance, numShrinks }) {
  return {
    reason: errorInstance?.name === 'Divergence' ? errorInstance.message : (errorInstance?.stack ?? 'unknown'),
    commands: counterexample[0].map(written),
    tries: numShrinks,
  }
}
