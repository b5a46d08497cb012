// What is asked of the library, each with several wordings, and the same of SQLite itself as plainly as one would write it.

import { nearestCases, similarCase } from './nearest-cases.mjs'
import { randomOf } from './random.mjs'

const API = '/api/v1/apps/pose-generator'
const LIMIT = 24

const libraryPath = (query) => `${API}/library?${new URLSearchParams({ ...query, limit: LIMIT })}`
const facetsPath = (query) => `${API}/library/facets?${new URLSearchParams(query)}`

/**
 * The cases over an open `db` (node:sqlite): `{ name, variants }`, a variant `{ path, body?, direct }` with `direct()` asking the
 * same of SQLite itself and answering the number of rows. `cursorAt(pages)` finds the cursor of a deep page.
 */
export async function libraryCases(db, { cursorAt }) {
  const rows = (sql) => {
    const statement = db.prepare(sql)
    return (...params) => statement.all(...params).length
  }
  const match = rows(`select rowid from library_search where library_search match ? order by rank limit ${LIMIT}`)
  const search = (text, expression = quoted(text)) => ({
    path: libraryPath({ search: text }),
    direct: () => match(expression),
  })
  const browse = (query, where, params, order = 'display_order') => {
    const select = rows(`select * from poses where is_public = 1 and ${where} order by ${order}, id limit ${LIMIT}`)
    return { path: libraryPath(query), direct: () => select(...params) }
  }
  const facets = (query, where, params) => {
    const columns = [
      'category_slug',
      'difficulty',
      'gender',
      'view',
      'stance',
      'framing',
      'people_count',
      'is_featured',
      'is_premium',
    ]
    const counts = columns.map((column) =>
      rows(`select ${column}, count(*) from poses where is_public = 1 and ${where} group by 1`),
    )
    return { path: facetsPath(query), direct: () => counts.reduce((sum, count) => sum + count(...params), 0) }
  }
  const inCategory = 'id in (select pose_id from pose_category_members where category_slug = ?)'
  const hasTag = 'id in (select pose_id from pose_tags where tag = ?)'
  const matching = 'number in (select rowid from library_search where library_search match ?)'
  const categories = ['ecommerce', 'fashion', 'hold-one', 'modest']
  const deep = await cursorAt(100)
  const random = randomOf(4)

  return [
    {
      name: 'search: one common word',
      variants: ['standing', 'product', 'berdiri', 'phone'].map((text) => search(text)),
    },
    { name: 'search: one rare word', variants: rareWords(db, random).map((text) => search(text)) },
    {
      name: 'search: two words',
      variants: ['holding box', 'sitting chair', 'hijab side', 'pegang kotak', 'duduk kursi'].map((text) =>
        search(text),
      ),
    },
    {
      name: 'search: a typo',
      variants: Object.entries({
        standng: 'standing',
        prodct: 'product',
        berdri: 'berdiri',
        'holdng bx': 'holding box',
        slefie: 'selfie',
      }).map(([text, meant]) => search(text, quoted(meant))),
    },
    {
      name: 'search: start of an Indonesian word',
      variants: ['dud', 'pega', 'berd', 'telep'].map((text) => search(text, `${text}*`)),
    },
    {
      name: 'search: in a category',
      variants: ['product', 'standing'].map((text) => ({
        path: libraryPath({ search: text, category: 'ecommerce' }),
        direct: rows(
          `select library_search.rowid from library_search join poses on poses.number = library_search.rowid
             where library_search match '${quoted(text)}'
               and poses.id in (select pose_id from pose_category_members where category_slug = 'ecommerce')
             order by rank limit ${LIMIT}`,
        ),
      })),
    },
    { name: 'browse: everything', variants: [browse({}, 'true', [])] },
    { name: 'browse: category', variants: categories.map((slug) => browse({ category: slug }, inCategory, [slug])) },
    {
      name: 'browse: category, difficulty, gender',
      variants: categories.map((slug) =>
        browse(
          { category: slug, difficulty: 'intermediate', gender: 'female' },
          `${inCategory} and difficulty = 'intermediate' and gender in ('female', 'unisex')`,
          [slug],
        ),
      ),
    },
    {
      name: 'browse: two tags',
      variants: [
        ['standing', 'front'],
        ['duduk', 'setengah badan'],
      ].map((tags) => browse({ tags: tags.join(',') }, `${hasTag} and ${hasTag}`, tags)),
    },
    { name: 'browse: view', variants: ['front', 'back'].map((view) => browse({ view }, 'view = ?', [view])) },
    {
      name: 'browse: prop',
      variants: ['chair', 'product'].map((prop) =>
        browse({ props: prop }, 'id in (select pose_id from pose_props where prop = ?)', [prop]),
      ),
    },
    {
      name: 'browse: rare filters',
      variants: [
        browse(
          { category: 'modest', difficulty: 'advanced', gender: 'male', premium: 'true' },
          `${inCategory} and difficulty = 'advanced' and gender in ('male', 'unisex') and is_premium`,
          ['modest'],
        ),
      ],
    },
    {
      name: 'browse: most popular',
      variants: [browse({ sort: 'popular' }, 'true', [], 'popularity desc, display_order')],
    },
    {
      name: 'browse: most popular of a category',
      variants: categories.map((slug) =>
        browse({ sort: 'popular', category: slug }, inCategory, [slug], 'popularity desc, display_order'),
      ),
    },
    { name: 'browse: by name', variants: [browse({ sort: 'name' }, 'true', [], 'name_en collate nocase')] },
    { name: 'browse: page 100 by number', variants: [browse({ page: '100' }, 'true', [], 'display_order')] },
    ...(deep
      ? [
          {
            name: 'browse: page 100 by cursor',
            variants: [browse({ cursor: deep }, `display_order >= ${100 * LIMIT}`, [])],
          },
        ]
      : []),
    { name: 'facets: of everything', variants: [facets({}, 'true', [])] },
    {
      name: 'facets: with filters',
      variants: categories.map((slug) =>
        facets({ category: slug, difficulty: 'beginner' }, `${inCategory} and difficulty = 'beginner'`, [slug]),
      ),
    },
    {
      name: 'facets: with two tags',
      variants: [facets({ tags: 'standing,front' }, `${hasTag} and ${hasTag}`, ['standing', 'front'])],
    },
    {
      name: 'facets: with a search',
      variants: ['product', 'holding box'].map((text) => facets({ search: text }, matching, [quoted(text)])),
    },
    similarCase(db, random),
    ...nearestCases(db, random),
  ]
}

const quoted = (text) =>
  text
    .split(' ')
    .map((word) => `"${word}"`)
    .join(' ')

function rareWords(db, random) {
  const words = db
    .prepare(
      "select term from library_vocabulary where doc between 2 and 9 and term glob '[a-z]*' and length(term) > 5",
    )
    .all()
  if (words.length === 0) return ['kebaya']
  return Array.from({ length: 8 }, () => random.pick(words).term)
}
