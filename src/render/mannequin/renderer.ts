// Draws a person in a pose: pure, synchronous, the same pixels in every isolate. One instance owns 4 to 40 MB of memory,
// which goes when the instance goes; drawing again at the same or a smaller size takes no more.
import { type Backdrop, coverImage, sceneryOf, writeRows, writeStage } from './backdrop'
import { cameraOf, keypointsIn } from './camera'
import { sculptFigure } from './figure'
import { writeTables } from './kernel'
import type { Look } from './outfit'
import { checkPose, type FigurePose } from './pose'
import { sculptProps } from './props'
import { Sculpture } from './sculpture'

/** Changes whenever the pixels of the same request change. */
export const RENDERER_VERSION = 2

export const MIN_SIDE = 16
export const MAX_SIDE = 2048
export const MAX_PIXELS = 1536 * 1536

export type RenderRequest = {
  pose: FigurePose
  /** One look per person; the last one serves any further people. */
  looks: readonly Look[]
  background: Backdrop
  /** Where the key light stands, -1 (far left) to 1 (nearly in front); 0 when left out. */
  keyLight?: number
  /** Pixels. */
  width: number
  height: number
}

export type Rendering = {
  /** width x height x 4, opaque. */
  rgba: Uint8ClampedArray
  /** width x height, 0..255 coverage of people and props. */
  mask: Uint8Array
  /** COCO-18 per person: [x, y, visibility] in pixels. */
  keypoints: number[][][]
}

export type Renderer = {
  render(request: RenderRequest): Rendering
  /** Bytes that the kernel holds. */
  memoryBytes(): number
}

type Exports = {
  memory: WebAssembly.Memory
  allocate(width: number, height: number): number
  rows(): number
  pixels(): number
  mask(): number
  draw(): void
}

/** Instantiates the kernel (src/render/mannequin.wasm). `render` throws RangeError for a pose or size it cannot draw. */
export function createRenderer(module: WebAssembly.Module): Renderer {
  const kernel = new WebAssembly.Instance(module, {}).exports as unknown as Exports

  function render({ pose, looks, background, keyLight = 0, width, height }: RenderRequest): Rendering {
    const sides = [width, height]
    if (
      !sides.every((side) => Number.isInteger(side) && side >= MIN_SIDE && side <= MAX_SIDE) ||
      width * height > MAX_PIXELS
    ) {
      throw new RangeError(`picture size: ${MIN_SIDE} to ${MAX_SIDE} pixels a side, at most ${MAX_PIXELS} in all`)
    }
    if (!(Math.abs(keyLight) <= 1)) throw new RangeError('keyLight: -1 to 1')
    checkPose(pose)
    const camera = cameraOf(pose.camera, width, height)
    const clay = new Sculpture()
    const figures = pose.people.map((person, i) => {
      const look = looks[Math.min(i, looks.length - 1)]
      if (!look) throw new RangeError('looks: at least one')
      return sculptFigure(clay, person, pose, look)
    })
    const first = looks[0] as Look
    sculptProps(clay, pose, figures, first, sceneryOf(background))

    kernel.allocate(width, height)
    // Views are taken after allocate: growing memory detaches older ones.
    const { buffer } = kernel.memory
    const tables = { floats: new Float32Array(buffer), ints: new Int32Array(buffer) }
    writeTables(tables, clay, camera, width, height)
    writeStage(tables, camera, background, width, height, keyLight)
    writeRows(new Float32Array(buffer, kernel.rows(), height * 4), camera, background, height)
    if (background.kind === 'image')
      coverImage(new Uint8ClampedArray(buffer, kernel.pixels(), width * height * 4), width, height, background)
    kernel.draw()

    const after = kernel.memory.buffer
    return {
      rgba: new Uint8ClampedArray(after, kernel.pixels(), width * height * 4).slice(),
      mask: new Uint8Array(after, kernel.mask(), width * height).slice(),
      keypoints: pose.people.map((person) => keypointsIn(person.keypoints2d, width, height)),
    }
  }
  return { render, memoryBytes: () => kernel.memory.buffer.byteLength }
}
