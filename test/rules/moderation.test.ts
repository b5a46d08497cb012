import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import allowed from '../../data/moderation/allow-phrases.json'
import confusables from '../../data/moderation/confusables.json'
import listed from '../../data/moderation/terms.json'
import { flatten } from '../../src/apps/prompt/phrases'
import { findViolation } from '../../src/moderation/find-violation'
import { foldText } from '../../src/moderation/fold'
import { MUST_BLOCK, MUST_PASS } from './moderation-cases'
import { HELD_OUT_BAD, HELD_OUT_GOOD } from './moderation-held-out'

const isRefused = (text: string): boolean => findViolation(text) !== null

describe('words that no picture may show', () => {
  test.each(MUST_BLOCK)('%j is refused (H1)', (text) => {
    const violation = findViolation(text)
    expect(violation).toMatchObject({ listVersion: listed.version })
    expect([...listed.terms, ...listed.pairs]).toContainEqual(
      expect.objectContaining({ id: violation?.termId, category: violation?.category }),
    )
  })

  test.each(MUST_PASS)('%j is accepted (H2)', (text) => {
    expect(findViolation(text)).toBeNull()
  })

  test('the two lists are as long as promised and say nothing twice', () => {
    expect(new Set(MUST_BLOCK).size).toBe(MUST_BLOCK.length)
    expect(new Set(MUST_PASS).size).toBe(MUST_PASS.length)
    expect(MUST_BLOCK.length).toBeGreaterThanOrEqual(100)
    expect(MUST_PASS.length).toBeGreaterThanOrEqual(200)
  })

  test('of prompts that the lists were not tuned on, four in five bad ones are refused and no harmless one', () => {
    const caught = HELD_OUT_BAD.filter(isRefused)
    expect(caught.length / HELD_OUT_BAD.length).toBeGreaterThanOrEqual(0.8)
    expect(HELD_OUT_GOOD.filter(isRefused)).toEqual([])
  })

  test('everything that the pose library says of its poses is accepted (H2)', () => {
    const texts = new Set<string>()
    const collect = (value: unknown): void => {
      if (typeof value === 'string') texts.add(value)
      else if (value !== null && typeof value === 'object') Object.values(value).forEach(collect)
    }
    for (const file of ['poses', 'categories'])
      collect(JSON.parse(readFileSync(join(import.meta.dirname, `../../data/poses/${file}.json`), 'utf8').toString()))
    expect(texts.size).toBeGreaterThan(5_000)
    expect([...texts].filter(isRefused)).toEqual([])
  })
})

describe('the lists', () => {
  const ids = [...listed.terms, ...listed.pairs].map(({ id }) => id)

  test('have a version, 150 terms in two languages, and ids that do not say the word', () => {
    expect(listed.version).toMatch(/^\d{4}-\d\d-\d\d\.\d+$/)
    expect(listed.terms.length).toBeGreaterThanOrEqual(150)
    for (const language of ['id', 'en'])
      expect(listed.terms.filter((term) => term.language === language).length).toBeGreaterThanOrEqual(75)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids)
      expect(id).toMatch(/^(sex|minor|minor-pair|violence|drug|terror|harm|hate|copy|person)-\d{3}$/)
  })

  test('are written in plain letters, each term once', () => {
    const terms = listed.terms.map(({ term }) => term)
    expect(new Set(terms).size).toBe(terms.length)
    for (const text of [...terms, ...allowed.phrases, ...listed.pairs.flatMap(({ one, other }) => [...one, ...other])])
      expect(text.replace(/\{\w+\}/, 'group')).toMatch(/^[a-z]+( [a-z]+)*$/)
  })

  test('name only groups that are there', () => {
    const named = (texts: string[]) => texts.flatMap((text) => /\{(\w+)\}/.exec(text)?.[1] ?? [])
    expect(Object.keys(listed.groups)).toEqual(expect.arrayContaining(named(listed.terms.map(({ term }) => term))))
    expect(Object.keys(allowed.groups)).toEqual(expect.arrayContaining(named(allowed.phrases)))
  })

  test('every term is refused when written alone', () => {
    const alone = listed.terms.filter(({ term }) => !term.includes('{')).map(({ term }) => term)
    expect(alone.filter((term) => !isRefused(term))).toEqual([])
  })

  test('every harmless phrase passes', () => {
    const groups: Record<string, string[]> = allowed.groups
    const phrases = allowed.phrases.flatMap((phrase) => {
      const group = /\{(\w+)\}/.exec(phrase)
      return group ? groups[group[1]!]!.map((word) => phrase.replace(group[0], word)) : [phrase]
    })
    expect(phrases.filter(isRefused)).toEqual([])
  })

  test('take every look-alike for one letter', () => {
    for (const [letter, characters] of Object.entries(confusables.letters))
      for (const character of characters) expect([character, foldText(character)]).toEqual([character, letter])
    expect(foldText('🅐🅩🅰🆉🇦🇿')).toBe('azazaz')
  })
})

describe('dresses that words wear', () => {
  const PLAIN = ['telanjang', 'narkoba', 'terrorist', 'hentai']
  const DRESSES: [string, (word: string) => string][] = [
    ['capitals', (word) => word.toUpperCase()],
    ['full width', (word) => shifted(word, 0xff41)],
    ['bold script', (word) => shifted(word, 0x1d4ea)],
    ['circles', (word) => shifted(word, 0x24d0)],
    ['black squares', (word) => shifted(word, 0x1f170)],
    ['flags', (word) => [...shifted(word, 0x1f1e6)].join(' ')],
    ['spaces', (word) => [...word].join(' ')],
    ['dots', (word) => [...word].join('.')],
    ['line ends', (word) => [...word].join('\n')],
    ['dashes in the middle', (word) => `${word.slice(0, 3)}-${word.slice(3)}`],
    ['syllables', (word) => `${word.slice(0, 2)} ${word.slice(2, 5)} ${word.slice(5)}`],
    ['zero-width joiners', (word) => [...word].join('\u200d')],
    ['accents', (word) => [...word].join('\u0301')],
    ['a shout', (word) => `${word}!!!`],
    ['a long breath', (word) => word.replace(/[aeiou]/, '$&$&$&$&')],
    ['a hashtag', (word) => `#${word}`],
    ['a handle', (word) => `@${word}`],
    ['a number', (word) => `${word}99`],
    ['one star', (word) => word.replace(/(?<=.)[aeiou]/, '*')],
    ['digits', (word) => word.replaceAll('a', '4').replaceAll('e', '3').replaceAll('o', '0')],
    ['a longer word', (word) => `super${word}pose`],
  ]
  const words = DRESSES.flatMap(([name, dress]) => PLAIN.map((word) => [name, dress(word)] as const))

  test.each(words)('%s: %j is refused (H1)', (_, text) => {
    expect([isRefused(text), isRefused(`pose ${text} di studio`)]).toEqual([true, true])
  })

  test('no sign that a prompt is rid of stands between a model and the word that was read (H1)', () => {
    const passing: string[] = []
    for (let code = 0; code <= 0x10ffff; code++) {
      const sign = String.fromCodePoint(code)
      if (flatten(`a${sign}b`) === 'ab' && foldText(`a${sign}b`) !== 'ab') passing.push(code.toString(16))
    }
    expect(passing).toEqual([])
    // One of private use, and half of a pair.
    for (const sign of ['\ue000', '\u{f0000}', '\ud800']) expect(isRefused(`s${sign}ex di studio`)).toBe(true)
  })

  function shifted(word: string, from: number): string {
    return [...word].map((letter) => String.fromCodePoint(from + letter.charCodeAt(0) - 97)).join('')
  }
})

describe('texts that are made to be slow', () => {
  const MAX_MS = 1
  /** The best of several readings: what else runs on the machine is not the list's fault. */
  function fastestMs(text: string): number {
    let best = Infinity
    for (let n = 0; n < 12; n++) {
      const began = performance.now()
      findViolation(text)
      best = Math.min(best, performance.now() - began)
    }
    return best
  }

  const filled = (part: string, length = 500): string => part.repeat(Math.ceil(length / part.length)).slice(0, length)
  const PARTS = [
    'n',
    '1 ',
    '1!|1',
    'k k ',
    't*** ',
    'm*n*t* ',
    'a*',
    't e l a n j a n ',
    's.e.',
    'me.m ',
    'telanjan',
    'nude lipstick ',
  ]
  const MORE = [
    'di!',
    'bunuh kuman ',
    'anak sex',
    'n\u0336',
    'ﷺ',
    'ｎｕｄ ',
    '5$',
    '6o9',
    'mickey mous ',
    'bom bunuh dir ',
    'v',
    '@@',
    '!',
    '\u200d',
  ]

  test.each([...PARTS, ...MORE])('500 characters of %j take less than a millisecond (H4)', (part) => {
    for (let n = 0; n < 20; n++) findViolation(filled(part))
    expect(fastestMs(filled(part))).toBeLessThan(MAX_MS)
  })

  test('whatever 500 characters of term letters, digits, stars and marks: less than a millisecond (H4)', () => {
    const pieces = fc.constantFrom(
      ...listed.terms.map(({ term }) => term.slice(0, -1)),
      ...'aeiknrtsu 1!|*@$.-'.split(''),
    )
    const texts = fc.array(pieces, { minLength: 80, maxLength: 300 }).map((parts) => filled(`${parts.join('')} `))
    fc.assert(
      fc.property(texts, (text) => fastestMs(text) < MAX_MS),
      { numRuns: 300 },
    )
  })

  test('ten times the text takes about ten times as long, not a hundred times (H4)', () => {
    for (const part of PARTS) {
      const [short, long] = [fastestMs(filled(part, 1_000)), fastestMs(filled(part, 10_000))]
      expect(long).toBeLessThan(40 * short + 1)
    }
  })

  test('no text makes it fail, and every answer names a term', () => {
    const ids = new Set([...listed.terms, ...listed.pairs].map(({ id }) => id))
    const answers = fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
      const violation = findViolation(text)
      return violation === null || ids.has(violation.termId)
    })
    fc.assert(answers, { numRuns: 2_000 })
  })
})
