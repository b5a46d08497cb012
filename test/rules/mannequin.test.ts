import { describe, expect, test } from 'vitest'
import { looksOf } from '../../src/render/mannequin/looks'
import type { FigurePose } from '../../src/render/mannequin/pose'
import { PROP_KINDS } from '../../src/render/mannequin/props'
import { MAX_PIXELS } from '../../src/render/mannequin/renderer'
import { studioOf } from '../../src/render/mannequin/studio'
import { bareOf, fingerprint, newRenderer, PLAIN, poseOf, records, shapes } from './mannequin-fixtures'

const renderer = newRenderer()
const SIDE = 256

function draw(pose: FigurePose, options: { seed?: number; prompt?: string; width?: number; height?: number } = {}) {
  const { seed = 1, prompt = '', width = SIDE, height = SIDE } = options
  return renderer.render({ pose, looks: looksOf(pose, { prompt, seed }), background: PLAIN, width, height })
}

/** Joints that the record calls visible and their share inside the mask. */
function jointsInMask(pose: FigurePose, seed: number) {
  const { mask, keypoints } = draw(pose, { seed })
  const joints = keypoints.flat().filter(([, , visible]) => visible! > 0)
  const inside = joints.filter(([x, y]) => mask[Math.floor(y!) * SIDE + Math.floor(x!)]! >= 128)
  return { joints: joints.length, inside: inside.length, corner: mask[0]! + mask[SIDE - 1]! }
}

describe('every pose of the library', () => {
  test('is drawn with its joints inside the figure and the background outside', { timeout: 120_000 }, () => {
    let joints = 0
    let inside = 0
    const weak: string[] = []
    records.forEach(({ id }, seed) => {
      const found = jointsInMask(poseOf(id), seed)
      joints += found.joints
      inside += found.inside
      if (found.inside / found.joints < 0.85) weak.push(id)
    })
    expect(inside / joints).toBeGreaterThan(0.99)
    expect(weak).toEqual([])
  })

  test('is drawn as well when nobody says where its props and fingers are', { timeout: 120_000 }, () => {
    let joints = 0
    let inside = 0
    records.forEach((record, seed) => {
      if (seed % 4) return
      const found = jointsInMask(bareOf(record), seed)
      joints += found.joints
      inside += found.inside
    })
    expect(inside / joints).toBeGreaterThan(0.99)
  })

  test('names only props that can be drawn', () => {
    const kinds = new Set(Object.values(shapes).flatMap(({ props = [] }) => props.map(({ kind }) => kind)))
    expect([...kinds].filter((kind) => !PROP_KINDS.includes(kind))).toEqual([])
  })
})

test('the same request gives the same pixels, in a new instance too', () => {
  const pose = poseOf('desk-typing')
  const request = { looks: looksOf(pose, { prompt: 'batik', seed: 7 }), background: studioOf({ prompt: '', seed: 7 }) }
  const first = renderer.render({ pose, ...request, width: SIDE, height: SIDE })
  draw(poseOf('jump-star'), { width: 300, height: 200 })
  const again = renderer.render({ pose, ...request, width: SIDE, height: SIDE })
  const elsewhere = newRenderer().render({ pose, ...request, width: SIDE, height: SIDE })
  expect(fingerprint(again.rgba)).toBe(fingerprint(first.rgba))
  expect(fingerprint(elsewhere.rgba)).toBe(fingerprint(first.rgba))
})

test.each([
  ['product-at-chest-right', 'kemeja merah, celana hitam', '26188430 f7e4165a'],
  ['chair-crossed-legs-classic', 'wanita berhijab krem, gamis hijau', 'a25b4241 3f01af8e'],
  ['duo-toast-drinks', 'floral dress, long hair', '55a82b84 82742c19'],
  ['headshot-straight', 'pria jas biru navy', '18294cb0 12d2252d'],
])('%s looks as it did (a change needs a new RENDERER_VERSION)', (id, prompt, golden) => {
  const pose = poseOf(id)
  const { rgba, mask } = renderer.render({
    pose,
    looks: looksOf(pose, { prompt, seed: 11 }),
    background: studioOf({ prompt, seed: 11 }),
    width: SIDE,
    height: SIDE,
  })
  expect(`${fingerprint(rgba)} ${fingerprint(mask)}`).toBe(golden)
})

test('prompt, seed, pose and background each change the picture', () => {
  const base = fingerprint(draw(poseOf('stand-neutral')).rgba)
  expect(fingerprint(draw(poseOf('stand-neutral'), { prompt: 'kemeja kuning' }).rgba)).not.toBe(base)
  expect(fingerprint(draw(poseOf('stand-neutral'), { seed: 2 }).rgba)).not.toBe(base)
  expect(fingerprint(draw(poseOf('greet-namaste')).rgba)).not.toBe(base)
})

test('the key light moves shade and shadow, not the figure; beyond its rail is refused', () => {
  const pose = poseOf('stand-neutral')
  const request = { pose, looks: looksOf(pose, { prompt: '', seed: 1 }), width: SIDE, height: SIDE }
  const lit = (keyLight: number) =>
    renderer.render({ ...request, background: { kind: 'solid', colour: [255, 255, 255] }, keyLight })
  const [left, middle, right] = [lit(-1), lit(0), lit(1)]
  expect(new Set([left, middle, right].map(({ rgba }) => fingerprint(rgba))).size).toBe(3)
  // Edges are sampled more finely where colours differ more, so a few edge pixels of the mask follow the light.
  const moved = left.mask.reduce((sum, value, i) => sum + Math.abs(value - right.mask[i]!), 0)
  expect(moved / left.mask.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.005)
  for (const wrong of [1.1, -2, Number.NaN]) expect(() => lit(wrong)).toThrow(RangeError)
})

test('a wide and a tall picture show the whole square framing, keypoints with it', () => {
  const pose = poseOf('stand-neutral')
  const square = draw(pose, { width: 320, height: 320 })
  const wide = draw(pose, { width: 640, height: 320 })
  const tall = draw(pose, { width: 320, height: 512 })
  const [x, y] = square.keypoints[0]![0]!
  expect(wide.keypoints[0]![0]).toEqual([x! + 160, y, 2])
  expect(tall.keypoints[0]![0]).toEqual([x, y! + 96, 2])
  const area = (mask: Uint8Array) => mask.reduce((sum, value) => sum + value, 0)
  expect(area(wide.mask) / area(square.mask)).toBeCloseTo(1, 2)
  expect(area(tall.mask) / area(square.mask)).toBeCloseTo(1, 2)
})

test('a solid background keeps its colour away from the figure; a picture is scaled to cover', () => {
  const pose = poseOf('stand-neutral')
  const { rgba } = draw(pose)
  expect([...rgba.slice(0, 4)]).toEqual([200, 210, 220, 255])
  const picture = new Uint8ClampedArray(4 * 2 * 4).map((_, i) => [10, 120, 240, 255][i % 4]!)
  const looks = looksOf(pose, { prompt: '', seed: 1 })
  const background = { kind: 'image' as const, rgba: picture, width: 4, height: 2 }
  const drawn = renderer.render({ pose, looks, background, width: 128, height: 160 })
  expect([...drawn.rgba.slice(0, 4)]).toEqual([10, 120, 240, 255])
})

test('the outline is smooth: mask values between empty and full lie on it', () => {
  const { mask } = draw(poseOf('stand-neutral'))
  const partial = mask.filter((value) => value > 0 && value < 255).length
  expect(partial).toBeGreaterThan(300)
  expect(partial).toBeLessThan(mask.filter((value) => value === 255).length * 0.3)
})

test('props of a pose are part of the mask, walls are scenery', () => {
  const withBags = poseOf('shopping-bags-both-down')
  const without = { ...withBags, propShapes: [] }
  const area = (pose: FigurePose) => draw(pose).mask.filter((value) => value > 127).length
  expect(area(withBags)).toBeGreaterThan(area(without) * 1.1)
  const leaning = poseOf('lean-wall-arms-crossed')
  expect(area(leaning)).toBeLessThan(SIDE * SIDE * 0.4)
})

test('a hundred pictures hold no more memory than the first, and the largest stays under 64 MiB', {
  timeout: 60_000,
}, () => {
  const own = newRenderer()
  const render = (id: string, width: number, height: number) => {
    const pose = poseOf(id)
    own.render({ pose, looks: looksOf(pose, { prompt: '', seed: 3 }), background: PLAIN, width, height })
  }
  render('duo-discuss-desk', 512, 512)
  const held = own.memoryBytes()
  for (let i = 0; i < 100; i++) render(records[i * 8]!.id, 128, 192)
  render('duo-discuss-desk', 512, 512)
  expect(own.memoryBytes()).toBe(held)
  render('duo-discuss-desk', 1536, 1536)
  expect(1536 * 1536).toBe(MAX_PIXELS)
  expect(own.memoryBytes()).toBeLessThanOrEqual(64 * 2 ** 20)
})

describe('refuses', () => {
  const pose = poseOf('stand-neutral')
  const [person] = pose.people
  test.each([
    ['a size beyond the limit', () => draw(pose, { width: 2048, height: 2048 })],
    ['half a pixel', () => draw(pose, { width: 100.5, height: 100 })],
    ['nobody', () => draw({ ...pose, people: [] })],
    ['a crowd', () => draw({ ...pose, people: [person!, person!, person!, person!] })],
    ['missing joints', () => draw({ ...pose, people: [{ ...person!, joints3d: [1, 2, 3] }] })],
    [
      'joints that are not numbers',
      () => draw({ ...pose, people: [{ ...person!, joints3d: Array(96).fill(Number.NaN) }] }),
    ],
    ['a camera inside out', () => draw({ ...pose, camera: { ...pose.camera, focal: -1 } })],
    ['an unknown prop', () => draw({ ...pose, propShapes: [{ kind: 'rocket', at: [0, 0, 0], size: [1] }] })],
    ['a prop nowhere', () => draw({ ...pose, propShapes: [{ kind: 'cup', at: [0, Number.NaN, 0], size: [1] }] })],
  ])('%s with a RangeError', (_, attempt) => {
    expect(attempt).toThrow(RangeError)
  })
})

test('a pose with all joints in one point is still a picture', () => {
  const pose = poseOf('stand-neutral')
  const point = { ...pose.people[0]!, joints3d: Array(96).fill(0.8), handLeft2d: null, handRight2d: null }
  expect(draw({ ...pose, people: [point], propShapes: [] }).rgba).toHaveLength(SIDE * SIDE * 4)
})
