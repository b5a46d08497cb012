// Draws a lit figure made of smoothly blended primitives. The host writes parameters, frames, materials, capsules,
// primitives and their bounds (see mannequin/layout.ts), calls `draw`, and copies pixels and mask out.
import { smoothEdges } from './mannequin/antialias'
import { composite, shadeFloor } from './mannequin/backdrop'
import { traceFigure } from './mannequin/march'
import { binPrimitives } from './mannequin/tiles'

export { allocate } from './mannequin/layout'
import { maskAt, pixelsAt, rowsAt } from './mannequin/layout'

export function pixels(): usize { return pixelsAt }
export function mask(): usize { return maskAt }
export function rows(): usize { return rowsAt }

/** Draws the scene that is in the tables into the buffers of the last `allocate`. */
export function draw(): void {
  binPrimitives()
  traceFigure()
  smoothEdges()
  shadeFloor()
  composite()
}
