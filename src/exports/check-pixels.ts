import type { Pixels } from '../render/image/pixels'
import type { Framing } from './framing'
import { bodiesIn } from './framing-bodies'
import type { Figure } from './types'

/** Shares of 1. */
export type White = {
  /** Of the frame around the picture. */
  ofBorder: number
  ofAll: number
}

/** Shares of 1: how far people and their goods reach across and down the file, and the box around them. */
export type Subject = { width: number; height: number; area: number }

/** Shops call 250 and more in every channel white: JPEG moves white by a level or two. */
const WHITE = 250
/** The frame is this part of the shorter side wide. */
const BORDER = 0.02
/** Enough to know a share to a quarter of a per cent, in a few milliseconds. */
const MAX_SAMPLES = 160_000
/** Sum of the differences of the channels from which on a pixel is not backdrop: grain and soft shadows are below. */
const DIFFERENT = 48
/** A line with less of the subject than this, of the fullest line, has a speck. */
const LEAST_OF_LINE = 0.01

type Size = { width: number; height: number }
const stepOf = ({ width, height }: Size): number => Math.max(1, Math.ceil(Math.sqrt((width * height) / MAX_SAMPLES)))

/** Visits a grid of pixels, all of a small picture. `at` is the pixel's place in the RGBA bytes. */
function sample({ width, height }: Size, visit: (at: number, x: number, y: number) => void): void {
  const step = stepOf({ width, height })
  for (let y = 0; y < height; y += step) for (let x = 0; x < width; x += step) visit((y * width + x) * 4, x, y)
}

function borderOf({ width, height }: Size): (x: number, y: number) => boolean {
  const wide = Math.max(1, Math.round(Math.min(width, height) * BORDER))
  return (x, y) => x < wide || y < wide || x >= width - wide || y >= height - wide
}

/** How much of a picture is white. What shows through is not. */
export function measureWhite(pixels: Pixels): White {
  const { rgba } = pixels
  const isBorder = borderOf(pixels)
  const count = { all: 0, white: 0, border: 0, whiteBorder: 0 }
  sample(pixels, (at, x, y) => {
    const white = Math.min(rgba[at]!, rgba[at + 1]!, rgba[at + 2]!) >= WHITE && rgba[at + 3] === 255 ? 1 : 0
    count.all++
    count.white += white
    if (!isBorder(x, y)) return
    count.border++
    count.whiteBorder += white
  })
  return { ofBorder: count.whiteBorder / count.border, ofAll: count.white / count.all }
}

/** Where the people of a picture are in its file, by their keypoints; null when nobody is known of. */
export function subjectOfFigures(
  figures: readonly Figure[],
  picture: Size,
  { rect, place }: Pick<Framing, 'rect' | 'place'>,
  file: Size,
): Subject | null {
  const box = bodiesIn(figures, picture)?.levels.body
  if (!box) return null
  const shown = place ?? file
  const part = (low: number, high: number, from: number, length: number): number =>
    Math.max(0, Math.min(high, from + length) - Math.max(low, from)) / length
  const width = (part(box.left, box.right, rect.x, rect.width) * shown.width) / file.width
  const height = (part(box.top, box.bottom, rect.y, rect.height) * shown.height) / file.height
  return { width, height, area: width * height }
}

/** What differs from the border's colour; null when nothing does, or when the border has no one colour. */
export function subjectOfPixels(pixels: Pixels): Subject | null {
  const { rgba, width, height } = pixels
  const isBorder = borderOf(pixels)
  const edge: number[] = []
  sample(pixels, (at, x, y) => {
    if (isBorder(x, y)) edge.push(at)
  })
  const backdrop = [0, 1, 2].map((channel) => median(edge.map((at) => rgba[at + channel]!)))
  const differs = (at: number): boolean =>
    backdrop.reduce((sum, value, channel) => sum + Math.abs(rgba[at + channel]! - value), 0) > DIFFERENT
  if (edge.filter(differs).length > edge.length / 2) return null
  const columns = new Uint32Array(width)
  const rows = new Uint32Array(height)
  sample(pixels, (at, x, y) => {
    if (!differs(at)) return
    columns[x]!++
    rows[y]!++
  })
  const [across, down] = [extent(columns, stepOf(pixels)), extent(rows, stepOf(pixels))]
  return across === 0 ? null : { width: across, height: down, area: across * down }
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!

/** Share of a side from the first line to the last that has enough of the subject; 0 when none has. Every `step`th is filled. */
function extent(lines: Uint32Array, step: number): number {
  const enough = Math.max(1, lines.reduce((most, count) => Math.max(most, count), 0) * LEAST_OF_LINE)
  const first = lines.findIndex((count) => count >= enough)
  const last = lines.findLastIndex((count) => count >= enough)
  return first < 0 ? 0 : Math.min(1, (last - first + step) / lines.length)
}
