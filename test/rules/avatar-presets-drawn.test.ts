import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { avatarCreator } from '../../src/apps/avatar-creator/app'
import { portraitPose } from '../../src/avatars/portrait-pose'
import { framed } from '../../src/avatars/presets/preset-pose'
import type { AvatarAttributes } from '../../src/db/tables/avatar-attributes'
import type { Subject } from '../../src/generations/types'
import { drawMannequin } from '../../src/providers/draw-mannequin'
import { looksOf } from '../../src/render/mannequin/looks'
import { mannequinModule } from './mannequin-fixtures'

type Preset = { id: string; attributes: AvatarAttributes; words: string; seed: number }
const { presets }: { presets: Preset[] } = JSON.parse(readFileSync('data/avatars/presets.json', 'utf8'))
const [width, height] = [96, 144]

/** A preset before one grey wall, so that only the person tells it from another. */
const drawn = ({ id, attributes, words, seed }: Preset, subject: Subject = { key: id, words, attributes, seed }) =>
  drawMannequin(mannequinModule, {
    ...{ jobId: 'preset', prompt: '', subject },
    ...{ seed: 0, width, height, reference: null },
    control: { kind: 'openpose', pose: framed({ nearer: 1.42, middleY: 0.485 }) },
    background: { kind: 'color', color: '#C8C8C8' },
  })

/** How much two people differ where either of them stands: mean over the channels, 0..255. */
function difference(a: ReturnType<typeof drawn>, b: ReturnType<typeof drawn>): number {
  let [sum, count] = [0, 0]
  for (let at = 0; at < width * height; at++) {
    if (a.mask[at]! < 128 && b.mask[at]! < 128) continue
    for (let channel = 0; channel < 3; channel++)
      sum += Math.abs(a.pixels.rgba[at * 4 + channel]! - b.pixels.rgba[at * 4 + channel]!)
    count += 3
  }
  return sum / count
}

test('no two presets look alike', () => {
  const pictures = presets.map((preset) => ({ id: preset.id, picture: drawn(preset) }))
  const pairs = pictures.flatMap((one, i) =>
    pictures.slice(i + 1).map((other) => ({
      pair: `${one.id} and ${other.id}`,
      difference: difference(one.picture, other.picture),
    })),
  )
  expect(pairs.filter((each) => each.difference < 15)).toEqual([])
})

test('an avatar that begins as a preset is drawn as the preset is shown', () => {
  for (const preset of presets.slice(0, 5)) {
    const { id, words, attributes, seed } = preset
    const persona = { name: null, age: null, personality: [], background: '' }
    const { picture } = avatarCreator.params(
      { way: 'from_preset', presetId: id, projectId: 'avp_1', variationCount: 1, words: '' },
      {
        ...{ name: 'Sari', persona, attributes, words, lookSeed: seed, presetId: id, consent: null, parent: null },
        pose: portraitPose(),
      },
    )
    expect(picture).not.toBeNull()
    expect(difference(drawn(preset), drawn(preset, picture!.subject))).toBe(0)
  }
})

describe('the renderer knows the dress that a preset names', () => {
  const wearing: [string, object][] = [
    ['finance-consultant', { top: { cut: 'blazer' }, tie: {} }],
    ['warung-owner', { over: { cut: 'apron' }, figure: 'plus' }],
    ['coffee-farmer', { headwear: { kind: 'caping' } }],
    ['motorbike-mechanic', { headwear: { kind: 'cap' } }],
    [
      'javanese-kebaya',
      { top: { cut: 'kebaya' }, bottom: { cut: 'longSkirt', pattern: 'batik' }, hair: { style: 'bun' } },
    ],
    ['javanese-beskap', { top: { cut: 'beskap' }, headwear: { kind: 'blangkon' } }],
    ['sundanese-bride', { top: { cut: 'kebaya' }, headwear: { kind: 'siger' } }],
    ['betawi-encim', { top: { cut: 'kebaya' }, headwear: { kind: 'flower' } }],
    ['betawi-sadariah', { top: { cut: 'koko' }, headwear: { kind: 'peci' }, sash: { pattern: 'check' } }],
    ['minang-tengkuluk', { top: { cut: 'kurung' }, headwear: { kind: 'tengkuluk' }, sash: {} }],
    ['batak-ulos', { sash: { way: 'hanging', pattern: 'stripes' } }],
    ['malay-teluk-belanga', { top: { cut: 'kurung' }, headwear: { kind: 'peci' }, samping: {} }],
    ['balinese-kebaya', { top: { cut: 'kebaya' }, headwear: { kind: 'flower' }, sash: {} }],
    ['balinese-udeng', { headwear: { kind: 'udeng' }, bottom: { cut: 'longSkirt', pattern: 'check' } }],
    ['bugis-baju-bodo', { top: { cut: 'bodo' }, bottom: { cut: 'longSkirt' }, necklace: expect.any(Array) }],
    ['acehnese-hijab', { top: { cut: 'kurung' }, headscarf: {} }],
    ['madurese-stripes', { top: { pattern: 'stripes' }, over: { cut: 'vest' }, headwear: { kind: 'udeng' } }],
    ['dayak-kalimantan', { headwear: { kind: 'feathers' }, over: { cut: 'vest', pattern: 'batik' } }],
    ['papuan-festival', { headwear: { kind: 'feathers' }, dress: true }],
    ['moluccan-cele', { top: { cut: 'kebaya', pattern: 'check' }, sash: {} }],
    ['rote-tenun', { headwear: { kind: 'brim' }, sash: { way: 'across' }, top: { pattern: 'plain' } }],
    ['painter', { headwear: { kind: 'brim' }, over: { cut: 'apron' } }],
  ]
  test.each(wearing)('%s', (id, expected) => {
    const { attributes, words, seed } = presets.find((preset) => preset.id === id)!
    const said = Object.entries(attributes).map(([name, value]) => [name, value?.replaceAll('_', ' ')])
    const pose = framed({ nearer: 1, middleY: 0.5 })
    expect(looksOf(pose, { prompt: words, attributes: Object.fromEntries(said), seed })).toMatchObject([expected])
  })
})
