// Reads the pictures of the fake providers: what was asked stands in their pixels. Pure JavaScript, runs anywhere.

/** One bit is a square of this side, black or white: a block of JPEG, so that it survives being coded. */
export const CELL_PX = 8
export const MARKER = 0xb5a7

/** What stands in the cells, in this order, most significant bit first; bits. */
const FIELDS = { marker: 16, prompt: 256, seed: 32, width: 16, height: 16, control: 256, references: 256 }
export const CELL_COUNT = Object.values(FIELDS).reduce((sum, bits) => sum + bits, 0)

/** Where the cell of a bit is in a picture of this width: row by row from the top left, in whole columns. */
export function cellAt(bit, width) {
  const columns = Math.floor(width / CELL_PX)
  return { x: (bit % columns) * CELL_PX, y: Math.floor(bit / columns) * CELL_PX }
}

/**
 * Reads straight RGBA, decoded from PNG, JPEG or WebP. `isFake` is false, and all else null, for a picture that no fake
 * provider drew or that was resized since. `width` and `height` are those asked for; hashes are hex, null where there was
 * no control map or no reference.
 */
export function readFake({ rgba, width, height }) {
  const bits = readCells(rgba, width, height)
  if (!bits) return NOT_FAKE
  const hex = {}
  let at = 0
  for (const [name, count] of Object.entries(FIELDS)) {
    hex[name] = toHex(bits.slice(at, at + count))
    at += count
  }
  if (Number.parseInt(hex.marker, 16) !== MARKER) return NOT_FAKE
  return {
    isFake: true,
    promptSha256: hex.prompt,
    seed: Number.parseInt(hex.seed, 16),
    width: Number.parseInt(hex.width, 16),
    height: Number.parseInt(hex.height, 16),
    controlSha256: hashOrNull(hex.control),
    referencesSha256: hashOrNull(hex.references),
  }
}

const NOT_FAKE = {
  isFake: false,
  ...{ promptSha256: null, seed: null, width: null, height: null, controlSha256: null, referencesSha256: null },
}

/** 0 or 1 for each cell; null when there is no room for the cells, or one of them is neither black nor white. */
function readCells(rgba, width, height) {
  if (width < CELL_PX || cellAt(CELL_COUNT - 1, width).y + CELL_PX > height) return null
  const bits = []
  for (let bit = 0; bit < CELL_COUNT; bit++) {
    const brightness = brightnessOf(rgba, width, cellAt(bit, width))
    if (brightness > 80 && brightness < 175) return null
    bits.push(brightness > 127 ? 1 : 0)
  }
  return bits
}

/** Mean green of the middle of a cell, away from its neighbours' edges. */
function brightnessOf(rgba, width, { x, y }) {
  let sum = 0
  for (let dy = 2; dy < 6; dy++) for (let dx = 2; dx < 6; dx++) sum += rgba[((y + dy) * width + x + dx) * 4 + 1]
  return sum / 16
}

const toHex = (bits) =>
  bits
    .join('')
    .match(/.{4}/g)
    .map((four) => Number.parseInt(four, 2).toString(16))
    .join('')

const hashOrNull = (hex) => (/^0+$/.test(hex) ? null : hex)
