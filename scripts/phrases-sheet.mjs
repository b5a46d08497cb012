#!/usr/bin/env node
// Draws what each phrase of test/rules/pose-phrases.ts becomes, eight to a row with its words below.
import { readFileSync, writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { stop } from './options.mjs'
import { drawText } from './shoot/font.mjs'
import { encodePng } from './shoot/png.mjs'

const HELP = `Draws the plainest pose of every phrase of the tests as a mannequin, in sheets of 48.

  npm run phrases -- OUT.png             OUT-1.png, OUT-2.png ...
  npm run phrases -- OUT.png 3           the fourth draft of each phrase
  npm run phrases -- --help              this text
`

const columns = 8
const rows = 6
const side = 232
const labelLines = 3
const lineHeight = 10
const labelWidth = 38
const ink = [40, 40, 48]

// The sources import each other without extensions, as bundlers like it.
registerHooks({
  resolve: (specifier, context, next) =>
    next(/^(\.{1,2}\/)+[^.]+$/.test(specifier) ? `${specifier}.ts` : specifier, context),
})

const [out, asked = '0'] = process.argv.slice(2)
if (out === '--help') process.stdout.write(HELP)
else if (!/\.png$/.test(out ?? '') || !/^\d{1,2}$/.test(asked)) stop(HELP)
else await draw(out, Number(asked))

async function draw(path, draft) {
  const { understand } = await import('../src/poses/grammar/understand.ts')
  const { compose } = await import('../src/poses/grammar/compose.ts')
  const { HELD_OUT, PHRASES } = await import('../test/rules/pose-phrases.ts')
  const picture = await painter()
  const phrases = [...PHRASES, ...HELD_OUT].map(([text]) => text)
  for (let sheet = 0; sheet * columns * rows < phrases.length; sheet++) {
    const page = blankPage()
    phrases.slice(sheet * columns * rows, (sheet + 1) * columns * rows).forEach((text, i) => {
      const drafts = compose(understand(text), { count: draft + 1, seed: 1 })
      const [x, y] = [(i % columns) * side, Math.floor(i / columns) * (side + labelLines * lineHeight)]
      paste(page, picture(drafts.at(-1)), x, y)
      wrapped(text).forEach((line, n) => {
        drawText(page, line, x + 4, y + side + 2 + n * lineHeight, ink)
      })
    })
    const file = path.replace(/\.png$/, `-${sheet + 1}.png`)
    writeFileSync(file, encodePng(page))
    process.stdout.write(`${file}\n`)
  }
}

/** A function that draws one draft as RGBA pixels. */
async function painter() {
  const { createRenderer } = await import('../src/render/mannequin/renderer.ts')
  const { looksOf } = await import('../src/render/mannequin/looks.ts')
  const wasm = readFileSync(new URL('../src/render/mannequin.wasm', import.meta.url))
  const renderer = createRenderer(new WebAssembly.Module(wasm))
  const background = { kind: 'solid', colour: [232, 230, 226] }
  return ({ geometry, props, words }) => {
    const pose = { ...geometry, props, words }
    const looks = looksOf(pose, { prompt: 'a person in a blue shirt and grey trousers', seed: 3 })
    return renderer.render({ pose, looks, background, width: side, height: side }).rgba
  }
}

function blankPage() {
  const width = columns * side
  const height = rows * (side + labelLines * lineHeight)
  return { width, height, channels: 3, pixels: Buffer.alloc(width * height * 3, 250) }
}

function paste(page, pixels, left, top) {
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const from = (y * side + x) * 4
      const to = ((top + y) * page.width + left + x) * 3
      for (let c = 0; c < 3; c++) page.pixels[to + c] = pixels[from + c]
    }
  }
}

/** The words in lines that fit under a picture, in the letters that the font has. */
function wrapped(text) {
  const lines = ['']
  for (const word of text.toLowerCase().replace(/,/g, ' -').split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim()
    if (longer.length <= labelWidth) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines.slice(0, labelLines)
}
