#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { runBench } from './sources.mjs'

const HELP = `Times a change of background at 1024 x 1024; prints CPU milliseconds of each part (median, worst).

  node bench/compose.mjs             21 runs over 7 poses
  node bench/compose.mjs --runs=60   more
  node bench/compose.mjs --help      this text
`
const SIDE = 1024
const POSES = [
  ...['stand-neutral', 'chair-crossed-legs-classic', 'phone-floor-prone', 'courier-deliver-knock'],
  ...['duo-give-parcel', 'arms-crossed-half', 'headshot-straight'],
]

await runBench(HELP, 21, bench)

async function bench(runs) {
  const { createRenderer } = await import('../src/render/mannequin/renderer.ts')
  const { looksOf } = await import('../src/render/mannequin/looks.ts')
  const { studioOf } = await import('../src/render/mannequin/studio.ts')
  const { createImageKernel } = await import('../src/render/image/kernel.ts')
  const { composeBackground } = await import('../src/backgrounds/compose/compose-background.ts')
  const { cleanMask } = await import('../src/backgrounds/compose/clean-mask.ts')
  const { decodeMask, encodeMask } = await import('../src/backgrounds/compose/mask-file.ts')
  const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url))
  const { poses } = JSON.parse(read('data/poses/poses.json'))
  const shapes = JSON.parse(read('data/poses/props.json')).poses
  const renderer = createRenderer(new WebAssembly.Module(read('src/render/mannequin.wasm')))
  const kernel = createImageKernel(new WebAssembly.Module(read('src/render/image.wasm')))

  const drawings = POSES.map((id, seed) => {
    const record = poses.find((pose) => pose.id === id)
    const { hands, props: propShapes = [] } = shapes[id]
    const people = record.people.map((person, i) => ({ ...person, ...hands[i] }))
    const pose = { people, camera: record.camera, props: record.props, propShapes, words: record.promptHint }
    const looks = looksOf(pose, { prompt: '', seed })
    const background = studioOf({ prompt: '', seed })
    return renderer.render({ pose, looks, background, width: SIDE, height: SIDE })
  })
  const photo = { rgba: new Uint8Array(1600 * 1200 * 4), width: 1600, height: 1200 }
  for (let i = 0; i < photo.rgba.length; i++) photo.rgba[i] = i % 4 === 3 ? 255 : 60 + ((i * 7) % 90)

  const picture = ({ rgba }) => ({ rgba, width: SIDE, height: SIDE })
  const over = (backdrop) => (drawing) => composeBackground(picture(drawing), drawing.mask, backdrop, { kernel })
  const file = encodeMask(kernel, drawings[0].mask, SIDE, SIDE)
  const parts = {
    'over a colour': over({ kind: 'color', rgb: 0x2a7d8f }),
    'over a 1600 x 1200 picture': over({ kind: 'image', pixels: photo }),
    transparent: over({ kind: 'transparent' }),
    'clean a soft mask': ({ mask }) => cleanMask(mask, SIDE, SIDE, { edges: 'soft' }),
    'clean a rough mask by the picture': (drawing) =>
      cleanMask(drawing.hard, SIDE, SIDE, { edges: 'rough', picture: picture(drawing) }),
    'mask to PNG': ({ mask }) => encodeMask(kernel, mask, SIDE, SIDE),
    'mask from PNG': () => decodeMask(kernel, file),
  }
  for (const drawing of drawings) drawing.hard = drawing.mask.map((value) => (value >= 128 ? 255 : 0))
  for (const [name, work] of Object.entries(parts)) {
    for (const drawing of drawings) work(drawing)
    const times = Array.from({ length: runs }, (_, i) => cpuOf(() => work(drawings[i % drawings.length]))).toSorted(
      (a, b) => a - b,
    )
    const [median, worst] = [times[times.length >> 1], times.at(-1)]
    process.stdout.write(`${name.padEnd(36)} ${median.toFixed(1).padStart(6)} ms ${worst.toFixed(1).padStart(6)} ms\n`)
  }
}

/** CPU of this thread in milliseconds, so that a busy machine gives the same figures. */
function cpuOf(work) {
  const started = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(started)
  return (user + system) / 1000
}
