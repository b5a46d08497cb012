// What every prop is built with: its place, its materials and the few solids that props are made of.
import type { Material, Rgb } from './material'
import type { Look } from './outfit'
import type { PropShape } from './pose'
import type { Options, Sculpture } from './sculpture'
import { darker, lighter } from './surfaces'
import { cross, distance, type Frame, place, unit, type Vector } from './vector'

export type Prop = {
  clay: Sculpture
  frame: Frame
  /** Half sizes or radii, metres; the meaning depends on the kind. */
  size: readonly number[]
  /** Far end of a rod. */
  to: Vector
  palette: Palette
}

export type Palette = {
  product: Material
  label: Material
  accent: Material
  dark: Material
  metal: Material
  glass: Material
  wood: Material
  card: Material
  tape: Material
  paper: Material
  fabric: Material
  white: Material
  green: Material
  skin: Material
  scenery: Material
  colour: Rgb
}

export function paletteOf(look: Look, scenery: Rgb): Palette {
  const { colour, label } = look.product
  return {
    colour,
    product: { colour, specular: 0.16, power: 5 },
    label: { colour, paint: 'label', second: label, scale: 0.032, specular: 0.16, power: 5 },
    accent: { colour: label, specular: 0.12, power: 4 },
    dark: { colour: [38, 38, 42], specular: 0.22, power: 6 },
    metal: { colour: [168, 170, 174], specular: 0.5, power: 5 },
    glass: { colour: [206, 224, 230], specular: 0.55, power: 6 },
    wood: { colour: [176, 128, 84], paint: 'wood', specular: 0.06, power: 4 },
    card: { colour: [196, 156, 112], specular: 0.01 },
    tape: { colour: [222, 192, 146], specular: 0.14, power: 4 },
    paper: { colour: [246, 243, 236], specular: 0.02 },
    fabric: { colour: [150, 158, 160], folds: 0.25, sheen: 0.5, specular: 0.01 },
    white: { colour: [240, 238, 234], specular: 0.2, power: 5 },
    green: { colour: [84, 134, 78], specular: 0.06, wrap: 0.3 },
    skin: { colour: look.skin, warmth: 0.8, wrap: 0.3 },
    scenery: { colour: scenery, masked: false, specular: 0.01 },
  }
}

const vectorOf = (list: readonly number[] | undefined, fallback: Vector): Vector =>
  list ? [list[0] ?? 0, list[1] ?? 0, list[2] ?? 0] : fallback

/** Frame of a placed shape: x and y as given (y upright by default), z completing them. */
export function frameOf(shape: PropShape): Frame {
  const y = unit(vectorOf(shape.y, [0, 1, 0]))
  const x = unit(vectorOf(shape.x, [1, 0, 0]), [1, 0, 0])
  return { o: vectorOf(shape.at, [0, 0, 0]), x, y, z: unit(cross(x, y), [0, 0, 1]), size: 1 }
}

export const endOf = (shape: PropShape): Vector => vectorOf(shape.to, vectorOf(shape.at, [0, 0, 0]))

export const at = (prop: Prop, x: number, y: number, z: number): Vector => place(prop.frame, [x, y, z])

/** A rounded box around a local point. */
export function block(prop: Prop, material: Material, c: Vector, half: Vector, round = 0.005): void {
  const inner: Vector = [
    Math.max(half[0] - round, 1e-4),
    Math.max(half[1] - round, 1e-4),
    Math.max(half[2] - round, 1e-4),
  ]
  prop.clay.group(material, { ...prop.frame, o: place(prop.frame, c) })
  prop.clay.box(place(prop.frame, c), prop.frame, inner, round)
}

/** A cylinder or cone frustum with flat ends between two local points. */
export function tube(
  prop: Prop,
  material: Material,
  a: Vector,
  b: Vector,
  ra: number,
  rb: number = ra,
  options: Options = {},
): void {
  const [from, to] = [place(prop.frame, a), place(prop.frame, b)]
  prop.clay.group(material, {
    ...prop.frame,
    o: place(prop.frame, [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2]),
  })
  prop.clay.cone(from, to, ra, rb, { capStart: true, capEnd: true, ...options })
}

/** Shadow caster between two local points. */
export function shade(prop: Prop, a: Vector, b: Vector, r: number): void {
  const [from, to] = [place(prop.frame, a), place(prop.frame, b)]
  prop.clay.shadow(from, distance(from, to) > 0.002 ? to : [to[0], to[1] + 0.002, to[2]], r, r, r < 0.016)
}

/** Shadow of a box: up to three capsules side by side along its longest axis. */
export function shadeBox(prop: Prop, c: Vector, half: Vector): void {
  const order = [0, 1, 2].sort((i, j) => (half[j] ?? 0) - (half[i] ?? 0)) as [0 | 1 | 2, 0 | 1 | 2, 0 | 1 | 2]
  const [long, middle, thin] = order
  const r = Math.min(half[thin] * 0.75, half[middle] * 0.5)
  const rows = half[middle] > r * 1.8 ? 3 : 1
  for (let i = 0; i < rows; i++) {
    const a: [number, number, number] = [...c]
    const b: [number, number, number] = [...c]
    const offset = rows === 1 ? 0 : (i - 1) * (half[middle] - r * 1.4)
    a[middle] += offset
    b[middle] += offset
    a[long] -= Math.max(half[long] - r * 1.4, 0)
    b[long] += Math.max(half[long] - r * 1.4, 0)
    shade(prop, a, b, r)
  }
}

export { darker, lighter }
