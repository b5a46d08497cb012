// From words to a backdrop: a studio sweep in the colour or mood that the words name, else chosen by seed and prompt.
import type { Backdrop } from './backdrop'
import { colourIn } from './colour-words'
import { chooserOf } from './hash'
import type { Rgb } from './material'

type Sweep = { top: Rgb; middle: Rgb; floor: Rgb }

// biome-ignore format: one place per line
const PLACES: readonly [RegExp, Sweep][] = [
  [/\b(?:beach|pantai|sea|laut|ocean)\b/, { top: [142, 196, 226], middle: [214, 236, 240], floor: [236, 216, 178] }],
  [/\b(?:sunset|senja|golden hour|sunrise)\b/, { top: [232, 150, 112], middle: [252, 212, 160], floor: [206, 150, 118] }],
  [/\b(?:forest|hutan|garden|taman|park|nature|alam|leaves|daun)\b/, { top: [136, 164, 132], middle: [206, 220, 190], floor: [172, 178, 140] }],
  [/\b(?:wood|wooden|kayu|cafe|kafe|coffee shop|rustic)\b/, { top: [198, 166, 132], middle: [226, 202, 172], floor: [166, 124, 88] }],
  [/\b(?:city|kota|street|jalan|urban|concrete|beton)\b/, { top: [176, 182, 190], middle: [216, 218, 220], floor: [168, 168, 168] }],
  [/\b(?:night|malam|dark|gelap|dramatic|moody)\b/, { top: [44, 46, 58], middle: [82, 84, 98], floor: [52, 52, 60] }],
  [/\b(?:kitchen|dapur|home|rumah|living room|ruang tamu|office|kantor)\b/, { top: [226, 222, 214], middle: [242, 238, 232], floor: [196, 172, 144] }],
  [/\b(?:luxury|mewah|elegant|elegan)\b/, { top: [206, 192, 172], middle: [236, 226, 210], floor: [184, 164, 138] }],
]

const SWEEPS: readonly Sweep[] = [
  { top: [226, 219, 210], middle: [244, 240, 234], floor: [222, 212, 200] },
  { top: [206, 216, 222], middle: [236, 241, 243], floor: [206, 212, 216] },
  { top: [232, 206, 192], middle: [248, 232, 222], floor: [226, 200, 184] },
  { top: [206, 214, 200], middle: [238, 242, 232], floor: [208, 212, 196] },
  { top: [218, 208, 222], middle: [243, 238, 245], floor: [214, 204, 214] },
  { top: [232, 218, 186], middle: [249, 242, 224], floor: [226, 208, 172] },
  { top: [214, 196, 184], middle: [240, 228, 218], floor: [206, 184, 168] },
]

/** Everything after "background" words, or the whole text: the part that speaks of the backdrop. */
const BACKGROUND = /\b(?:background|backdrop|latar(?: belakang)?|wall|dinding|studio)\b/

function sweepOf(colour: Rgb): Sweep {
  const toward = (target: number, t: number): Rgb => [
    colour[0] + (target - colour[0]) * t,
    colour[1] + (target - colour[1]) * t,
    colour[2] + (target - colour[2]) * t,
  ]
  return { top: toward(120, 0.12), middle: toward(255, 0.35), floor: toward(90, 0.1) }
}

/** `prompt` is a background prompt, or the picture's whole prompt (then only words beside "background" name a colour). */
export function studioOf({
  prompt,
  seed,
  aboutBackground = false,
}: {
  prompt: string
  seed: number
  aboutBackground?: boolean
}): Backdrop {
  const text = prompt.toLowerCase()
  const match = BACKGROUND.exec(text)
  const near = aboutBackground
    ? text
    : match
      ? text.slice(Math.max(0, match.index - 28), match.index + match[0].length + 28)
      : ''
  const place = PLACES.find(([pattern]) => pattern.test(text))
  if (place) return { kind: 'gradient', ...place[1] }
  const colour = near ? colourIn(near) : null
  if (colour) return { kind: 'gradient', ...sweepOf(colour) }
  return { kind: 'gradient', ...chooserOf(`studio ${prompt}`, seed)(SWEEPS) }
}
