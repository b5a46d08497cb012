import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FORMAT_IDS } from '../../src/exports/types'
import {
  attachmentOf,
  fileNameOf,
  MAX_FILE_NAME_CHARACTERS,
  slugOf,
  uniqueNames,
} from '../../src/exports/zip/file-names'

const WINDOWS_NAME = /^(?!(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))[a-z0-9]+(?:-[a-z0-9]+)*$/

describe('names of files', () => {
  test.each([
    ['Membawa kotak di dada', 'membawa-kotak-di-dada'],
    ['Kötak  téh (Ærø)!', 'kotak-teh-aero'],
    ['../../etc/passwd', 'etc-passwd'],
    ['C:\\Windows\\system32', 'c-windows-system32'],
    ['CON', 'con-file'],
    ['com1', 'com1-file'],
    ['a.', 'a'],
    ['-rf', 'rf'],
    ['茶箱 📦', 'foto'],
    ['', 'foto'],
    ['İstanbul', 'istanbul'],
    ['ﬁlm ½', 'film-1-2'],
  ])('%j becomes %s', (text, expected) => expect(slugOf(text, 'foto')).toBe(expected))

  test('whatever a picture is called, its files can be unpacked on Windows, and no two are the same', () => {
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(texts, (names) => {
        const stems = uniqueNames(names.map((name) => slugOf(name, 'foto')))
        for (const stem of stems) expect(stem).toMatch(WINDOWS_NAME)
        expect(new Set(stems).size).toBe(names.length)
      }),
    )
  })

  test('the longest name of the longest format is short enough', () => {
    const longest = [...FORMAT_IDS].sort((a, b) => b.length - a.length)[0]!
    const stems = uniqueNames(Array.from({ length: 500 }, () => `${slugOf('panjang '.repeat(100), 'foto')}-v499`))
    for (const stem of stems)
      expect(fileNameOf(stem, longest, 'image/jpeg').length).toBeLessThanOrEqual(MAX_FILE_NAME_CHARACTERS)
  })

  test('a second picture of the same name is counted, also past a name that looks counted', () => {
    expect(uniqueNames(['a', 'a-2', 'a', 'a', 'A'])).toEqual(['a', 'a-2', 'a-3', 'a-4', 'A-5'])
  })

  test('500 pictures of one name are named in a moment', () => {
    const names = uniqueNames(Array.from({ length: 500 }, () => 'foto'))
    expect(names.at(-1)).toBe('foto-500')
  })

  test.each([
    ['image/jpeg', 'a_tiktok.jpg'],
    ['image/png', 'a_tiktok.png'],
    ['image/webp', 'a_tiktok.webp'],
  ])('%s ends in what it is', (type, expected) => expect(fileNameOf('a', 'tiktok', type)).toBe(expected))

  test('a download is called what its owner called it, and nothing in it breaks the header', () => {
    expect(attachmentOf('Kotak téh "2026"')).toBe(
      `attachment; filename="kotak-teh-2026.zip"; filename*=UTF-8''Kotak%20t%C3%A9h%202026.zip`,
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(attachmentOf(name)).toMatch(
          /^attachment; filename="[a-z0-9-]+\.zip"; filename\*=UTF-8''[A-Za-z0-9%._~-]*\.zip$/,
        )
      }),
    )
  })
})

test.each([
  ['../../etc/passwd', 'etc passwd'],
  ['..\\..\\evil', 'evil'],
  ['CON', 'con-file'],
  ['nul.txt', 'nul-txt'],
  ['a\r\nSet-Cookie: x=1', 'a Set-Cookie x=1'],
  ['foto \u202Egpj.exe', 'foto gpj.exe'],
  ['toko\u200B ibu\u2028', 'toko ibu'],
  ['...', 'pictures'],
  ['Koleksi Lebaran – 東京', 'Koleksi Lebaran – 東京'],
])('a browser saves %j as %s.zip', (name, saved) => {
  const [, encoded = ''] = /filename\*=UTF-8''(.*)\.zip$/.exec(attachmentOf(name)) ?? []
  expect(decodeURIComponent(encoded)).toBe(saved)
})
