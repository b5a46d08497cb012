import { linearToOklab, toLinear } from '../../kernel/oklab'

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

function oklab(hex: string): Lab {
  const value = Number.parseInt(hex.slice(1), 16)
  const linear = (byte: number) => toLinear(byte / 255)
  return linearToOklab(linear(value >> 16), linear((value >> 8) & 255), linear(value & 255))
}
