// What is worn on the head besides a headscarf: caps and cloths of Indonesia, hats, crowns and a flower. Each is built
// on the skull of the head's frame: 7 cm wide, 9 cm deep, its top 12 cm above the centre of the head.
import type { Material } from './material'
import type { Headwear, Look } from './outfit'
import { cutOf, type Sculpture } from './sculpture'
import type { Skeleton } from './skeleton'
import { clothOf, darker, lighter } from './surfaces'
import { type Frame, place, sineCosine, type Vector } from './vector'

type Kind = Headwear['kind']
const OPEN: readonly Kind[] = ['suntiang', 'siger', 'feathers', 'flower']

/** Whether hair under it lies flat. */
export const coversCrown = ({ headwear }: Look): boolean => headwear !== null && !OPEN.includes(headwear.kind)

type Hat = {
  clay: Sculpture
  head: Frame
  cloth: Material
  trim: Material
  gold: Material
  fabric: Headwear
  wide: number
}
const at = ({ head }: Hat, x: number, y: number, z: number): Vector => place(head, [x, y, z])

export function sculptHeadwear(clay: Sculpture, body: Skeleton, look: Look): void {
  const { headwear } = look
  if (!headwear) return
  const cloth = clothOf(headwear, 0)
  // Patterns of a shirt would be too large for a cap.
  cloth.scale = (cloth.scale ?? 1) * (headwear.pattern === 'plain' ? 1 : 2)
  const trim: Material = { colour: headwear.accent, specular: 0.08, power: 3, wrap: 0.2 }
  const gold: Material = { colour: [226, 180, 76], specular: 0.6, power: 5, wrap: 0.25 }
  // Over a headscarf everything is a little wider.
  const wide = look.headscarf ? 0.006 : 0
  DRAW[headwear.kind]({ clay, head: body.head, cloth, trim, gold, fabric: headwear, wide })
}

/** A cap with straight walls: elliptical, flat on top, tipped back a little. */
function wall(hat: Hat, material: Material, low: number, high: number, grow: number, taper: number): void {
  const { clay, head, wide } = hat
  const r = 0.1075 + wide + grow
  clay.group(material, head)
  clay.cone(at(hat, 0, low, -0.013), at(hat, 0, high, -0.013 - (high - low) * 0.12), r, r - taper, {
    capStart: true,
    capEnd: true,
    flat: { axis: head.x, ratio: 1.22 },
  })
}

function peci(hat: Hat): void {
  wall(hat, { ...hat.cloth, sheen: 0.6 }, 0.056, 0.138, 0, 0.011)
  const { colour, accent } = hat.fabric
  // A band of another colour around the foot, as on a songkok recca.
  if (colour.some((c, i) => c !== accent[i])) wall(hat, hat.gold, 0.054, 0.084, 0.0025, 0.004)
}

/** Cloth that hugs the skull down to a line from forehead to nape. */
function skullcap(hat: Hat, material: Material, front: number, nape: number, grow = 0, low = 0): void {
  const { clay, head, wide } = hat
  const slope = (front - nape) / 0.19
  clay.group(material, head)
  clay.ellipsoid(
    at(hat, 0, 0.036, -0.014),
    head,
    [0.085 + wide + grow, 0.099 - low + wide + grow, 0.108 + wide + grow],
    {
      blend: 0.008,
      cut: cutOf(head, [0, front, 0.09], [0, -1, slope]),
    },
  )
}

/** A flat band around the head, higher in front; `rise` metres from back to front. */
function band(hat: Hat, material: Material, y: number, height: number, rise: number, grow: number): void {
  const { clay, head, wide } = hat
  clay.group(material, head)
  const r = 0.1075 + wide + grow
  const up: Vector = [0, 1, -rise / 0.2]
  clay.cone(at(hat, 0, y, -0.013), at(hat, 0, y + height * up[1], -0.013 + height * up[2]), r, r, {
    capStart: true,
    capEnd: true,
    flat: { axis: head.x, ratio: 1.24 },
  })
}

function blangkon(hat: Hat): void {
  const { clay, head, cloth } = hat
  skullcap(hat, cloth, 0.05, -0.012, 0.002, 0.012)
  // pleats of the front, crossing over the forehead
  const fold = { ...cloth, colour: darker(hat.fabric.colour, 0.25) }
  for (const s of [1, -1]) {
    for (const lift of [0, 0.014, 0.028]) {
      clay.group(lift === 0.014 ? fold : cloth, head)
      const from = at(hat, s * 0.004, 0.062 + lift * 1.5, 0.0895 - lift * 0.35)
      const ear = at(hat, s * 0.0855, 0.036 + lift * 0.7, 0.006)
      clay.cone(from, ear, 0.0095, 0.007, { blend: 0.004 })
      clay.cone(ear, at(hat, s * 0.05, -0.004 + lift * 0.4, -0.1), 0.007, 0.006, { blend: 0.004 })
    }
  }
  // the knot behind
  clay.group(cloth, head).ellipsoid(at(hat, 0, 0.012, -0.122), head, [0.03, 0.026, 0.024], { blend: 0.01 })
}

function udeng(hat: Hat): void {
  const { clay, head, cloth, trim } = hat
  skullcap(hat, cloth, 0.062, 0.0, 0.001)
  clay.group(cloth, head)
  // one side of the cloth is folded higher than the other
  for (const [s, high] of [
    [1, 0.108],
    [-1, 0.088],
  ] as const) {
    clay.cone(at(hat, 0, 0.066, 0.086), at(hat, s * 0.082, 0.062, 0.0), 0.02, 0.026, { blend: 0.012 })
    clay.cone(at(hat, s * 0.06, high, 0.03), at(hat, s * 0.074, 0.06, -0.03), 0.02, 0.024, { blend: 0.02 })
    clay.cone(at(hat, s * 0.082, 0.062, 0), at(hat, s * 0.04, 0.012, -0.104), 0.024, 0.016, { blend: 0.012 })
  }
  // the knot in front with its two ends standing up
  clay.group(cloth, head)
  clay.ball(at(hat, 0, 0.076, 0.103), 0.017, { blend: 0.006 })
  const flat = { axis: head.z, ratio: 2.2 }
  clay.cone(at(hat, 0.002, 0.084, 0.1), at(hat, 0.026, 0.152, 0.086), 0.014, 0.02, { blend: 0.006, flat })
  clay.cone(at(hat, -0.002, 0.084, 0.1), at(hat, -0.02, 0.138, 0.09), 0.013, 0.017, { blend: 0.006, flat })
  clay.group(trim, head).ball(at(hat, 0, 0.078, 0.117), 0.0065)
}

function cap(hat: Hat): void {
  const { clay, head, cloth, trim } = hat
  skullcap(hat, cloth, 0.048, 0.018, 0.001)
  clay.ball(at(hat, 0, 0.136, -0.014), 0.007, { blend: 0.004 })
  clay.group(trim, head)
  const visor: Frame = { ...head, ...tipped(head, 17) }
  clay.ellipsoid(at(hat, 0, 0.047, 0.088), visor, [0.073, 0.0075, 0.092], {
    cut: cutOf(head, [0, 0, 0.03], [0, 0, -1]),
  })
}

/** The axes of a frame, nodding forward by `degrees`. */
function tipped(frame: Frame, degrees: number): Pick<Frame, 'y' | 'z'> {
  const [s, c] = sineCosine(degrees)
  const mix = (a: Vector, b: Vector, k: number, l: number): Vector => [
    a[0] * k + b[0] * l,
    a[1] * k + b[1] * l,
    a[2] * k + b[2] * l,
  ]
  return { y: mix(frame.y, frame.z, c, s), z: mix(frame.z, frame.y, c, -s) }
}

function brim(hat: Hat): void {
  const { clay, head, cloth, trim } = hat
  clay.group(cloth, head)
  clay.ellipsoid(at(hat, 0, 0.062, -0.014), head, [0.185, 0.013, 0.2], { blend: 0.01 })
  clay.cone(at(hat, 0, 0.062, -0.014), at(hat, 0, 0.136, -0.018), 0.111, 0.098, {
    blend: 0.014,
    capStart: true,
    capEnd: true,
    flat: { axis: head.x, ratio: 1.2 },
  })
  band(hat, trim, 0.07, 0.026, 0, 0.003)
}

/** The farmer's conical hat, plaited of bamboo. */
function caping(hat: Hat): void {
  const { clay, head, cloth } = hat
  clay.group(cloth, head)
  const rings = 9
  for (let i = 0; i < rings; i++) {
    const t = i / (rings - 1)
    const r = 0.225 * (1 - t) + 0.012
    clay.ellipsoid(at(hat, 0, 0.058 + t * 0.125, -0.012), head, [r, 0.016, r], { blend: 0.016 })
  }
}

/** Minangkabau: cloth folded flat over the head, its corners standing out as the horns of a buffalo. */
function tengkuluk(hat: Hat): void {
  const { clay, head, cloth, gold } = hat
  skullcap(hat, cloth, 0.058, -0.03, 0.003)
  for (const s of [1, -1]) {
    clay.cone(at(hat, s * 0.078, 0.03, -0.01), at(hat, s * 0.07, -0.04, -0.02), 0.02, 0.014, { blend: 0.02 })
  }
  clay.group(cloth, head)
  const flat = { axis: head.z, ratio: 1.5 }
  for (const s of [1, -1]) {
    clay.cone(at(hat, s * 0.01, 0.105, 0), at(hat, s * 0.11, 0.142, 0), 0.055, 0.04, { blend: 0.03, flat })
    clay.cone(at(hat, s * 0.11, 0.142, 0), at(hat, s * 0.175, 0.182, 0.004), 0.04, 0.01, { blend: 0.03, flat })
  }
  clay.group(gold, head)
  for (const s of [1, -1]) {
    clay.cone(at(hat, s * 0.155, 0.17, 0.002), at(hat, s * 0.184, 0.188, 0.004), 0.021, 0.008, { flat })
  }
  band(hat, gold, 0.06, 0.014, 0.02, 0.004)
}

/** Balls in arcs like a fan over the head: `rows` of them, each further out. */
function fan(hat: Hat, rows: number, first: number, step: number, bead: number): void {
  const { clay, head, gold, trim } = hat
  clay.group(gold, head)
  for (let row = 0; row < rows; row++) {
    const r = first + row * step
    const count = 9 + row * 2
    for (let i = 0; i < count; i++) {
      const [s, c] = sineCosine(-78 + (156 * i) / (count - 1))
      const middle = at(hat, s * r, 0.03 + c * r, 0.022 - row * 0.008)
      const material = row === rows - 2 && i % 2 ? trim : gold
      clay.ball(middle, bead + (row === rows - 1 ? 0.003 : 0), { material })
    }
  }
}

function suntiang(hat: Hat): void {
  band(hat, hat.gold, 0.056, 0.022, 0.02, 0.003)
  const { clay, head, gold } = hat
  clay.group({ ...gold, colour: darker([226, 180, 76], 0.25) }, head)
  for (let i = 0; i < 13; i++) {
    const [s, c] = sineCosine(-78 + 13 * i)
    clay.cone(at(hat, s * 0.08, 0.03 + c * 0.08, 0.01), at(hat, s * 0.165, 0.03 + c * 0.165, 0.002), 0.016, 0.022, {
      blend: 0.006,
      flat: { axis: head.z, ratio: 2 },
    })
  }
  fan(hat, 4, 0.112, 0.024, 0.0125)
  // chains down both temples
  clay.group(gold, head)
  for (const s of [1, -1]) {
    for (let i = 0; i < 5; i++) clay.ball(at(hat, s * (0.09 - i * 0.001), 0.03 - i * 0.021, 0.036), 0.009)
  }
}

/** A golden crown of leaves, the middle one highest. */
function siger(hat: Hat): void {
  const { clay, head, gold, trim } = hat
  band(hat, gold, 0.06, 0.02, 0.03, 0.003)
  clay.group(gold, head)
  const flat = { axis: head.z, ratio: 2.6 }
  for (let i = -3; i <= 3; i++) {
    const [s, c] = sineCosine(i * 21)
    const height = 0.085 - Math.abs(i) * 0.013
    const foot = at(hat, s * 0.09, 0.072, -0.012 + c * 0.102)
    const tip = at(hat, s * 0.112, 0.076 + height, -0.02 + c * 0.104)
    clay.cone(foot, at(hat, s * 0.103, 0.076 + height * 0.5, -0.014 + c * 0.105), 0.015, 0.018, { blend: 0.006, flat })
    clay.cone(at(hat, s * 0.103, 0.076 + height * 0.5, -0.014 + c * 0.105), tip, 0.018, 0.004, { blend: 0.006, flat })
    clay.ball(at(hat, s * 0.106, 0.1, -0.008 + c * 0.113), 0.0075, { material: trim })
  }
}

/** A woven band with feathers: Dayak and Papua. */
function feathers(hat: Hat): void {
  const { clay, head, cloth, trim } = hat
  band(hat, cloth, 0.052, 0.03, 0.02, 0.004)
  const pale: Material = { colour: lighter(hat.fabric.accent, 0.7), specular: 0.04, wrap: 0.3 }
  for (let i = -4; i <= 4; i++) {
    const [s, c] = sineCosine(i * 20)
    const length = 0.15 - Math.abs(i) * 0.011
    const foot = at(hat, s * 0.086, 0.078, -0.02 + c * 0.09)
    const middle = at(hat, s * (0.088 + length * 0.25), 0.078 + length * 0.6, -0.026 + c * 0.09)
    const flat = { axis: head.z, ratio: 2.4 }
    clay.group(i % 2 ? trim : pale, head)
    clay.cone(foot, middle, 0.008, 0.019, { blend: 0.01, flat })
    clay.cone(middle, at(hat, s * (0.09 + length * 0.5), 0.08 + length, -0.034 + c * 0.09), 0.019, 0.006, {
      blend: 0.01,
      flat,
    })
  }
}

/** A blossom of five petals behind the left ear. */
function flower(hat: Hat): void {
  const { clay, head, cloth } = hat
  const middle: Vector = [0.089 + hat.wide, 0.034, 0.014]
  clay.group({ ...cloth, paint: 'plain', folds: 0 }, head)
  for (let i = 0; i < 5; i++) {
    const [s, c] = sineCosine(i * 72 + 10)
    clay.ellipsoid(
      at(hat, middle[0] - s * 0.006, middle[1] + c * 0.019, middle[2] + s * 0.019),
      head,
      [0.009, 0.0155, 0.0155],
      { blend: 0.003 },
    )
  }
  clay
    .group({ colour: [246, 200, 70], wrap: 0.3 }, head)
    .ball(at(hat, middle[0] + 0.007, middle[1], middle[2] + 0.002), 0.0085)
}

const DRAW: Record<Kind, (hat: Hat) => void> = {
  peci,
  blangkon,
  udeng,
  cap,
  brim,
  caping,
  tengkuluk,
  suntiang,
  siger,
  feathers,
  flower,
}
