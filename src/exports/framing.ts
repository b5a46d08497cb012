import { type Bodies, bodiesIn, LEVELS, type Level } from './framing-bodies'
import { type Box, clamp, grown, type Size } from './framing-boxes'
import type { Figure, Rect, Variant } from './types'

export type Target = { width: number; height: number; safeZone?: Rect | null }

export type Framing = {
  /** What of the picture is shown: its pixels, with fractions, all inside. */
  rect: Rect
  /** Where that lands in the file, in whole pixels; null: it fills it. */
  place: Rect | null
  keeps: Variant['keeps']
  isPadded: boolean
}

/** Space around people, in heads: what is wished, and what there must be. */
const AIR = { wished: 0.3, least: 0.15 }
/** What divisions of pixels leave over. */
const ROUNDING_PX = 1e-6

/**
 * How a picture goes into a file of another shape. The largest part of the picture with that shape is shown, moved so that
 * everything seen of the people stays in: heads, hands, feet and what they hold, with space around. Eyes go to the upper
 * third and faces into the safe zone where there is room.
 *
 * What a picture shows whole stays whole: when the shape cannot hold people who are shown with their feet, all of them is
 * fitted in and the rest of the file is padded. Where the picture itself ends above the feet, a crop may be closer: without
 * legs, or heads, hands and goods alone. No head, hand or foot is ever cut off by a crop.
 *
 * Total: sizes and figures that make no sense are taken for nobody, and a centred crop is answered.
 */
export function framePicture(picture: Size, figures: readonly Figure[], target: Target): Framing {
  const size = { width: sideOf(picture.width), height: sideOf(picture.height) }
  const file = { ...target, width: Math.round(sideOf(target.width)), height: Math.round(sideOf(target.height)) }
  const scale = Math.max(file.width / size.width, file.height / size.height)
  const window = {
    width: Math.min(size.width, file.width / scale),
    height: Math.min(size.height, file.height / scale),
  }
  const bodies = bodiesIn(figures, size)
  if (!bodies) {
    const middle = { x: (size.width - window.width) / 2, y: (size.height - window.height) / 2, ...window }
    return { rect: middle, place: null, keeps: 'nothing', isPadded: false }
  }
  const keeps = LEVELS.find(
    (level) => isAllowed(level, bodies) && fits(withAir(bodies, level, AIR.least, size), window),
  )
  if (keeps) return { rect: cropped(size, window, bodies, keeps, file), place: null, keeps, isPadded: false }
  return { ...padded(size, bodies, file), keeps: 'body', isPadded: true }
}

const sideOf = (side: number): number => (Number.isFinite(side) && side >= 1 ? side : 1)

/** Only where the picture has cut off the feet more may go. */
const isAllowed = (level: Level, bodies: Bodies): boolean => level === 'body' || !bodies.hasFeet

/** A level with space around it, as far as the picture goes. */
function withAir({ levels, headPx }: Bodies, level: Level, heads: number, size: Size): Box {
  const { left, top, right, bottom } = grown(levels[level], heads * headPx)
  return {
    left: Math.max(0, left),
    top: Math.max(0, top),
    right: Math.min(size.width, right),
    bottom: Math.min(size.height, bottom),
  }
}

const fits = ({ left, top, right, bottom }: Box, window: Size): boolean =>
  right - left <= window.width + ROUNDING_PX && bottom - top <= window.height + ROUNDING_PX

type Span = readonly [from: number, to: number]
const across = ({ left, right }: Box): Span => [left, right]
const down = ({ top, bottom }: Box): Span => [top, bottom]

function cropped(size: Size, window: Size, bodies: Bodies, level: Level, file: Target): Rect {
  const needed = withAir(bodies, level, AIR.least, size)
  const wished = withAir(bodies, level, AIR.wished, size)
  const offset = (side: keyof Size, spanOf: (box: Box) => Span, ideal: number) =>
    offsetOf(size[side], window[side], [spanOf(needed), spanOf(wished)], zonesOf(bodies, file, side, spanOf), ideal)
  return {
    x: offset('width', across, bodies.centreX - window.width / 2),
    y: offset('height', down, bodies.eyesY - window.height / 3),
    ...window,
  }
}

/** Faces in the safe zone, then goods too: a span of the picture, and the parts of the window it belongs between. */
function zonesOf(
  { heads, shown }: Bodies,
  { safeZone, ...file }: Target,
  side: keyof Size,
  spanOf: (box: Box) => Span,
) {
  if (!safeZone) return []
  const from = (side === 'width' ? safeZone.x : safeZone.y) / file[side]
  const between: Span = [from, from + safeZone[side] / file[side]]
  return [heads, shown].filter((box) => box !== null).map((box) => ({ span: spanOf(box), between }))
}

/**
 * Where the window starts on one axis. It lies in the picture, or the picture in it. The first of `spans` must be in the
 * window and is known to fit; the others and the zones are wishes, granted in order as far as they go together.
 */
function offsetOf(
  side: number,
  window: number,
  [needed, ...wished]: readonly [Span, ...Span[]],
  zones: readonly { span: Span; between: Span }[],
  ideal: number,
): number {
  const [least, most] = [Math.min(0, side - window), Math.max(0, side - window)]
  let [low, high] = [least, most]
  const narrow = (from: number, to: number): void => {
    if (Math.max(low, from) <= Math.min(high, to) + ROUNDING_PX) [low, high] = [Math.max(low, from), Math.min(high, to)]
  }
  for (const [from, to] of [needed, ...wished]) narrow(to - window, from)
  for (const { span, between } of zones) narrow(span[1] - between[1] * window, span[0] - between[0] * window)
  return clamp(clamp(ideal, low, high), least, most)
}

/** All people with space around them fill the file on one axis; on the other the whole picture leaves a rest. */
function padded(size: Size, bodies: Bodies, file: Target): Pick<Framing, 'rect' | 'place'> {
  const people = withAir(bodies, 'body', AIR.wished, size)
  // The people are too tall for a file that is wider than the picture, or too wide for one that is taller.
  const isWide = file.width / file.height > size.width / size.height
  const [open, full] = isWide ? (['width', 'height'] as const) : (['height', 'width'] as const)
  const [spanOpen, spanFull] = isWide ? [across, down] : [down, across]
  const [from, to] = spanFull(people)
  const shown = Math.max(1, Math.floor((size[open] * file[full]) / (to - from)))
  const length = Math.min(shown, file[open])
  // Exactly the shape of its place, so that nothing is stretched.
  const extent = Math.min(size[full], (file[full] * size[open]) / length)
  const window = (file[open] * size[open]) / length
  // Bodies that the picture ends go down to the end of the file too: above padding they would float.
  const standsOnEnd = !isWide && !bodies.hasFeet
  const zones = standsOnEnd ? [] : zonesOf(bodies, file, open, spanOpen)
  const ideal = (size[open] - window) / (standsOnEnd ? 1 : 2)
  const offset = offsetOf(size[open], window, [[0, size[open]]], zones, ideal)
  const margin = Math.min(file[open] - length, Math.max(0, Math.round((-offset * length) / size[open])))
  const start = Math.min(size[full] - extent, Math.max(0, (from + to - extent) / 2))
  return isWide
    ? {
        rect: { x: 0, y: start, width: size.width, height: extent },
        place: { x: margin, y: 0, width: length, height: file.height },
      }
    : {
        rect: { x: start, y: 0, width: extent, height: size.height },
        place: { x: 0, y: margin, width: file.width, height: length },
      }
}
