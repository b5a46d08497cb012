import { linearToOklab, toLinear } from '../../kernel/oklab'
import type { Rgba } from '../../render/image/pixels'

/** What the person's colours become: a table for each channel, in code values. */
export type LightTables = { red: Uint8Array; green: Uint8Array; blue: Uint8Array }

/** How far of the way to the backdrop's light the person goes. */
const SHARE = 0.2
/** Every fourth pixel of every fourth row is enough for a mean. */
const STEP = 4

/** Backdrops of a studio: as bright as this or brighter, without a cast, flat. Nothing is matched to them. */
const STUDIO_LIGHTNESS = 0.55
const NEUTRAL_CHROMA = 0.015
const FLAT_SPREAD = 0.05
const SCENE_SPREAD = 0.15

/**
 * Bounds in Oklab (Ottosson 2020). Skin lies at a hue of about 50 degrees with a chroma of 0.05 to 0.11, so a cast across that
 * hue turns it (0.004 is 5 degrees of the palest) while one along it makes it only more or less warm.
 */
const SKIN_HUE = (50 * Math.PI) / 180
const MOST_ALONG_SKIN = 0.016
const MOST_ACROSS_SKIN = 0.004
const LEAST_LIGHTNESS_GAIN = 0.9
const [LEAST_CONTRAST, MOST_CONTRAST] = [0.94, 1.04]

/** A picture's light: Oklab of its mean, and the spread of its lightness (0..0.5). */
type Light = { lightness: number; a: number; b: number; spread: number }

/**
 * Tables that move a person a fifth of the way to the light of a backdrop: a little of its cast, darker in the dark,
 * harder or softer with its contrast. Null when the backdrop is a neutral studio or there is no person: nothing changes.
 */
export function matchLight(picture: Rgba, mask: Uint8Array, backdrop: Rgba, width: number): LightTables | null {
  const there = lightOf(backdrop, width, null)
  const here = lightOf(picture, width, mask)
  if (!there || !here) return null
  const cast = castOf(there)
  const lightness = Math.max(LEAST_LIGHTNESS_GAIN, 1 - SHARE * Math.max(0, 1 - there.lightness / STUDIO_LIGHTNESS) * 2)
  const scene = Math.min(1, Math.max(0, (there.spread - FLAT_SPREAD) / (SCENE_SPREAD - FLAT_SPREAD)))
  const wanted = 1 + SHARE * scene * (there.spread / Math.max(here.spread, 0.02) - 1)
  const contrast = Math.min(MOST_CONTRAST, Math.max(LEAST_CONTRAST, wanted))
  if (cast.a === 0 && cast.b === 0 && lightness === 1 && contrast === 1) return null
  const gains = gainsOf(cast.a, cast.b).map((gain) => gain * lightness ** 3)
  const [red, green, blue] = gains.map((gain) => table(gain, here.lightness, contrast))
  return { red: red!, green: green!, blue: blue! }
}

/** A fifth of the backdrop's cast, within the bounds that leave skin skin. */
function castOf({ a, b }: Light): { a: number; b: number } {
  const chroma = Math.hypot(a, b)
  if (chroma <= NEUTRAL_CHROMA) return { a: 0, b: 0 }
  const share = (SHARE * (chroma - NEUTRAL_CHROMA)) / chroma
  const [cos, sin] = [Math.cos(SKIN_HUE), Math.sin(SKIN_HUE)]
  const along = bounded(share * (a * cos + b * sin), MOST_ALONG_SKIN)
  const across = bounded(share * (b * cos - a * sin), MOST_ACROSS_SKIN)
  return { a: along * cos - across * sin, b: along * sin + across * cos }
}

const bounded = (value: number, most: number): number => Math.min(most, Math.max(-most, value))

/** Gains of linear red, green and blue that give a mid grey this cast and leave its luminance. */
function gainsOf(a: number, b: number): number[] {
  const lightness = 0.7
  const tinted = oklabToLinear(lightness, a, b)
  const luminance = 0.2126 * tinted[0] + 0.7152 * tinted[1] + 0.0722 * tinted[2]
  return tinted.map((value) => Math.max(0, value / luminance))
}

/** Light first, then contrast around the person's own mean. */
function table(gain: number, mean: number, contrast: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => {
    const lit = toCode(Math.min(1, gain * toLinear(code / 255)))
    return Math.round(255 * Math.min(1, Math.max(0, mean + (lit - mean) * contrast)))
  })
}

/** Of all pixels, or of those that `mask` covers wholly; null when there are none. */
function lightOf(rgba: Rgba, width: number, mask: Uint8Array | null): Light | null {
  let [r, g, b, count, sum, squares] = [0, 0, 0, 0, 0, 0]
  const pixels = rgba.length >> 2
  for (let row = 0; row < pixels; row += width * STEP) {
    for (let i = row; i < row + width; i += STEP) {
      if (mask && mask[i] !== 255) continue
      const [red, green, blue] = [LINEAR[rgba[i * 4]!]!, LINEAR[rgba[i * 4 + 1]!]!, LINEAR[rgba[i * 4 + 2]!]!]
      r += red
      g += green
      b += blue
      const light = Math.cbrt(0.2126 * red + 0.7152 * green + 0.0722 * blue)
      sum += light
      squares += light * light
      count++
    }
  }
  if (count === 0) return null
  const [lightness, a, blueness] = linearToOklab(r / count, g / count, b / count)
  const mean = sum / count
  return { lightness, a, b: blueness, spread: Math.sqrt(Math.max(0, squares / count - mean * mean)) }
}

const toCode = (linear: number): number => (linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055)
const LINEAR = Float64Array.from({ length: 256 }, (_, code) => toLinear(code / 255))

type Triple = [number, number, number]

function oklabToLinear(lightness: number, a: number, b: number): Triple {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}
