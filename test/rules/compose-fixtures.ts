import type { Figure } from '../../src/exports/types'
import type { Pixels } from '../../src/render/image/pixels'
import type { Backdrop } from '../../src/render/mannequin/backdrop'
import { looksOf } from '../../src/render/mannequin/looks'
import { newKernel } from './image-fixtures'
import { newRenderer, poseOf } from './mannequin-fixtures'

export const kernel = newKernel()
const renderer = newRenderer()

export type Drawing = Pixels & { mask: Uint8Array; figures: Figure[] }

/** A backdrop that does not change the light on the person, unlike the renderer's own studio. */
export const flatBackdrop = (r: number, g: number, b: number): Backdrop => ({
  kind: 'image',
  rgba: Uint8Array.of(r, g, b, 255),
  width: 1,
  height: 1,
})

/** A person of the pose library over a backdrop, grey unless told otherwise, with the exact mask. */
export function drawn(
  id: string,
  { side = 384, seed = 5, prompt = '', background = flatBackdrop(128, 128, 128) } = {},
) {
  const pose = poseOf(id)
  const looks = looksOf(pose, { prompt, seed })
  const { rgba, mask, keypoints } = renderer.render({ pose, looks, background, width: side, height: side })
  const figures = keypoints.map((points) => ({ keypoints: points.flat(), hands: [], goods: [] }))
  return { rgba, mask, figures, width: side, height: side } satisfies Drawing
}

/** One colour everywhere. */
export function plain(width: number, height: number, colour: readonly [number, number, number]): Pixels {
  const rgba = new Uint8Array(width * height * 4)
  for (let i = 0; i < rgba.length; i += 4) rgba.set([...colour, 255], i)
  return { rgba, width, height }
}

export const colourAt = ({ rgba, width }: Pixels, x: number, y: number): number[] => [
  ...rgba.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
]

/** Root of the mean square. */
export const rms = (values: number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)

export const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Where two byte arrays differ first, -1 when nowhere: `toEqual` takes seconds for a picture. */
export function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Math.min(a.length, b.length)
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return i
  return -1
}
