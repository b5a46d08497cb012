// Writes a sculpture into the kernel's tables, in camera space, with the screen bounds that tiles are sorted by.
// The numbers are those of assembly/mannequin/layout.ts.
import { type Camera, toCamera, turn } from './camera'
import { MATERIAL_FLOATS, MAX_MATERIALS, type Material, writeMaterial } from './material'
import { MAX_CAPSULES, MAX_FRAMES, MAX_PRIMITIVES, type Primitive, type Sculpture } from './sculpture'
import { add, distance, dot, type Frame, lengthOf, scale, subtract, unit, type Vector } from './vector'

export const PARAMS = 0x400 / 4
const FRAMES = 0x800 / 4
const MATERIALS = 0x1800 / 4
const CAPSULES = 0x3800 / 4
const PRIMITIVES = 0x8000 / 4
const BOUNDS = 0x28000 / 4
const KIND = { cone: 0, ellipsoid: 1, box: 2 } as const
const CARVE = 1
const CAP_START = 2
const CAP_END = 4
const PLANE = 8
const FLAT = 16

export type Tables = { floats: Float32Array; ints: Int32Array }

function indexOf<T>(table: Map<T, number>, item: T, limit: number, what: string): number {
  const known = table.get(item)
  if (known !== undefined) return known
  if (table.size >= limit) throw new RangeError(`too many ${what} in one picture (limit ${limit})`)
  table.set(item, table.size)
  return table.size - 1
}

/** Radius of a sphere around the middle of a primitive that contains it, metres. */
function reachOf(p: Primitive): { a: Vector; b: Vector; r: number } {
  const swell = p.blend * 0.75 + 0.004
  if (p.kind === 'cone') return { a: p.a, b: p.b, r: Math.max(p.ra, p.rb) + swell }
  const half: Vector = p.kind === 'box' ? [p.half[0] + p.round, p.half[1] + p.round, p.half[2] + p.round] : p.r
  // A capsule along the longest axis hugs boards, rods and locks of hair far closer than a ball.
  const order = [0, 1, 2].sort((i, j) => (half[j] ?? 0) - (half[i] ?? 0)) as [0 | 1 | 2, 0 | 1 | 2, 0 | 1 | 2]
  const axis = [p.axes.x, p.axes.y, p.axes.z][order[0]] as Vector
  const [h0, h1, h2] = [half[order[0]], half[order[1]], half[order[2]]]
  const r = p.kind === 'box' ? Math.sqrt(h1 * h1 + h2 * h2) : h1
  const reach = Math.max(0, p.kind === 'box' ? h0 : h0 - h1)
  return { a: add(p.c, scale(axis, reach)), b: add(p.c, scale(axis, -reach)), r: r + swell }
}

function writeBound(
  floats: Float32Array,
  at: number,
  p: Primitive,
  camera: Camera,
  width: number,
  height: number,
): void {
  const { a, b, r } = reachOf(p)
  const [ca, cb] = [toCamera(camera, a), toCamera(camera, b)]
  const nearest = Math.min(ca[2], cb[2]) - r
  const far = Math.max(lengthOf(ca), lengthOf(cb)) + r
  if (nearest < 0.1) {
    floats.set([0, 0, width, height, -1, 0.05, far], at) // too close to project: the whole picture
    return
  }
  const f = camera.focalPx
  const x = (c: Vector): number => camera.centreX + (f * c[0]) / c[2]
  const y = (c: Vector): number => camera.centreY - (f * c[1]) / c[2]
  // The outline of a sphere off the axis is an ellipse, longer by 1/cos: bounded by the slant of its ray.
  const slant = Math.max(lengthOf(ca) / ca[2], lengthOf(cb) / cb[2])
  const radius = ((f * r) / nearest) * slant + 1.5
  const near = Math.max(0.05, Math.min(lengthOf(ca), lengthOf(cb)) - r - distance(a, b) * 0.1)
  floats.set([x(ca), y(ca), x(cb), y(cb), radius, near, far], at)
}

const divided = (v: Vector, k: number): Vector => scale(v, 1 / k)

function writeShape({ floats }: Tables, at: number, p: Primitive, camera: Camera): number {
  const d = at + 7
  if (p.kind === 'cone') {
    // A cone without length would divide by zero; a tenth of a millimetre is never seen.
    const b = distance(p.a, p.b) > 1e-4 ? p.b : add(p.a, [0, 1e-4, 0])
    const axis = turn(camera, subtract(b, p.a))
    const length = lengthOf(axis)
    floats.set([...toCamera(camera, p.a), ...axis, 1 / (length * length), p.ra, p.rb - p.ra, length], d)
    let flags = (p.capStart ? CAP_START : 0) | (p.capEnd ? CAP_END : 0)
    let ratio = 1
    if (p.flat && p.flat.ratio > 1.001) {
      flags |= FLAT
      ratio = p.flat.ratio
      floats.set(unit(turn(camera, p.flat.axis)), d + 10)
    }
    floats.set([ratio ** 2 - 1, ratio ** 4 - 1, (p.rb - p.ra) / length, 1 / length], d + 13)
    return flags
  }
  const axes = [p.axes.x, p.axes.y, p.axes.z].map((axis) => turn(camera, axis)) as [Vector, Vector, Vector]
  floats.set(toCamera(camera, p.c), d)
  if (p.kind === 'ellipsoid') {
    axes.forEach((axis, i) => {
      floats.set(divided(axis, p.r[i] ?? 1), d + 3 + i * 3)
      floats[d + 12 + i] = 1 / (p.r[i] ?? 1)
    })
  } else {
    axes.forEach((axis, i) => {
      floats.set(axis, d + 3 + i * 3)
    })
    floats.set([...p.half, p.round], d + 12)
  }
  return 0
}

/** Fills frames, materials, capsules, primitives and bounds; returns nothing, throws RangeError when a table is full. */
export function writeTables(tables: Tables, sculpture: Sculpture, camera: Camera, width: number, height: number): void {
  const { floats, ints } = tables
  const { primitives, capsules } = sculpture
  if (primitives.length > MAX_PRIMITIVES) throw new RangeError(`too many primitives (limit ${MAX_PRIMITIVES})`)
  if (capsules.length > MAX_CAPSULES) throw new RangeError(`too many shadow casters (limit ${MAX_CAPSULES})`)
  const frames = new Map<Frame, number>()
  const materials = new Map<Material, number>()
  primitives.forEach((p, i) => {
    const at = PRIMITIVES + i * 32
    let flags = writeShape(tables, at, p, camera) | (p.carve ? CARVE : 0)
    if (p.cut) {
      flags |= PLANE
      const normal = unit(turn(camera, p.cut.normal))
      floats.set([...normal, dot(normal, toCamera(camera, p.cut.point))], at + 27)
    }
    const blend = Math.max(p.blend, 1e-5)
    ints.set([KIND[p.kind], flags, p.group, indexOf(materials, p.material, MAX_MATERIALS, 'materials')], at)
    floats.set([blend / 4, 1 / blend], at + 4)
    ints[at + 6] = indexOf(frames, p.frame, MAX_FRAMES, 'frames')
    writeBound(floats, BOUNDS + i * 8, p, camera, width, height)
  })
  // Lent materials are appended while the map is being walked, which Map iteration allows.
  for (const [material, index] of materials) {
    const third = material.third ? indexOf(materials, material.third, MAX_MATERIALS, 'materials') : 0
    writeMaterial(floats, ints, MATERIALS + index * MATERIAL_FLOATS, material, third)
  }
  for (const [frame, index] of frames) {
    const at = FRAMES + index * 16
    const k = 1 / frame.size
    floats.set(toCamera(camera, frame.o), at)
    floats.set(
      [frame.x, frame.y, frame.z].flatMap((axis) => [...scale(turn(camera, axis), k)]),
      at + 3,
    )
  }
  const ordered = [...capsules.filter(({ thin }) => !thin), ...capsules.filter(({ thin }) => thin)]
  ordered.forEach((capsule, i) => {
    const b = distance(capsule.a, capsule.b) > 1e-3 ? capsule.b : add(capsule.a, [0, 1e-3, 0])
    const axis = turn(camera, subtract(b, capsule.a))
    floats.set(
      [...toCamera(camera, capsule.a), capsule.ra, ...axis, dot(axis, axis), capsule.rb - capsule.ra],
      CAPSULES + i * 16,
    )
  })
  ints[PARAMS + 5] = primitives.length
  ints[PARAMS + 6] = capsules.length
  ints[PARAMS + 15] = capsules.filter(({ thin }) => !thin).length
}
