// Things people hold and show.
import type { Material } from './material'
import { at, block, darker, lighter, type Prop, shade, shadeBox, tube } from './prop-kit'
import { ball, type Draw, dark, half, metal, plain, radius, rod, slab, wood } from './solids'
import { add, between, scale, subtract, unit, type Vector } from './vector'

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

/** A tablet lying flat (thin along y) or held up (thin along z). */
function tablet(prop: Prop): void {
  const [x = 0.09, y = 0.12, z = 0.005] = prop.size
  if (y > 0.01) {
    phone(prop)
    return
  }
  const { frame } = prop
  phone({ ...prop, size: [x, z, 0.005], frame: { ...frame, y: scale(frame.z, -1), z: frame.y } })
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

function jar(prop: Prop): void {
  const [x, y] = half(prop)
  tube(prop, prop.palette.accent, [0, -y, 0], [0, y * 0.4, 0], x)
  tube(prop, prop.palette.product, [0, y * 0.4, 0], [0, y, 0], x * 1.04)
  shade(prop, [0, -y, 0], [0, y, 0], x * 0.8)
}

function camera(prop: Prop): void {
  const [x, y, z] = half(prop)
  block(prop, prop.palette.dark, [0, 0, 0], [x * 1.15, y, z], 0.009)
  tube(prop, prop.palette.dark, [0, 0, z], [0, 0, z + 0.045], y * 0.78)
  tube(prop, prop.palette.glass, [0, 0, z + 0.04], [0, 0, z + 0.047], y * 0.6)
  block(prop, prop.palette.dark, [0, y, 0], [x * 0.35, 0.012, z * 0.6], 0.006)
}

const fabric = (prop: Prop): Material => ({
  ...prop.palette.product,
  paint: 'batik',
  second: prop.palette.accent.colour,
  scale: 13,
  specular: 0.02,
  folds: 0.4,
})
function sign(prop: Prop): void {
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

export const PRODUCTS: Record<string, Draw> = {
  bottle,
  flask,
  parcel,
  carton,
  gift,
  phone,
  tablet,
  screen,
  laptop,
  book,
  clipboard,
  bag,
  backpack,
  suitcase,
  garment,
  jar,
  camera,
  sign,
  closedLaptop: slab(({ palette }) => ({ ...palette.metal, specular: 0.25 }), 0.005),
  card: slab(({ palette }) => palette.accent, 0.001),
  pillow: slab(({ palette }) => ({ ...palette.product, specular: 0.01, folds: 0.5, sheen: 0.4 }), 0.045),
  clutch: slab(plain, 0.014),
  fabric: slab(fabric, 0.008),
  gamepad: slab(dark, 0.02),
  skateboard: slab(wood, 0.008),
  pouch: slab(plain, 0.016),
  board: slab(wood, 0.006),
  fan: slab(({ palette }) => palette.tape, 0.003),
  basket: slab(({ palette }) => ({ ...palette.wood, paint: 'check', second: [120, 84, 50], scale: 34 }), 0.02),
  machine: slab(({ palette }) => palette.white, 0.03),
  iron: slab(plain, 0.025),
  gem: ball(({ palette }) => palette.glass),
  clay: ball(({ palette }) => ({ ...palette.card, colour: [226, 206, 176] })),
  lipstick: rod(plain),
  mop: rod(wood),
  handle: rod(metal),
  string: rod(metal),
  brush: rod(dark),
  roll: rod(({ palette }) => palette.paper),
  rod: rod(metal),
  tube: rod(plain),
}
