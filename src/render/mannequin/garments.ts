// Garments and headwear beyond shirts and trousers, as words name them in English and Indonesian. Each is read in its
// own clause ("jarik batik cokelat"), so that its colour and pattern are not those of the top.
import { colourOf } from './colour-words'
import type { Rgb } from './material'
import type { Fabric, Headwear, Look, Pattern, Sash, TopCut } from './outfit'
import { darker, lighter } from './surfaces'

export const GOLD: Rgb = [226, 184, 92]
const BLACK: Rgb = [38, 36, 40]
const SOGAN: Rgb = [104, 64, 40]
const CREAM: Rgb = [234, 206, 158]
const MAROON: Rgb = [128, 30, 44]

export function patternIn(text: string): Pattern {
  const has = (pattern: RegExp): boolean => pattern.test(text)
  if (has(/\b(?:batik|kawung|parang|tenun|songket|ethnic|etnik)\b/)) return 'batik'
  if (has(/\b(?:stripes?|striped|garis(?:-garis)?|salur|belang|lurik)\b/)) return 'stripes'
  if (has(/\b(?:plaid|checked|checkered|tartan|kotak(?:-kotak)?|flanel|flannel|gingham)\b/)) return 'check'
  if (has(/\b(?:polka|dots?|dotted|polkadot|bintik)\b/)) return 'dots'
  if (has(/\b(?:floral|flowery|bunga(?:-bunga)?|flower (?:pattern|print)|kembang|brokat)\b/)) return 'floral'
  return 'plain'
}

const STOP = /[,.;:]|\b(?:dan|and|with|dengan|serta|plus|over|under|pakai|memakai|mengenakan|wearing|wears)\b/

/** The words around the first `noun`, up to a comma or a joining word on both sides; null without it. */
function clauseOf(text: string, noun: RegExp): string | null {
  const match = noun.exec(text)
  if (!match) return null
  const end = match.index + match[0].length
  const before = text.slice(0, match.index).split(STOP).at(-1) ?? ''
  return `${before}${match[0]}${text.slice(end).split(STOP)[0] ?? ''}`
}

type Usual = { colour: Rgb; pattern?: Pattern; accent?: Rgb }

/** The cloth of the garment that `noun` names, with what is usual where words say nothing; null when none does. */
function clothIn(text: string, noun: RegExp, usual: Usual): Fabric | null {
  const clause = clauseOf(text, noun)
  if (clause === null) return null
  const said = patternIn(clause)
  const songket = /\bsongket\b/.test(clause)
  const colour = colourOf(clause, noun) ?? (songket ? MAROON : usual.colour)
  const pattern = said === 'plain' ? (usual.pattern ?? 'plain') : said
  const golden = colour[0] > 190 && colour[1] > 150 && colour[2] < 130
  const accent = songket ? (golden ? MAROON : GOLD) : pattern === 'batik' ? contrast(colour) : usual.accent
  return { colour, pattern, accent: accent ?? lighter(colour, 0.45) }
}

/** The light of a batik on a dark ground, and the brown of one on a light ground. */
const contrast = ([r, g, b]: Rgb): Rgb => (r + g + b > 400 ? SOGAN : CREAM)

const FEATHERS =
  /\b(?:mahkota bulu|ikat kepala bulu|bulu (?:burung|enggang|cendrawasih|kasuari)|feather(?:ed)? (?:headdress|crown|headband))\b/
const FLOWER =
  /\b(?:bunga (?:kamboja|di (?:telinga|rambut)|melati di (?:telinga|rambut))|(?:flower|frangipani|hibiscus) (?:behind|in) (?:the |her |his )?(?:ear|hair))\b/
// biome-ignore format: one kind per line
const HEADWEAR_WORDS: readonly [Headwear['kind'], RegExp, Usual][] = [
  ['feathers', FEATHERS, { colour: [150, 40, 36], pattern: 'check', accent: [46, 40, 40] }],
  ['caping', /\b(?:caping|topi (?:caping|petani)|conical (?:straw )?hat)\b/, { colour: [206, 172, 116] }],
  ['brim', /\b(?:topi (?:jerami|pantai|lebar|koboi|pandan)|(?:straw|sun|panama|wide.brim(?:med)?|cowboy|bucket) hat|fedora|hat)\b/, { colour: [214, 188, 140], accent: [92, 64, 46] }],
  ['cap', /\b(?:topi(?: baseball)?|snapback|(?:a|the|his|her|baseball|trucker|sports?)(?: \w+)? cap)\b/, { colour: [44, 52, 76], accent: [36, 42, 62] }],
  ['peci', /\b(?:meukeutop|kupiah)\b/, { colour: MAROON, pattern: 'stripes', accent: GOLD }],
  ['peci', /\b(?:songkok recca|songkok bugis|songkok to bone)\b/, { colour: BLACK, accent: GOLD }],
  ['peci', /\b(?:peci|kopiah|songkok|ketu|fez)\b/, { colour: BLACK, accent: BLACK }],
  ['blangkon', /\b(?:blangkon|bendo|saluak|deta|destar|iket)\b/, { colour: SOGAN, pattern: 'batik', accent: CREAM }],
  ['udeng', /\budeng\b/, { colour: [244, 242, 236], accent: GOLD }],
  ['tengkuluk', /\b(?:tengkuluk|tingkuluak|tikuluak|takuluak)\b/, { colour: MAROON, accent: GOLD }],
  ['suntiang', /\b(?:suntiang|sunting)\b/, { colour: GOLD, accent: [196, 40, 48] }],
  ['siger', /\b(?:siger|mahkota|crown|tiara)\b/, { colour: GOLD, accent: [196, 40, 48] }],
  ['flower', FLOWER, { colour: [250, 244, 232] }],
]

export function headwearIn(text: string): Headwear | null {
  for (const [kind, noun, usual] of HEADWEAR_WORDS) {
    const cloth = clothIn(text, noun, usual)
    if (!cloth) continue
    const banded = kind === 'peci' || kind === 'udeng' || kind === 'feathers'
    const accent = banded && usual.accent ? usual.accent : cloth.accent
    const plainPeci = kind === 'peci' && usual.accent === BLACK
    const pattern = kind === 'flower' || kind === 'suntiang' || kind === 'siger' ? 'plain' : cloth.pattern
    return {
      kind,
      colour: cloth.colour,
      pattern,
      accent: plainPeci && pattern === 'plain' ? cloth.colour : plainPeci ? cloth.accent : accent,
    }
  }
  return null
}

/** Tops that are cut as no shirt is. */
// biome-ignore format: one cut per line
const TOPS: readonly [TopCut, RegExp, Usual][] = [
  ['kebaya', /\bkebaya\b/, { colour: [236, 222, 204], pattern: 'floral' }],
  ['beskap', /\b(?:beskap|surjan|jas tut[ou]|cheongsam|changshan|kerah shanghai)\b/, { colour: BLACK }],
  ['bodo', /\b(?:baju )?bodo\b/, { colour: [206, 52, 112] }],
  ['kurung', /\b(?:(?:baju )?kurung|kurta|tel[ou]k belanga|cekak musang)\b/, { colour: [54, 110, 92] }],
  ['koko', /\b(?:koko|sadariah|gamis pria)\b/, { colour: [243, 241, 236] }],
]

export type RegionalTop = Fabric & { cut: TopCut }

export function regionalTopIn(text: string): RegionalTop | null {
  for (const [cut, noun, usual] of TOPS) {
    const cloth = clothIn(text, noun, usual)
    if (!cloth) continue
    const [r, g, b] = cloth.colour
    const trim = cut === 'kebaya' ? lighter(cloth.colour, 0.4) : darker(cloth.colour, r + g + b > 500 ? 0.1 : 0.3)
    return { ...cloth, cut, accent: cloth.pattern === 'plain' || cut === 'kebaya' ? trim : cloth.accent }
  }
  return null
}

const SARONG = /\b(?:sarung|sarong)\b/
const JARIK = /\b(?:jarik|kamen)\b/
const LONG_CLOTH = /\b(?:jarik|kamen|kain (?:batik|songket|panjang|tenun|kotak|cele|sarung))\b/
/** "Samping" is also "beside": it is a garment only next to another of its kind, or named as cloth. */
const SAMPING = /\b(?:samping|saput|sesamping)\b/
const SAMPING_ALONE = /\b(?:(?:kain|sarung) samping|samping songket|sesamping)\b/

/** A cloth wound around the legs down to the ankles. `kain` counts only below a regional top: shops sell it too. */
export function wrapIn(text: string, hasRegionalTop: boolean): Fabric | null {
  const jarik = hasRegionalTop ? LONG_CLOTH : JARIK
  const usual: Usual = { colour: SOGAN, pattern: 'batik' }
  return (
    clothIn(text, jarik, usual) ??
    clothIn(text, SARONG, { colour: [72, 84, 70], pattern: 'check', accent: [190, 176, 132] })
  )
}

/** What is wound around the legs below a top that is never worn with trousers, where no words say. */
export const usualWrap = (cut: TopCut): Fabric | null =>
  cut === 'kebaya' || cut === 'beskap'
    ? { colour: SOGAN, pattern: 'batik', accent: CREAM }
    : cut === 'bodo'
      ? { colour: [44, 104, 78], pattern: 'check', accent: GOLD }
      : null

export const sampingIn = (text: string, hasRegionalTop: boolean): Fabric | null =>
  clothIn(text, hasRegionalTop ? SAMPING : SAMPING_ALONE, { colour: MAROON, pattern: 'batik', accent: GOLD })

const ULOS = /\bulos\b/
const ACROSS = /\b(?:selempang|salempang)\b/
const SHAWL = /\b(?:selendang|sampur|shawl|sash|kain bahu)\b/

export function sashIn(text: string): Sash | null {
  const ulos = clothIn(text, ULOS, { colour: [120, 24, 34], pattern: 'stripes', accent: [30, 26, 30] })
  if (ulos) return { ...ulos, way: 'hanging' }
  const across = clothIn(text, ACROSS, { colour: [212, 160, 62] })
  if (across) return { ...across, way: 'across' }
  const shawl = clothIn(text, SHAWL, { colour: [176, 60, 60] })
  return shawl && { ...shawl, way: 'hanging' }
}

const VEST = /\b(?:rompi|vest|waistcoat)\b/
const APRON = /\b(?:apron|celemek)\b/
const TIE = /\b(?:dasi|neck ?tie|suit and tie|(?:a|his|her|red|blue|navy|black|green|grey|striped|maroon) tie)\b/

export function overIn(text: string): Look['over'] {
  const apron = clothIn(text, APRON, { colour: [92, 62, 48] })
  if (apron) return { ...apron, cut: 'apron' }
  const vest = clothIn(text, VEST, { colour: [62, 62, 74] })
  return vest && { ...vest, cut: 'vest' }
}

export const tieIn = (text: string): Fabric | null => clothIn(text, TIE, { colour: MAROON })

export const necklaceIn = (text: string): Rgb | null =>
  clothIn(text, /\b(?:kalung|necklace)\b/, { colour: GOLD })?.colour ?? null

// biome-ignore format: a list
const NOUNS: readonly RegExp[] = [
  ...HEADWEAR_WORDS.map(([, noun]) => noun), SARONG, JARIK, SAMPING_ALONE, ULOS, ACROSS, SHAWL, VEST, APRON, TIE,
]

/** The text without these garments and the words that describe them: what is left speaks of top, trousers and shoes. */
export function withoutGarments(text: string, hasRegionalTop: boolean): string {
  let rest = text
  for (const noun of hasRegionalTop ? [...NOUNS, LONG_CLOTH, SAMPING] : NOUNS) {
    const clause = clauseOf(rest, noun)
    if (clause === null) continue
    const match = noun.exec(clause)
    if (!match) continue
    const described = clause
      .slice(match.index + match[0].length)
      .split(/\s+/)
      .slice(0, 3)
      .join(' ')
    const before = /(?:\S+\s+)$/.exec(clause.slice(0, match.index))?.[0] ?? ''
    rest = rest.replace(`${patternIn(before) === 'plain' ? '' : before}${match[0]}${described}`, ' ')
  }
  return rest
}
