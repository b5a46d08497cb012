import { env } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/db/client'
import { searchPoseIds } from '../../src/poses/search/search-poses'
import { expectJson, request } from '../support/app'

type Page = { items: { id: string; categoryPath: string[]; tags: string[] }[]; page: { total: number } }

const search = (text: string, language = 'en') =>
  expectJson<Page>(
    request(`/apps/pose-generator/library?limit=100&search=${encodeURIComponent(text)}`, {
      headers: { 'accept-language': language },
    }),
    200,
  )
const idsOf = async (text: string) => (await search(text)).items.map((pose) => pose.id)

describe('what sellers look for', () => {
  test.each(['holding box', 'pegang kotak', 'membawa kardus', 'Box, holding!', 'HOLDING BOX'])('%s', async (text) => {
    const { items } = await search(text)
    const ids = items.map(({ id }) => id)
    expect(ids.length).toBeGreaterThanOrEqual(6)
    // A gift box is one too.
    expect(items.slice(0, 6).filter((pose) => !/box|gift/.test([pose.id, ...pose.tags].join(' ')))).toEqual([])
    expect(ids).not.toContain('sport-boxing-guard')
  })

  test.each([
    ['kopi', 'drink-sip'],
    ['coffee', 'drink-sip'],
    ['jilbab', 'modest-hands-clasped-front'],
    ['duduk', 'chair-upright-hands-lap'],
    ['sitting', 'chair-upright-hands-lap'],
    ['dua orang', 'duo-handshake'],
    ['hp', 'phone-text-two-hands'],
    ["men's", 'one-hand-pocket-jacket'],
    ['Kopí', 'drink-sip'],
    ['yog', 'yoga-tree'],
  ])('%s finds %s', async (text, id) => {
    expect(await idsOf(text)).toContain(id)
  })

  test('both languages find the same poses', async () => {
    expect((await idsOf('melompat')).toSorted()).toEqual((await idsOf('jumping')).toSorted())
  })

  test('what has every word comes first and what has some follows', async () => {
    const ids = await idsOf('kotak berdiri')
    expect(ids.indexOf('squat-lift-box')).toBeGreaterThan(ids.indexOf('carry-box-chest'))
    expect(ids).toContain('carry-box-chest')
    const few = await idsOf('box shoulder')
    expect(few[0]).toBe('box-on-shoulder')
    expect(few).toContain('carry-box-chest')
    const none = await idsOf('yoga kotak')
    expect(none).toContain('yoga-tree')
    expect(none).toContain('carry-box-chest')
  })
})

describe('typing mistakes', () => {
  test.each([
    ['standng', 'standing'],
    ['stnading', 'standing'],
    ['berdri', 'berdiri'],
    ['kotka', 'kotak'],
    ['unboxng', 'unboxing'],
    ['hijba', 'hijab'],
    ['tangann', 'tangan'],
  ])('%s finds what %s finds', async (typed, meant) => {
    const ids = await idsOf(typed)
    expect(ids.length).toBeGreaterThan(0)
    expect(ids.toSorted()).toEqual(expect.arrayContaining((await idsOf(meant)).toSorted()))
  })

  test('a word that is like none finds nothing', async () => {
    expect((await search('qqzzxxw')).page.total).toBe(0)
  })
})

describe('a hostile search', () => {
  test.each([
    `""""`,
    `" OR 1=1 --`,
    `'; DROP TABLE poses; --`,
    `%%`,
    `__`,
    `**`,
    `box*`,
    `NEAR(box, 2)`,
    `AND`,
    `NOT box`,
    `box AND`,
    `names : box`,
    `{names tags} : box`,
    `^box`,
    `box + kotak`,
    `((((((`,
    `\\\\`,
    `😀😀`,
    `日本語`,
    `İstanbul ſ`,
    `\u0301\u0301`,
    '"a" '.repeat(25),
    'x'.repeat(100),
    'kotak '.repeat(16),
  ])('%j is answered like any other', async (text) => {
    const { items, page } = await search(text)
    expect(items.length).toBe(Math.min(page.total, 100))
  })

  test('leaves the library whole', async () => {
    expect((await search(`'; DELETE FROM library_search; --`)).page.total).toBeGreaterThanOrEqual(0)
    expect((await idsOf('holding box')).length).toBeGreaterThanOrEqual(6)
  })

  test('signs alone find nothing, and operators are words', async () => {
    expect((await search('%%')).page.total).toBe(0)
    expect(await idsOf('NOT box')).toContain('carry-box-chest')
  })
})

describe('searchPoseIds', () => {
  const db = openDatabase(env.DB)

  test('finds poses for the prompt of a text generation, best first, at most `limit`', async () => {
    const prompt =
      'Perempuan berhijab tersenyum sambil memegang kotak besar di depan toko, siang hari, latar putih bersih'
    const ids = await searchPoseIds(db, prompt, 5)
    expect(ids).toHaveLength(5)
    expect(ids.some((id) => id.includes('box'))).toBe(true)
    expect(await searchPoseIds(db, prompt, 2)).toEqual(ids.slice(0, 2))
  })

  test('has nothing for words that no pose has, nor for no words', async () => {
    expect(await searchPoseIds(db, 'qqzzxxw', 5)).toEqual([])
    expect(await searchPoseIds(db, '', 5)).toEqual([])
  })

  test('leaves hidden poses out', async () => {
    await env.DB.prepare("update poses set is_public = 0 where id = 'carry-box-chest'").run()
    const ids = await searchPoseIds(db, 'carry box chest', 5)
    await env.DB.prepare("update poses set is_public = 1 where id = 'carry-box-chest'").run()
    expect(ids.length).toBeGreaterThan(0)
    expect(ids).not.toContain('carry-box-chest')
  })
})
