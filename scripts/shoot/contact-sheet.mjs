// All pictures of a shoot on one page: five columns of thumbnails with their names below.
import { drawText, textWidth } from './font.mjs'
import { decodeJpeg } from './jpeg.mjs'
import { decodePng, encodePng } from './png.mjs'

const columns = 5
const thumb = 256
const gap = 12
const labelHeight = 22
const page = [246, 246, 248]
const mat = [228, 228, 232]
const ink = [40, 40, 48]

// Memory: 500 thumbnails make a page of 1340 x 29,000 pixels, 117 MB. More would ask for a second page.
const maxPictures = 500

/**
 * Starts a sheet. `add(position, label, bytes)` reads one PNG or JPEG and keeps only its thumbnail; bytes that are neither
 * become an empty frame, so that every picture keeps its place. `encode()` answers the sheet as the bytes of a PNG, tiles
 * in the order of their positions.
 */
export function contactSheet() {
  const tiles = []
  return {
    add(position, label, bytes) {
      if (tiles.length < maxPictures) tiles.push({ position, label, picture: thumbnail(bytes) })
    },
    async encode() {
      const read = await Promise.all(tiles.map(async (tile) => ({ ...tile, picture: await tile.picture })))
      return encodePng(compose(read.sort((a, b) => a.position - b.position)))
    },
  }
}

async function thumbnail(bytes) {
  try {
    const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8
    return shrink(isJpeg ? toPicture(await decodeJpeg(bytes)) : decodePng(bytes), thumb)
  } catch {
    return undefined
  }
}

const toPicture = ({ rgba, width, height }) => ({ width, height, channels: 4, pixels: Buffer.from(rgba.buffer) })

/**
 * Averages a picture down until it fits a square of `size` pixels (box filter over whole source pixels, alpha laid over
 * white); never enlarges. Answers RGB `{ width, height, channels: 3, pixels }`.
 */
export function shrink(picture, size) {
  const scale = Math.min(1, size / picture.width, size / picture.height)
  const width = Math.max(1, Math.round(picture.width * scale))
  const height = Math.max(1, Math.round(picture.height * scale))
  const pixels = Buffer.alloc(width * height * 3)
  for (let y = 0; y < height; y++) {
    const rows = span(y, height, picture.height)
    for (let x = 0; x < width; x++) {
      average(picture, span(x, width, picture.width), rows, pixels, (y * width + x) * 3)
    }
  }
  return { width, height, channels: 3, pixels }
}

/** Source pixels [from, to) that one of `parts` output pixels covers; never empty. */
function span(index, parts, length) {
  const from = Math.floor((index * length) / parts)
  return { from, to: Math.max(from + 1, Math.floor(((index + 1) * length) / parts)) }
}

function average({ width, channels, pixels }, xs, ys, out, at) {
  const sum = [0, 0, 0]
  for (let y = ys.from; y < ys.to; y++) {
    for (let x = xs.from; x < xs.to; x++) {
      const source = (y * width + x) * channels
      const alpha = channels === 4 ? pixels[source + 3] / 255 : 1
      for (let c = 0; c < 3; c++) sum[c] += pixels[source + c] * alpha + 255 * (1 - alpha)
    }
  }
  const count = (xs.to - xs.from) * (ys.to - ys.from)
  for (let c = 0; c < 3; c++) out[at + c] = Math.round(sum[c] / count)
}

function compose(tiles) {
  const across = Math.max(1, Math.min(columns, tiles.length))
  const down = Math.max(1, Math.ceil(tiles.length / columns))
  const sheet = blank(gap + across * (thumb + gap), gap + down * (thumb + labelHeight + gap))
  tiles.forEach(({ label, picture }, index) => {
    const left = gap + (index % columns) * (thumb + gap)
    const top = gap + Math.floor(index / columns) * (thumb + labelHeight + gap)
    fill(sheet, left, top, thumb, thumb, mat)
    if (picture) paste(sheet, picture, left + ((thumb - picture.width) >> 1), top + ((thumb - picture.height) >> 1))
    const text = fitting(label)
    drawText(sheet, text, left + ((thumb - textWidth(text)) >> 1), top + thumb + 8, ink)
  })
  return sheet
}

function blank(width, height) {
  const sheet = { width, height, channels: 3, pixels: Buffer.alloc(width * height * 3) }
  fill(sheet, 0, 0, width, height, page)
  return sheet
}

function fill(sheet, left, top, width, height, colour) {
  const row = Buffer.alloc(width * 3, Buffer.from(colour))
  for (let y = top; y < top + height; y++) row.copy(sheet.pixels, (y * sheet.width + left) * 3)
}

function paste(sheet, picture, left, top) {
  const stride = picture.width * 3
  for (let y = 0; y < picture.height; y++) {
    picture.pixels.copy(sheet.pixels, ((top + y) * sheet.width + left) * 3, y * stride, (y + 1) * stride)
  }
}

function fitting(label) {
  let text = label
  while (textWidth(text) > thumb) text = `${text.slice(0, -3)}..`
  return text
}
