/** Side of the cells that edges are looked for in, pixels: 1 << CELL_SHIFT. */
export const CELL_SHIFT = 2
export const CELL_PX = 1 << CELL_SHIFT

export const cellsAlong = (pixels: number): number => (pixels + CELL_PX - 1) >> CELL_SHIFT

/** 1 for each cell with a pixel that is partly covered. */
export function mixedCells(mask: Uint8Array, width: number, height: number): Uint8Array<ArrayBuffer> {
  const columns = cellsAlong(width)
  const cells = new Uint8Array(columns * cellsAlong(height))
  for (let y = 0, i = 0; y < height; y++) {
    const row = (y >> CELL_SHIFT) * columns
    // True for 1..254 only.
    for (let x = 0; x < width; x++, i++) if ((mask[i]! + 1) & 0xfe) cells[row + (x >> CELL_SHIFT)] = 1
  }
  return cells
}

/** 1 for each cell with an edge, soft or hard: a pixel that is partly covered or differs from the one left or above. */
export function edgeCells(mask: Uint8Array, width: number, height: number): Uint8Array<ArrayBuffer> {
  const cells = mixedCells(mask, width, height)
  const columns = cellsAlong(width)
  for (let y = 1, i = width; y < height; y++) {
    const row = (y >> CELL_SHIFT) * columns
    i++
    for (let x = 1; x < width; x++, i++) {
      if (mask[i] !== mask[i - 1] || mask[i] !== mask[i - width]) cells[row + (x >> CELL_SHIFT)] = 1
    }
  }
  return cells
}

/** Cells within `reach` cells of a marked one, diagonals too. */
export function grown(marked: Uint8Array, columns: number, reach: number): Uint8Array<ArrayBuffer> {
  const rows = marked.length / columns
  const out = new Uint8Array(marked.length)
  for (let y = 0, i = 0; y < rows; y++) {
    const [top, bottom] = [Math.max(0, y - reach), Math.min(rows, y + reach + 1)]
    for (let x = 0; x < columns; x++, i++) {
      if (marked[i] === 0) continue
      const [left, right] = [Math.max(0, x - reach), Math.min(columns, x + reach + 1)]
      for (let j = top; j < bottom; j++) out.fill(1, j * columns + left, j * columns + right)
    }
  }
  return out
}
