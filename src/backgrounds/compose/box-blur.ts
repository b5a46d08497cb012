/**
 * Mean over (2 * radiusX + 1) x (2 * radiusY + 1) values, in place; the border repeats. Running sums: the time does not
 * depend on the radius. `line` is room for the longer side.
 */
export function boxBlur(plane: Float32Array, width: number, height: number, radiusX: number, radiusY: number): void {
  const line = new Float32Array(Math.max(width, height))
  if (radiusX > 0) for (let y = 0; y < height; y++) blurLine(plane, y * width, 1, width, radiusX, line)
  if (radiusY > 0) for (let x = 0; x < width; x++) blurLine(plane, x, width, height, radiusY, line)
}

function blurLine(
  plane: Float32Array,
  start: number,
  step: number,
  count: number,
  radius: number,
  line: Float32Array,
): void {
  for (let i = 0, at = start; i < count; i++, at += step) line[i] = plane[at]!
  const last = count - 1
  const scale = 1 / (2 * radius + 1)
  let sum = line[0]! * (radius + 1)
  for (let i = 1; i <= radius; i++) sum += line[Math.min(i, last)]!
  for (let i = 0, at = start; i < count; i++, at += step) {
    plane[at] = sum * scale
    sum += line[Math.min(i + radius + 1, last)]! - line[Math.max(i - radius, 0)]!
  }
}
