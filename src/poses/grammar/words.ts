// Text to words, and the forms under which a word may stand in the lexicon.

/** Longer texts are cut: a pose is said in a sentence or two. */
const TEXT_CHARACTERS_MAX = 600
const WORDS_MAX = 100

/** Articles and fillers that change nothing about a pose. */
const NOISE = new Set(
  [
    'a an the of its his her him my your their our she he they is are be being very slightly while',
    'sebuah seorang yang itu ini sedang lagi agak sedikit sangat pose model foto photo picture image shot gaya',
    'wanita pria perempuan laki cewek cowok woman man girl boy lady person female male',
  ].flatMap((line) => line.split(' ')),
)

/** A text cut at its commas and joining words: each clause is a list of words in lower case without diacritics. */
export function clausesOf(text: string): { words: string[]; isMeans: boolean }[] {
  const plain = text.slice(0, TEXT_CHARACTERS_MAX).normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  const pieces = plain.match(/[\p{L}\p{N}]+(?:'s)?|[,.;:!?\n/&+]/gu) ?? []
  const clauses: { words: string[]; isMeans: boolean }[] = [{ words: [], isMeans: false }]
  for (const piece of pieces.slice(0, WORDS_MAX)) {
    const word = piece.replace(/'s$/, '')
    if (/^[,.;:!?\n/&+]$/.test(word) || JOINS.has(word)) clauses.push({ words: [], isMeans: MEANS.has(word) })
    else if (!NOISE.has(word)) clauses.at(-1)?.words.push(word)
  }
  return clauses.filter(({ words }) => words.length > 0)
}

/** What follows may be the means of what was said before: `melambai dengan tangan kiri`. */
const MEANS = new Set('dengan dgn pakai memakai menggunakan with using by'.split(' '))
const JOINS = new Set([...MEANS, ...'dan and sambil sembari serta lalu kemudian then plus but tapi tetapi'.split(' ')])

const SUFFIXES = ['kannya', 'kan', 'nya', 'lah', 'an', 'i']
/** Prefix, and the letters that it may have swallowed: `memegang` is `pegang`, `menyilangkan` is `silang`. */
const PREFIXES: readonly [RegExp, readonly string[]][] = [
  [/^meny(?=[aiueo])/, ['s']],
  [/^peny(?=[aiueo])/, ['s']],
  [/^meng/, ['', 'k']],
  [/^mem(?=[aiueo])/, ['p', 'm']],
  [/^mem/, ['']],
  [/^men(?=[aiueo])/, ['t', 'n']],
  [/^men/, ['']],
  [/^me/, ['']],
  [/^ber/, ['']],
  [/^ter/, ['']],
  [/^di/, ['']],
  [/^se/, ['']],
]

function indonesianStems(word: string): string[] {
  const bare = [word, ...SUFFIXES.filter((end) => word.endsWith(end)).map((end) => word.slice(0, -end.length))]
  return bare.flatMap((form) => [
    form,
    ...PREFIXES.flatMap(([prefix, swallowed]) =>
      prefix.test(form) ? swallowed.map((letter) => form.replace(prefix, letter)) : [],
    ),
  ])
}

function englishStems(word: string): string[] {
  const bare = word.replace(/(ing|ed|es|s)$/, '')
  if (bare === word) return []
  const short = word.replace(/s$/, '')
  return [short, bare, `${bare}e`, bare.replace(/(.)\1$/, '$1'), bare.replace(/i$/, 'y')]
}

/** The word itself, then what may be its stem; at least three letters each. */
export const formsOf = (word: string): string[] => [
  ...new Set([word, ...[...englishStems(word), ...indonesianStems(word)].filter((form) => form.length > 2)]),
]

/** Found by reading the library's own names and tags: what a slip must not be taken for. */
export const NO_SLIP_WORDS =
  'panjang sepanjang siang tertawa kontak angle kerah stairs flowing masalah bintang setelah renang temple batal angka plants singlet'
