// The plainest props: boards, balls, rods, and rods with something at the end.
import type { Material } from './material'
import { block, type Prop, shade, shadeBox } from './prop-kit'
import { subtract, unit, type Vector } from './vector'

/** Draws one kind of prop. */
export type Draw = (prop: Prop) => void
export type Pick = (prop: Prop) => Material

export const half = ({ size }: Prop): Vector => [size[0] ?? 0.05, size[1] ?? 0.05, size[2] ?? 0.05]
export const radius = (prop: Prop): number => prop.size[0] ?? 0.04

export const plain: Pick = ({ palette }) => palette.product
export const wood: Pick = ({ palette }) => palette.wood
export const dark: Pick = ({ palette }) => palette.dark
export const metal: Pick = ({ palette }) => palette.metal

export function slab(material: Pick, round: number): Draw {
  return (prop: Prop): void => {
    block(prop, material(prop), [0, 0, 0], half(prop), Math.min(round, Math.min(...half(prop))))
    shadeBox(prop, [0, 0, 0], half(prop))
  }
}

export function ball(material: Pick): Draw {
  return (prop: Prop): void => {
    prop.clay.group(material(prop), prop.frame).ball(prop.frame.o, radius(prop))
    shade(prop, [0, -0.002, 0], [0, 0.002, 0], radius(prop) * 0.9)
  }
}

export function rod(material: Pick): Draw {
  return (prop: Prop): void => {
    prop.clay
      .group(material(prop), prop.frame)
      .cone(prop.frame.o, prop.to, radius(prop), radius(prop), { capStart: true, capEnd: true })
    prop.clay.shadow(prop.frame.o, prop.to, radius(prop) * 0.9)
  }
}

/** A rod with something at its far end. */
export function tipped(stick: Pick, end: (prop: Prop, direction: Vector) => void) {
  return (prop: Prop): void => {
    rod(stick)(prop)
    end(prop, unit(subtract(prop.to, prop.frame.o)))
  }
}
