import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  ATTRIBUTE_NAMES,
  AVATAR_ATTRIBUTES,
  MAX_PERSONA_AGE,
  MAX_PERSONALITY_TRAITS,
  MIN_PERSONA_AGE,
} from '../../src/db/tables/avatar-attributes'
import { PRESET_CATEGORIES } from '../../src/db/tables/avatars'
import { describesMinor } from '../../src/likeness/minors'
import { findViolation } from '../../src/moderation/find-violation'

const text = (max: number) =>
  z
    .string()
    .min(3)
    .max(max)
    .refine((value) => value === value.trim().normalize('NFC') && !/[<>\p{Cc}]/u.test(value))
const bothLanguages = (max: number) => z.strictObject({ id: text(max), en: text(max) })

const Preset = z.strictObject({
  id: z
    .string()
    .max(60)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  category: z.enum(PRESET_CATEGORIES),
  name: bothLanguages(60),
  description: bothLanguages(200),
  region: text(60).nullable(),
  persona: z.strictObject({
    name: text(60),
    age: z.number().int().min(MIN_PERSONA_AGE).max(MAX_PERSONA_AGE),
    personality: z
      .array(z.string().regex(/^[a-z]+(-[a-z]+)*$/))
      .min(2)
      .max(MAX_PERSONALITY_TRAITS),
    background: text(300),
  }),
  attributes: z.strictObject(
    Object.fromEntries(ATTRIBUTE_NAMES.map((name) => [name, z.enum(AVATAR_ATTRIBUTES[name] as readonly string[])])),
  ),
  words: text(300),
  seed: z.number().int().min(0).max(0xffffffff),
})
const File = z.strictObject({ presets: z.array(Preset).min(28).max(500) })

const data: unknown = JSON.parse(readFileSync('data/avatars/presets.json', 'utf8'))
const { presets } = File.parse(data)
const named = presets.map((preset) => [preset.id, preset] as const)
type Broken = (preset: Record<string, never>) => void

describe('the presets', () => {
  test('are at least six of each category, and ten in regional dress', () => {
    const countOf = (category: string) => presets.filter((preset) => preset.category === category).length
    for (const category of PRESET_CATEGORIES) expect([category, countOf(category) >= 6]).toEqual([category, true])
    expect(countOf('traditional')).toBeGreaterThanOrEqual(10)
    const regions = new Set(presets.flatMap(({ region }) => region ?? []))
    expect(regions.size).toBeGreaterThanOrEqual(12)
  })

  test('can be told apart: by id, name in each language, person, words and seed', () => {
    const of: ((preset: (typeof presets)[number]) => unknown)[] = [
      ({ id }) => id,
      ({ name }) => name.id,
      ({ name }) => name.en,
      ({ persona }) => persona.name,
      ({ words }) => words,
      ({ seed }) => seed,
    ]
    for (const what of of) expect(new Set(presets.map(what)).size).toBe(presets.length)
  })

  test('are women and men alike, of every age, build and skin, with hijab and without', () => {
    const share = (gender: string) => presets.filter(({ attributes }) => attributes.gender === gender).length
    expect(Math.min(share('female'), share('male')) / presets.length).toBeGreaterThan(0.4)
    for (const name of ['gender', 'ageRange', 'bodyType', 'skinTone'] as const) {
      const values = new Set(presets.map(({ attributes }) => attributes[name]))
      expect([name, [...values].toSorted()]).toEqual([name, [...AVATAR_ATTRIBUTES[name]].toSorted()])
    }
    const peoples = AVATAR_ATTRIBUTES.ethnicity.slice(0, AVATAR_ATTRIBUTES.ethnicity.indexOf('southeast_asian'))
    for (const people of peoples)
      expect([people, presets.some(({ attributes }) => attributes.ethnicity === people)]).toEqual([people, true])
    const veiled = presets.filter(({ attributes }) => attributes.hairStyle === 'hijab')
    expect(veiled.length).toBeGreaterThanOrEqual(4)
  })

  test('no people is shown in regional dress alone', () => {
    for (const people of new Set(presets.map(({ attributes }) => attributes.ethnicity))) {
      const theirs = presets.filter(({ attributes }) => attributes.ethnicity === people)
      expect([people, theirs.some(({ region }) => region === null)]).toEqual([people, true])
    }
  })

  test.each(named)('%s says in words that it is as old as in its attributes', (_, { persona, attributes }) => {
    const [from = 0, to = 0] = attributes.ageRange!.split('-').map(Number)
    expect(persona.age).toBeGreaterThanOrEqual(from)
    expect(persona.age).toBeLessThanOrEqual(to)
  })

  test.each(named)('%s says nothing that a seller would be refused', (_, { name, description, persona, words }) => {
    const said = [name.id, name.en, description.id, description.en, persona.background, ...persona.personality]
    for (const each of [...said, words, [words, persona.background].join(', ')]) expect(findViolation(each)).toBeNull()
    expect(words.split(/\s+/).length).toBeLessThanOrEqual(100)
    for (const each of [name.en, name.id, words, ...persona.personality])
      expect([each, describesMinor(each)]).toEqual([each, false])
    for (const each of [description.en, description.id, persona.background])
      expect([each, describesMinor(each, 'story')]).toEqual([each, false])
  })

  test.each(named)('%s has a region where its dress is regional, and nowhere else', (_, { category, region }) => {
    expect(region !== null).toBe(category === 'traditional')
  })
})

describe('a broken file is found', () => {
  const broken: [string, Broken][] = [
    ['a child', (preset) => Object.assign(preset.persona!, { age: 17 })],
    ['an id that is no slug', (preset) => Object.assign(preset, { id: 'Javanese Kebaya' })],
    ['an unknown skin tone', (preset) => Object.assign(preset.attributes!, { skinTone: 'olive' })],
    ['an attribute left out', (preset) => Reflect.deleteProperty(preset.attributes!, 'eyeColor')],
    ['one language only', (preset) => Reflect.deleteProperty(preset.name!, 'id')],
    ['a prompt that is too long', (preset) => Object.assign(preset, { words: 'x'.repeat(301) })],
    ['a field of another name', (preset) => Object.assign(preset, { image: 'photo.jpg' })],
  ]
  test.each(broken)('%s', (_, breakIt) => {
    const copy = structuredClone(data) as { presets: Record<string, never>[] }
    breakIt(copy.presets[0]!)
    expect(File.safeParse(copy).success).toBe(false)
  })
})
