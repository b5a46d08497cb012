/** s15Fixed16Number (ICC.1:2010 section 4.6) of the sRGB primaries and white, adapted to D50 by Bradford's matrix. */
const RED = [0x6fa2, 0x38f5, 0x0390]
const GREEN = [0x6299, 0xb785, 0x18da]
const BLUE = [0x24a0, 0x0f84, 0xb6cf]
const WHITE_D50 = [0xf6d6, 0x10000, 0xd32d]
/** D65 -> D50, row by row. */
const ADAPTATION = [0x10c42, 0x05de, -0x0cdb, 0x0793, 0xfd90, -0x04c3, -0x025d, 0x03db, 0xc03d]
/** IEC 61966-2-1: ((x + 0.055) / 1.055)^2.4 from 0.04045 on, x / 12.92 below. */
const CURVE = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045].map((value) => Math.round(value * 65536))

const HEADER_BYTES = 128
const TAG_BYTES = 12

/**
 * An ICC profile of sRGB with its exact curve, in some 500 bytes (ICC.1:2010, profile version 4.3). A JPEG without one is
 * whatever its reader believes.
 */
export function srgbProfile(): Uint8Array<ArrayBuffer> {
  const curve = element('para', [...u16(3), ...u16(0), ...CURVE.flatMap(u32)])
  const tags: [string, number[]][] = [
    ['desc', text('sRGB')],
    ['cprt', text('CC0')],
    ['wtpt', xyz(WHITE_D50)],
    ['chad', element('sf32', ADAPTATION.flatMap(u32))],
    ['rXYZ', xyz(RED)],
    ['gXYZ', xyz(GREEN)],
    ['bXYZ', xyz(BLUE)],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ]
  // Tags may share an element (section 7.3.1).
  const elements = [...new Set(tags.map(([, data]) => data))]
  const starts = new Map<number[], number>()
  let end = HEADER_BYTES + 4 + tags.length * TAG_BYTES
  for (const data of elements) {
    starts.set(data, end)
    end += data.length
  }
  const table = tags.flatMap(([name, data]) => [...ascii(name), ...u32(starts.get(data)!), ...u32(data.length)])
  return Uint8Array.from([...header(end), ...u32(tags.length), ...table, ...elements.flat()])
}

/** Section 7.2: a display's profile, RGB to XYZ, perceptual. The date is that of ICC.1:2010. */
function header(bytes: number): number[] {
  const start = [...u32(bytes), ...u32(0), ...u32(0x04300000), ...ascii('mntrRGB XYZ ')]
  const made = [2010, 12, 1, 0, 0, 0].flatMap(u16)
  const rest = [...ascii('acsp'), ...new Array(28).fill(0), ...WHITE_D50.flatMap(u32)]
  const head = [...start, ...made, ...rest]
  return [...head, ...new Array(HEADER_BYTES - head.length).fill(0)]
}

const u16 = (value: number): number[] => [(value >> 8) & 255, value & 255]
const u32 = (value: number): number[] => [(value >> 24) & 255, (value >> 16) & 255, (value >> 8) & 255, value & 255]
const ascii = (value: string): number[] => Array.from(value, (letter) => letter.charCodeAt(0))

/** Type signature, four reserved bytes, data, and zeros up to a multiple of four. */
const element = (type: string, data: number[]): number[] => {
  const whole = [...ascii(type), ...u32(0), ...data]
  return [...whole, ...new Array(-whole.length & 3).fill(0)]
}
const xyz = (values: number[]): number[] => element('XYZ ', values.flatMap(u32))

/** multiLocalizedUnicodeType of one record in English (section 10.13), UTF-16. */
const text = (value: string): number[] =>
  element('mluc', [
    ...[...u32(1), ...u32(12), ...ascii('enUS'), ...u32(value.length * 2), ...u32(28)],
    ...ascii(value).flatMap((code) => [0, code]),
  ])
