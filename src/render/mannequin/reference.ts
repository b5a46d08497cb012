// A look that follows an avatar's photo: skin, hair and cloth colours sampled where they usually are in a portrait or
// full-length picture. Robust rather than clever: medians over boxes, and plausibility limits per colour.
import type { Rgb } from './material'
import type { Look } from './outfit'

export type ReferenceImage = { rgba: Uint8ClampedArray | Uint8Array; width: number; height: number }

const SAMPLES_PER_SIDE = 24

/** Median colour of the samples of a box (0..1 coordinates) that `accept` lets through; null if fewer than a tenth do. */
function medianIn(
  image: ReferenceImage,
  box: readonly [number, number, number, number],
  accept: (c: Rgb) => boolean,
): Rgb | null {
  const [x0, y0, x1, y1] = box
  const taken: Rgb[] = []
  for (let j = 0; j < SAMPLES_PER_SIDE; j++) {
    for (let i = 0; i < SAMPLES_PER_SIDE; i++) {
      const x = Math.min(image.width - 1, Math.floor((x0 + ((x1 - x0) * (i + 0.5)) / SAMPLES_PER_SIDE) * image.width))
      const y = Math.min(image.height - 1, Math.floor((y0 + ((y1 - y0) * (j + 0.5)) / SAMPLES_PER_SIDE) * image.height))
      const o = (y * image.width + x) * 4
      if ((image.rgba[o + 3] ?? 0) < 128) continue
      const colour: Rgb = [image.rgba[o] ?? 0, image.rgba[o + 1] ?? 0, image.rgba[o + 2] ?? 0]
      if (accept(colour)) taken.push(colour)
    }
  }
  if (taken.length < (SAMPLES_PER_SIDE * SAMPLES_PER_SIDE) / 10) return null
  const median = (channel: 0 | 1 | 2): number =>
    taken.map((c) => c[channel]).sort((a, b) => a - b)[taken.length >> 1] ?? 0
  return [median(0), median(1), median(2)]
}

/** Skin of any tone is reddish: red over green over blue by bounded ratios (Kovac, Peer, Solina 2003, simplified). */
const isSkin = ([r, g, b]: Rgb): boolean => r > 60 && r > g && g > b * 0.85 && r - b > 18 && r - g < 110 && r - g > 6

const distance = (a: Rgb, b: Rgb): number => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) + Math.abs(a[2] - b[2])

/** `look` with the colours of the photo. Throws RangeError when the buffer does not match its size. */
export function followReference(look: Look, image: ReferenceImage): Look {
  if (image.width < 1 || image.height < 1 || image.rgba.length !== image.width * image.height * 4) {
    throw new RangeError('reference: width x height x 4 bytes')
  }
  const tall = image.height > image.width * 1.5
  const face = tall ? ([0.38, 0.05, 0.62, 0.2] as const) : ([0.34, 0.18, 0.66, 0.55] as const)
  const backdrop = medianIn(image, [0, 0, 0.08, 0.3], () => true) ?? [255, 255, 255]
  const skin = medianIn(image, face, isSkin)
  const crown = medianIn(
    image,
    tall ? [0.42, 0.01, 0.58, 0.07] : [0.38, 0.05, 0.62, 0.2],
    (c) => distance(c, backdrop) > 60 && (!skin || distance(c, skin) > 60),
  )
  const cloth = medianIn(
    image,
    tall ? [0.36, 0.26, 0.64, 0.46] : [0.3, 0.78, 0.7, 0.98],
    (c) => distance(c, backdrop) > 30 && (!skin || distance(c, skin) > 40),
  )
  const legs = tall ? medianIn(image, [0.36, 0.58, 0.64, 0.8], (c) => distance(c, backdrop) > 40) : null
  return {
    ...look,
    skin: skin ?? look.skin,
    hair: crown && !look.headscarf ? { ...look.hair, colour: crown } : look.hair,
    headscarf: crown && look.headscarf ? { ...look.headscarf, colour: crown } : look.headscarf,
    top: cloth ? { ...look.top, colour: cloth } : look.top,
    bottom: legs ? { ...look.bottom, colour: legs } : look.bottom,
  }
}
