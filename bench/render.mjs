#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { runBench } from './sources.mjs'

const HELP = `Times the mannequin renderer over a spread of the pose library; prints CPU milliseconds per picture.

  node bench/render.mjs            24 poses at 512 and 1024
  node bench/render.mjs --runs=60  more poses
  node bench/render.mjs --help     this text
`

await runBench(HELP, 24, bench)

async function bench(runs) {
  const { createRenderer } = await import('../src/render/mannequin/renderer.ts')
  const { looksOf } = await import('../src/render/mannequin/looks.ts')
  const { studioOf } = await import('../src/render/mannequin/studio.ts')
  const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url))
  const { poses } = JSON.parse(read('data/poses/poses.json'))
  const shapes = JSON.parse(read('data/poses/props.json')).poses
  const renderer = createRenderer(new WebAssembly.Module(read('src/render/mannequin.wasm')))
  const prompt = 'a seller in a blue shirt'

  for (const side of [512, 1024]) {
    const times = []
    for (let i = 0; i < runs; i++) {
      const record = poses[Math.floor((i * poses.length) / runs)]
      const { hands, props: propShapes = [] } = shapes[record.id]
      const people = record.people.map((person, index) => ({ ...person, ...hands[index] }))
      const pose = { people, camera: record.camera, props: record.props, propShapes, words: record.promptHint }
      // CPU of this thread, so that a busy machine gives the same figures.
      const started = process.threadCpuUsage()
      const request = { pose, looks: looksOf(pose, { prompt, seed: i }), background: studioOf({ prompt, seed: i }) }
      renderer.render({ ...request, width: side, height: side })
      const { user, system } = process.threadCpuUsage(started)
      times.push((user + system) / 1000)
    }
    const sorted = times.toSorted((a, b) => a - b)
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(0)
    process.stdout.write(`${side} px: median ${at(0.5)} ms, 95 % ${at(0.95)} ms, first ${times[0].toFixed(0)} ms\n`)
  }
  process.stdout.write(`kernel memory after 1024 px: ${(renderer.memoryBytes() / 2 ** 20).toFixed(1)} MiB\n`)
}
