import { describe, expect, test } from 'vitest'
import { composeBackground } from '../../src/backgrounds/compose/compose-background'
import { contactShade } from '../../src/backgrounds/compose/contact-shadow'
import { shadeOn } from '../../src/backgrounds/compose/lay-shade'
import { type Drawing, drawn, kernel } from './compose-fixtures'

const WHITE = { kind: 'color', rgb: 0xffffff } as const

/** Darkness of each row and column of the floor on white, outside of the person; 0..255. */
function shadowOf({ mask, width, height, ...rest }: Drawing, withFigures = true) {
  const source = { ...rest, width, height }
  const options = { kernel, figures: withFigures ? rest.figures : [] }
  const { rgba } = composeBackground(source, mask, WHITE, options)
  const dark = mask.map((coverage, i) => (coverage === 0 ? 255 - rgba[i * 4 + 1]! : 0))
  const rows = Array.from({ length: height }, (_, y) => Math.max(...dark.subarray(y * width, (y + 1) * width)))
  const columns = Array.from({ length: width }, (_, x) =>
    rows.reduce((most, _row, y) => Math.max(most, dark[y * width + x]!), 0),
  )
  const lowest = mask.lastIndexOf(255)
  return { dark, rows, columns, lowestRow: Math.floor(lowest / width), darkest: Math.max(...rows) }
}

describe('somebody who stands', () => {
  const person = drawn('stand-neutral')
  const { rows, lowestRow, darkest } = shadowOf(person)

  test('has a soft shadow at the feet, darkest beside them', () => {
    expect(darkest).toBeGreaterThan(50)
    expect(Math.abs(rows.indexOf(darkest) - lowestRow)).toBeLessThan(14)
  })

  test('has none at the hands, the hips or the head', () => {
    expect(Math.max(...rows.slice(0, Math.floor(lowestRow * 0.85)))).toBe(0)
  })

  test('has one whether or not anybody says where the feet are', () => {
    expect(shadowOf(person, false).darkest).toBeGreaterThan(50)
  })
})

test('who lies has a shadow along the body', () => {
  const { columns } = shadowOf(drawn('phone-floor-prone'))
  const shaded = columns.filter((dark) => dark > 20).length
  expect(shaded).toBeGreaterThan(384 * 0.5)
})

test('who sits has one under the foot and under the legs of the chair', () => {
  const person = drawn('chair-crossed-legs-classic')
  const { columns } = shadowOf(person)
  // From left to right: a leg of the chair, the foot, the other leg.
  const peaks = [0.33, 0.48, 0.59].map((at) => Math.max(...columns.slice(384 * (at - 0.04), 384 * (at + 0.04))))
  expect(Math.min(...peaks)).toBeGreaterThan(20)
})

test('each of two people has one', () => {
  const person = drawn('duo-give-parcel')
  const { columns } = shadowOf(person)
  expect(Math.max(...columns.slice(0, 192))).toBeGreaterThan(40)
  expect(Math.max(...columns.slice(192))).toBeGreaterThan(40)
})

test('the far foot of somebody who walks stands too, when the ankles are known', () => {
  const [width, height] = [200, 200]
  const mask = new Uint8Array(width * height)
  const block = (left: number, right: number, top: number, bottom: number) => {
    for (let y = top; y < bottom; y++) mask.fill(255, y * width + left, y * width + right)
  }
  block(80, 120, 20, 110)
  block(84, 94, 110, 180)
  block(104, 114, 110, 170)
  const points = Array.from({ length: 54 }, () => 0)
  points.splice(30, 3, 89, 170, 1)
  points.splice(39, 3, 109, 160, 1)
  const at = (figures: Parameters<typeof contactShade>[3]) => {
    const shade = contactShade(mask, width, height, figures)!
    return shade.dark[Math.floor(171 / 4) * shade.columns + Math.floor(109 / 4)]!
  }
  expect(at([{ keypoints: points, hands: [], goods: [] }])).toBeGreaterThan(1.2 * at([]))
})

describe('there is none', () => {
  test.each(['arms-crossed-half', 'headshot-straight'])('for %s: the frame cuts the body', (id) => {
    const { mask, width, height, figures } = drawn(id)
    expect(contactShade(mask, width, height, figures)).toBeNull()
    expect(shadowOf(drawn(id)).darkest).toBe(0)
  })

  test('for an empty picture', () => {
    expect(contactShade(new Uint8Array(100), 10, 10)).toBeNull()
  })

  test('when it is not wanted', () => {
    const { mask, ...person } = drawn('stand-neutral')
    const { rgba } = composeBackground(person, mask, WHITE, { kernel, withShadow: false })
    expect([...mask.keys()].every((i) => mask[i] !== 0 || rgba[i * 4] === 255)).toBe(true)
  })
})

test('on white it is lighter than on grey, and it never turns the colour of the backdrop', () => {
  expect(shadeOn(255)).toBeLessThan(shadeOn(128))
  const { mask, ...person } = drawn('stand-neutral')
  const { rgba } = composeBackground(person, mask, { kind: 'color', rgb: 0x804020 }, { kernel })
  const bare = [...mask.keys()].filter((i) => mask[i] === 0)
  const turned = bare.filter((i) => {
    const [r, g, b] = rgba.subarray(i * 4, i * 4 + 3) as unknown as [number, number, number]
    return Math.abs(r - 2 * g) > 2 || Math.abs(g - 2 * b) > 2
  })
  expect(turned).toEqual([])
})

test('points that are no numbers or lie outside of the picture do no harm', () => {
  const { mask, width, height } = drawn('stand-neutral')
  const odd = [Number.NaN, -1e9, 1e9, Number.POSITIVE_INFINITY].map((value) => ({
    keypoints: Array.from({ length: 54 }, (_, i) => (i % 3 === 2 ? 1 : value)),
    hands: [],
    goods: [],
  }))
  const { dark } = contactShade(mask, width, height, [...odd, { keypoints: [], hands: [], goods: [] }])!
  expect(dark).toEqual(contactShade(mask, width, height)!.dark)
})
