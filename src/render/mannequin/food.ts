// Things to eat and drink, and what they are served in.
import type { Material } from './material'
import { at, type Prop, shade, tube } from './prop-kit'
import { type Draw, half, radius, slab, tipped } from './solids'
import { add, scale } from './vector'

function cup(prop: Prop): void {
  const { palette } = prop
  tube(prop, palette.paper, [0, -0.045, 0], [0, 0.045, 0], 0.027, 0.036)
  tube(prop, palette.product, [0, -0.022, 0], [0, 0.022, 0], 0.0312, 0.0356)
  tube(prop, palette.accent, [0, 0.043, 0], [0, 0.05, 0], 0.0375, 0.035)
  shade(prop, [0, -0.03, 0], [0, 0.04, 0], 0.026)
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

function burger(prop: Prop): void {
  const r = radius(prop)
  const { palette, clay, frame } = prop
  const bun: Material = { ...palette.card, colour: [206, 146, 78], specular: 0.12 }
  clay.group(bun, frame).ellipsoid(at(prop, 0, r * 0.18, 0), frame, [r, r * 0.72, r])
  tube(prop, palette.green, [0, -r * 0.12, 0], [0, 0.02, 0], r * 1.06)
  tube(prop, { ...palette.dark, colour: [110, 62, 40] }, [0, -r * 0.4, 0], [0, -r * 0.12, 0], r)
  clay.group(bun, frame).ellipsoid(at(prop, 0, -r * 0.5, 0), frame, [r, r * 0.32, r])
}

const iceCream = tipped(
  ({ palette }) => ({ ...palette.card, colour: [214, 164, 98] }),
  ({ clay, palette, to, frame }, up) => {
    clay.group(palette.accent, frame).ball(add(to, scale(up, 0.012)), 0.032)
    clay.group(palette.product, frame).ball(add(to, scale(up, 0.045)), 0.026)
  },
)

export const FOOD: Record<string, Draw> = {
  cup,
  cake,
  plate,
  bowl,
  pan,
  burger,
  iceCream,
  pizza: slab(({ palette }) => ({ ...palette.tape, colour: [226, 160, 70] }), 0.004),
}
