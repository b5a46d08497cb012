import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { editDistance } from '../../src/poses/search/edit-distance'
import { anyMeans, matchWords } from '../../src/poses/search/match-expression'
import { stemsOf } from '../../src/poses/search/search-word-forms'
import { MAX_SEARCH_WORDS, searchWords } from '../../src/poses/search/search-words'
import { correctionsOf, vocabularyOf } from '../../src/poses/search/vocabulary'

const vocabulary = vocabularyOf(
  new Map([
    ['body', 800],
    ['standing', 480],
    ['stand', 9],
    ['box', 16],
    ['boxes', 2],
    ['boxing', 2],
    ['kotak', 16],
    ['holding', 17],
    ['carry', 6],
    ['menswear', 13],
    ['menang', 11],
    ['hijab', 16],
  ]),
)
const expressions = (text: string) => matchWords(text, vocabulary)?.words.map(anyMeans)

describe('words of a search', () => {
  test.each([
    ['Holding a BOX', ['holding', 'box']],
    ["men's", ['men']],
    ['café, Kopí', ['cafe', 'kopi']],
    ['kotak kotak kotak', ['kotak']],
    ['"box" OR (a:b*)', ['box']],
    ['pose', ['pose']],
    ['pose di lantai', ['lantai']],
    ['%_*"', []],
    ['tgn di blkg', ['tangan', 'belakang']],
    ['malu2 jalan2an', ['malu', 'jalanan']],
  ])('%s', (text, words) => expect(searchWords(text)).toEqual(words))

  test('are limited', () => {
    expect(searchWords(Array.from({ length: 100 }, (_, i) => `word${i}`).join(' '))).toHaveLength(MAX_SEARCH_WORDS)
  })
})

describe('expressions', () => {
  test('take synonyms and plurals that the index knows; a short word is no prefix', () => {
    expect(expressions('holding box')).toEqual(['("holding" OR "carry")', '("box" OR "boxes" OR "kotak")'])
    expect(expressions("men's")).toEqual(['("menswear")'])
  })

  test('take an unfinished last word as a prefix', () => {
    expect(expressions('box hij')).toEqual(['("box" OR "boxes" OR "kotak")', '("hij"*)'])
  })

  test('take the whole word of one without vowels, and one word for two that were written apart', () => {
    expect(expressions('bx')?.[0]).toContain('"box"')
    expect(expressions('mens wear')?.every((expression) => expression.includes('"menswear"'))).toBe(true)
  })

  test('take what poses show for a product that none is made for, one way only', () => {
    expect(expressions('toples')).toEqual(['("kotak")'])
    expect(expressions('kotak')).toEqual(['("kotak" OR "box" OR "boxes")'])
  })

  test('take both words that were written as one', () => {
    expect(expressions('carrykotak')?.[0]).toContain('"carry" OR "kotak"')
  })

  test('say when a word is unknown, and nothing when all are', () => {
    expect(matchWords('qqzzxxw box', vocabulary)?.isEvery).toBe(false)
    expect(matchWords('kotak box', vocabulary)?.isEvery).toBe(true)
    expect(matchWords('qqzzxxw', vocabulary)).toBeNull()
    expect(matchWords('', vocabulary)).toBeNull()
  })

  test('hold nothing but quoted words of the index, whatever is typed', () => {
    const shape = /^\((("[\p{L}\p{N}]+"\*?)( OR )?)+\)$/u
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^(box|"|\*|AND|hijab|[ :^()'-]){0,20}$/)),
        (text) => {
          for (const expression of expressions(text) ?? []) expect(expression).toMatch(shape)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('forms of a word share a stem', () => {
  test.each([
    ['nunjuk', 'menunjuk'],
    ['bandingin', 'bandingkan'],
    ['megang', 'memegang'],
    ['typing', 'type'],
    ['berlari', 'lari'],
    ['nganter', 'antar'],
    ['pesenan', 'pesan'],
  ])('%s and %s', (one, other) => {
    const stems = new Set(stemsOf(other))
    expect(stemsOf(one).some((stem) => stems.has(stem))).toBe(true)
  })

  test('and other words do not', () => {
    const stems = new Set(stemsOf('kotak'))
    expect(stemsOf('makan').some((stem) => stems.has(stem))).toBe(false)
  })
})

describe('corrections', () => {
  test.each([
    ['standng', ['standing']],
    ['kotka', ['kotak']],
    ['hijba', ['hijab']],
    ['kottakk', ['kotak']],
    ['kotk', ['kotak']],
    ['xox', []],
    ['qqzzxxw', []],
  ])('%s', (typed, meant) => expect(correctionsOf(typed, vocabulary).slice(0, 1)).toEqual(meant))
})

describe('edit distance', () => {
  test.each([
    ['kotak', 'kotak', 0],
    ['kotka', 'kotak', 1],
    ['box', 'boxes', 2],
    ['abcdef', 'xyz', 3],
    ['', 'ab', 2],
  ])('%s to %s', (a, b, distance) => expect(editDistance(a, b, 2)).toBe(distance))

  test('is symmetric, zero for equal words only, and never above max + 1', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 })
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 3 }), (a, b, max) => {
        const distance = editDistance(a, b, max)
        expect(distance).toBe(editDistance(b, a, max))
        expect(distance).toBeLessThanOrEqual(max + 1)
        expect(distance === 0).toBe(a === b)
      }),
    )
  })
})
