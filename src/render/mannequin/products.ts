// Things people hold and show.
import type { Material } from './material'
import { at, block, darker, lighter, type Prop, shade, shadeBox, tube } from './prop-kit'
import { add, between, cross, reject, scale, subtract, unit, type Vector } from './vector'

const half = ({ size }: Prop): Vector => [size[0] ?? 0.05, size[1] ?? 0.05, size[2] ?? 0.05]
const radius = (prop: Prop): number => prop.size[0] ?? 0.04

/** A pump or screw-cap bottle; the frame is where it is gripped. */
function bottle(prop: Prop): void {
  const { palette, clay, frame } = prop
  clay.group({ ...palette.label, scale: 0.034 }, { ...frame, o: at(prop, 0, -0.025, 0) })
  clay.cone(at(prop, 0, -0.082, 0), at(prop, 0, 0.026, 0), 0.031, 0.031, { capStart: true, blend: 0.01 })
  clay.cone(at(prop, 0, 0.026, 0), at(prop, 0, 0.07, 0), 0.025, 0.0115, { blend: 0.012 })
  tube(prop, palette.accent, [0, 0.072, 0], [0, 0.106, 0], 0.0155)
  shade(prop, [0, -0.06, 0], [0, 0.09, 0], 0.022)
}

function flask(prop: Prop): void {
  const { clay, frame, palette, to } = prop
  const up = unit(subtract(to, frame.o))
  const glass: Material = { ...palette.glass, colour: lighter(palette.colour, 0.45) }
  clay.group(glass, frame).cone(frame.o, between(frame.o, to, 0.8), radius(prop), radius(prop), { capStart: true })
  clay.cone(between(frame.o, to, 0.8), to, radius(prop) * 0.6, radius(prop) * 0.5, { blend: 0.01 })
  clay
    .group(palette.product, frame)
    .cone(to, add(to, scale(up, 0.022)), radius(prop) * 0.56, radius(prop) * 0.56, { capEnd: true })
  clay.shadow(frame.o, to, radius(prop) * 0.8)
}

function cup(prop: Prop): void {
  const { palette } = prop
  tube(prop, palette.paper, [0, -0.045, 0], [0, 0.045, 0], 0.027, 0.036)
  tube(prop, palette.product, [0, -0.022, 0], [0, 0.022, 0], 0.0312, 0.0356)
  tube(prop, palette.accent, [0, 0.043, 0], [0, 0.05, 0], 0.0375, 0.035)
  shade(prop, [0, -0.03, 0], [0, 0.04, 0], 0.026)
}

function parcel(prop: Prop): void {
  const [x, y, z] = half(prop)
  block(prop, prop.palette.card, [0, 0, 0], [x, y, z], 0.004)
  const band = Math.min(0.026, x * 0.22)
  block(prop, prop.palette.tape, [0, 0, 0], [band, y + 0.0012, z + 0.0012], 0.003)
  block(prop, prop.palette.paper, [x * 0.48, y * 0.3, 0], [x * 0.3, y * 0.26, z + 0.0014], 0.001)
  shadeBox(prop, [0, 0, 0], [x, y, z])
}

function carton(prop: Prop): void {
  const [x, y, z] = half(prop)
  block(prop, { ...prop.palette.label, scale: y * 0.52 }, [0, 0, 0], [x, y, z], 0.004)
  shadeBox(prop, [0, 0, 0], [x, y, z])
}

function gift(prop: Prop): void {
  const [x, y, z] = half(prop)
  const { palette, clay, frame } = prop
  block(prop, palette.product, [0, 0, 0], [x, y, z], 0.004)
  block(prop, palette.accent, [0, 0, 0], [x * 0.14, y + 0.002, z + 0.002], 0.002)
  block(prop, palette.accent, [0, 0, 0], [x + 0.002, y + 0.002, z * 0.14], 0.002)
  clay.group(palette.accent, frame)
  for (const s of [1, -1])
    clay.ellipsoid(at(prop, s * 0.028, y + 0.018, 0), frame, [0.03, 0.018, 0.014], { blend: 0.006 })
  clay.ball(at(prop, 0, y + 0.014, 0), 0.012, { blend: 0.004 })
  shadeBox(prop, [0, 0, 0], [x, y, z])
}

function cake(prop: Prop): void {
  const [x, y] = half(prop)
  const { palette } = prop
  tube(prop, palette.white, [0, -y - 0.008, 0], [0, -y, 0], x * 1.15)
  tube(prop, palette.product, [0, -y, 0], [0, y * 0.5, 0], x)
  tube(prop, palette.accent, [0, y * 0.5, 0], [0, y, 0], x * 1.01)
  for (const [i, j] of [
    [0.5, 0],
    [-0.5, 0],
    [0, 0.5],
    [0, -0.5],
    [0, 0],
  ] as const) {
    tube(prop, palette.white, [i * x, y, j * x], [i * x, y + 0.05, j * x], 0.004)
    prop.clay
      .group({ ...palette.tape, colour: [255, 190, 70] }, prop.frame)
      .ball(at(prop, i * x, y + 0.058, j * x), 0.006)
  }
  shade(prop, [-x * 0.4, 0, 0], [x * 0.4, 0, 0], y)
}

const SCREEN: Material = { colour: [26, 27, 31], paint: 'screen', second: [206, 226, 250], specular: 0.3, power: 6 }

/** Turns a prop's frame half round its y axis: the side that the holder looks at. */
const turned = (prop: Prop): Prop => ({
  ...prop,
  frame: { ...prop.frame, x: scale(prop.frame.x, -1), z: scale(prop.frame.z, -1) },
})

function phone(prop: Prop): void {
  const [x, y, z] = half(prop)
  block(prop, { ...SCREEN, scale: y * 0.93, sheen: x * 0.91 }, [0, 0, 0], [x, y, Math.max(z, 0.0045)], 0.0042)
  block(prop, prop.palette.dark, [-x * 0.5, y * 0.66, -z - 0.001], [0.012, 0.016, 0.0025], 0.002)
  shadeBox(prop, [0, 0, 0], [x, y, z])
}

function slab(material: (prop: Prop) => Material, round: number) {
  return (prop: Prop): void => {
    block(prop, material(prop), [0, 0, 0], half(prop), Math.min(round, Math.min(...half(prop))))
    shadeBox(prop, [0, 0, 0], half(prop))
  }
}

function screen(prop: Prop): void {
  const [x, y, z] = half(prop)
  const facing = turned(prop)
  block(
    facing,
    { ...SCREEN, colour: [150, 153, 158], scale: y * 0.9, sheen: x * 0.94 },
    [0, 0, 0],
    [x, y, Math.max(z, 0.004)],
    0.004,
  )
  block(prop, prop.palette.white, [0, 0, z + 0.0042], [0.014, 0.014, 0.0006], 0.0005)
  shadeBox(prop, [0, 0, 0], [x, y, z])
}

function laptop(prop: Prop): void {
  const [x, y, z] = half(prop)
  block(prop, { ...prop.palette.metal, colour: [176, 179, 184], specular: 0.25 }, [0, 0, 0], [x, y, z], 0.004)
  block(prop, prop.palette.dark, [0, y, 0.2 * z], [x * 0.88, 0.0015, z * 0.5], 0.001)
  shadeBox(prop, [0, 0, 0], [x, y, z])
}

function book(prop: Prop): void {
  const [x, y, z] = half(prop)
  const thin = [x, y, z].indexOf(Math.min(x, y, z))
  const cover: [number, number, number] = [x, y, z]
  const pages: [number, number, number] = [x - 0.003, y - 0.003, z - 0.003]
  pages[thin as 0 | 1 | 2] = Math.min(x, y, z) * 0.7
  block(prop, prop.palette.paper, [0, 0, 0], [pages[0] + 0.004, pages[1] + 0.004, pages[2]], 0.0015)
  block(prop, prop.palette.product, [0, 0, 0], cover, Math.min(0.003, Math.min(x, y, z)))
  shadeBox(prop, [0, 0, 0], [x, y, z])
}

function clipboard(prop: Prop): void {
  const [x, y, z] = half(prop)
  block(prop, prop.palette.wood, [0, 0, 0], [x, y, z], Math.min(0.003, z, y))
  const upright = y > z
  const paper: Vector = upright ? [x * 0.88, y * 0.86, z + 0.0012] : [x * 0.88, y + 0.0012, z * 0.86]
  block(prop, prop.palette.paper, [0, 0, 0], paper, 0.001)
  if (upright) block(prop, prop.palette.metal, [0, y * 0.92, z], [x * 0.3, 0.012, 0.006], 0.004)
  shadeBox(prop, [0, 0, 0], [x, y, z])
}

/** A shopping bag hanging from its handles; the frame is the hand. */
function bag(prop: Prop): void {
  const w = prop.size[0] ?? 0.11
  const { palette, clay, frame } = prop
  block(prop, { ...palette.label, scale: 0.04, specular: 0.06 }, [0, -0.19, 0], [w, 0.13, 0.05], 0.004)
  for (const z of [0.034, -0.034]) {
    clay.group(palette.accent, frame)
    clay.cone(at(prop, -0.05, -0.062, z), at(prop, -0.026, -0.004, z * 0.35), 0.0038, 0.0038)
    clay.cone(at(prop, 0.05, -0.062, z), at(prop, 0.026, -0.004, z * 0.35), 0.0038, 0.0038)
    clay.cone(at(prop, -0.026, -0.004, z * 0.35), at(prop, 0.026, -0.004, z * 0.35), 0.0038, 0.0038)
  }
  shadeBox(prop, [0, -0.19, 0], [w, 0.13, 0.05])
}

function backpack(prop: Prop): void {
  const [x, y, z] = half(prop)
  const cloth: Material = { ...prop.palette.product, specular: 0.03, folds: 0.3, sheen: 0.3 }
  block(prop, cloth, [0, 0, 0], [x, y, z], Math.min(0.05, z * 0.7))
  block(
    prop,
    { ...cloth, colour: darker(prop.palette.colour, 0.2) },
    [0, -y * 0.35, -z * 0.6],
    [x * 0.78, y * 0.45, z * 0.75],
    0.03,
  )
  shadeBox(prop, [0, 0, 0], [x, y, z])
}

function suitcase(prop: Prop): void {
  const [x, y, z] = half(prop)
  block(prop, { ...prop.palette.product, specular: 0.3 }, [0, 0, 0], [x, y, z], 0.035)
  for (let i = -2; i <= 2; i++)
    block(
      prop,
      { ...prop.palette.product, colour: darker(prop.palette.colour, 0.15) },
      [0, 0, (i * z) / 3],
      [x + 0.003, y * 0.86, 0.006],
      0.005,
    )
  shadeBox(prop, [0, 0, 0], [x, y, z])
}

function garment(prop: Prop): void {
  const [x, y, z] = half(prop)
  const { clay, frame, palette } = prop
  clay.group({ ...palette.product, specular: 0.02, folds: 1, sheen: 0.3 }, frame)
  const flat = { axis: frame.z, ratio: Math.max(2, (x * 0.55) / Math.max(z, 0.012)) }
  clay.cone(at(prop, 0, y * 0.5, 0), at(prop, 0, -y, 0), x * 0.72, x * 0.78, { flat, capEnd: true, blend: 0.02 })
  for (const s of [1, -1])
    clay.cone(at(prop, s * x * 0.4, y * 0.78, 0), at(prop, s * x * 0.95, y * 0.28, 0), x * 0.24, x * 0.27, {
      flat,
      capEnd: true,
      blend: 0.03,
    })
  clay.ellipsoid(at(prop, 0, y * 1.02, 0), frame, [x * 0.3, y * 0.14, x], { carve: true, blend: 0.006 })
  tube(prop, palette.metal, [0, y * 0.9, 0], [0, y * 1.1, 0], 0.003)
  shadeBox(prop, [0, 0, 0], [x * 0.7, y, z])
}

function plate(prop: Prop): void {
  const r = prop.size[0] ?? 0.1
  const { palette, clay, frame } = prop
  tube(prop, palette.white, [0, -0.008, 0], [0, 0.008, 0], r * 0.7, r)
  clay
    .group({ ...palette.product, specular: 0.12 }, frame)
    .ellipsoid(at(prop, 0, 0.012, 0), frame, [r * 0.55, 0.026, r * 0.5], { blend: 0.01 })
  clay.group(palette.green, frame).ellipsoid(at(prop, r * 0.3, 0.022, r * 0.25), frame, [r * 0.22, 0.014, r * 0.18])
  shade(prop, [-r * 0.5, 0, 0], [r * 0.5, 0, 0], 0.025)
}

function bowl(prop: Prop): void {
  const r = prop.size[0] ?? 0.09
  const h = Math.max(prop.size[1] ?? 0.04, 0.03)
  tube(prop, prop.palette.product, [0, -h, 0], [0, h, 0], r * 0.55, r)
  tube(prop, prop.palette.accent, [0, h * 0.9, 0], [0, h * 1.03, 0], r * 0.88)
  shade(prop, [-r * 0.4, 0, 0], [r * 0.4, 0, 0], h)
}

function pan(prop: Prop): void {
  const r = prop.size[0] ?? 0.13
  const h = Math.max(prop.size[1] ?? 0.02, 0.018)
  tube(prop, prop.palette.dark, [0, -h, 0], [0, h, 0], r * 0.8, r)
  tube(prop, prop.palette.tape, [0, h * 0.8, 0], [0, h * 1.04, 0], r * 0.88)
  shade(prop, [-r * 0.5, 0, 0], [r * 0.5, 0, 0], h)
}

function jar(prop: Prop): void {
  const [x, y] = half(prop)
  tube(prop, prop.palette.accent, [0, -y, 0], [0, y * 0.4, 0], x)
  tube(prop, prop.palette.product, [0, y * 0.4, 0], [0, y, 0], x * 1.04)
  shade(prop, [0, -y, 0], [0, y, 0], x * 0.8)
}

function ball(material: (prop: Prop) => Material) {
  return (prop: Prop): void => {
    prop.clay.group(material(prop), prop.frame).ball(prop.frame.o, radius(prop))
    shade(prop, [0, -0.002, 0], [0, 0.002, 0], radius(prop) * 0.9)
  }
}

function burger(prop: Prop): void {
  const r = radius(prop)
  const { palette, clay, frame } = prop
  const bun: Material = { ...palette.card, colour: [206, 146, 78], specular: 0.12 }
  clay.group(bun, frame).ellipsoid(at(prop, 0, r * 0.18, 0), frame, [r, r * 0.72, r])
  tube(prop, palette.green, [0, -r * 0.12, 0], [0, 0.02, 0], r * 1.06)
  tube(prop, { ...palette.dark, colour: [110, 62, 40] }, [0, -r * 0.4, 0], [0, -r * 0.12, 0], r)
  clay.group(bun, frame).ellipsoid(at(prop, 0, -r * 0.5, 0), frame, [r, r * 0.32, r])
}

function rod(material: (prop: Prop) => Material) {
  return (prop: Prop): void => {
    prop.clay
      .group(material(prop), prop.frame)
      .cone(prop.frame.o, prop.to, radius(prop), radius(prop), { capStart: true, capEnd: true })
    prop.clay.shadow(prop.frame.o, prop.to, radius(prop) * 0.9)
  }
}

/** A rod with something at its far end. */
function tipped(stick: (prop: Prop) => Material, end: (prop: Prop, direction: Vector) => void) {
  return (prop: Prop): void => {
    rod(stick)(prop)
    end(prop, unit(subtract(prop.to, prop.frame.o)))
  }
}

const FLOWERS: readonly [number, number, number][] = [[0, 0.02, 0], [1, 0, 0], [-1, 0, 0.2], [0.4, 0, 0.9], [-0.5, 0, 0.9], [0.2, 0, -0.9], [-0.6, 0.01, -0.7], [0.8, -0.01, -0.6]] // biome-ignore format: a table

const bouquet = tipped(
  ({ palette }) => palette.green,
  (prop, up) => {
    const { clay, palette, to } = prop
    const x = unit(reject([1, 0, 0], up), [0, 0, 1])
    const z = cross(x, up)
    clay
      .group({ ...palette.paper, folds: 0.6 }, prop.frame)
      .cone(between(prop.frame.o, to, 0.35), add(to, scale(up, 0.02)), 0.018, 0.075, { capEnd: true })
    FLOWERS.forEach(([a, b, c], i) => {
      const centre = add(to, add(scale(up, 0.05 + b), add(scale(x, a * 0.055), scale(z, c * 0.055))))
      const petal: Material = i % 3 === 2 ? palette.accent : palette.product
      clay.group({ ...petal, wrap: 0.4, specular: 0.02 }, prop.frame).ball(centre, 0.032)
      clay.ball(add(centre, scale(up, 0.014)), 0.022, { material: { ...petal, colour: darker(petal.colour, 0.12) } })
    })
    clay.shadow(to, add(to, scale(up, 0.06)), 0.07)
  },
)

const microphone = tipped(
  ({ palette }) => palette.dark,
  ({ clay, palette, to, frame }) => {
    clay.group(palette.metal, frame).ball(to, 0.026)
  },
)

const iceCream = tipped(
  ({ palette }) => ({ ...palette.card, colour: [214, 164, 98] }),
  ({ clay, palette, to, frame }, up) => {
    clay.group(palette.accent, frame).ball(add(to, scale(up, 0.012)), 0.032)
    clay.group(palette.product, frame).ball(add(to, scale(up, 0.045)), 0.026)
  },
)

const racket = tipped(
  ({ palette }) => palette.dark,
  ({ clay, palette, to, frame }, up) => {
    const side = unit(reject([0.3, 0, 1], up), [0, 0, 1])
    const centre = add(to, scale(up, 0.11))
    const axes = { o: centre, x: cross(up, side), y: up, z: side, size: 1 }
    clay
      .group(palette.product, frame)
      .ellipsoid(centre, axes, [0.096, 0.125, 0.012])
      .ellipsoid(centre, axes, [0.086, 0.115, 0.06], { carve: true })
    clay.group({ ...palette.white, colour: [225, 228, 230] }, frame).ellipsoid(centre, axes, [0.086, 0.115, 0.0015])
  },
)

function dumbbell(prop: Prop): void {
  const { clay, frame, palette, to } = prop
  const axis = unit(subtract(to, frame.o), [1, 0, 0])
  clay.group(palette.metal, frame).cone(frame.o, to, 0.013, 0.013)
  for (const [end, s] of [
    [frame.o, -1],
    [to, 1],
  ] as const) {
    clay
      .group(palette.dark, frame)
      .cone(add(end, scale(axis, s * -0.03)), add(end, scale(axis, s * 0.02)), 0.042, 0.042, {
        capStart: true,
        capEnd: true,
      })
  }
  clay.shadow(frame.o, to, 0.03)
}

function baby(prop: Prop): void {
  const { clay, frame, palette, to } = prop
  const r = radius(prop)
  clay.group({ ...palette.paper, folds: 0.9 }, frame).cone(frame.o, to, r, r * 1.02)
  const head = add(to, scale(unit(subtract(to, frame.o)), r * 0.75))
  clay.group(palette.skin, frame).ball(head, r * 0.8)
  clay.shadow(frame.o, head, r * 0.9)
}

function pet(prop: Prop): void {
  const { clay, frame, palette } = prop
  const r = radius(prop)
  const fur: Material = { colour: [206, 150, 96], paint: 'hair', specular: 0.06, sheen: 0.6, wrap: 0.3 }
  clay.group(fur, frame).ellipsoid(frame.o, frame, [r * 1.25, r * 0.85, r * 0.85], { blend: 0.03 })
  const head = at(prop, r * 0.95, r * 0.85, r * 0.35)
  clay.ball(head, r * 0.62, { blend: 0.03 })
  for (const s of [1, -1])
    clay.cone(add(head, [s * r * 0.36, r * 0.4, 0]), add(head, [s * r * 0.44, r * 0.82, 0]), 0.024, 0.006, {
      blend: 0.012,
    })
  clay.group(palette.dark, frame)
  for (const s of [1, -1]) clay.ball(add(head, [s * r * 0.24, r * 0.08, r * 0.56]), 0.009)
  clay.ball(add(head, [0, -r * 0.12, r * 0.62]), 0.008)
  shade(prop, [-r * 0.6, 0, 0], [r * 0.6, 0, 0], r * 0.7)
}

function umbrella(prop: Prop): void {
  rod(({ palette }) => palette.dark)(prop)
}

function canopy(prop: Prop): void {
  const r = radius(prop)
  const { clay, frame, palette } = prop
  clay.group({ ...palette.product, specular: 0.06 }, frame)
  clay
    .ellipsoid(at(prop, 0, -0.07, 0), frame, [r, 0.16, r])
    .ellipsoid(at(prop, 0, -0.13, 0), frame, [r * 1.02, 0.17, r * 1.02], { carve: true, blend: 0.008 })
  shade(prop, [-r * 0.5, 0, 0], [r * 0.5, 0, 0], 0.08)
}

function camera(prop: Prop): void {
  const [x, y, z] = half(prop)
  block(prop, prop.palette.dark, [0, 0, 0], [x * 1.15, y, z], 0.009)
  tube(prop, prop.palette.dark, [0, 0, z], [0, 0, z + 0.045], y * 0.78)
  tube(prop, prop.palette.glass, [0, 0, z + 0.04], [0, 0, z + 0.047], y * 0.6)
  block(prop, prop.palette.dark, [0, y, 0], [x * 0.35, 0.012, z * 0.6], 0.006)
}

function guitar(prop: Prop): void {
  const [x, y, z] = half(prop)
  const { clay, frame, palette } = prop
  clay.group({ ...palette.wood, colour: [190, 118, 58], specular: 0.25 }, frame)
  clay.ellipsoid(at(prop, -x * 0.35, 0, 0), frame, [x * 0.7, y, z], { blend: 0.03 })
  clay.ellipsoid(at(prop, x * 0.55, 0, 0), frame, [x * 0.5, y * 0.75, z], { blend: 0.05 })
  clay.group(palette.dark, frame).ellipsoid(at(prop, x * 0.25, 0, z * 0.75), frame, [0.045, 0.045, z * 0.3])
  shadeBox(prop, [0, 0, 0], [x, y, z])
}

function trophy(prop: Prop): void {
  const r = radius(prop)
  const gold: Material = { colour: [226, 178, 74], specular: 0.6, power: 4 }
  tube(prop, gold, [0, r * 0.1, 0], [0, r * 1.2, 0], r * 0.4, r * 0.8)
  tube(prop, gold, [0, -r * 0.7, 0], [0, r * 0.12, 0], r * 0.13)
  tube(prop, prop.palette.dark, [0, -r, 0], [0, -r * 0.65, 0], r * 0.5, r * 0.42)
  shade(prop, [0, -r, 0], [0, r, 0], r * 0.4)
}

const fabric = (prop: Prop): Material => ({
  ...prop.palette.product,
  paint: 'batik',
  second: prop.palette.accent.colour,
  scale: 13,
  specular: 0.02,
  folds: 0.4,
})
const plain = ({ palette }: Prop): Material => palette.product
const wood = ({ palette }: Prop): Material => palette.wood
const dark = ({ palette }: Prop): Material => palette.dark
const metal = ({ palette }: Prop): Material => palette.metal

export const PRODUCTS: Record<string, (prop: Prop) => void> = {
  bottle, flask, cup, parcel, carton, gift, cake, phone, screen, laptop, book, clipboard, bag, backpack, suitcase, garment,
  plate, bowl, pan, jar, burger, bouquet, microphone, iceCream, racket, dumbbell, baby, pet, umbrella, canopy, camera,
  guitar, trophy,
  closedLaptop: slab(({ palette }) => ({ ...palette.metal, specular: 0.25 }), 0.005),
  tablet: (prop) => phone(prop.size[1] !== undefined && prop.size[1] < 0.01 ? { ...prop, size: [prop.size[0] ?? 0.09, prop.size[2] ?? 0.12, 0.005], frame: { ...prop.frame, y: scale(prop.frame.z, -1), z: prop.frame.y } } : prop),
  sign: (prop) => banner(prop),
  card: slab(({ palette }) => palette.accent, 0.001),
  pillow: slab((prop) => ({ ...plain(prop), specular: 0.01, folds: 0.5, sheen: 0.4 }), 0.045),
  clutch: slab(plain, 0.014),
  fabric: slab(fabric, 0.008),
  gamepad: slab(dark, 0.02),
  skateboard: slab(wood, 0.008),
  pouch: slab(plain, 0.016),
  pizza: slab(({ palette }) => ({ ...palette.tape, colour: [226, 160, 70] }), 0.004),
  board: slab(wood, 0.006),
  fan: slab(({ palette }) => palette.tape, 0.003),
  basket: slab(({ palette }) => ({ ...palette.wood, paint: 'check', second: [120, 84, 50], scale: 34 }), 0.02),
  machine: slab(({ palette }) => palette.white, 0.03),
  iron: slab(plain, 0.025),
  gem: ball(({ palette }) => palette.glass),
  ball: ball(plain),
  football: ball(({ palette }) => ({ ...palette.white, paint: 'dots', second: [30, 30, 34], scale: 13 })),
  basketball: ball(({ palette }) => ({ ...palette.product, colour: [206, 106, 48], paint: 'check', second: [40, 30, 26], scale: 4, specular: 0.05 })),
  volleyball: ball(({ palette }) => ({ ...palette.white, paint: 'stripes', second: palette.colour, scale: 12 })),
  balloon: ball(({ palette }) => ({ ...palette.product, specular: 0.5, power: 5 })),
  kettlebell: ball(dark),
  clay: ball(({ palette }) => ({ ...palette.card, colour: [226, 206, 176] })),
  lipstick: rod(plain), mop: rod(wood), neck: rod(wood), handle: rod(metal), string: rod(metal), brush: rod(dark),
  roll: rod(({ palette }) => palette.paper), rod: rod(metal), tube: rod(plain),
} // biome-ignore format: a table

function banner(prop: Prop): void {
  const [x, y, z] = half(prop)
  block(
    prop,
    { ...prop.palette.paper, paint: 'label', second: prop.palette.colour, scale: y * 0.55 },
    [0, 0, 0],
    [x, y, Math.max(z, 0.005)],
    0.004,
  )
  shadeBox(prop, [0, 0, 0], [x, y, z])
}
