import { describe, expect, test } from 'vitest'
import { compose, type PoseDraft } from '../../src/poses/grammar/compose'
import { understand } from '../../src/poses/grammar/understand'
import { checkPose } from '../../src/render/mannequin/pose'

const drafts = (text: string, count = 6, seed = 1) => compose(understand(text), { count, seed })

describe('understanding a text', () => {
  test.each([
    ['foto produk skincare di meja kayu'],
    ['a smiling woman in a red dress'],
    ['gaya estetik warna pastel'],
    ['jam tangan emas, latar hijau, di pinggir jalan'],
    ['long green dress, black studio wall, fashion show'],
    ['sepatu lari warna kuning panjang'],
    [''],
    ['🙂🙂🙂'],
    // How close the camera is says nothing about the body.
    ['close up'],
  ])('%j says nothing about a body', (text) => {
    expect(understand(text).isEmpty).toBe(true)
  })

  test('says which of the words it has used', () => {
    expect(understand('wanita cantik, tangan kiri di pinggang, gaun merah').understood).toEqual([
      'tangan kiri pinggang',
    ])
  })

  test('the same text is understood the same way in capitals, with accents and with marks', () => {
    expect(understand('TANGAN KIRI, di Pinggáng!').arms).toEqual(understand('tangan kiri di pinggang').arms)
  })

  test('left is the subject’s left, before or after the word for the hand', () => {
    const left = { L: { pose: 'hip' }, R: null }
    expect(understand('left hand on hip').arms).toEqual(left)
    expect(understand('hand on left hip').arms).toEqual(left)
    expect(understand('di pinggang tangan kiri').arms).toEqual(left)
  })

  test('a named hand wins over both hands', () => {
    expect(understand('kedua tangan di pinggang, tangan kanan melambai').arms).toEqual({
      L: { pose: 'hip' },
      R: { pose: 'wave' },
    })
  })

  test('the other hand is the one that was not named', () => {
    expect(understand('right hand waving, the other hand in pocket').arms.L).toEqual({ pose: 'pocket' })
  })

  test('what is denied is left out, and is not filled in either', () => {
    expect(understand('melambai tangan kanan, tanpa tangan di saku').arms).toEqual({ L: null, R: { pose: 'wave' } })
    /** The left wrist (joint 20) is 0.11 m from the left hip joint (27) when the hand is in the pocket. */
    const isInPocket = ({ geometry }: PoseDraft) => {
      const joints = geometry.people[0]!.joints3d
      return Math.hypot(...[0, 1, 2].map((i) => joints[60 + i]! - joints[81 + i]!)) < 0.12
    }
    expect(drafts('bersandar di dinding', 12).some(isInPocket)).toBe(true)
    expect(drafts('bersandar di dinding, tangan tidak di saku', 12).some(isInPocket)).toBe(false)
  })

  test.each([
    'wanita rambut panjang, topi merah, kacamata hitam',
    'kemeja putih lengan panjang, saku besar di dada',
    'celana jeans robek di lutut, ikat pinggang',
    'long hair, red hat, sunglasses, big pockets',
  ])('how somebody looks is no pose: %s', (text) => {
    expect(understand(text).arms).toEqual({ L: null, R: null })
  })

  test('one wrong letter in a long word is forgiven, in a short one not', () => {
    expect(understand('melambi').arms.R).toEqual({ pose: 'wave' })
    expect(understand('siting').stance).toBe('sit')
    expect(understand('rum').isEmpty).toBe(true)
  })

  test('a text of any length is answered at once', () => {
    const started = performance.now()
    understand('tangan kirri di pinggangg, melambaai '.repeat(20_000))
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('composing drafts', () => {
  test('the same words and seed give the same drafts', () => {
    expect(drafts('tangan kiri di pinggang')).toEqual(drafts('tangan kiri di pinggang'))
  })

  test('another seed gives other drafts after the plain one', () => {
    const [one, two] = [drafts('melambai', 6, 1), drafts('melambai', 6, 2)]
    expect(two[0]).toEqual(one[0])
    expect(two.slice(1)).not.toEqual(one.slice(1))
  })

  test('no two drafts are alike', () => {
    const made = drafts('berdiri', 12).map(({ geometry }) => JSON.stringify(geometry.people))
    expect(made).toHaveLength(12)
    expect(new Set(made).size).toBe(12)
  })

  test.each([
    [0, 0],
    [-3, 0],
    [1, 1],
    [500, 24],
  ])('%i drafts asked for are %i', (count, made) => {
    expect(drafts('berdiri', count)).toHaveLength(made)
  })

  test('a text without a body still composes: somebody who stands', () => {
    expect(drafts('')[0]!.promptHint).toBe('full body photo, standing, looking at the camera, front view')
  })

  test('the name is in both languages and the hint says each hand', () => {
    const [draft] = drafts('tangan kiri di pinggang, tangan kanan menunjuk ke samping', 1)
    expect(draft!.name).toEqual({
      en: 'Standing, left hand on the hip, right hand pointing to the side',
      id: 'Berdiri, tangan kiri di pinggang, tangan kanan menunjuk ke samping',
    })
    expect(draft!.promptHint).toBe(
      'full body photo, standing, left hand on the hip, right hand pointing to the side, looking at the camera, front view',
    )
  })

  test('a long text makes a name that fits a card', () => {
    for (const { name } of drafts(
      'duduk di kursi, kaki menyilang, tangan kiri memegang botol di samping wajah, tangan kanan di dagu, menoleh ke kiri',
    ))
      for (const words of Object.values(name)) expect(words.length).toBeLessThanOrEqual(90)
  })

  test.each([
    ['duduk di kursi memegang botol', ['chair', 'product']],
    ['bersandar di dinding', ['wall']],
    ['duduk di bangku', ['stool']],
    ['menelepon', ['product']],
    ['melambai', []],
  ])('%s needs %j', (text, props) => {
    for (const draft of drafts(text)) expect(draft.props).toEqual(props)
  })

  test('the renderer is told which hand holds', () => {
    expect(drafts('tangan kanan membawa tas, tangan kiri di pinggang', 1)[0]!.words).toBe(
      'standing, a bag in the right hand',
    )
  })

  test('what no body can do at once still gives the nearest pose', () => {
    expect(drafts('jongkok, membungkuk, badan condong ke depan, tangan bersedekap').length).toBeGreaterThan(0)
  })

  test('every draft can be drawn', () => {
    for (const { geometry, props, words } of drafts('berjalan memeluk boneka', 8))
      expect(() => checkPose({ ...geometry, props, words })).not.toThrow()
  })
})
