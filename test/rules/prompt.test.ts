import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildPrompt, type PromptParts } from '../../src/apps/pose-generator/prompt'
import { colorName } from '../../src/apps/prompt/color-names'
import { estimateTokens, flatten, MAX_PROMPT_CHARACTERS, MAX_PROMPT_TOKENS } from '../../src/apps/prompt/phrases'
import { PROMPT_CASES } from './prompt-cases'

const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden/prompts.json'), 'utf8')) as Record<
  string,
  string
>
const library = JSON.parse(readFileSync(join(import.meta.dirname, '../../data/poses/poses.json'), 'utf8')) as {
  poses: { promptHint: string; props: string[] }[]
}
const plain: PromptParts = { poseHint: 'standing', wanted: 'holding tea', background: null }
const lower = (prompt: string) => prompt.toLowerCase().split(', ')

describe('the prompt of a picture', () => {
  test.each(Object.entries(PROMPT_CASES))('%s', (name, parts) => {
    expect(buildPrompt(parts)).toBe(golden[name])
  })

  test('no golden prompt is left over', () => {
    expect(Object.keys(golden)).toEqual(Object.keys(PROMPT_CASES))
    expect(Object.keys(golden).length).toBeGreaterThanOrEqual(20)
  })

  test('who, the pose, what is wanted, where and how it is lit, in this order', () => {
    const prompt = buildPrompt(PROMPT_CASES.everything!)
    const order = ['Indonesian woman', 'sitting', 'jar of sambal', 'on a stool', 'bright kitchen', 'sharp focus']
    const places = order.map((words) => prompt.indexOf(words))
    expect(places.every((place) => place >= 0)).toBe(true)
    expect(places).toEqual([...places].sort((a, b) => a - b))
  })

  test('an age in years counts more than an age range', () => {
    const prompt = buildPrompt({ ...plain, avatar: { ageRange: '25-34' }, persona: { age: 41 } })
    expect(prompt).toContain('41 years old')
    expect(prompt).not.toContain('25')
  })

  test('every pose of the library fits in whole, with its hint said once', () => {
    for (const { promptHint, props } of library.poses) {
      const said = lower(buildPrompt({ poseHint: promptHint, wanted: '', background: null, props }))
      expect(new Set(said).size).toBe(said.length)
      for (const phrase of promptHint.toLowerCase().split(', ')) expect(said).toContain(phrase)
      expect(said.at(-1)).toBe('commercial photo')
    }
  })
})

const word = fc.stringMatching(/^[a-z]{3,9}$/)
const someWords = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(' '))
const hexColor = fc.stringMatching(/^#[0-9A-F]{6}$/)
const anyParts: fc.Arbitrary<PromptParts> = fc.record(
  {
    poseHint: fc.string({ unit: 'grapheme', maxLength: 200 }),
    wanted: fc.string({ unit: 'binary', maxLength: 2_000 }),
    background: fc.oneof(
      fc.constant(null),
      fc.record({ mode: fc.constant('solid_color' as const), color: hexColor }),
      fc.record({ mode: fc.constant('ai_generate' as const), prompt: fc.string({ unit: 'binary', maxLength: 300 }) }),
    ),
    avatar: fc.record({ gender: fc.string(), hairStyle: fc.string(), style: fc.string() }, { requiredKeys: [] }),
    props: fc.array(fc.constantFrom('chair', 'product', 'wall', 'tea-pot')),
  },
  { requiredKeys: ['poseHint', 'wanted', 'background'] },
)

describe('whatever is asked', () => {
  test('the same parts give the same prompt, on one line, within what the models read', () => {
    fc.assert(
      fc.property(anyParts, (parts) => {
        const prompt = buildPrompt(parts)
        expect(buildPrompt(structuredClone(parts))).toBe(prompt)
        expect(prompt).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|^\s|\s$| {2}|, ,/u)
        expect(prompt.length).toBeLessThanOrEqual(MAX_PROMPT_CHARACTERS)
        expect(estimateTokens(prompt)).toBeLessThanOrEqual(MAX_PROMPT_TOKENS)
        expect(prompt).not.toBe('')
      }),
      { numRuns: 500 },
    )
  })

  test('a background of lines that nobody sees leaves no empty places', () => {
    const background = { mode: 'ai_generate' as const, prompt: '\n\u0000\n\u00A1' }
    expect(buildPrompt({ poseHint: '', wanted: '', background })).toMatch(/^background: \u00A1, light/)
  })

  test('what is said twice is said once', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), fc.array(word), (hint, wanted) => {
        const said = lower(buildPrompt({ poseHint: hint.join(', '), wanted: wanted.join(';\n'), background: null }))
        expect(new Set(said).size).toBe(said.length)
        for (const each of [...hint, ...wanted]) expect(said).toContain(each)
      }),
    )
  })

  test('only whole phrases are left out, and none of the seller’s before all others', () => {
    const phrase = fc.array(word, { minLength: 1, maxLength: 30 }).map((words) => words.join(' '))
    fc.assert(
      fc.property(fc.uniqueArray(phrase, { maxLength: 60 }), (wanted) => {
        const said = buildPrompt({ poseHint: 'STANDING', wanted: wanted.join(', '), background: null }).split(', ')
        const heard = wanted.filter((each) => said.includes(each))
        expect(heard).toEqual(wanted.slice(0, heard.length))
        if (heard.length < wanted.length) expect(said).toEqual(heard)
      }),
    )
  })

  test.each<[string, (words: string) => PromptParts]>([
    ['the pose', (words) => ({ ...plain, poseHint: words })],
    ['what is wanted', (words) => ({ ...plain, wanted: words })],
    ['the background', (words) => ({ ...plain, background: { mode: 'ai_generate', prompt: words } })],
    ['a prop', (words) => ({ ...plain, props: [words] })],
    ['gender', (words) => ({ ...plain, avatar: { gender: words } })],
    ['age range', (words) => ({ ...plain, avatar: { ageRange: words } })],
    ['ethnicity', (words) => ({ ...plain, avatar: { ethnicity: words } })],
    ['body type', (words) => ({ ...plain, avatar: { bodyType: words } })],
    ['hairstyle', (words) => ({ ...plain, avatar: { hairStyle: words } })],
    ['colour of the hair', (words) => ({ ...plain, avatar: { hairColor: words } })],
    ['colour of the eyes', (words) => ({ ...plain, avatar: { eyeColor: words } })],
    ['skin', (words) => ({ ...plain, avatar: { skinTone: words } })],
    ['style', (words) => ({ ...plain, avatar: { style: words } })],
    ['personality', (words) => ({ ...plain, persona: { personality: [words] } })],
    ['story', (words) => ({ ...plain, persona: { background: words } })],
  ])('other words for %s make another prompt', (_, partsOf) => {
    fc.assert(
      fc.property(someWords, someWords, (a, b) => {
        fc.pre(a !== b)
        expect(buildPrompt(partsOf(a))).not.toBe(buildPrompt(partsOf(b)))
      }),
    )
  })

  test('another colour, another mode or another age makes another prompt', () => {
    const color = (value: string) => buildPrompt({ ...plain, background: { mode: 'solid_color', color: value } })
    fc.assert(
      fc.property(hexColor, hexColor, (a, b) => {
        fc.pre(a !== b)
        expect(color(a)).not.toBe(color(b))
      }),
    )
    const modes = [null, { mode: 'upload' as const }, { mode: 'solid_color' as const, color: '#FFFFFF' }]
    expect(new Set(modes.map((background) => buildPrompt({ ...plain, background }))).size).toBe(3)
    const ages = [20, 21, 60].map((age) => buildPrompt({ ...plain, persona: { age } }))
    expect(new Set(ages).size).toBe(3)
  })

  test('no word of ours asks for something not to be there', () => {
    for (const prompt of Object.values(golden)) expect(prompt).not.toMatch(/\b(no|not|without|avoid|never)\b/i)
  })

  test('a line of a thousand commas and blanks is read at once', () => {
    const startedAt = performance.now()
    for (const mess of [', '.repeat(2_000), '.;'.repeat(2_000), '\n\t '.repeat(2_000)]) expect(flatten(mess)).toBe('')
    expect(performance.now() - startedAt).toBeLessThan(500)
  })
})

describe('the name of a colour', () => {
  test.each([
    ['#000000', 'black'],
    ['#ffffff', 'white'],
    ['#FF0000', 'red'],
    ['#00FF00', 'bright green'],
    ['#0000FF', 'bright blue'],
    ['#FFA500', 'orange'],
    ['#FFC0CB', 'pink'],
    ['#000080', 'navy blue'],
    ['#008080', 'teal'],
    ['#F5F5DC', 'cream'],
    ['#808000', 'olive green'],
    ['#87CEEB', 'light blue'],
    ['#FFD700', 'yellow'],
    ['#800080', 'purple'],
    ['#A52A2A', 'dark red'],
    ['#FFE4E1', 'pale pink'],
    ['#7F7F7F', 'grey'],
  ])('%s is %s', (hex, name) => {
    expect(colorName(hex)).toBe(name)
  })
})
