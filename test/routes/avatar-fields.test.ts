import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  AttributesField,
  completeAttributes,
  completePersona,
  EMPTY_PERSONA,
  PersonaField,
} from '../../src/avatars/fields'
import { ATTRIBUTE_NAMES, AVATAR_ATTRIBUTES, MAX_PERSONALITY_TRAITS } from '../../src/db/tables/avatar-attributes'
import { expectJson, signUp } from '../support/app'
import { type Avatar, avatarProjectRow, avatarRow, type Persona, showAvatar, updateAvatar } from '../support/avatars'
import type { Person } from '../support/people'

let sari: Person
let avatarId: string
beforeAll(async () => {
  sari = await signUp()
  avatarId = await avatarRow(sari.user.id, await avatarProjectRow(sari.user.id))
})

/** `hairStyle` -> `hair_style`. */
const columnOf = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** What a CHECK of the database as it is allows a column: the words of `"hair_style" in ('short', ...)`. */
async function allowedBy(table: string, column: string): Promise<string[]> {
  const sql = await env.DB.prepare('select sql from sqlite_master where name = ?').bind(table).first<string>('sql')
  const [, list = ''] = new RegExp(`"${table}"\\."${column}" in \\(([^)]*)\\)`).exec(sql ?? '') ?? []
  return [...list.matchAll(/'([^']*)'/g)].map(([, word]) => word!)
}

describe('looks', () => {
  test.each(ATTRIBUTE_NAMES)(
    '%s may be what the database allows, of avatars and of presets, and nothing else',
    async (name) => {
      const column = columnOf(name)
      for (const table of ['avatars', 'avatar_presets'])
        expect((await allowedBy(table, column)).toSorted()).toEqual([...AVATAR_ATTRIBUTES[name]].toSorted())
      for (const value of await allowedBy('avatars', column))
        expect(AttributesField.safeParse({ [name]: value }).data).toEqual({ [name]: value })
      for (const value of ['', 'unknown', AVATAR_ATTRIBUTES[name][0].toUpperCase().replace('-', '–'), 1, true, []])
        expect([value, AttributesField.safeParse({ [name]: value }).success]).toEqual([value, false])
    },
  )

  test('any nine of them are kept as they were sent', async () => {
    const anyAttributes = fc.record(
      Object.fromEntries(ATTRIBUTE_NAMES.map((name) => [name, fc.constantFrom(...AVATAR_ATTRIBUTES[name], null)])),
      { requiredKeys: [] },
    )
    let before = (await showAvatar(sari, avatarId)).attributes
    await fc.assert(
      fc.asyncProperty(anyAttributes, async (attributes) => {
        const after = await expectJson<Avatar>(updateAvatar(sari, avatarId, { attributes }), 200)
        expect(after.attributes).toEqual({ ...before, ...attributes })
        before = after.attributes
      }),
      { numRuns: 40 },
    )
  })

  test('those that nobody named are null', () => {
    const all = completeAttributes({ gender: 'male' })
    expect(Object.keys(all).toSorted()).toEqual([...ATTRIBUTE_NAMES].toSorted())
    expect(Object.values(all).filter((value) => value !== null)).toEqual(['male'])
    expect(completeAttributes({ gender: undefined, style: null }, all)).toEqual(all)
  })
})

/** Words that say nothing, in the letters and signs that people write: no moderation minds them. */
const letters = fc.constantFrom(...'aeioubcdkmnpst', 'é', 'ß', '中', '😀', "'", '&', '-', ' ')
const text = (max: number) =>
  fc
    .array(letters, { minLength: 1, maxLength: max })
    .map((each) => each.join('').trim().slice(0, max))
    .filter((word) => word !== '' && word.isWellFormed())
const persona: fc.Arbitrary<Partial<Persona>> = fc.record(
  {
    name: fc.option(text(100)),
    age: fc.option(fc.integer({ min: 18, max: 100 })),
    personality: fc.uniqueArray(text(30), {
      ...{ maxLength: MAX_PERSONALITY_TRAITS, selector: (trait) => trait.toLowerCase() },
    }),
    background: fc.oneof(fc.constant(''), text(400)),
  },
  { requiredKeys: [] },
)

describe('a persona', () => {
  test('any one that the field takes comes back as it was sent, and what it leaves out stays', async () => {
    let before = (await showAvatar(sari, avatarId)).persona
    await fc.assert(
      fc.asyncProperty(persona, async (wish) => {
        const answer = await updateAvatar(sari, avatarId, { persona: wish })
        // Letters drawn by lot may spell a word of the lists.
        fc.pre(answer.status === 200 || !(await answer.clone().text()).includes('PROMPT_REJECTED'))
        const after = await expectJson<Avatar>(answer, 200)
        expect(after.persona).toEqual({ ...before, ...wish })
        before = after.persona
      }),
      { numRuns: 60 },
    )
  })

  test('is an adult, in whole years', () => {
    const ages = [17, 18, 100, 101, 27.5, -1, '27', Number.NaN].map((age) => PersonaField.safeParse({ age }).success)
    expect(ages).toEqual([false, true, true, false, false, false, false, false])
  })

  test('has at most eight traits, each another one', () => {
    const takes = (personality: unknown) => PersonaField.safeParse({ personality }).success
    expect(takes(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])).toBe(true)
    expect(takes(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'])).toBe(false)
    for (const twice of [['warm', 'warm'], ['warm', ' WARM '], ['é', 'e\u0301'], [''], ['x'.repeat(31)]])
      expect([twice, takes(twice)]).toEqual([twice, false])
  })

  test('is empty when nothing was said', () => {
    expect(completePersona(PersonaField.parse({}))).toEqual(EMPTY_PERSONA)
    expect(completePersona({ age: null, name: undefined }, { ...EMPTY_PERSONA, name: 'Sari', age: 27 })).toEqual({
      ...EMPTY_PERSONA,
      name: 'Sari',
    })
  })
})
