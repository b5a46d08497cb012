// The colours of a person in a photo: medians over boxes that hang from the face when one is known, else over the
// boxes where face, hair and clothes usually are. Robust rather than clever, with plausibility limits per colour.
import type { Rgb } from './material'

/** Straight RGBA, 8 bits a channel. */
export type Photo = { rgba: Uint8ClampedArray | Uint8Array; width: number; height: number }

/** Forehead to chin and cheek to cheek, in 0..1 of the picture's width and height. */
export type FaceBox = { x: number; y: number; width: number; height: number }

/** Medians, sRGB 0..255; null where too little of the thing can be seen. `hair` is what covers the head. */
export type PhotoPalette = {
  skin: Rgb | null
  hair: Rgb | null
  top: Rgb | null
  bottom: Rgb | null
  /** The head is wrapped in cloth of the colour `hair`. */
  coversHair: boolean
}

/** Left, top, right, bottom in 0..1 of the picture. */
type Box = readonly [number, number, number, number]
type Accept = (colour: Rgb) => boolean

const SAMPLES_PER_SIDE = 24

/** Median colour of the samples of a box that `accept` lets through; null if fewer than a tenth do. */
function medianIn(image: Photo, [x0, y0, x1, y1]: Box, accept: Accept): Rgb | null {
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
const isReddish: Accept = ([r, g, b]) => r > 60 && r > g && g > b * 0.85 && r - b > 18 && r - g < 110 && r - g > 6

const distance = (a: Rgb, b: Rgb): number => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) + Math.abs(a[2] - b[2])
const isFar = (a: Rgb, b: Rgb | null, by: number): boolean => b === null || distance(a, b) > by

/** The colours of the person in `image`. Throws RangeError when the buffer does not match its size. */
export function photoPalette(image: Photo, face: FaceBox | null): PhotoPalette {
  if (image.width < 1 || image.height < 1 || image.rgba.length !== image.width * image.height * 4) {
    throw new RangeError('reference: width x height x 4 bytes')
  }
  return face ? aroundFace(image, face) : whereUsual(image)
}

/** Portraits and full-length pictures with the person in the middle. */
function whereUsual(image: Photo): PhotoPalette {
  const tall = image.height > image.width * 1.5
  const backdrop = medianIn(image, [0, 0, 0.08, 0.3], () => true) ?? [255, 255, 255]
  const skin = medianIn(image, tall ? [0.38, 0.05, 0.62, 0.2] : [0.34, 0.18, 0.66, 0.55], isReddish)
  const hair = medianIn(
    image,
    tall ? [0.42, 0.01, 0.58, 0.07] : [0.38, 0.05, 0.62, 0.2],
    (c) => distance(c, backdrop) > 60 && isFar(c, skin, 60),
  )
  const top = medianIn(
    image,
    tall ? [0.36, 0.26, 0.64, 0.46] : [0.3, 0.78, 0.7, 0.98],
    (c) => distance(c, backdrop) > 30 && isFar(c, skin, 40),
  )
  const bottom = tall ? medianIn(image, [0.36, 0.58, 0.64, 0.8], (c) => distance(c, backdrop) > 40) : null
  return { skin, hair, top, bottom, coversHair: false }
}

/**
 * Boxes in face widths from the face's left and face heights from its top. A grown person's face from hairline to chin
 * is about a ninth of their height: the hips begin three faces below the chin and the knees five.
 */
const CHEEKS: Box = [0.18, 0.3, 0.82, 0.9]
const CROWN: Box = [0.15, -0.26, 0.85, -0.04]
/** Where a scarf frames the cheeks and hair would begin. */
const FRAME: readonly Box[] = [
  [-0.12, 0.3, 0.1, 0.8],
  [0.9, 0.3, 1.12, 0.8],
]
const UNDER_CHIN: Box = [0.25, 1.08, 0.75, 1.35]
/** The wall behind the head, which is seldom of the same light as the picture's corners. */
const BEHIND: readonly Box[] = [
  [-1.3, -0.4, -0.75, 0.5],
  [1.75, -0.4, 2.3, 0.5],
]
const CHEST: Box = [-0.3, 1.6, 1.3, 3]
/** A headscarf lies over shoulders and chest. */
const CHEST_UNDER_SCARF: Box = [-0.5, 2.3, 1.5, 3.4]
const LEGS: Box = [-0.4, 4.3, 1.4, 6.2]

/** Less of a box than this in the picture says nothing about what it stands for. */
const SHARE_SEEN_MIN = 0.2

/**
 * A scarf has two of three signs: the colour above the face goes on under the chin, it is none that hair has, and it
 * frames both cheeks.
 */
function aroundFace(image: Photo, face: FaceBox): PhotoPalette {
  const median = (box: Box, accept: Accept = () => true): Rgb | null => {
    const seen = inPicture(box, face)
    return seen && medianIn(image, seen, accept)
  }
  const corners: readonly Box[] = [
    [0, 0, 0.06, 0.3],
    [0.94, 0, 1, 0.3],
  ]
  const backdrops = [...corners.map((box) => medianIn(image, box, () => true)), ...BEHIND.map((box) => median(box))]
  const isBackdrop = (c: Rgb, by: number): boolean => !backdrops.every((each) => isFar(c, each, by))
  const skin = median(CHEEKS, isReddish)
  const hair = median(CROWN, (c) => !isBackdrop(c, 45) && isFar(c, skin, 60))
  const isCovered = (box: Box): boolean => {
    const found = median(box, (c) => !isBackdrop(c, 40) && isFar(c, skin, 40))
    return found !== null && hair !== null && isSameCloth(found, hair)
  }
  // Under the chin hair shows a neck, whose shade a scarf of the skin's own hue cannot be told from.
  const isNeck = (c: Rgb): boolean => skin !== null && isSameCloth(c, skin, 0.04) && lightOf(c) < 1.08 * lightOf(skin)
  const under = median(UNDER_CHIN)
  const isUnderChin = hair !== null && under !== null && !isNeck(under) && isSameCloth(under, hair)
  const signs = [isUnderChin, hair !== null && !isHairColour(hair), FRAME.every(isCovered)]
  const coversHair = signs.filter(Boolean).length >= 2
  // The chest is known to be there, so cloth in the colour of the wall counts: a white shirt before a white wall.
  const isCloth: Accept = (c) => isFar(c, skin, 40)
  const top = (coversHair ? median(CHEST_UNDER_SCARF, isCloth) : null) ?? median(CHEST, isCloth)
  const bottom = median(LEGS, (c) => !isBackdrop(c, 40) && isFar(c, skin, 50))
  return { skin, hair, top, bottom, coversHair }
}

/** The part of a box that the picture shows, in its coordinates; null when that is too little. */
function inPicture([x0, y0, x1, y1]: Box, face: FaceBox): Box | null {
  const wanted = [
    face.x + x0 * face.width,
    face.y + y0 * face.height,
    face.x + x1 * face.width,
    face.y + y1 * face.height,
  ]
  const [left = 0, top = 0, right = 0, bottom = 0] = wanted.map((value) => Math.min(1, Math.max(0, value)))
  const seen = (right - left) * (bottom - top)
  return seen < SHARE_SEEN_MIN * (x1 - x0) * face.width * (y1 - y0) * face.height ? null : [left, top, right, bottom]
}

const lightOf = (c: Rgb): number => c[0] + c[1] + c[2] + 24

/** The same dye in other light: folds of cloth are up to half as light. `tolerance`: of the shares of red and green. */
function isSameCloth(a: Rgb, b: Rgb, tolerance = 0.075): boolean {
  const [lightA, lightB] = [lightOf(a), lightOf(b)]
  if (Math.max(lightA / lightB, lightB / lightA) > 2) return false
  return [0, 1].every((i) => Math.abs((a[i] ?? 0) / lightA - (b[i] ?? 0) / lightB) < tolerance)
}

/** Black to blond, red, grey and white: unless dark or grey, more red than green and more green than blue. */
function isHairColour([r, g, b]: Rgb): boolean {
  const [light, spread] = [Math.max(r, g, b), Math.max(r, g, b) - Math.min(r, g, b)]
  return light < 75 || spread < 0.13 * light || (r >= g && g >= b * 0.9 && g > r * 0.5)
}
