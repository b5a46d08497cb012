// Sport, music, parties, pets and flowers.
import type { Material } from './material'
import { at, darker, type Prop, shade, shadeBox, tube } from './prop-kit'
import { ball, type Draw, dark, half, plain, radius, rod, tipped, wood } from './solids'
import { add, between, cross, reject, scale, subtract, unit } from './vector'

// biome-ignore format: a table
const FLOWERS: readonly [number, number, number][] = [[0, 0.02, 0], [1, 0, 0], [-1, 0, 0.2], [0.4, 0, 0.9], [-0.5, 0, 0.9], [0.2, 0, -0.9], [-0.6, 0.01, -0.7], [0.8, -0.01, -0.6]]

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

function canopy(prop: Prop): void {
  const r = radius(prop)
  const { clay, frame, palette } = prop
  clay.group({ ...palette.product, specular: 0.06 }, frame)
  clay
    .ellipsoid(at(prop, 0, -0.07, 0), frame, [r, 0.16, r])
    .ellipsoid(at(prop, 0, -0.13, 0), frame, [r * 1.02, 0.17, r * 1.02], { carve: true, blend: 0.008 })
  shade(prop, [-r * 0.5, 0, 0], [r * 0.5, 0, 0], 0.08)
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

const BASKETBALL: Material = { colour: [206, 106, 48], paint: 'check', second: [40, 30, 26], scale: 4, specular: 0.05 }

export const PASTIMES: Record<string, Draw> = {
  bouquet,
  microphone,
  racket,
  dumbbell,
  baby,
  pet,
  canopy,
  guitar,
  trophy,
  umbrella: rod(dark),
  neck: rod(wood),
  ball: ball(plain),
  football: ball(({ palette }) => ({ ...palette.white, paint: 'dots', second: [30, 30, 34], scale: 13 })),
  basketball: ball(({ palette }) => ({ ...palette.product, ...BASKETBALL })),
  volleyball: ball(({ palette }) => ({ ...palette.white, paint: 'stripes', second: palette.colour, scale: 12 })),
  balloon: ball(({ palette }) => ({ ...palette.product, specular: 0.5, power: 5 })),
  kettlebell: ball(dark),
}
