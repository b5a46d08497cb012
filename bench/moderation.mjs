#!/usr/bin/env node
// What the lists of moderation catch, what they refuse wrongly and how long they take, beside a search for substrings.
import { readFileSync } from 'node:fs'
import { runBench } from './sources.mjs'

const help = `npm run bench:moderation -- [options]

Recall, false refusals and time of the prompt filter, on the lists of its tests and on the texts of the pose library.

  --runs=N   measured passes over each list (default 20)
  --help     this text
`

await runBench(help, 20, async (runs) => {
  const { findViolation } = await import('../src/moderation/find-violation.ts')
  const { MUST_BLOCK, MUST_PASS } = await import('../test/rules/moderation-cases.ts')
  const { HELD_OUT_BAD, HELD_OUT_GOOD } = await import('../test/rules/moderation-held-out.ts')
  const { terms } = JSON.parse(read('moderation/terms.json'))
  const words = terms.map(({ term }) => term)
  const filters = {
    'own lists': (text) => findViolation(text) !== null,
    'substring of the same terms': (text) => words.some((word) => text.toLowerCase().includes(word)),
  }
  const library = [...textsOf(JSON.parse(read('poses/poses.json')))]
  const sellers =
    'Berdiri tegak, memegang kotak teh di depan dada, tersenyum ke kamera. Latar dapur putih, cahaya pagi. '
  const slow = '1 k s.e.6o9 t e l a n j a m*n*t* nude lipstick mickey mous ﷺ'

  for (const [name, isRefused] of Object.entries(filters)) {
    const caught = (texts) => `${texts.filter(isRefused).length}/${texts.length}`
    console.log(name)
    console.log(`  bad prompts refused         ${caught(MUST_BLOCK)}    held out ${caught(HELD_OUT_BAD)}`)
    console.log(`  harmless prompts refused    ${caught(MUST_PASS)}      held out ${caught(HELD_OUT_GOOD)}`)
    console.log(`  texts of the library        ${caught(library)}`)
    console.log(`  50 characters, a seller's   ${micros(isRefused, sized(sellers, 50), runs)}`)
    console.log(`  500 characters, a seller's  ${micros(isRefused, sized(sellers, 500), runs)}`)
    console.log(`  500 characters, to be slow  ${micros(isRefused, sized(slow, 500), runs)}`)
  }
})

function read(path) {
  return readFileSync(new URL(`../data/${path}`, import.meta.url), 'utf8')
}

/** Every text in a tree of JSON, once. */
function textsOf(value, found = new Set()) {
  if (typeof value === 'string') found.add(value)
  else if (value !== null && typeof value === 'object') for (const each of Object.values(value)) textsOf(each, found)
  return found
}

function sized(text, characters) {
  return text.repeat(Math.ceil(characters / text.length)).slice(0, characters)
}

/** Median and 99th percentile of single calls, after a warm-up. */
function micros(isRefused, text, runs) {
  for (let n = 0; n < 500; n++) isRefused(text)
  const took = Array.from({ length: runs * 100 }, () => {
    const began = performance.now()
    isRefused(text)
    return (performance.now() - began) * 1_000
  }).sort((a, b) => a - b)
  const at = (share) => took[Math.floor(took.length * share)].toFixed(0)
  return `median ${at(0.5)} µs, p99 ${at(0.99)} µs`
}
