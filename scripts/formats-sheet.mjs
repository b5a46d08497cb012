#!/usr/bin/env node
// One picture in every export format and with every kind of background, on one page, made by a running server.
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { demoAccount } from './demo-login.mjs'
import { stop } from './options.mjs'
import { defaultUrl } from './shoot/args.mjs'
import { createApi } from './shoot/client.mjs'
import { drawText } from './shoot/font.mjs'
import { openServer } from './shoot/open-server.mjs'

const HELP = `npm run formats -- OUT.png [--pose ID] [--prompt TEXT] [--fill sampled|blurred|white] [--url URL]

Makes one picture (30 credits) and four backgrounds for it (10 each), asks for it in all formats, and puts everything on
one page: what a shop gets, at a glance. Starts a server when none runs; never shoots anywhere but on this machine.
`
const { values: asked, positionals } = readArgs()
if (asked.help) {
  process.stdout.write(HELP)
  process.exit(0)
}
const [out] = positionals
if (!/\.png$/.test(out ?? '')) stop(HELP)
const { hostname } = new URL(asked.url)
if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname))
  stop('This makes pictures with the demo login: on this machine only.')

const app = '/apps/pose-generator'
const [columns, side, gap, labelHeight] = [6, 250, 14, 36]
const paper = { r: 246, g: 246, b: 248, alpha: 1 }

const server = await openServer({ url: asked.url, urlGiven: asked.url !== defaultUrl }, say)
try {
  const api = createApi(asked.url)
  await api.signInOrUp({ ...demoAccount, email: `formats-${randomUUID().slice(0, 8)}@lumiku.test` })
  const imageId = await onePicture(api)
  const tiles = [...(await formatTiles(api, imageId)), ...(await backgroundTiles(api, imageId))]
  writeFileSync(resolve(process.env.INIT_CWD ?? '.', out), await page(tiles))
  say(`${out}: ${tiles.length} pictures`)
} finally {
  await server.stop()
}

function readArgs() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        pose: { type: 'string', default: 'carry-box-chest' },
        prompt: { type: 'string', default: 'perempuan berhijab krem, kemeja hijau' },
        fill: { type: 'string', default: 'sampled' },
        url: { type: 'string', default: defaultUrl },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    return stop(`${error.message}\n${HELP}`)
  }
}

function say(line) {
  process.stderr.write(`${line}\n`)
}

async function onePicture(api) {
  const project = await api.post(`${app}/projects`, { projectName: 'Formats', avatarSource: 'UPLOAD' })
  const body = {
    ...{ projectId: (project.project ?? project).id, generationType: 'GALLERY_REFERENCE', batchSize: 1 },
    ...{ selectedPoseIds: [asked.pose], prompt: asked.prompt, seed: 7 },
  }
  const { generation } = await api.post(`${app}/generate`, body, { key: randomUUID() })
  await ended(() => api.get(`${app}/generations/${generation.id}`).then((answer) => answer.generation.status))
  const { items } = await api.get(`${app}/generations/${generation.id}/results`)
  if (items[0]?.status !== 'completed') stop(`No picture: ${items[0]?.error}`)
  return items[0].id
}

async function ended(status) {
  while (['pending', 'processing'].includes(await status())) await new Promise((done) => setTimeout(done, 300))
}

async function formatTiles(api, imageId) {
  const { items: formats } = await api.get(`${app}/poses/${imageId}/exports`)
  const tiles = []
  for (const { format: id } of formats) {
    const file = await api.get(`${app}/poses/${imageId}/exports/${id}?fill=${asked.fill}`)
    const { bytes } = await api.download(file.url)
    const notes = [file.isPadded ? 'padded' : '', file.isEnlarged ? 'enlarged' : '', file.dpi ? `${file.dpi} dpi` : '']
    tiles.push({
      bytes,
      label: [
        id,
        [`${file.width}x${file.height} ${Math.round(bytes.length / 1000)}k`, ...notes].filter(Boolean).join(' '),
      ],
    })
    say(`  ${id}: ${file.width} x ${file.height}, ${bytes.length} bytes`)
  }
  return tiles
}

/** The four kinds, each undone before the next: the original is what all of them start from. */
async function backgroundTiles(api, imageId) {
  const upload = await api.send('/uploads', await shopFloor(), 'image/png')
  const wishes = [
    { backgroundMode: 'solid_color', backgroundColor: '#F2C14E' },
    { backgroundMode: 'upload', backgroundImageId: upload.id },
    { backgroundMode: 'ai_generate', backgroundPrompt: 'warm wooden studio with soft daylight' },
    { backgroundMode: 'transparent' },
  ]
  const tiles = []
  for (const wish of wishes) {
    const started = await api.post(`${app}/poses/${imageId}/background`, wish, { key: randomUUID() })
    await ended(() => api.get(`${app}/backgrounds/${started.job.id}`).then((answer) => answer.job.status))
    const { items } = await api.get(`${app}/poses/${imageId}/backgrounds`)
    const version = items.find(({ backgroundMode }) => backgroundMode === wish.backgroundMode)
    if (!version) stop(`${wish.backgroundMode}: no picture`)
    const { bytes } = await api.download(version.outputImageUrl)
    tiles.push({ bytes, label: [wish.backgroundMode, `background ${Math.round(bytes.length / 1000)}k`] })
    say(`  background ${wish.backgroundMode}`)
  }
  return tiles
}

/** Something like a photo of a shop: shelves in perspective, out of focus. */
function shopFloor() {
  const shelves = Array.from({ length: 5 }, (_, row) =>
    Array.from({ length: 9 }, (_, n) => {
      const hue = (row * 67 + n * 41) % 360
      return `<rect x="${n * 150 + 20}" y="${row * 130 + 30}" width="110" height="95" rx="8" fill="hsl(${hue} 45% 62%)"/>`
    }).join(''),
  ).join('')
  const floor = '<rect y="690" width="1400" height="360" fill="#b98d62"/>'
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1400" height="1050"><rect width="1400" height="1050" fill="#efe4d2"/>${shelves}${floor}</svg>`
  return sharp(Buffer.from(svg)).blur(9).png().toBuffer()
}

async function page(tiles) {
  const rows = Math.ceil(tiles.length / columns)
  const width = gap + columns * (side + gap)
  const height = gap + rows * (side + labelHeight + gap)
  const placed = await Promise.all(tiles.map((tile, i) => place(tile, i)))
  const { data } = await sharp({ create: { width, height, channels: 4, background: paper } })
    .composite(placed.flat())
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const sheet = { width, height, channels: 3, pixels: data }
  for (const [i, { label }] of tiles.entries()) {
    const { left, top } = corner(i)
    for (const [n, line] of label.entries()) drawText(sheet, line, left, top + side + 8 + n * 12, [40, 40, 48])
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
}

function corner(i) {
  return {
    left: gap + (i % columns) * (side + gap),
    top: gap + Math.floor(i / columns) * (side + labelHeight + gap),
  }
}

/** A tile on a checkerboard, which only shows where a picture is transparent. */
async function place({ bytes }, i) {
  const { left, top } = corner(i)
  const input = await sharp(bytes).resize(side, side, { fit: 'inside' }).png().toBuffer({ resolveWithObject: true })
  const { width, height } = input.info
  const at = { left: left + ((side - width) >> 1), top: top + ((side - height) >> 1) }
  const board = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs><pattern id="p" width="20" height="20" patternUnits="userSpaceOnUse"><rect width="20" height="20" fill="#fff"/><path d="M0 0h10v10H0zM10 10h10v10H10z" fill="#d4d4da"/></pattern></defs><rect width="100%" height="100%" fill="url(#p)"/></svg>`
  return [
    { input: Buffer.from(board), ...at },
    { input: input.data, ...at },
  ]
}
