#!/usr/bin/env node
// Every preset of an avatar on one page with its name, as a server draws it.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { stop } from './options.mjs'
import { defaultUrl } from './shoot/args.mjs'
import { createApi } from './shoot/client.mjs'
import { drawText } from './shoot/font.mjs'
import { openServer } from './shoot/open-server.mjs'
import { progressBar } from './shoot/progress.mjs'

const HELP = `Puts the presets of avatars on one page, grouped by category, with their names.

  npm run presets -- OUT.jpg                    the whole body
  npm run presets -- OUT.jpg --size portrait    head and shoulders; thumbnail: the face
  npm run presets -- OUT.png --url URL          of a server that runs; without it, one is started when none runs here
  npm run presets -- --help                     this text
`

const path = '/apps/avatar-creator/presets'
/** How wide and high a picture is on the page, by its size at the server. */
const shapes = { full: [160, 240], portrait: [160, 200], thumbnail: [160, 160] }
const [columns, gap, lineHeight, nameLines, titleHeight] = [9, 8, 10, 2, 24]
const [maxTries, pictureLimitMs] = [3, 60_000]
const [paper, ink, title] = [
  [250, 250, 250],
  [70, 70, 80],
  [20, 80, 160],
]

const { values, positionals } = readArgs()
const [out] = positionals
if (values.help) process.stdout.write(HELP)
else if (positionals.length !== 1 || !/\.(png|jpg)$/.test(out) || !shapes[values.size]) stop(HELP)
else await main()

function readArgs() {
  try {
    const options = {
      size: { type: 'string', default: 'full' },
      url: { type: 'string', default: defaultUrl },
      help: { type: 'boolean', default: false },
    }
    return parseArgs({ options, allowPositionals: true })
  } catch (error) {
    return stop(`${error.message}\n${HELP}`)
  }
}

async function main() {
  const say = (line) => process.stderr.write(`${line}\n`)
  const server = await openServer({ url: values.url, urlGiven: values.url !== defaultUrl }, say).catch((error) =>
    stop(error.message),
  )
  const bar = progressBar(process.stderr)
  try {
    const presets = await allPresets()
    const pictures = []
    for (const preset of presets) {
      bar.update({ done: pictures.length, failed: 0, total: presets.length, pose: preset.names.en })
      pictures.push(await pictureOf(preset))
    }
    bar.update({ done: pictures.length, failed: 0, total: presets.length })
    await write(placed(presets), pictures)
    bar.end()
    say(`${out}: ${presets.length} presets`)
  } catch (error) {
    bar.end()
    process.exitCode = 1
    say(error.message)
  } finally {
    await server.stop()
  }
}

async function allPresets() {
  const api = createApi(values.url)
  const presets = []
  for (let cursor = ''; cursor !== null; ) {
    const { items, page } = await api.get(`${path}?limit=100${cursor && `&cursor=${cursor}`}`)
    presets.push(...items)
    cursor = page.nextCursor
  }
  if (presets.length === 0) throw new Error('This server has no presets: npm run seed')
  return presets
}

/** The bytes of a preset's JPEG; waits where the server says so, three times at most. */
async function pictureOf(preset) {
  for (let tries = 1; ; tries++) {
    const answer = await fetch(new URL(preset[`${values.size}Url`], values.url), {
      signal: AbortSignal.timeout(pictureLimitMs),
    })
    if (answer.ok) return Buffer.from(await answer.arrayBuffer())
    const waitSeconds = Number(answer.headers.get('retry-after'))
    if (!waitSeconds || tries === maxTries) throw new Error(`No picture of ${preset.id}: status ${answer.status}`)
    await new Promise((done) => setTimeout(done, waitSeconds * 1000))
  }
}

/** Where each preset goes: a category begins a row of its own, below its title. */
function placed(presets) {
  const [width, height] = shapes[values.size]
  const cell = { width: width + gap, height: height + 4 + nameLines * lineHeight + gap }
  const titles = []
  const tiles = []
  let top = gap
  for (const category of new Set(presets.map((preset) => preset.category))) {
    titles.push({ text: category, left: gap, top: top + titleHeight / 2 - 4 })
    top += titleHeight
    const members = presets.filter((preset) => preset.category === category)
    members.forEach((preset, i) => {
      const row = Math.floor(i / columns)
      tiles.push({ preset, left: gap + (i % columns) * cell.width, top: top + row * cell.height })
    })
    top += Math.ceil(members.length / columns) * cell.height
  }
  const ordered = presets.map((preset) => tiles.find((tile) => tile.preset === preset))
  return { width: gap + columns * cell.width, height: top + gap, titles, tiles: ordered }
}

async function write({ width, height, titles, tiles }, pictures) {
  const [w, h] = shapes[values.size]
  const images = await Promise.all(
    tiles.map(async ({ left, top }, i) => ({
      input: await sharp(pictures[i]).resize(w, h).png().toBuffer(),
      left,
      top,
    })),
  )
  const [r, g, b] = paper
  const pixels = await sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
    .composite(images)
    .removeAlpha()
    .raw()
    .toBuffer()
  const sheet = { width, height, channels: 3, pixels }
  for (const { text, left, top } of titles) drawText(sheet, text, left, top, title)
  for (const { preset, left, top } of tiles)
    for (const [n, line] of wrapped(preset.names.en, w).entries())
      drawText(sheet, line, left, top + h + 4 + n * lineHeight, ink)
  const picture = sharp(pixels, { raw: { width, height, channels: 3 } })
  const coded = out.endsWith('.jpg') ? picture.jpeg({ quality: 78, mozjpeg: true }) : picture.png({ palette: true })
  await coded.toFile(resolve(process.env.INIT_CWD ?? '.', out))
}

/** A name in lines that fit under its picture, in the letters that the font has. */
function wrapped(name, width) {
  const lines = ['']
  for (const word of name
    .toLowerCase()
    .replace(/[’']/g, '')
    .replace(/[^a-z0-9.-]+/g, ' ')
    .trim()
    .split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim()
    if (longer.length <= Math.floor(width / 6)) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines.slice(0, nameLines)
}
