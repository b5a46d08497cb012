import { readFileSync } from 'node:fs'
import type { Backdrop } from '../../src/render/mannequin/backdrop'
import type { FigurePose, PosePerson, PropShape } from '../../src/render/mannequin/pose'
import { createRenderer } from '../../src/render/mannequin/renderer'

// The types of Workers do not have this constructor, because Workers may not compile; Node may.
const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module
const read = (path: string) => readFileSync(`${import.meta.dirname}/../../${path}`)

export const mannequinModule = new Module(read('src/render/mannequin.wasm'))
export const newRenderer = () => createRenderer(mannequinModule)

type PoseRecord = {
  id: string
  name: { en: string }
  props: string[]
  promptHint: string
  people: PosePerson[]
  camera: FigurePose['camera']
}
type Shapes = { hands: Partial<PosePerson>[]; props?: PropShape[] }

export const records = (JSON.parse(read('data/poses/poses.json').toString()) as { poses: PoseRecord[] }).poses
export const shapes = (JSON.parse(read('data/poses/props.json').toString()) as { poses: Record<string, Shapes> }).poses

/** A library pose as the seed stores it: with exact hands and props. */
export function poseOf(id: string): FigurePose {
  const record = records.find((candidate) => candidate.id === id)!
  const { hands, props = [] } = shapes[id]!
  return {
    ...bareOf(record),
    people: record.people.map((person, i) => ({ ...person, ...hands[i] })),
    propShapes: props,
  }
}

/** The same pose as somebody imports it: places of props and shapes of hands unknown. */
export const bareOf = ({ people, camera, props, name, promptHint }: PoseRecord): FigurePose => ({
  people,
  camera,
  props,
  words: `${name.en} ${promptHint}`,
})

export const PLAIN: Backdrop = { kind: 'solid', colour: [200, 210, 220] }

/** FNV-1a of the bytes, hexadecimal: a fingerprint for golden pictures. */
export function fingerprint(bytes: Uint8Array | Uint8ClampedArray): string {
  let h = 0x811c9dc5
  for (const byte of bytes) h = Math.imul(h ^ byte, 0x01000193) >>> 0
  return h.toString(16).padStart(8, '0')
}
