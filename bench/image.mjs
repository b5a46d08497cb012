#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { runBench } from './sources.mjs'

const HELP = `Times the image codecs on a shaded 1024x1024 picture; prints medians in milliseconds and sizes.

  node bench/image.mjs            21 runs of each
  node bench/image.mjs --runs=51  more runs
  node bench/image.mjs --help     this text
`

await runBench(HELP, 21, bench)

async function bench(runs) {
  const { createImageKernel } = await import('../src/render/image/kernel.ts')
  const { drawControlMap, controlMapPng } = await import('../src/render/control-map.ts')
  const kernel = createImageKernel(
    new WebAssembly.Module(readFileSync(new URL('../src/render/image.wasm', import.meta.url))),
  )
  const side = 1024
  const picture = shadedPicture(side)
  const whole = { x: 0, y: 0, width: side, height: side }
  const poses = JSON.parse(readFileSync(new URL('../data/poses/poses.json', import.meta.url), 'utf8')).poses
  const people = poses[0].people
  const png = kernel.encodePng(picture, side, side)
  const work = {
    'PNG encode 1024x1024': () => kernel.encodePng(picture, side, side),
    'PNG encode 1024x1024 adaptive': () => kernel.encodePng(picture, side, side, { filter: 'adaptive' }),
    'PNG decode 1024x1024': () => kernel.decodePng(png).rgba,
    'JPEG encode 1024x1024 q85': () => kernel.encodeJpeg(picture, side, side),
    'thumbnail 400x400 JPEG': () => kernel.thumbnail(picture, side, side),
    'story 1080x1920 JPEG q90': () =>
      kernel.encodeJpeg(picture, side, side, {
        quality: 90,
        scale: { rect: { x: 224, y: 0, width: 576, height: side }, width: 1080, height: 1920 },
      }),
    'A4 2480x3508 PNG 300 dpi': () =>
      kernel.encodePng(picture, side, side, {
        dpi: 300,
        scale: { rect: { x: 150, y: 0, width: 723, height: side }, width: 2480, height: 3508 },
      }),
    'resize 1024 -> 1536': () => kernel.resize(picture, side, side, whole, 1536, 1536),
    'resize 1024 -> 400': () => kernel.resize(picture, side, side, whole, 400, 400),
    'composite over a colour, 1024x1024': () =>
      kernel.overColor({ rgba: picture, width: side, height: side }, 0xffffff),
    'control map, pixels, 1024x1024': () => drawControlMap(people, side, side),
    'control map, PNG, 1024x1024': () => controlMapPng(kernel, people, side, side),
  }
  for (const [name, run] of Object.entries(work)) {
    let bytes = 0
    const times = Array.from({ length: runs + 3 }, () => {
      const start = performance.now()
      bytes = run().length
      return performance.now() - start
    })
    // The first three warm the engine up.
    const sorted = times.slice(3).sort((a, b) => a - b)
    const median = sorted[sorted.length >> 1].toFixed(1)
    process.stdout.write(`${name.padEnd(36)} ${median.padStart(7)} ms ${String(bytes).padStart(10)} bytes\n`)
  }
  process.stdout.write(`kernel memory ${(kernel.memoryBytes / 2 ** 20).toFixed(1)} MiB\n`)
}

/** A lit ball on a sweep with fine grain: gradients, an edge and noise, as a render has. */
function shadedPicture(side) {
  const rgba = new Uint8Array(side * side * 4)
  let noise = 1
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      noise = (Math.imul(noise, 1103515245) + 12345) >>> 0
      const grain = ((noise >>> 24) - 128) / 64
      const dx = (x / side - 0.5) * 3
      const dy = (y / side - 0.45) * 3
      const height = 1 - dx * dx - dy * dy
      const lit =
        height > 0 ? 60 + 160 * Math.max(0, 0.8 * Math.sqrt(height) - 0.4 * dx - 0.3 * dy) : 190 + (40 * y) / side
      const at = (y * side + x) * 4
      rgba[at] = Math.min(255, Math.max(0, lit + grain))
      rgba[at + 1] = Math.min(255, Math.max(0, lit * (height > 0 ? 0.8 : 0.97) + grain))
      rgba[at + 2] = Math.min(255, Math.max(0, lit * (height > 0 ? 0.7 : 0.94) + grain))
      rgba[at + 3] = 255
    }
  }
  return rgba
}
