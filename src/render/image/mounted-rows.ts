import { type Arena, roundUp } from './arena'
import { ImageError } from './image-error'
import { checkPixels, checkSize, isOpaque, type Mount } from './pixels'
import type { RowSource } from './row-source'

/** Rows of the backdrop, enlarged to the mount's size, with the rows of `picture` over them; all opaque. */
export function mountedRows(arena: Arena, picture: RowSource, backdrop: RowSource, mount: Mount): RowSource {
  const rowBytes = roundUp(picture.width * 4, 16) + 16
  const row = arena.alloc(rowBytes)
  const behind = arena.alloc(rowBytes)
  const fade = fadeOf(picture, mount)
  let line = 0
  return {
    width: mount.width,
    height: mount.height,
    read(dst, stride, rows) {
      backdrop.read(dst, stride, rows)
      for (let y = 0; y < rows; y++, line++) {
        const inside = line - mount.y
        if (inside < 0 || inside >= picture.height) continue
        picture.read(row, rowBytes, 1)
        const to = dst + y * stride + mount.x * 4
        const memory = arena.bytes(0, arena.memoryBytes)
        if (fade(memory.subarray(row, row + picture.width * 4), inside)) {
          // Through buffers of their own, as `overImage` works on whole groups of four pixels.
          memory.copyWithin(behind, to, to + picture.width * 4)
          arena.wasm.overImage(row, behind, picture.width)
        }
        memory.copyWithin(to, row, row + picture.width * 4)
      }
    },
  }
}

/** Throws ImageError unless the picture lies in the mount and the backdrop hides nothing. */
export function checkMount(mount: Mount, picture: { width: number; height: number }): void {
  const { x, y, width, height, backdrop, featherPx } = mount
  checkSize(width, height)
  checkPixels(backdrop)
  const whole = Number.isInteger(x) && Number.isInteger(y)
  if (!whole || x < 0 || y < 0 || x + picture.width > width || y + picture.height > height) {
    throw new ImageError('invalid', `${picture.width}x${picture.height} at ${x},${y} is not inside ${width}x${height}`)
  }
  if (!isOpaque(backdrop.rgba)) throw new ImageError('invalid', 'a backdrop is opaque')
  if (!Number.isInteger(featherPx) || featherPx < 0) throw new ImageError('invalid', 'a feather is whole pixels')
}

/** Sets the alpha of one row's pixels near the sides where the backdrop shows; false when nothing had to fade. */
function fadeOf(picture: RowSource, { x, y, width, height, featherPx }: Mount) {
  const reach = Math.min(featherPx, picture.width >> 1, picture.height >> 1)
  const ramp = Uint8Array.from({ length: reach }, (_, i) => Math.round(255 * smooth((i + 0.5) / reach)))
  const left = x > 0
  const right = x + picture.width < width
  const top = y > 0
  const bottom = y + picture.height < height
  return (row: Uint8Array, line: number): boolean => {
    if (reach === 0) return false
    const fromTop = top ? (ramp[line] ?? 255) : 255
    const fromBottom = bottom ? (ramp[picture.height - 1 - line] ?? 255) : 255
    const all = Math.round((fromTop * fromBottom) / 255)
    if (all < 255) for (let at = 3; at < row.length; at += 4) row[at] = all
    for (let i = 0; i < reach; i++) {
      const alpha = Math.round((all * ramp[i]!) / 255)
      if (left) row[i * 4 + 3] = alpha
      if (right) row[row.length - 1 - i * 4] = alpha
    }
    return all < 255 || left || right
  }
}

/** Smoothstep: no visible line where the melting begins or ends. */
const smooth = (t: number): number => t * t * (3 - 2 * t)
