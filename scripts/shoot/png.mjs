// A small PNG reader and writer for contact sheets: 8-bit RGB and RGBA, not interlaced.
// Source of the format: W3C PNG (Third Edition), sections 5 (chunks), 9 (filtering), 10 (compression), 11.2 (IHDR).
import { crc32, deflateSync, inflateSync } from 'node:zlib'

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const channelsByColourType = { 2: 3, 6: 4 }

// The size that a picture claims is the memory that it gets: more than the product itself ever makes is refused.
const maxPixels = 32_000_000

/**
 * Decodes PNG bytes to `{ width, height, channels, pixels }`: `pixels` is a Buffer of width x height x channels bytes,
 * rows from the top, channels 3 (RGB) or 4 (RGBA, not premultiplied). Throws Error for broken files and for kinds of
 * PNG that it does not read (palette, grey, 16 bit, interlaced).
 */
export function decodePng(bytes) {
  const file = Buffer.from(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength)
  if (!file.subarray(0, 8).equals(signature)) throw new Error('not a PNG')
  let header
  const parts = []
  for (const { type, data } of chunks(file)) {
    if (type === 'IHDR') header = readHeader(data)
    if (type === 'IDAT') parts.push(data)
  }
  if (!header || parts.length === 0) throw new Error('PNG without a picture')
  const { width, height, channels } = header
  const stride = width * channels
  const expected = height * (stride + 1)
  const raw = inflateSync(Buffer.concat(parts), { maxOutputLength: expected })
  if (raw.length !== expected) throw new Error('PNG is cut short')
  return { width, height, channels, pixels: unfilter(raw, stride, height, channels) }
}

function* chunks(file) {
  for (let at = 8; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at)
    const end = at + 8 + length
    if (end + 4 > file.length) throw new Error('PNG is cut short')
    const type = file.toString('latin1', at + 4, at + 8)
    if (crc32(file.subarray(at + 4, end)) !== file.readUInt32BE(end)) throw new Error(`PNG chunk ${type} is damaged`)
    yield { type, data: file.subarray(at + 8, end) }
    if (type === 'IEND') return
    at = end + 4
  }
  throw new Error('PNG is cut short')
}

function readHeader(data) {
  if (data.length !== 13) throw new Error('PNG header is damaged')
  const width = data.readUInt32BE(0)
  const height = data.readUInt32BE(4)
  const channels = channelsByColourType[data[9]]
  if (data[8] !== 8 || !channels || data[12] !== 0) throw new Error('a kind of PNG that is not read here')
  if (width === 0 || height === 0 || width * height > maxPixels) throw new Error(`PNG of ${width}x${height} is refused`)
  return { width, height, channels }
}

/** Undoes the five filter types of PNG section 9.2; `raw` holds one filter byte before each row. */
function unfilter(raw, stride, height, step) {
  const out = Buffer.alloc(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]
    const from = y * (stride + 1) + 1
    const row = y * stride
    for (let x = 0; x < stride; x++) {
      const left = x >= step ? out[row + x - step] : 0
      const up = y > 0 ? out[row + x - stride] : 0
      const upLeft = x >= step && y > 0 ? out[row + x - stride - step] : 0
      out[row + x] = raw[from + x] + predict(filter, left, up, upLeft)
    }
  }
  return out
}

function predict(filter, left, up, upLeft) {
  if (filter === 0) return 0
  if (filter === 1) return left
  if (filter === 2) return up
  if (filter === 3) return (left + up) >> 1
  if (filter !== 4) throw new Error('PNG row has an unknown filter')
  const toLeft = Math.abs(up - upLeft)
  const toUp = Math.abs(left - upLeft)
  const toUpLeft = Math.abs(left + up - 2 * upLeft)
  if (toLeft <= toUp && toLeft <= toUpLeft) return left
  return toUp <= toUpLeft ? up : upLeft
}

/** Encodes `{ width, height, channels, pixels }`, as decodePng answers it, to the bytes of a PNG file. */
export function encodePng({ width, height, channels, pixels }) {
  const stride = width * channels
  const raw = Buffer.alloc((stride + 1) * height)
  for (let y = 0; y < height; y++) {
    raw[y * (stride + 1)] = 1 // Sub: thumbnails are smooth from left to right, a third smaller than unfiltered
    for (let x = 0; x < stride; x++) {
      const left = x >= channels ? pixels[y * stride + x - channels] : 0
      raw[y * (stride + 1) + 1 + x] = pixels[y * stride + x] - left
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  header[9] = channels === 4 ? 6 : 2
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length, 0)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}
