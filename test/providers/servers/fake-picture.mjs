// Draws the pictures of the fake providers: black and white cells say what was asked (read-fake.mjs), the rest shows it.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { decodePng, encodePng } from '../../../scripts/shoot/png.mjs'
import { CELL_COUNT, CELL_PX, cellAt, MARKER } from './read-fake.mjs'

export { readFake } from './read-fake.mjs'

const minSidePx = 256
const maxSidePx = 4096
/** A control map is black where nobody is. */
const darkest = 24

/** PNG bytes of a picture that says what was asked: see fakePixels. */
export const drawFake = (asked) => toPng(fakePixels(asked))

/**
 * The picture as straight RGBA. `control` is PNG bytes or null, `references` a list of PNG bytes. The control map's hash is
 * SHA-256 of its decoded RGBA; that of the references is SHA-256 of their SHA-256 digests (of decoded RGBA, 32 bytes each) one after the
 * other. Throws RangeError for a side out of 256..4096, Error for a control map or reference that is no PNG.
 */
export function fakePixels({ width, height, prompt, seed, control = null, references = [] }) {
  for (const side of [width, height])
    if (!Number.isInteger(side) || side < minSidePx || side > maxSidePx)
      throw new RangeError(`sides are ${minSidePx} to ${maxSidePx}`)
  const map = control && readPng(control)
  const avatars = references.map(readPng)
  const promptHash = sha256(Buffer.from(prompt, 'utf8'))
  const rgba = gradient(width, height, promptHash, seed)
  const top = cellAt(CELL_COUNT - 1, width).y + CELL_PX
  if (map) place(rgba, width, map, { x: 0, y: top, width, height: height - top }, { leavesOutDark: true })
  const quarter = Math.floor((height - top) / 4)
  for (const [n, avatar] of avatars.entries())
    place(rgba, width, avatar, { x: n * quarter, y: height - quarter, width: quarter, height: quarter })
  drawCells(rgba, width, [
    bits(MARKER, 16),
    ...hashBits(promptHash),
    bits(seed, 32),
    bits(width, 16),
    bits(height, 16),
    ...hashBits(map && sha256(map.rgba)),
    ...hashBits(avatars.length === 0 ? null : sha256(Buffer.concat(avatars.map((each) => sha256(each.rgba))))),
  ])
  return { rgba, width, height }
}

/** PNG, all black and more than 1 kB: what a safety checker leaves of a picture. */
export const blackPicture = (width, height) => {
  const rgba = Buffer.alloc(width * height * 4)
  for (let at = 3; at < rgba.length; at += 4) rgba[at] = 255
  return padded(toPng({ rgba, width, height }))
}

/** PNG bytes of straight RGBA. */
export const toPng = ({ rgba, width, height }) =>
  new Uint8Array(encodePng({ width, height, channels: 4, pixels: Buffer.from(rgba) }))

/** Straight RGBA of PNG bytes (8 bit RGB or RGBA). */
export function readPng(bytes) {
  const { width, height, channels, pixels } = decodePng(bytes)
  if (channels === 4) return { width, height, rgba: pixels }
  const rgba = Buffer.alloc(width * height * 4, 255)
  for (let pixel = 0; pixel < width * height; pixel++) pixels.copy(rgba, pixel * 4, pixel * 3, pixel * 3 + 3)
  return { width, height, rgba }
}

let encoder

/** JPEG bytes of straight RGBA, quality 1..100. The cells can still be read. */
export async function toJpeg(rgba, width, height, quality = 85) {
  encoder ??= startEncoder()
  const encode = await encoder
  const data = new Uint8ClampedArray(rgba.buffer, rgba.byteOffset, rgba.byteLength)
  return new Uint8Array(await encode({ data, width, height }, { quality }))
}

/** Node has no fetch for files, so the wasm of the encoder is handed to it. */
async function startEncoder() {
  const wasm = new URL('../../../node_modules/@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm', import.meta.url)
  const { default: encode, init } = await import('@jsquash/jpeg/encode.js')
  await init(await WebAssembly.compile(await readFile(wasm)))
  return encode
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest()

/** The lowest `count` bits of a whole number, most significant first. */
const bits = (value, count) => Array.from({ length: count }, (_, n) => Math.floor(value / 2 ** (count - 1 - n)) % 2)

const hashBits = (hash) => [...(hash ?? Buffer.alloc(32))].map((byte) => bits(byte, 8))

function drawCells(rgba, width, groups) {
  for (const [n, bit] of groups.flat().entries()) {
    const { x, y } = cellAt(n, width)
    for (let row = y; row < y + CELL_PX; row++)
      fillRow(rgba, width, row, [x, x + CELL_PX], [bit * 255, bit * 255, bit * 255])
  }
}

/** From a colour of the prompt at the top to one of the seed at the bottom; muted, so that a pose stands out. */
function gradient(width, height, promptHash, seed) {
  const above = [...promptHash.subarray(0, 3)].map((byte) => 90 + byte / 4)
  const below = [0, 8, 16].map((shift) => 40 + ((Math.imul(seed, 0x9e3779b1) >>> shift) & 255) / 4)
  const rgba = Buffer.alloc(width * height * 4)
  for (let y = 0; y < height; y++) {
    const colour = above.map((from, n) => Math.round(from + ((below[n] - from) * y) / height))
    fillRow(rgba, width, y, [0, width], colour)
  }
  return rgba
}

const fillRow = (rgba, width, y, [from, to], colour) =>
  rgba.fill(Buffer.from([...colour, 255]), (y * width + from) * 4, (y * width + to) * 4)

/** Puts a picture into a box, whole and in the middle, by the nearest pixel; its dark ones are left out when told so. */
function place(rgba, width, picture, box, { leavesOutDark = false } = {}) {
  const scale = Math.min(box.width / picture.width, box.height / picture.height)
  const [placedWidth, placedHeight] = [Math.floor(picture.width * scale), Math.floor(picture.height * scale)]
  const left = box.x + Math.floor((box.width - placedWidth) / 2)
  const top = box.y + Math.floor((box.height - placedHeight) / 2)
  const from = picture.rgba
  for (let y = 0; y < placedHeight; y++)
    for (let x = 0; x < Math.min(placedWidth, width - left); x++) {
      const at = (Math.floor(y / scale) * picture.width + Math.floor(x / scale)) * 4
      if (leavesOutDark && from[at] <= darkest && from[at + 1] <= darkest && from[at + 2] <= darkest) continue
      const to = ((top + y) * width + left + x) * 4
      rgba[to] = from[at]
      rgba[to + 1] = from[at + 1]
      rgba[to + 2] = from[at + 2]
    }
}

/** The PNG with a private chunk of zeros before its end: black compresses to almost nothing. */
function padded(png) {
  const chunk = Buffer.alloc(12 + 1024)
  chunk.writeUInt32BE(1024, 0)
  chunk.write('paDd', 4, 'latin1')
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + 1024)), 8 + 1024)
  return new Uint8Array(Buffer.concat([png.subarray(0, -12), chunk, png.subarray(-12)]))
}
