#!/usr/bin/env node
// The shipped previews of the pose library on one page: some of every category, or all of one.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { stop } from './options.mjs'
import { drawText } from './shoot/font.mjs'

const HELP = `Puts previews of the pose library on one page, with their names.

  npm run previews -- OUT.png                    three poses of each category
  npm run previews -- OUT.jpg                    the same, a tenth of the bytes
  npm run previews -- OUT.png --category yoga    all poses of one category
  npm run previews -- --help                     this text
`

const data = new URL('../data/poses/', import.meta.url)
const [columns, shown, side, gap, lineHeight, nameLines] = [12, 3, 128, 8, 10, 2]
const titleHeight = 18
const cellWidth = side + gap
const cellHeight = titleHeight + side + 4 + nameLines * lineHeight + gap
const [paper, ink, title] = [
  [250, 250, 250],
  [70, 70, 80],
  [20, 80, 160],
]

const { values, positionals } = readArgs()
const [out] = positionals
if (values.help) process.stdout.write(HELP)
else if (positionals.length !== 1 || !/\.(png|jpg)$/.test(out)) stop(HELP)
else await write(resolve(process.env.INIT_CWD ?? '.', out))

function readArgs() {
  try {
    const options = { category: { type: 'string' }, help: { type: 'boolean', default: false } }
    return parseArgs({ options, allowPositionals: true })
  } catch (error) {
    return stop(`${error.message}\n${HELP}`)
  }
}

async function write(path) {
  const tiles = values.category === undefined ? someOfEach() : allOf(values.category)
  const sheet = await page(tiles)
  const picture = sharp(sheet.pixels, { raw: { width: sheet.width, height: sheet.height, channels: 3 } })
  await (path.endsWith('.jpg') ? picture.jpeg({ quality: 60, mozjpeg: true }) : picture.png({ palette: true })).toFile(
    path,
  )
  process.stdout.write(`${out}: ${tiles.length} previews\n`)
}

function read(name) {
  return JSON.parse(readFileSync(new URL(name, data), 'utf8'))
}

/** `{ title, id, name }` of poses from all over every category, of those that no category before it shows where it has such. */
function someOfEach() {
  const seen = new Set()
  return slugsOf(read('categories.json').categories).flatMap((slug) => {
    const all = posesIn(slug)
    const fresh = all.filter(({ id }) => !seen.has(id))
    const poses = fresh.length >= shown ? fresh : all
    const places = Array.from({ length: shown }, (_, i) => Math.round((i * (poses.length - 1)) / (shown - 1)))
    const chosen = [...new Set(places)].map((place) => poses[place])
    for (const { id } of chosen) seen.add(id)
    // A category of fewer poses leaves its places empty.
    return Array.from({ length: shown }, (_, i) => ({ title: i === 0 ? slug : '', ...chosen[i] }))
  })
}

function allOf(slug) {
  const poses = posesIn(slug)
  if (poses.length === 0) stop(`No pose is in "${slug}".`)
  return poses.map((pose, i) => ({ title: i === 0 ? slug : '', ...pose }))
}

function slugsOf(categories) {
  return categories.flatMap(({ slug, children = [] }) => [slug, ...slugsOf(children)])
}

function posesIn(slug) {
  return read('poses.json')
    .poses.filter(({ categoryPath }) => categoryPath.includes(slug))
    .map(({ id, name }) => ({ id, name: name.en }))
}

async function page(tiles) {
  const width = gap + columns * cellWidth
  const height = gap + Math.ceil(tiles.length / columns) * cellHeight
  const pixels = await sharp({ create: { width, height, channels: 3, background: rgb(paper) } })
    .composite(await Promise.all(tiles.flatMap((tile, i) => (tile.id ? [preview(tile, i)] : []))))
    .removeAlpha()
    .raw()
    .toBuffer()
  const sheet = { width, height, channels: 3, pixels }
  for (const [i, tile] of tiles.entries()) {
    const { left, top } = corner(i)
    drawText(sheet, tile.title.slice(0, Math.floor(cellWidth / 6) * shown), left, top + 5, title)
    for (const [n, line] of wrapped(tile.name ?? '').entries())
      drawText(sheet, line, left, top + titleHeight + side + 4 + n * lineHeight, ink)
  }
  return sheet
}

function rgb([r, g, b]) {
  return { r, g, b }
}

function corner(i) {
  return { left: gap + (i % columns) * cellWidth, top: gap + Math.floor(i / columns) * cellHeight }
}

async function preview({ id }, i) {
  const { left, top } = corner(i)
  const file = new URL(`previews/${id}.webp`, data)
  return { input: await sharp(readFileSync(file)).resize(side).png().toBuffer(), left, top: top + titleHeight }
}

/** A name in lines that fit under its picture, in the letters that the font has. */
function wrapped(name) {
  const lines = ['']
  for (const word of name
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, ' ')
    .trim()
    .split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim()
    if (longer.length <= Math.floor(side / 6)) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines.slice(0, nameLines)
}
