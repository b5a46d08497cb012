import type { Arena } from './arena'
import type { Pixels, Scale } from './pixels'
import { openRows } from './row-source'

const BAND_ROWS = 64

/**
 * `scale.rect` of the picture as RGBA of scale.width x scale.height, or of the mount's size: Catmull-Rom up, Lanczos3 down
 * (resample-weights.ts). Opaque when a `background` 0xRRGGBB goes under it.
 */
export function resize(arena: Arena, pixels: Pixels, scale: Scale, background?: number): Uint8Array<ArrayBuffer> {
  return arena.run(() => {
    const rows = openRows(arena, pixels, { scale, background })
    const rowBytes = rows.width * 4
    const band = arena.alloc(rowBytes * BAND_ROWS)
    const out = new Uint8Array(rowBytes * rows.height)
    for (let y = 0; y < rows.height; y += BAND_ROWS) {
      const count = Math.min(BAND_ROWS, rows.height - y)
      rows.read(band, rowBytes, count)
      out.set(arena.bytes(band, count * rowBytes), y * rowBytes)
    }
    return out
  })
}
