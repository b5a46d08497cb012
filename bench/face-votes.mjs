#!/usr/bin/env node
// npm run face-votes: how well the votes of src/avatars/portrait/face-votes.ts find faces, and how they are learned.
import { readFileSync, writeFileSync } from 'node:fs'
import { readOptions, stop, whole } from '../scripts/options.mjs'
import { progressBar } from '../scripts/shoot/progress.mjs'
import './sources.mjs'

const HELP = `npm run face-votes -- [options]   learns from drawn pictures which measures vote for a face, and prints the table

  --check       measures the table of src/avatars/portrait/face-votes.ts on pictures that it did not learn from
  --write       learns and writes that table anew, at the end: Ctrl-C leaves it as it is
  --scenes N    so many scenes (default 750, of --check 300); every other one comes with a picture without a face
  --rounds N    so many votes (default 200)
  --help        this text

The same scenes give the same table, but the one that is there was learned before the scenes were drawn as they are now.
HOPELESS_VOTES and CERTAINTY_MIN are tuned to it: keep another only after --check and the tests of test/rules/portrait-*.
`
const TABLE = new URL('../src/avatars/portrait/face-votes.ts', import.meta.url)
/** Half of the scenes to learn from begin at each; those of --check are none of them. */
const [SEED, SECOND_SEED, FRESH_SEED] = [100_000, 200_000, 300_000]

const flag = { type: 'boolean', default: false }
const number = { scenes: { type: 'string' }, rounds: { type: 'string', default: '200' } }
const values = readOptions({ check: flag, write: flag, help: flag, ...number })
if (values.check && values.write) stop('--check or --write, not both.')
const scenes = whole({ scenes: values.scenes ?? (values.check ? 300 : 750) }, 'scenes', 2, 5_000)
const rounds = whole(values, 'rounds', 1, 1_000)
if (values.help) process.stdout.write(HELP)
else await (values.check ? check() : train())

async function check() {
  const { count, newTally } = await import('./face-votes/measure.ts')
  const { scenesOf } = await import('./face-votes/scenes.ts')
  const [tally, tell] = [newTally(), bar('measuring')]
  for (let i = 0; i < scenes; i++) {
    for (const scene of await scenesOf(FRESH_SEED + i)) count(tally, scene)
    tell(i + 1, scenes)
  }
  const times = tally.cpuMs.toSorted((a, b) => a - b)
  const at = (share) => `${times[Math.floor((times.length - 1) * share)].toFixed(0)} ms`
  const of = (part, all) => `${part} of ${all} (${((100 * part) / all).toFixed(1)} %)`
  console.log(`hits         ${of(tally.hits, tally.people)} pictures of people`)
  console.log(`false faces  ${of(tally.falseFaces, tally.empty)} pictures without a face`)
  console.log(`CPU          median ${at(0.5)} a picture, 95 % ${at(0.95)}`)
}

async function train() {
  const { learn } = await import('./face-votes/learn.ts')
  const { lessonOf, scenesOf } = await import('./face-votes/scenes.ts')
  const [lessons, half, tell] = [[], Math.ceil(scenes / 2), bar('drawing')]
  for (let i = 0; i < scenes; i++) {
    const drawn = await scenesOf(i < half ? SEED + i : SECOND_SEED + i - half)
    lessons.push(...drawn.map(lessonOf))
    tell(i + 1, scenes)
  }
  const votes = learn(lessons, rounds, bar('learning'))
  const rows = votes.map(([measure, step, ...sides]) => [measure, step, ...sides.map((side) => side.toFixed(2))])
  const lines = rows.map((row, i) => `${i % 5 === 0 ? '\n  ' : ' '}[${row.join(', ')}],`).join('')
  const table = readFileSync(TABLE, 'utf8').replace(/(?<= = \[)[\s\S]*(?=\n\]\n$)/, lines)
  if (values.write) writeFileSync(TABLE, table)
  else process.stdout.write(table)
}

/** A bar with the time left: call it with how many of all are done. */
function bar(pose) {
  const [{ update, end }, startedMs] = [progressBar(process.stderr), performance.now()]
  return (done, total) => {
    const secondsLeft = (((performance.now() - startedMs) / 1_000) * (total - done)) / done
    update({ done, failed: 0, total, pose, secondsLeft })
    if (done === total) end()
  }
}
