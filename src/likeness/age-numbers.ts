const UNITS_EN = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
const TEENS_EN = [
  ...['ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'],
]
const TENS_EN = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']
const UNITS_ID = ['satu', 'dua', 'tiga', 'empat', 'lima', 'enam', 'tujuh', 'delapan', 'sembilan']

const anyOf = (words: readonly string[]): string => `(?:${words.join('|')})`
const WRITTEN = new RegExp(
  [
    `\\b(?<tensEn>${anyOf(TENS_EN)})(?:[ -]?(?<tensUnitEn>${anyOf(UNITS_EN)}))?\\b`,
    `\\b(?<teenEn>${anyOf(TEENS_EN)})\\b`,
    `\\b(?<unitEn>${anyOf(UNITS_EN)})\\b`,
    `\\b(?<tensId>${anyOf(UNITS_ID)}) ?puluh(?: (?<tensUnitId>${anyOf(UNITS_ID)}))?\\b`,
    `\\b(?<teenId>${anyOf(UNITS_ID)}) ?belas\\b`,
    '\\b(?<ten>sepuluh)\\b',
    '\\b(?<eleven>sebelas)\\b',
    `\\b(?<unitId>${anyOf(UNITS_ID)})\\b`,
  ].join('|'),
  'g',
)

const placeOf = (words: readonly string[], word: string | undefined): number => words.indexOf(word ?? '') + 1

/** Numbers from 1 to 99 that are written out, in English or Indonesian, as digits: `enam belas tahun` -> `16 tahun`. */
export const withDigits = (text: string): string =>
  text.replace(WRITTEN, (...found) => {
    const said = found.at(-1) as Record<string, string | undefined>
    if (said.tensEn) return String((placeOf(TENS_EN, said.tensEn) + 1) * 10 + placeOf(UNITS_EN, said.tensUnitEn))
    if (said.teenEn) return String(placeOf(TEENS_EN, said.teenEn) + 9)
    if (said.unitEn) return String(placeOf(UNITS_EN, said.unitEn))
    if (said.tensId) return String(placeOf(UNITS_ID, said.tensId) * 10 + placeOf(UNITS_ID, said.tensUnitId))
    if (said.teenId) return String(placeOf(UNITS_ID, said.teenId) + 10)
    if (said.ten) return '10'
    return said.eleven ? '11' : String(placeOf(UNITS_ID, said.unitId))
  })
