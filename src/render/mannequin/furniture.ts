// Things people sit on, lean on and stand at.
import type { Material } from './material'
import { at, block, lighter, type Prop, shade, shadeBox, tube } from './prop-kit'
import { add, type Vector } from './vector'

const half = ({ size }: Prop): Vector => [size[0] ?? 0.1, size[1] ?? 0.1, size[2] ?? 0.1]

/** size: half width, half depth, height of the back (0: none), arms (0|1); the frame is at the middle of the seat's top. */
function chair(prop: Prop): void {
  const { palette, size } = prop
  const [w = 0.22, d = 0.22, back = 0.42, arms = 0] = size
  const floor = -prop.frame.o[1] + 0.002
  const seat: Material = { ...palette.fabric, colour: lighter(palette.colour, 0.35) }
  block(prop, seat, [0, -0.024, 0], [w, 0.024, d], 0.018)
  block(prop, palette.wood, [0, -0.056, 0], [w - 0.006, 0.012, d - 0.006], 0.006)
  for (const sx of [1, -1]) {
    for (const sz of [1, -1])
      tube(
        prop,
        palette.wood,
        [sx * (w - 0.03), -0.06, sz * (d - 0.03)],
        [sx * (w - 0.014), floor, sz * (d - 0.014)],
        0.016,
        0.0115,
      )
    if (back)
      tube(
        prop,
        palette.wood,
        [sx * (w - 0.026), -0.05, -d + 0.014],
        [sx * (w - 0.026), back * 0.96, -d - 0.024],
        0.0125,
      )
    if (arms) {
      block(prop, palette.wood, [sx * (w + 0.03), 0.2, 0], [0.027, 0.014, d * 0.95], 0.012)
      tube(prop, palette.wood, [sx * (w + 0.03), 0.2, d * 0.75], [sx * (w + 0.03), -0.05, d * 0.75], 0.013)
      tube(prop, palette.wood, [sx * (w + 0.03), 0.2, -d * 0.8], [sx * (w + 0.03), -0.05, -d * 0.8], 0.013)
      block(prop, palette.wood, [sx * (w + 0.01), -0.05, 0], [0.035, 0.012, d * 0.9], 0.01)
    }
    shade(prop, [sx * (w - 0.03), -0.05, d - 0.03], [sx * (w - 0.014), floor, d - 0.014], 0.012)
    shade(prop, [sx * (w - 0.03), -0.05, -d + 0.03], [sx * (w - 0.014), floor, -d + 0.014], 0.012)
  }
  if (back) {
    block(prop, seat, [0, back * 0.64, -d - 0.012], [w - 0.012, back * 0.3, 0.018], 0.016)
    shadeBox(prop, [0, back * 0.64, -d - 0.012], [w, back * 0.3, 0.014])
  }
  shadeBox(prop, [0, -0.04, 0], [w, 0.02, d])
}

function stool(prop: Prop): void {
  const { palette } = prop
  const floor = -prop.frame.o[1] + 0.002
  tube(prop, { ...palette.fabric, colour: lighter(palette.colour, 0.3) }, [0, -0.045, 0], [0, 0, 0], 0.17, 0.165)
  for (const [x, z] of [
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ] as const) {
    tube(prop, palette.wood, [x * 0.1, -0.04, z * 0.1], [x * 0.165, floor, z * 0.165], 0.015, 0.011)
    shade(prop, [x * 0.1, -0.04, z * 0.1], [x * 0.165, floor, z * 0.165], 0.011)
  }
  const ring = floor + 0.26
  if (ring < -0.15) {
    for (const s of [1, -1]) {
      tube(prop, palette.metal, [s * 0.143, ring, 0.143], [s * 0.143, ring, -0.143], 0.008)
      tube(prop, palette.metal, [0.143, ring, s * 0.143], [-0.143, ring, s * 0.143], 0.008)
    }
  }
  shade(prop, [-0.06, -0.02, 0], [0.06, -0.02, 0], 0.08)
}

/** size: half width, half depth; the frame is at the middle of the top. */
function table(prop: Prop): void {
  const [w = 0.5, d = 0.28] = prop.size
  const floor = -prop.frame.o[1] + 0.002
  block(prop, prop.palette.wood, [0, -0.016, 0], [w, 0.016, d], 0.006)
  block(prop, prop.palette.wood, [0, -0.055, 0], [w - 0.05, 0.024, d - 0.04], 0.004)
  for (const sx of [1, -1]) {
    for (const sz of [1, -1]) {
      tube(
        prop,
        prop.palette.wood,
        [sx * (w - 0.05), -0.03, sz * (d - 0.05)],
        [sx * (w - 0.04), floor, sz * (d - 0.04)],
        0.02,
        0.014,
      )
      shade(prop, [sx * (w - 0.05), -0.03, sz * (d - 0.05)], [sx * (w - 0.04), floor, sz * (d - 0.04)], 0.014)
    }
  }
  shadeBox(prop, [0, -0.02, 0], [w, 0.02, d])
}

/** size: half sizes; the frame is at the middle of the block. */
function sofa(prop: Prop): void {
  const [w, h, d] = half(prop)
  const cloth: Material = { ...prop.palette.fabric, folds: 0.4 }
  block(prop, cloth, [0, -0.05, -0.02], [w, Math.max(h - 0.1, 0.05), d], 0.04)
  for (const s of [1, -1]) {
    block(prop, cloth, [s * w * 0.49, h - 0.055, 0.015], [w * 0.48, 0.065, d], 0.05)
    block(prop, cloth, [s * (w + 0.07), 0.06, -0.06], [0.085, h + 0.06, d + 0.06], 0.07)
    for (const z of [d - 0.06, -d + 0.02])
      tube(prop, prop.palette.wood, [s * (w - 0.02), -h + 0.05, z], [s * (w - 0.02), -h + 0.004, z], 0.02, 0.014)
  }
  shadeBox(prop, [0, -0.06, 0], [w, h * 0.8, d])
}

function sofaBack(prop: Prop): void {
  const [w, h, d] = half(prop)
  const cloth: Material = { ...prop.palette.fabric, folds: 0.4 }
  for (const s of [1, -1]) block(prop, cloth, [s * w * 0.5, 0, 0], [w * 0.495, h + 0.03, d + 0.02], 0.07)
}

const solid =
  (material: (prop: Prop) => Material, round: number) =>
  (prop: Prop): void => {
    block(prop, material(prop), [0, 0, 0], half(prop), round)
    shadeBox(prop, [0, 0, 0], half(prop))
  }

function counter(prop: Prop): void {
  const [w, h, d] = half(prop)
  block(prop, { ...prop.palette.white, specular: 0.05 }, [0, -0.02, 0], [w - 0.02, h - 0.02, d - 0.02], 0.006)
  block(prop, prop.palette.wood, [0, h - 0.02, 0], [w, 0.02, d], 0.006)
  shadeBox(prop, [0, 0, 0], [w, h, d])
}

function wall(prop: Prop): void {
  block(prop, prop.palette.scenery, [0, 0, 0], half(prop), 0.002)
}

function banner(prop: Prop): void {
  const [w, h, d] = half(prop)
  block(prop, { ...prop.palette.label, scale: h * 0.5 }, [0, 0, 0], [w, h, d], 0.004)
  shadeBox(prop, [0, 0, 0], [w, h, d])
}

function rail(prop: Prop): void {
  const [w, , d] = half(prop)
  if (prop.size.length < 3) {
    prop.clay
      .group(prop.palette.metal, prop.frame)
      .cone(prop.frame.o, prop.to, prop.size[0] ?? 0.014, prop.size[0] ?? 0.014)
    prop.clay.shadow(prop.frame.o, prop.to, prop.size[0] ?? 0.014)
    return
  }
  block(prop, prop.palette.wood, [0, 0, 0], [w, 0.018, d + 0.01], 0.012)
  for (let i = -3; i <= 3; i++)
    tube(prop, prop.palette.metal, [(i / 3) * (w - 0.04), -0.01, 0], [(i / 3) * (w - 0.04), -prop.frame.o[1], 0], 0.011)
  shadeBox(prop, [0, 0, 0], [w, 0.02, d])
}

function scooter(prop: Prop): void {
  const [w, h, d] = half(prop)
  block(
    prop,
    h > 0.2 || h > 0.05 ? prop.palette.product : prop.palette.dark,
    [0, 0, 0],
    [w, h, d],
    Math.min(w, h, d) * 0.6,
  )
  shadeBox(prop, [0, 0, 0], [w, h, d])
  // the wheels stand under seat and handlebar
  if (d > 0.3) for (const z of [-0.28, 0.62]) wheel(prop, z, 0.22, 0.05)
}

/** A wheel on the floor, `z` ahead of the prop. */
function wheel(prop: Prop, z: number, r: number, thick: number): void {
  const { clay, frame, palette } = prop
  const hub = at(prop, 0, r - frame.o[1], z)
  const inner = r - thick
  clay.group(palette.dark, frame).ellipsoid(hub, frame, [thick * 0.6, r, r])
  clay.ellipsoid(hub, frame, [thick * 1.8, inner, inner], { carve: true })
  clay.group(palette.metal, frame).ellipsoid(hub, frame, [thick * 0.35, r * 0.14, r * 0.14])
  for (const [y, q] of [
    [1, 0],
    [0.5, 0.866],
    [-0.5, 0.866],
  ] as const) {
    clay.cone(
      add(hub, at({ ...prop, frame: { ...frame, o: [0, 0, 0] } }, 0, y * inner, q * inner)),
      add(hub, at({ ...prop, frame: { ...frame, o: [0, 0, 0] } }, 0, -y * inner, -q * inner)),
      0.004,
      0.004,
    )
  }
  shade(prop, [0, r - frame.o[1], z - inner], [0, r - frame.o[1], z + inner], thick)
}

function saddle(prop: Prop): void {
  block(prop, prop.palette.dark, [0, 0, 0], half(prop), 0.014)
  wheel(prop, -0.24, 0.31, 0.026)
  wheel(prop, 0.74, 0.31, 0.026)
}

export const FURNITURE: Record<string, (prop: Prop) => void> = {
  chair,
  stool,
  table,
  sofa,
  sofaBack,
  counter,
  wall,
  banner,
  rail,
  scooter,
  block: solid(({ palette }) => ({ ...palette.white, colour: [226, 221, 214], specular: 0.03 }), 0.008),
  step: solid(({ palette }) => ({ ...palette.white, colour: [214, 208, 200], specular: 0.03 }), 0.006),
  backrest: solid(({ palette }) => palette.wood, 0.008),
  saddle,
}
