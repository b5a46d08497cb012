// Seeded pictures with and without people, drawn by the embedded renderer, and where the faces in them are.
import type { Pixels } from '../../src/render/image/pixels'
import { type Chooser, chooserOf } from '../../src/render/mannequin/hash'
import { lookOf } from '../../src/render/mannequin/look'
import type { Rgb } from '../../src/render/mannequin/material'
import type { Look } from '../../src/render/mannequin/outfit'
import { decodeJpeg, newKernel } from './image-fixtures'
import { newRenderer, poseOf, records } from './mannequin-fixtures'

/** Nose and eyes in pixels. */
export type DrawnFace = { points: [number, number][]; eyesApart: number }
export type Scene = { pixels: Pixels; faces: DrawnFace[]; people: Look[]; says: string }

const SKINS: readonly Rgb[] = [
  [246, 216, 194],
  [236, 196, 164],
  [214, 164, 126],
  [182, 128, 92],
  [150, 104, 74],
  [112, 74, 54],
]
const WALLS: readonly Rgb[] = [
  [255, 255, 255],
  [226, 219, 210],
  [206, 216, 222],
  [232, 206, 192],
  [140, 150, 128],
  [70, 84, 110],
  [40, 42, 48],
  [214, 178, 140],
  [196, 150, 116],
  [120, 60, 50],
]
const FLOORS: readonly Rgb[] = [
  [166, 124, 88],
  [196, 156, 116],
  [120, 84, 60],
  [190, 186, 180],
]
const HAIRS: readonly Rgb[] = [
  [30, 25, 25],
  [62, 42, 32],
  [124, 84, 54],
  [206, 164, 104],
  [134, 62, 38],
  [176, 174, 172],
]
const CLOTHES = [
  'kemeja putih',
  'kaos merah',
  'blazer navy',
  'batik',
  'hoodie hijau',
  'floral dress',
  'kaos coklat muda',
]
const STYLES = ['crop', 'short', 'bob', 'long', 'ponytail', 'bun', 'curly', 'bald'] as const

const SEEN = 2
/** COCO-18: nose, right eye, left eye, right ear, left ear. */
const [NOSE, EYES] = [0, [14, 15]]

const turnedToUs = records.filter(({ people }) =>
  people.every(({ keypoints2d }) => [NOSE, ...EYES].every((joint) => keypoints2d[joint * 3 + 2] === SEEN)),
)
/** Hands or things that hide the face are no fault of who looks for it. */
const HIDES_FACE =
  /wash-face|facepalm|headache|camera|binocular|whisper|shout|cry|peek|cover|laugh-belly|eat-ice-cream|visor/

/** Poses of one person whose face looks our way, is upright and can be seen. */
const single = turnedToUs.filter(
  ({ id, people }) => people.length === 1 && isUpright(people[0]!.keypoints2d) && !HIDES_FACE.test(id),
)
const CLOSE = single.filter(({ id }) => /^(headshot|beauty|half|emo|hair|hijab)/.test(id))

/** Both eyes at about one height, above the nose, and far enough apart to be seen from the front. */
function isUpright(points: readonly number[]): boolean {
  const at = (joint: number): [number, number] => [points[joint * 3] ?? 0, points[joint * 3 + 1] ?? 0]
  const [nose, right, left] = [at(NOSE), at(14), at(15)]
  const apart = Math.abs(left[0] - right[0])
  const lean = Math.abs(left[1] - right[1]) / apart
  const isBetween = (nose[0] - left[0]) * (nose[0] - right[0]) < 0
  const turn = Math.abs(nose[0] - (left[0] + right[0]) / 2) / apart
  const fall = (nose[1] - (left[1] + right[1]) / 2) / apart
  return lean < 0.25 && nose[1] > Math.max(left[1], right[1]) && isBetween && turn < 0.36 && fall > 0.42 && fall < 0.8
}

const renderer = newRenderer()

function lookFor(choose: Chooser, seed: number): Look {
  const hijab = choose([true, false, false, false])
  const gender = hijab ? 'female' : choose(['female', 'male'])
  const prompt = `${choose(CLOTHES)}${hijab ? ' hijab' : ''}`
  const look = lookOf({ prompt, attributes: { gender }, seed })
  const styles = gender === 'male' ? STYLES.filter((each) => !/bob|bun|pony|long/.test(each)) : STYLES.slice(1)
  return {
    ...look,
    skin: choose(SKINS),
    hair: { style: choose(styles), colour: choose(HAIRS) },
    beard: gender === 'male' && choose([true, false, false]),
  }
}

/** A room: a wall that gets darker to one side, and a floor of boards. */
export function room(width: number, height: number, choose: Chooser): Pixels {
  const rgba = new Uint8ClampedArray(width * height * 4)
  const [wall, floor] = [choose(WALLS), choose(FLOORS)]
  const horizon = height * choose([0.62, 0.75, 0.9, 1.1])
  const boards = choose([7, 13, 29])
  const shade = choose([0, 0.15, 0.3])
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const plank = Math.floor((x + (y - horizon) * 0.6) / boards)
      const grain = (((plank * 2654435761) >>> 24) / 255 - 0.5) * 0.3 + 0.05 * Math.sin(y * 0.9 + plank)
      const dark = y < horizon ? (shade * x) / width : 0.15 + grain
      const base = y < horizon ? wall : floor
      const o = (y * width + x) * 4
      for (let c = 0; c < 3; c++) rgba[o + c] = base[c]! * (1 - dark)
      rgba[o + 3] = 255
    }
  }
  return { rgba, width, height }
}

/** Puts a picture over another where its mask covers, its upper left corner at x, y. */
function paste(
  onto: Pixels,
  rgba: ArrayLike<number>,
  mask: Uint8Array,
  [w, h]: [number, number],
  x0: number,
  y0: number,
) {
  for (let y = Math.max(0, -y0); y < Math.min(h, onto.height - y0); y++) {
    for (let x = Math.max(0, -x0); x < Math.min(w, onto.width - x0); x++) {
      const cover = mask[y * w + x]! / 255
      if (cover === 0) continue
      const o = ((y + y0) * onto.width + x + x0) * 4
      for (let c = 0; c < 3; c++)
        onto.rgba[o + c] = onto.rgba[o + c]! * (1 - cover) + rgba[(y * w + x) * 4 + c]! * cover
    }
  }
}

/** Light of another colour, brightness and contrast, then noise of a sensor. */
function develop(pixels: Pixels, choose: Chooser, noise: number): void {
  const light = choose<Rgb>([
    [1, 1, 1],
    [1, 1, 1],
    [1.06, 1, 0.9],
    [0.95, 1, 1.06],
    [0.75, 0.75, 0.75],
    [1.15, 1.14, 1.12],
  ])
  const { rgba } = pixels
  let state = choose(SEEDS)
  const grain = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return ((state >>> 24) + ((state >>> 16) & 255)) / 255 - 1
  }
  for (let i = 0; i < rgba.length; i += 4) {
    const by = noise === 0 ? 0 : grain() * noise
    for (let c = 0; c < 3; c++) rgba[i + c] = Math.max(0, Math.min(255, rgba[i + c]! * light[c]! + by))
  }
}
const SEEDS = [1, 22, 333, 4444]

const kernel = newKernel()

/** Through a JPEG file and back. */
async function throughJpeg({ rgba, width, height }: Pixels, quality: number): Promise<Pixels> {
  return decodeJpeg(kernel.encodeJpeg(rgba, width, height, { quality }))
}

type Frame = 'close' | 'whole' | 'wide' | 'small' | 'duo'

/** A picture with one person, or two, of which the same seed always makes the same. */
export async function sceneOf(seed: number): Promise<Scene> {
  const choose = chooserOf('portrait scene', seed)
  const frame = choose<Frame>(['close', 'close', 'whole', 'whole', 'wide', 'wide', 'small', 'duo'])
  const look = lookFor(choose, seed)
  const record = choose(frame === 'close' ? CLOSE : single)
  const people = [{ record, look }]
  if (frame === 'duo') people.push({ record: choose(single), look: lookFor(choose, seed + 1) })
  const side = frame === 'small' ? 400 : frame === 'close' ? choose([320, 512]) : 512
  const [width, height] = {
    close: [side, Math.round(side * choose([1, 1.25, 1.4]))],
    whole: [side, Math.round(side * choose([1, 1.4, 1.75]))],
    wide: [choose([800, 960]), 540],
    small: [640, 640],
    duo: [900, 560],
  }[frame] as [number, number]
  const background = room(width, height, choose)
  const faces: DrawnFace[] = []
  people.forEach((person, i) => {
    const [w, h] = frame === 'close' || frame === 'whole' ? [width, height] : [side, side]
    const drawn = renderer.render({
      pose: poseOf(person.record.id),
      looks: [person.look],
      background: { kind: 'solid', colour: choose(WALLS) },
      keyLight: choose([-1, -0.5, 0, 0.5, 1]),
      width: w,
      height: h,
    })
    const spare = Math.max(0, width - w)
    const x0 = frame === 'duo' ? Math.round(spare * i) : Math.round(spare * choose([0, 0.15, 0.5, 0.85, 1]))
    const y0 = height - h
    paste(background, drawn.rgba, drawn.mask, [w, h], x0, y0)
    const points = [NOSE, ...EYES].map((joint) => {
      const [x, y] = drawn.keypoints[0]![joint]!
      return [x! + x0, y! + y0] as [number, number]
    })
    const inside = points.every(([x, y]) => x > 2 && y > 2 && x < width - 2 && y < height - 2)
    if (inside) faces.push({ points, eyesApart: Math.abs(points[1]![0] - points[2]![0]) })
  })
  develop(background, choose, choose([0, 6, 18]))
  const quality = choose([0, 45, 80])
  const pixels = quality === 0 ? background : await throughJpeg(background, quality)
  const cover = look.headscarf ? 'hijab' : look.hair.style
  return {
    pixels,
    faces,
    people: people.map((person) => person.look),
    says: `${seed} ${frame} ${record.id} ${cover} skin ${look.skin} q${quality}`,
  }
}

const cropOf = ({ rgba, width }: Pixels, x0: number, y0: number, w: number, h: number): Pixels => {
  const part = new Uint8ClampedArray(w * h * 4)
  for (let y = 0; y < h; y++) {
    const from = ((y + y0) * width + x0) * 4
    part.set(rgba.subarray(from, from + w * 4), y * w * 4)
  }
  return { rgba: part, width: w, height: h }
}

/** Poses that show neither nose nor eyes. */
const turnedAway = records.filter(
  ({ people }) => people.length === 1 && [NOSE, ...EYES].every((joint) => people[0]!.keypoints2d[joint * 3 + 2] === 0),
)

type Emptiness = 'room' | 'shapes' | 'body' | 'back'

/** A picture without a face: a room, products in the colours of skin, a body from the neck down, a head from behind. */
export async function facelessSceneOf(seed: number): Promise<Scene> {
  const choose = chooserOf('faceless scene', seed)
  const kind = choose<Emptiness>(['room', 'shapes', 'shapes', 'body', 'body', 'back'])
  const look = lookFor(choose, seed)
  const [width, height] = choose([
    [512, 512],
    [480, 640],
    [800, 540],
  ] as [number, number][])
  let pixels = room(width, height, choose)
  if (kind === 'shapes') for (let i = 0; i < choose([1, 3, 6]); i++) drawThing(pixels, choose)
  if (kind === 'body' || kind === 'back') {
    const record = choose(kind === 'back' ? turnedAway : single)
    const side = Math.min(width, height)
    const drawn = renderer.render({
      pose: poseOf(record.id),
      looks: [look],
      background: { kind: 'solid', colour: choose(WALLS) },
      width: side,
      height: side,
    })
    const x0 = Math.round((width - side) * choose([0, 0.5, 1]))
    paste(pixels, drawn.rgba, drawn.mask, [side, side], x0, height - side)
    if (kind === 'body') {
      const neck = drawn.keypoints[0]![1]![1]! + height - side
      const from = Math.min(height - 64, Math.max(0, Math.round(neck)))
      pixels = cropOf(pixels, 0, from, width, height - from)
    }
  }
  develop(pixels, choose, choose([0, 6, 18]))
  const quality = choose([0, 45, 80])
  if (quality > 0) pixels = await throughJpeg(pixels, quality)
  return { pixels, faces: [], people: [look], says: `${seed} faceless ${kind} q${quality}` }
}

/** A box, a ball or a bottle with a label, a lid, buttons or stripes. */
function drawThing(pixels: Pixels, choose: Chooser): void {
  const { rgba, width, height } = pixels
  const [colour, second] = [choose([...SKINS, ...WALLS]), choose([...HAIRS, ...SKINS, ...WALLS])]
  const size = Math.min(width, height) * choose([0.12, 0.25, 0.45])
  const tall = choose([0.7, 1, 1.3, 2])
  const [cx, cy] = [width * choose([0.2, 0.4, 0.5, 0.7]), height * choose([0.25, 0.5, 0.7])]
  const [shape, print] = [
    choose(['box', 'ball', 'bottle']),
    choose(['plain', 'label', 'lid', 'buttons', 'stripes', 'text']),
  ]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [(x - cx) / size, (y - cy) / (size * tall)]
      const half = shape === 'bottle' && v < -0.2 ? 0.22 : 0.5
      if (shape === 'ball' ? u * u + v * v > 0.25 : Math.abs(u) > half || Math.abs(v) > 0.5) continue
      const isPrinted =
        (print === 'label' && Math.abs(u) < 0.35 && Math.abs(v) < 0.15) ||
        (print === 'lid' && v < -0.3) ||
        (print === 'buttons' && Math.abs(u) < 0.05 && Math.abs(((v * 5 + 10) % 1) - 0.5) < 0.25) ||
        (print === 'stripes' && Math.floor((v + 1) * 12) % 2 === 0) ||
        (print === 'text' && Math.abs(v) < 0.1 && Math.floor((u + 1) * 24) % 3 === 0)
      const shade = 1 - 0.45 * Math.max(0, u + 0.1) - (shape === 'ball' ? 0.3 * Math.max(0, v) : 0)
      const base = isPrinted ? second : colour
      for (let c = 0; c < 3; c++) rgba[(y * width + x) * 4 + c] = base[c]! * shade
    }
  }
}

/** How different the hues of two colours are, whatever the light: 0 the same, 2 opposite; infinite when one is missing. */
export function hueApart(a: Rgb | null, b: Rgb | null): number {
  if (!a || !b) return Number.POSITIVE_INFINITY
  const [lightA, lightB] = [a, b].map((c) => c[0] + c[1] + c[2] + 24)
  return a.reduce((sum, value, i) => sum + Math.abs(value / lightA! - b[i]! / lightB!), 0)
}
