// From words to a look. What the prompt or the avatar's attributes say is honoured; the rest is chosen from palettes
// that go together, by seed.
import { colourOf } from './colour-words'
import { commonHair, eyesOf, figureOf, first, greyOf, hairColourOf, hairstyleOf, skinOf, yearsOf } from './features'
import {
  headwearIn,
  necklaceIn,
  overIn,
  patternIn,
  regionalTopIn,
  sampingIn,
  sashIn,
  tieIn,
  usualWrap,
  withoutGarments,
  wrapIn,
} from './garments'
import { type Chooser, chooserOf } from './hash'
import type { Rgb } from './material'
import type { BottomCut, Fabric, Look, ShoeCut, Sleeve, TopCut } from './outfit'
import { outfitOf } from './outfits'
import type { Build } from './pose'
import { darker, lighter } from './surfaces'
import {
  BOTTOM_NOUN,
  COMMON_SKINS,
  DRESS,
  HAIRS,
  PRODUCTS,
  SCARF,
  SCARVES,
  SETS,
  SHOE_NOUN,
  SKINS,
  TOP_NOUN,
} from './wardrobe'

/** An avatar's attributes: the enumerated words of the avatar creator, or free text. All optional. */
export type AvatarAttributes = {
  gender?: string | null
  ageRange?: string | null
  skinTone?: string | null
  ethnicity?: string | null
  bodyType?: string | null
  hairStyle?: string | null
  hairColor?: string | null
  eyeColor?: string | null
  style?: string | null
}

export type LookRequest = {
  prompt: string
  attributes?: AvatarAttributes
  /** uint32. */
  seed: number
  /** Build of the person in the pose, used when neither words nor attributes say. */
  build?: Build
  /** 0 for the avatar; others get a look of their own. */
  person?: number
}

const has = (text: string, pattern: RegExp): boolean => pattern.test(text)

function genderOf(text: string, attributes: AvatarAttributes, build: Build, choose: Chooser): Build {
  const said = (attributes.gender ?? '').toLowerCase()
  if (/^non.?binary$/.test(said)) return 'neutral'
  for (const words of [said, text]) {
    const female = has(
      words,
      /\b(?:female|woman|women|girl|lady|wanita|perempuan|cewek|ibu|gadis|muslimah|her|she|mother|mom|bride)\b/,
    )
    const male = has(words, /\b(?:male|man|men|boy|guy|pria|laki-?laki|cowok|bapak|lelaki|his|he|father|dad|groom)\b/)
    if (female !== male) return female ? 'female' : 'male'
  }
  if (has(text, SCARF) || has(text, /\b(?:gaun|dress|gamis|kebaya|skirt)\b/)) return 'female'
  if (has(text, /\b(?:beard|jenggot|kumis|koko|peci)\b/)) return 'male'
  return build === 'neutral' ? choose(['female', 'female', 'male'] as const) : build
}

function topCutOf(text: string, shape: Build, scarf: boolean, choose: Chooser): TopCut {
  if (has(text, /\b(?:blazer|jas|suit|business|formal|ceo|executive|kantor)\b/)) return 'blazer'
  if (has(text, /\b(?:hoodie|sweater|sweatshirt|jacket|jaket|streetwear)\b/)) return 'hoodie'
  if (has(text, /\b(?:tank ?top|singlet|sleeveless|tanpa lengan)\b/)) return 'tank'
  if (has(text, /\b(?:t-?shirt|kaos|kaus|tee|polo)\b/)) return 'tshirt'
  if (has(text, /\b(?:tunic|tunik|kaftan|koko|abaya|gamis)\b/)) return 'tunic'
  if (has(text, /\b(?:blouse|blus|kebaya)\b/)) return 'blouse'
  if (has(text, /\b(?:shirt|kemeja|office|batik|flanel|flannel)\b/)) return 'shirt'
  if (scarf) return choose(['tunic', 'tunic', 'blouse'] as const)
  return shape === 'female'
    ? choose(['tshirt', 'tshirt', 'blouse', 'shirt', 'hoodie'] as const)
    : choose(['tshirt', 'shirt', 'tshirt', 'hoodie'] as const)
}

const LONG_SLEEVED: readonly TopCut[] = ['blazer', 'hoodie', 'tunic', 'kebaya', 'beskap', 'kurung', 'koko']

function sleeveOf(text: string, cut: TopCut, scarf: boolean, choose: Chooser): Sleeve {
  if (scarf || has(text, /\b(?:long.?sleeved?|lengan panjang)\b/)) return 'long'
  if (cut === 'tank') return 'none'
  if (has(text, /\b(?:short.?sleeved?|lengan pendek)\b/)) return 'short'
  if (cut === 'bodo') return 'short'
  if (LONG_SLEEVED.includes(cut)) return 'long'
  if (cut === 'shirt') return choose(['long', 'long', 'short'] as const)
  if (cut === 'blouse') return choose(['elbow', 'long'] as const)
  return 'short'
}

function bottomCutOf(text: string, shape: Build, scarf: boolean, choose: Chooser): { cut: BottomCut; asked: boolean } {
  const said = (cut: BottomCut): { cut: BottomCut; asked: boolean } => ({ cut, asked: true })
  if (has(text, /\b(?:shorts|celana pendek|bermuda)\b/)) return said('shorts')
  if (has(text, /\b(?:mini ?skirt|rok (?:mini|pendek))\b/)) return said('skirt')
  if (has(text, /\b(?:maxi|long skirt|rok panjang|sarung|sarong|jarik)\b/)) return said('longSkirt')
  if (has(text, /\b(?:skirt|rok)\b/)) return said(scarf ? 'longSkirt' : 'skirt')
  if (has(text, /\b(?:culottes?|kulot|wide.?leg|palazzo)\b/)) return said('wide')
  if (has(text, /\b(?:leggings?|skinny|slim|jeans)\b/)) return said('slim')
  if (has(text, /\b(?:trousers|pants|celana|chinos?)\b/)) return said('straight')
  if (scarf) return { cut: choose(['wide', 'longSkirt', 'wide'] as const), asked: false }
  return {
    cut:
      shape === 'female'
        ? choose(['slim', 'straight', 'skirt', 'wide'] as const)
        : choose(['straight', 'slim', 'straight'] as const),
    asked: false,
  }
}

function shoesOf(text: string, colour: Rgb, shape: Build, choose: Chooser): Look['shoes'] {
  const said = colourOf(text, SHOE_NOUN)
  let cut: ShoeCut =
    shape === 'female' ? choose(['sneaker', 'flat', 'sneaker'] as const) : choose(['sneaker', 'loafer'] as const)
  if (has(text, /\b(?:barefoot|bare feet|tanpa alas kaki|yoga|sholat|shalat|prayer)\b/)) cut = 'bare'
  else if (has(text, /\b(?:sandals?|sendal)\b/)) cut = 'sandal'
  else if (has(text, /\b(?:loafers?|pantofel|formal|boots?|suit|jas)\b/)) cut = shape === 'female' ? 'flat' : 'loafer'
  else if (has(text, /\b(?:heels|flats?|flat shoes)\b/)) cut = 'flat'
  else if (has(text, /\b(?:sneakers?|kets|sport|running|olahraga)\b/)) cut = 'sneaker'
  const base = said ?? colour
  return { cut, colour: base, sole: cut === 'sneaker' ? [246, 244, 240] : darker(base, 0.55) }
}

/** The look of one person. Pure: the same request gives the same look. */
export function lookOf({ prompt, attributes = {}, seed, build = 'neutral', person = 0 }: LookRequest): Look {
  // The first person is the one the prompt dresses; a second one shares nothing but the backdrop.
  const words = person === 0 ? ` ${prompt} `.toLowerCase() : ' '
  const own = person === 0 ? attributes : {}
  // A draw of its own for each trait, from the seed alone: words change what they name and leave the rest as it was.
  const drawOf = (trait: string): Chooser => chooserOf(trait, (seed + person * 0x9e3779b9) >>> 0)
  const shape = genderOf(`${words}${own.style ?? ''} `, own, build, drawOf('shape'))
  const outfit = outfitOf(words, own, shape, drawOf('style'))
  const text = outfit === null ? `${words}${own.style ?? ''} `.toLowerCase() : `${words}${outfit && `, ${outfit} `}`
  const veiled = has((own.hairStyle ?? '').toLowerCase(), SCARF)
  const scarf = veiled || (shape === 'female' && has(text, SCARF))
  const regional = regionalTopIn(text)
  // What speaks of a sarong or a cap says nothing of the shirt.
  const rest = withoutGarments(text, regional !== null)
  const [topColour, bottomColour, accent, shoeColour] = drawOf('set')(SETS)
  const hairWords = (own.hairStyle ?? '').toLowerCase() || colourScope(text, /\bhair\b/, /\brambut\b/)
  const styles =
    shape === 'male'
      ? (['short', 'short', 'crop', 'curly'] as const)
      : shape === 'neutral'
        ? (['short', 'pixie', 'bob', 'curly'] as const)
        : (['long', 'bob', 'ponytail', 'long', 'bun'] as const)
  const style = drawOf('hairstyle')(styles)
  const named = hairstyleOf(own.hairStyle, hairWords, text)
  const known = commonHair(own.ethnicity, drawOf('people'))
  const cut = regional?.cut ?? topCutOf(rest, shape, scarf, drawOf('top'))
  const wrap = wrapIn(text, regional !== null) ?? (bottomNamed(rest) ? null : usualWrap(cut))
  const bottom = bottomCutOf(rest, shape, scarf, drawOf('bottom'))
  const dress = shape === 'female' && !regional && has(rest, DRESS)
  const pattern = patternIn(rest)
  const asked = colourOf(rest, TOP_NOUN) ?? (has(rest, /batik/) ? ([120, 72, 44] as Rgb) : null)
  const top: Fabric = regional ?? {
    colour: asked ?? topColour,
    pattern,
    accent: pattern === 'batik' ? [234, 206, 158] : lighter(accent, 0.15),
  }
  const scarfColour = colourOf(text, SCARF) ?? drawOf('scarf')(SCARVES)
  const age = has(
    `${own.ageRange ?? ''} ${words} ${own.style ?? ''}`.toLowerCase(),
    /\b(?:senior|elderly|old|lansia|(?<!(?:merah|biru|hijau|lat|abu|ungu|kuning|pink) )tua|nenek|kakek|5[5-9]|6\d|7\d)\b/,
  )
    ? 'senior'
    : has((own.ageRange ?? '').toLowerCase(), /teen|young|1\d|remaja/)
      ? 'young'
      : 'adult'
  const years = yearsOf(own.ageRange)
  const skinSaid = /(?:skin|kulit)/.test(text) ? first(SKINS, colourScope(text, /\bskin\b/, /\bkulit\b/)) : null
  const commonSkin = drawOf('skin')(COMMON_SKINS)
  const skin = skinOf(own.skinTone, own.ethnicity) ?? skinSaid ?? commonSkin
  const hairColour =
    hairColourOf(own.hairColor) ??
    first(HAIRS, colourScope(text, /\bhair\b/, /\brambut\b/)) ??
    known?.colour ??
    drawOf('hair')([
      [30, 25, 25],
      [42, 32, 28],
      [62, 42, 32],
    ] as const)
  const [product, label] = drawOf('product')(PRODUCTS)
  const pressed = bottom.cut === 'skirt' || bottom.cut === 'longSkirt'
  const exact = own.hairStyle ? named : null
  const usual = known?.curly ? ('curly' as const) : style
  return {
    shape,
    figure: figureOf(own.bodyType),
    age,
    years,
    skin,
    lips:
      shape !== 'female'
        ? mixed(skin, [170, 92, 84], 0.45)
        : mixed(
            skin,
            drawOf('lips')([
              [188, 62, 66],
              [196, 92, 88],
              [176, 70, 84],
            ] as const),
            0.72,
          ),
    eyes: eyesOf(own.eyeColor),
    hair: {
      style: exact ?? (named && (shape === 'male' || named !== 'crop') ? named : usual),
      colour: hairColour,
      grey: own.hairColor ? 0 : greyOf(age, years),
    },
    beard:
      shape === 'male' &&
      has(`${text} ${own.hairStyle ?? ''}`.toLowerCase(), /\b(?:beard|bearded|jenggot|brewok|berewok)\b/),
    headscarf: scarf ? { colour: scarfColour, pattern: 'plain', accent } : null,
    headwear: headwearIn(words) ?? headwearIn(text),
    wrapped: wrap !== null,
    samping: sampingIn(text, regional !== null),
    sash: sashIn(text),
    over: overIn(text),
    tie: tieIn(text),
    necklace: necklaceIn(text),
    top: {
      ...top,
      cut,
      sleeve: sleeveOf(rest, cut, scarf, drawOf('sleeve')),
      tucked: pressed && (cut === 'blouse' || cut === 'shirt' || cut === 'tank' || cut === 'tshirt'),
    },
    bottom: wrap
      ? { ...wrap, cut: 'longSkirt' }
      : {
          colour: colourOf(rest, BOTTOM_NOUN) ?? (cut === 'kurung' ? top.colour : bottomColour),
          pattern: 'plain',
          accent,
          cut:
            cut === 'kurung' && shape === 'female' && !bottom.asked && !sampingIn(text, true)
              ? 'longSkirt'
              : dress
                ? has(rest, /\b(?:mini|short dress|pendek)\b/)
                  ? 'skirt'
                  : 'longSkirt'
                : bottom.cut,
        },
    dress,
    shoes: shoesOf(text, shoeColour, shape, drawOf('shoes')),
    product: {
      colour: colourOf(text, /\b(?:product|produk|bottle|botol|box|kotak|bag|tas|packaging|kemasan)\b/) ?? product,
      label,
    },
    // An outfit that was chosen for its style gives way to a wide stance.
    bottomAsked: (!outfit && bottom.asked) || dress || wrapIn(words, regional !== null) !== null,
  }
}

const bottomNamed = (text: string): boolean => has(text, BOTTOM_NOUN)

const mixed = (a: Rgb, b: Rgb, t: number): Rgb => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
]

/** What describes hair or skin: two words after the Indonesian noun, two before the English one. */
function colourScope(text: string, english: RegExp, indonesian: RegExp): string {
  const before = english.exec(text)
  const after = indonesian.exec(text)
  const english2 = before ? text.slice(0, before.index).trim().split(/[\s]+/).slice(-2).join(' ') : ''
  const indonesian2 = after
    ? text
        .slice(after.index + after[0].length)
        .trim()
        .split(/\s+/)
        .slice(0, 3)
        .join(' ')
        .split(',')[0]
    : ''
  return `${english2} ${indonesian2}`
}
