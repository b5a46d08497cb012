// Points and boxes of a picture, in its pixels.

export type Box = { left: number; top: number; right: number; bottom: number }
export type Size = { width: number; height: number }
export type Point = { x: number; y: number }

export const disc = ({ x, y }: Point, r: number): Box => ({ left: x - r, top: y - r, right: x + r, bottom: y + r })

export const grown = ({ left, top, right, bottom }: Box, by: number): Box => ({
  ...{ left: left - by, top: top - by, right: right + by, bottom: bottom + by },
})

export function hull(boxes: readonly Box[]): Box | null {
  if (boxes.length === 0) return null
  return {
    left: Math.min(...boxes.map((box) => box.left)),
    top: Math.min(...boxes.map((box) => box.top)),
    right: Math.max(...boxes.map((box) => box.right)),
    bottom: Math.max(...boxes.map((box) => box.bottom)),
  }
}

export function meanOf(points: readonly (Point | null | undefined)[]): Point | null {
  const known = points.filter((point) => !!point)
  if (known.length === 0) return null
  return {
    x: known.reduce((sum, { x }) => sum + x, 0) / known.length,
    y: known.reduce((sum, { y }) => sum + y, 0) / known.length,
  }
}

export const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value))

/** A rectangle as far as it is in the picture; null when it is not. */
export function clipped(thing: { x: number; y: number; width: number; height: number }, size: Size): Box | null {
  const box = {
    left: Math.max(0, thing.x),
    top: Math.max(0, thing.y),
    right: Math.min(size.width, thing.x + thing.width),
    bottom: Math.min(size.height, thing.y + thing.height),
  }
  return box.left < box.right && box.top < box.bottom ? box : null
}

/** False for numbers that are none. */
export const isInside = ({ x, y }: Point, { width, height }: Size): boolean =>
  x >= 0 && x <= width && y >= 0 && y <= height

export const UP = -1
export const DOWN = 1

/** `distance` further than `to` on the way from `from`; straight up or down when there is no way. */
export function beyond(from: Point | null | undefined, to: Point, distance: number, otherwise: 1 | -1): Point {
  const length = from ? Math.hypot(to.x - from.x, to.y - from.y) : 0
  if (!from || length === 0) return { x: to.x, y: to.y + distance * otherwise }
  return { x: to.x + ((to.x - from.x) / length) * distance, y: to.y + ((to.y - from.y) / length) * distance }
}
