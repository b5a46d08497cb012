type Lab = readonly [number, number, number]

/** Colours as a person would say them; a text model knows these words, and a hex number hardly. */
// biome-ignore format: a table
const NAMED: readonly (readonly [string, string])[] = [
  ['black', '#000000'], ['charcoal grey', '#36383B'], ['dark grey', '#5A5C60'], ['grey', '#808080'],
  ['light grey', '#D0D0D0'], ['white', '#FFFFFF'], ['ivory', '#FFFFF0'], ['cream', '#FFF3D6'], ['beige', '#E8DCC4'],
  ['tan', '#D2B48C'], ['light brown', '#A9794F'], ['brown', '#7B4A26'], ['dark brown', '#4A2C17'],
  ['maroon', '#6E1423'], ['dark red', '#8B0000'], ['red', '#E02020'], ['coral', '#FF7F50'], ['salmon pink', '#FA8E80'],
  ['terracotta', '#C4623F'], ['orange', '#FF8800'], ['peach', '#FFCBA4'], ['orange', '#FFA500'],
  ['amber yellow', '#FFC52A'], ['gold', '#D4AF37'], ['mustard yellow', '#C99A1D'], ['yellow', '#FFE81F'],
  ['pale yellow', '#FFF9A6'], ['lime green', '#A6E22E'], ['olive green', '#6B6B2A'], ['sage green', '#A8B89A'],
  ['mint green', '#B5F0D0'], ['bright green', '#22DD22'], ['green', '#2E9E4A'], ['dark green', '#0B4A2B'],
  ['emerald green', '#0F8A5F'], ['teal', '#0E7C7B'], ['turquoise', '#30D5C8'], ['cyan', '#00E5FF'],
  ['light blue', '#ADD8F0'], ['sky blue', '#5BB8F0'], ['blue', '#1F5FE0'], ['bright blue', '#0000FF'],
  ['dark blue', '#123A8A'], ['navy blue', '#0B1F4B'], ['slate blue', '#5C6F94'], ['lavender', '#CDBBEE'],
  ['violet', '#8A4FE0'], ['purple', '#7A1FA2'], ['dark purple', '#3B1152'], ['plum', '#8E4585'],
  ['orchid purple', '#DA70D6'], ['magenta', '#E0109A'], ['hot pink', '#FF4FA0'], ['pale pink', '#FFE2E0'],
  ['pink', '#FFB0C8'], ['dusty pink', '#C98F92'],
]

const labs = NAMED.map(([name, hex]) => ({ name, lab: oklab(hex) }))

/** The name of the colour that looks most like `#RRGGBB` (any case), by distance in Oklab. */
export function colorName(hex: string): string {
  const [l, a, b] = oklab(hex)
  const far = labs.map(({ lab }) => (lab[0] - l) ** 2 + (lab[1] - a) ** 2 + (lab[2] - b) ** 2)
  return labs[far.indexOf(Math.min(...far))]!.name
}

/** sRGB to Oklab, as published by Björn Ottosson (2020): distances in it are close to those that people see. */
function oklab(hex: string): Lab {
  const value = Number.parseInt(hex.slice(1), 16)
  const [r, g, b] = [linear(value >> 16), linear((value >> 8) & 255), linear(value & 255)]
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

function linear(byte: number): number {
  const share = byte / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}
