// Where things must be when a record names them without places: seats under the hips, a table at the wrists, a product
// in the hand that the words name.
import type { Figure } from './figure'
import type { FigurePose, PropShape } from './pose'
import type { Side } from './skeleton'
import { add, along, between, cross, distance, reject, subtract, unit, type Vector } from './vector'

const PRODUCT_WORDS: readonly [RegExp, string, readonly number[]][] = [
  [/phone|selfie|handphone|ponsel|\bhp\b/i, 'phone', [0.036, 0.072, 0.004]],
  [/laptop/i, 'closedLaptop', [0.16, 0.11, 0.008]],
  [/bottle|botol|serum|skincare|perfume|parfum|spray/i, 'bottle', [1]],
  [/cup|coffee|kopi|tea|\bteh\b|mug|gelas|drink|minum/i, 'cup', [1]],
  [/bag|\btas\b/i, 'bag', [0.11]],
  [/book|buku|read/i, 'book', [0.09, 0.12, 0.012]],
  [/flower|bunga|bouquet|buket/i, 'bouquet', [0.012]],
  [/microphone|\bmic\b|mikrofon/i, 'microphone', [0.014]],
  [/gift|hadiah|kado/i, 'gift', [0.1, 0.08, 0.08]],
  [/parcel|paket|delivery|courier|kurir|box|kardus/i, 'parcel', [0.12, 0.1, 0.1]],
  [/plate|piring|food|makan/i, 'plate', [0.11, 0.003, 0.11]],
  [/ball|bola/i, 'ball', [0.11]],
]
const HELD_BY_HANDLE = new Set(['bouquet', 'microphone'])

function productKind(words: string): { kind: string; size: readonly number[] } {
  for (const [pattern, kind, size] of PRODUCT_WORDS) if (pattern.test(words)) return { kind, size }
  return { kind: 'carton', size: [0.05, 0.07, 0.035] }
}

/** The hand that holds: named by the words, else the one further in front of the chest. */
function holder(words: string, figure: Figure): Side {
  const left = /left hand|tangan kiri/i.test(words)
  const right = /right hand|tangan kanan/i.test(words)
  if (left !== right) return left ? 'left' : 'right'
  const { chest, arm } = figure.body
  const reach = (side: Side): number => {
    const d = subtract(arm[side].palm, chest.o)
    return d[0] * chest.z[0] + d[1] * chest.z[1] + d[2] * chest.z[2] + d[1] * 0.5
  }
  return reach('left') > reach('right') ? 'left' : 'right'
}

function productOf(words: string, figure: Figure): PropShape {
  const { body, hands } = figure
  const { kind, size } = productKind(words)
  const palms = [body.arm.left.palm, body.arm.right.palm] as const
  const gap = distance(palms[0], palms[1])
  const level = Math.abs(palms[0][1] - palms[1][1]) < 0.12
  if (level && gap < 0.5 && gap > 0.05 && !HELD_BY_HANDLE.has(kind) && kind !== 'phone' && kind !== 'bag') {
    const x = unit(subtract(palms[0], palms[1]), [1, 0, 0])
    const y = unit(reject([0, 1, 0], x))
    const wide = kind === 'parcel' || kind === 'carton' || kind === 'gift'
    const half = wide ? [Math.max(0.03, gap / 2 - 0.03), size[1] ?? 0.08, size[2] ?? 0.06] : size
    return { kind, at: between(palms[0], palms[1], 0.5), size: half, x, y }
  }
  const side = holder(words, figure)
  const { x, y, z } = hands[side].axes
  const grip = along(body.arm[side].palm, z, 0.03)
  if (kind === 'phone') return { kind, at: along(grip, y, 0.01), size, x, y }
  if (HELD_BY_HANDLE.has(kind)) return { kind, at: along(grip, x, -0.08), to: along(grip, x, 0.13), size }
  if (kind === 'bag')
    return { kind, at: add(body.arm[side].palm, [0, -0.02, 0]), size, x: unit([x[0], 0, x[2]], [1, 0, 0]) }
  return { kind, at: grip, size, x: unit([x[0], 0, x[2]], [1, 0, 0]) }
}

/** Shapes for `pose.props` (the record's list of what the picture shows). */
export function guessProps(pose: FigurePose, figures: readonly Figure[]): PropShape[] {
  const [figure] = figures
  if (!figure) return []
  const { pelvis, arm, leg } = figure.body
  const forward = unit([pelvis.z[0], 0, pelvis.z[2]], [0, 0, 1])
  const left = cross([0, 1, 0], forward)
  const seat: Vector = [pelvis.o[0], Math.max(0.05, pelvis.o[1] - 0.09), pelvis.o[2]]
  const lowest = Math.min(leg.left.ankle[1], leg.right.ankle[1])
  const shapes: PropShape[] = []
  for (const prop of pose.props) {
    if (prop === 'product') shapes.push(productOf(pose.words, figure))
    else if (prop === 'chair')
      shapes.push({ kind: 'chair', at: along(seat, forward, 0.03), size: [0.22, 0.22, 0.42, 0], x: left })
    else if (prop === 'stool') shapes.push({ kind: 'stool', at: seat, size: [0.15], x: left })
    else if (prop === 'table') {
      const hands = between(arm.left.wrist, arm.right.wrist, 0.5)
      const height = Math.min(1.05, Math.max(0.6, Math.min(arm.left.wrist[1], arm.right.wrist[1]) - 0.04))
      shapes.push({
        kind: 'table',
        at: along([hands[0], height, hands[2]], forward, 0.08),
        size: [0.55, 0.28],
        x: left,
      })
    } else if (prop === 'platform') {
      const sitting = pelvis.o[1] - lowest < 0.75
      const top = sitting ? seat[1] : lowest - 0.08
      if (top > 0.04)
        shapes.push({ kind: 'block', at: [seat[0], top / 2, seat[2]], size: [0.35, top / 2, 0.28], x: left })
    } else if (prop === 'wall') {
      const behind = along([pelvis.o[0], 1.1, pelvis.o[2]], forward, -0.2)
      shapes.push({ kind: 'wall', at: behind, size: [1.3, 1.1, 0.01], x: left })
    }
  }
  return shapes
}
