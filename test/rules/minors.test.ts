import { describe, expect, test } from 'vitest'
import { withDigits } from '../../src/likeness/age-numbers'
import { describesMinor, refuseMinors } from '../../src/likeness/minors'

/** Judged by hand: the person described is under 18, or a child would be in the picture. */
const MINORS = [
  ...['a 15 year old girl', '15-year-old model', '16 yo, long hair', '17 y/o student', 'a girl aged 14', 'age: 12'],
  ...[
    'fifteen years old',
    'a seventeen-year-old boy',
    'she is 16',
    'just turned 17',
    'under 18',
    'younger than 16 years',
  ],
  ...[
    'a child with a hat',
    'cute kid',
    'toddler in a red shirt',
    'baby girl',
    'newborn',
    'teen girl with braces',
    'teenager',
  ],
  ...[
    'teenage boy',
    'preteen dancer',
    'adolescent male',
    'a little girl in a dress',
    'young boy smiling',
    'schoolgirl',
  ],
  ...['school girl in school uniform', 'high school student', 'middle schooler', 'a 7th grader', 'an underage model'],
  ...[
    'she is a minor',
    'in her early teens',
    'sweet seventeen',
    '6 months old',
    'loli',
    'child-like body',
    'kindergartener',
  ],
  ...['gadis 15 tahun', 'perempuan cantik 16 tahun', 'berusia 14 tahun', 'umur 17', 'umurnya baru 12 thn', 'usia: 9'],
  ...['berumur enam belas tahun', 'tujuh belas tahun, rambut panjang', 'usia 13-15 tahun', 'usia belasan', '15 tahun'],
  ...[
    'anak kecil',
    'anak-anak',
    'seorang anak berambut ikal',
    'anak perempuan',
    'anak laki-laki lucu',
    'balita',
    'bayi',
  ],
  ...['bocah', 'bocil', 'remaja', 'gadis remaja berhijab', 'ABG', 'siswi SMA', 'siswa SMP', 'anak SD', 'anak sekolah'],
  ...['pelajar SMK', 'murid', 'seragam SMA', 'seragam sekolah putih abu-abu', 'gadis kecil', 'gadis belia'],
  ...[
    'di bawah umur',
    'belum 17 tahun',
    'cewek 16th',
    'anak berusia 8 tahun',
    'wajah seperti anak kecil',
    'model anak',
  ],
  ...['masih SMP', 'kelas 5 SD', 'putri kecil', 'taman, anak2 bermain', 'KELAS 2 SMA', '１５ tahun', 'аnak kecil'],
  ...['pemuda 17 tahun dengan motor', 'gadis SMA berjilbab', 'a 9 year old with pigtails', 'girl, 14', 'she looks 12'],
  ...[
    'anak TK pakai seragam',
    'umur 15-an',
    'a girl of twelve',
    'student of elementary school',
    'perempuan, 16',
    'usia SMA',
  ],
  ...['perempuan menggendong bayi', 'woman holding a baby', 'foto dia saat berusia 14 tahun', 'a woman as a child'],
]

/** The same, as a persona's story. */
const MINOR_STORIES = [
  ...['Sari berusia 15 tahun dan suka menari', 'A 16-year-old who loves skating', 'Siswi SMP yang rajin'],
  ...['Seorang anak berumur 10 tahun', 'Teenager from Bandung', 'Masih SMA, anak band', 'Remaja yang suka menulis'],
]

/** Adults, and things. */
const ADULTS = [
  ...[
    'a woman of 25 years',
    '18 years old',
    'a 21-year-old barista',
    'aged 34',
    'eighteen years old',
    'twenty one years old',
  ],
  ...['berusia 18 tahun', 'umur 27', 'dua puluh lima tahun', 'wanita 30 tahun', 'pria tiga puluh tahun', 'usia 45-54'],
  ...[
    'anak muda Jakarta',
    'gaya anak muda kantoran',
    'young woman',
    'young man with glasses',
    'wanita muda',
    'pria muda',
  ],
  ...[
    'baby blue dress',
    'baby pink hijab',
    'baby face',
    'baby-faced man',
    'baby hairs',
    'kid leather gloves',
    'baby bump',
  ],
  ...['baju anak', 'penjual baju anak perempuan', 'toko mainan anak-anak', 'kids clothing store owner', 'sepatu bayi'],
  ...[
    "children's book author",
    'susu bayi di rak',
    'fashion remaja',
    'pemilik butik pakaian anak',
    'teen magazine editor',
  ],
  ...[
    'dokter anak',
    'guru TK',
    'guru SMA',
    'guru taman kanak-kanak',
    'pediatrician',
    'high school teacher',
    'babysitter',
  ],
  ...[
    'bidan',
    'psikolog anak',
    'kindergarten teacher',
    'penulis buku anak',
    'perawat bayi',
    'child psychologist',
    'office boy',
  ],
  ...[
    'mahasiswi',
    'mahasiswa teknik',
    'college student',
    'university freshman',
    'lulusan SMA',
    'alumni SMP 1',
    'boyfriend',
  ],
  ...[
    'ibu dua anak',
    'ayah dari tiga anak',
    'mother of two kids',
    'father of a toddler',
    'memiliki dua anak',
    'loves children',
  ],
  ...[
    'sabar dengan anak-anak',
    'good with kids',
    'anak sulung',
    'anak bungsu dari lima bersaudara',
    'anak tangga',
    'cowboy hat',
  ],
  ...[
    'anak panah',
    'anak buah kapal',
    'pengalaman 15 tahun',
    '15 years of experience',
    'sudah 10 tahun berjualan',
    'tomboy',
  ],
  ...[
    'pria dengan pengalaman 12 tahun',
    'bekerja selama 7 tahun',
    '5 tahun menjadi guru',
    'minor scar on the chin',
    'girl boss',
  ],
  ...[
    'dark pupils',
    'youthful',
    'awet muda',
    'kekanak-kanakan',
    'childish humour',
    'inner child',
    'gadis Bali',
    'wanita kecil',
  ],
  ...[
    'petite woman',
    'kemeja ukuran 15',
    'size 12 dress',
    'sepuluh jari',
    '12 gelang emas',
    'two braids',
    'seventeen bracelets',
  ],
]

/** Adults with a past, and with families. */
const ADULT_STORIES = [
  ...['Berjualan sejak usia 15 tahun', 'Merantau ketika berumur 17 tahun', 'Started painting at the age of 12'],
  ...['As a child she lived in Padang', 'Sejak remaja suka membatik', 'When he was 16 he moved to Medan'],
  ...['Dibesarkan di rumah anak yatim', 'Bercita-cita jadi dokter sejak SMP', 'Her two kids help in the shop'],
  ...[
    'Anaknya yang berusia 5 tahun suka kue',
    'Masa kecil di Ambon',
    'Guru yang menyayangi murid',
    'Ibu dari bayi kembar',
  ],
]

describe('somebody under 18 is seen', () => {
  test.each(MINORS)('in “%s” (K7)', (text) => expect(describesMinor(text)).toBe(true))
  test.each(MINOR_STORIES)('in the story “%s”', (text) => expect(describesMinor(text, 'story')).toBe(true))
})

describe('somebody under 18 is seen through a disguise', () => {
  test.each([
    ...['t33n girl', 'k1d', 'ch1ld in a dress', 'g4dis b3lia', '4nak kecil', 'b0cil', 'remaj4', 's!swi', 'k!ds'],
    ...['a t e e n', 't.e.e.n', 'a n a k', 'b o c a h lucu', 'cute_teen', 'usia ١٥ tahun', 'usia １５ tahun'],
  ])('in “%s”', (text) => expect(describesMinor(text)).toBe(true))

  test.each([
    ...[
      'kaos no 4, model 2x',
      'batik size xl 5 cm',
      'rok a line, atasan v neck',
      'c.e.o. toko',
      'umur 25-34',
      'toko_batik',
    ],
    ...[
      'tas 3d, gaya y2k',
      'kemeja 100% katun',
      'a b c',
      'sepatu 40, 50 tahun',
      '1girl, 30 years old',
      'size s m l xl',
    ],
  ])('and nothing is seen in “%s”', (text) => expect(describesMinor(text)).toBe(false))

  test('a long text is read in a moment, also when it is all disguise', () => {
    for (const piece of ['a ', '4n', '1', 'a.', 't3', '@']) expect(describesMinor(piece.repeat(2_000))).toBe(false)
  })
})

describe('what is harmless in each text may not be together', () => {
  const refusal = (looks: Record<string, string | string[]>) => () => refuseMinors({ looks })
  test.each([
    [{ words: 'gadis, sweet', 'persona.personality': ['sixteen'] }],
    [{ 'persona.personality': ['sweet', 'seventeen'] }],
    [{ words: 'seventeen', 'persona.personality': ['warm', 'sweet'] }],
  ])('%o', (looks) => expect(refusal(looks as Record<string, string[]>)).toThrow())

  test('every pair of texts about adults is left alone', () => {
    for (const [at, words] of ADULTS.entries())
      expect(refusal({ words, traits: ['hangat', ADULTS[(at + 1) % ADULTS.length]!] })).not.toThrow()
  })
})

describe('an adult is left alone', () => {
  test.each(ADULTS)('in “%s”', (text) => expect(describesMinor(text)).toBe(false))
  test.each(ADULTS)('in the story “%s”', (text) => expect(describesMinor(text, 'story')).toBe(false))
  test.each(ADULT_STORIES)('in the story “%s”', (text) => expect(describesMinor(text, 'story')).toBe(false))
})

test('numbers that are written out become digits in both languages', () => {
  expect(withDigits('enam belas, sebelas, sepuluh, dua puluh lima, tiga')).toBe('16, 11, 10, 25, 3')
  expect(withDigits('sixteen, ten, twenty-five, forty, three')).toBe('16, 10, 25, 40, 3')
})

test('a refusal names the field and that it is about a minor, never the word (K7)', () => {
  const refused = () => refuseMinors({ looks: { words: 'wanita muda' }, story: { 'persona.background': 'Siswi SMA' } })
  expect(refused).toThrow(expect.objectContaining({ details: { field: 'persona.background', reason: 'minor' } }))
  expect(() => refuseMinors({ looks: { words: undefined }, story: {} })).not.toThrow()
})

test('a long text is read in a moment, whatever it repeats', () => {
  for (const piece of ['anak ', 'a ', '1 ', 'gadis cantik ', 'usia masih baru ', '- ', 'mother of a a a ', '9 9'])
    expect(describesMinor(`${piece.repeat(Math.floor(4_000 / piece.length))}x`)).toBe(
      describesMinor(`${piece.repeat(20)}x`),
    )
})
