import { describe, expect, test } from 'vitest'
import { AVATAR_ATTRIBUTES } from '../../src/db/tables/avatar-attributes'
import { type AvatarAttributes, lookOf } from '../../src/render/mannequin/look'
import type { Rgb } from '../../src/render/mannequin/material'
import { fingerprint, newRenderer, PLAIN, poseOf } from './mannequin-fixtures'

const renderer = newRenderer()
const look = (prompt: string, attributes: AvatarAttributes = {}, seed = 3) => lookOf({ prompt, attributes, seed })

function draw(prompt: string, attributes: AvatarAttributes = {}, id = 'headshot-straight') {
  return renderer.render({
    pose: poseOf(id),
    looks: [look(prompt, attributes)],
    background: PLAIN,
    width: 160,
    height: 200,
  })
}
const pixels = (...request: Parameters<typeof draw>) => fingerprint(draw(...request).rgba)
const lightness = ([r, g, b]: Rgb) => 0.3 * r + 0.59 * g + 0.11 * b
const sum = (values: Uint8Array) => values.reduce((total, value) => total + value, 0)

describe('every value of every attribute is seen', () => {
  test.each([
    ['gender', 'headshot-straight', {}],
    ['ageRange', 'headshot-straight', { gender: 'female' }],
    ['ethnicity', 'headshot-straight', { gender: 'female' }],
    ['bodyType', 'stand-neutral', { gender: 'female' }],
    ['bodyType', 'stand-neutral', { gender: 'male' }],
    ['hairStyle', 'farmer-basket-head', { gender: 'female' }],
    ['hairColor', 'headshot-straight', { gender: 'female' }],
    ['eyeColor', 'headshot-straight', { gender: 'male' }],
    ['skinTone', 'headshot-straight', { gender: 'male' }],
    ['style', 'stand-neutral', { gender: 'female' }],
    ['style', 'stand-neutral', { gender: 'male' }],
  ] as const)('%s in %s', (name, pose, others) => {
    const values = AVATAR_ATTRIBUTES[name]
    const seen = new Map(values.map((value) => [pixels('', { ...others, [name]: value }, pose), value]))
    expect([...seen.values()]).toEqual([...values])
  })

  test('six skin tones grow darker one by one', () => {
    const tones = AVATAR_ATTRIBUTES.skinTone.map((skinTone) => lightness(look('', { skinTone }).skin))
    expect(tones).toEqual([...tones].sort((a, b) => b - a))
    expect(new Set(tones).size).toBe(6)
  })

  test('hijab is a headscarf, bald is no hair', () => {
    expect(look('', { hairStyle: 'hijab' }).headscarf).not.toBeNull()
    expect(look('', { hairStyle: 'hijab', gender: 'non_binary' }).headscarf).not.toBeNull()
    expect(look('', { hairStyle: 'bald', gender: 'female' }).hair.style).toBe('bald')
  })
})

test('nobody said, and an average body, are drawn alike', () => {
  const plain = pixels('kaos merah', { gender: 'female' }, 'stand-neutral')
  for (const bodyType of [null, '', 'average'])
    expect(pixels('kaos merah', { gender: 'female', bodyType, ageRange: null, eyeColor: null }, 'stand-neutral')).toBe(
      plain,
    )
})

test.each([
  ['kurus', 'slim'],
  ['langsing', 'slim'],
  ['gemuk', 'plus'],
  ['berisi', 'curvy'],
  ['atletis', 'athletic'],
  ['plus_size', 'plus'],
])('a body that is %s has the figure %s', (bodyType, figure) => {
  expect(look('', { bodyType }).figure).toBe(figure)
})

test('a body fills more of the picture the heavier it is, around the same joints', () => {
  const drawn = ['slim', 'average', 'plus_size'].map((bodyType) =>
    draw('kaos, celana', { gender: 'male', bodyType }, 'stand-neutral'),
  )
  const areas = drawn.map(({ mask }) => sum(mask))
  expect(areas).toEqual([...areas].sort((a, b) => a - b))
  for (const { keypoints, mask } of drawn) {
    expect(keypoints).toEqual(drawn[0]!.keypoints)
    const visible = keypoints.flat().filter(([, , v]) => v! > 0)
    const hit = visible.filter(([x, y]) => mask[Math.floor(y!) * 160 + Math.floor(x!)]! >= 128)
    expect(hit.length / visible.length).toBeGreaterThan(0.9)
  }
})

describe('grey hair', () => {
  test('comes with the years', () => {
    const grey = AVATAR_ATTRIBUTES.ageRange.map((ageRange) => look('', { ageRange }).hair.grey)
    expect(grey.slice(0, 3)).toEqual([0, 0, 0])
    expect(grey[5]).toBeGreaterThan(grey[4]!)
    expect(grey[4]).toBeGreaterThan(grey[3]!)
  })

  test('does not come when the colour of the hair was given, nor from a dark blue shirt', () => {
    expect(look('', { ageRange: '65-80', hairColor: 'black' }).hair.grey).toBe(0)
    expect(look('kemeja biru tua').hair.grey).toBe(0)
    expect(look('pria tua').hair.grey).toBeGreaterThan(0)
  })
})

test.each([
  ['pria berpeci hitam, peci hitam', 'peci'],
  ['kopiah putih', 'peci'],
  ['songkok', 'peci'],
  ['blangkon batik', 'blangkon'],
  ['udeng putih', 'udeng'],
  ['petani memakai caping', 'caping'],
  ['a woman with a straw hat', 'brim'],
  ['topi jerami', 'brim'],
  ['baseball cap', 'cap'],
  ['kaos putih, topi merah', 'cap'],
  ['tingkuluak songket', 'tengkuluk'],
  ['suntiang', 'suntiang'],
  ['siger emas', 'siger'],
  ['mahkota bulu', 'feathers'],
  ['bunga kamboja di telinga', 'flower'],
  ['a flower behind her ear', 'flower'],
])('%s: on the head a %s', (prompt, kind) => {
  expect(look(prompt).headwear?.kind).toBe(kind)
})

describe('clothes of the region and of work', () => {
  test('kebaya hijau, jarik batik cokelat, selendang merah: each with its own cloth', () => {
    const { top, bottom, sash, wrapped } = look('kebaya hijau, jarik batik cokelat, selendang merah')
    expect([top.cut, top.sleeve, bottom.cut, bottom.pattern, wrapped]).toEqual([
      'kebaya',
      'long',
      'longSkirt',
      'batik',
      true,
    ])
    expect([top.colour, bottom.colour, sash?.colour]).toEqual([
      [74, 142, 84],
      [122, 82, 56],
      [196, 48, 46],
    ])
  })

  test('teluk belanga, samping songket, songkok: a tunic, half a sarong over trousers, a cap', () => {
    const { top, bottom, samping, headwear } = look('pria, teluk belanga hijau, samping songket, songkok, celana hitam')
    expect([top.cut, samping?.pattern, headwear?.kind]).toEqual(['kurung', 'batik', 'peci'])
    expect(bottom.cut).toBe('straight')
  })

  test('a kebaya is pink where the words say merah muda', () => {
    expect(look('kebaya merah muda').top.colour).toEqual([238, 152, 178])
  })

  test.each([
    ['beskap hitam', 'beskap'],
    ['baju bodo merah', 'bodo'],
    ['baju kurung kuning', 'kurung'],
    ['baju koko putih', 'koko'],
  ])('%s has a cut of its own', (prompt, cut) => {
    expect(look(prompt).top.cut).toBe(cut)
  })

  test('apron, vest and tie go over or with the shirt and leave its colour alone', () => {
    const apron = look('celemek cokelat, kaos kuning')
    expect([apron.over?.cut, apron.over?.colour, apron.top.colour]).toEqual(['apron', [122, 82, 56], [242, 202, 76]])
    expect(look('kemeja putih, rompi merah').over).toMatchObject({ cut: 'vest', colour: [196, 48, 46] })
    expect(look('jas abu, dasi biru').tie?.colour).toEqual([58, 108, 184])
  })

  test('a side view, a shop of batik cloth and a knot that is tied dress nobody', () => {
    const { samping, wrapped, tie, headwear } = look('kaos putih, tampak samping, menjual kain batik, tie the ribbon')
    expect([samping, wrapped, tie, headwear]).toEqual([null, false, null, null])
  })
})

describe('without words for clothes', () => {
  test('traditional style is the dress of the people named, different for each', () => {
    const dressed = AVATAR_ATTRIBUTES.ethnicity.slice(0, 12).flatMap((ethnicity) =>
      ['female', 'male'].map((gender) => {
        const { top, bottom, headwear, sash, samping, over } = look('', { ethnicity, gender, style: 'traditional' })
        return JSON.stringify([gender, top, bottom, headwear, sash, samping, over])
      }),
    )
    expect(new Set(dressed).size).toBe(24)
  })

  test('busana adat Bali dresses a Balinese man, whatever his attributes', () => {
    const { top, headwear, samping } = look('busana adat bali', { gender: 'male', ethnicity: 'javanese' })
    expect([top.cut, headwear?.kind, samping !== null]).toEqual(['beskap', 'udeng', true])
  })

  test('the style gives way to words: a business woman in a red t-shirt', () => {
    const { top, tie } = look('kaos merah', { gender: 'female', style: 'business' })
    expect([top.cut, top.colour, tie]).toEqual(['tshirt', [196, 48, 46], null])
  })

  test('a colour for "baju" colours what the style chooses', () => {
    const { top } = look('baju merah', { gender: 'female', style: 'business' })
    expect([top.cut, top.colour]).toEqual(['blazer', [196, 48, 46]])
  })
})

test('three people in everything at once fit into the tables of the kernel', () => {
  const pose = poseOf('stand-neutral')
  const [person] = pose.people
  const all = look('wanita hijab, baju kurung songket, suntiang, ulos, rompi, kalung, samping songket, dasi', {
    ageRange: '65-80',
    bodyType: 'plus_size',
    hairStyle: 'wavy',
  })
  const { rgba } = renderer.render({
    pose: { ...pose, people: [person!, person!, person!] },
    looks: [all, { ...all, headscarf: null }, { ...all }],
    background: PLAIN,
    width: 128,
    height: 160,
  })
  expect(rgba).toHaveLength(128 * 160 * 4)
})
