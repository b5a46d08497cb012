// What somebody wears whose words name no clothes: the outfit of a style, and the festive dress of a region. Written in
// the words that the wardrobe reads, so that nothing is drawn which a seller could not ask for.
import type { Chooser } from './hash'
import type { Build } from './pose'
import { DRESS, SHOE_NOUN, TOP_NOUN } from './wardrobe'

type Outfit = { female: readonly string[]; male: readonly string[] }

// biome-ignore format: one outfit per line
const STYLES: Record<string, Outfit> = {
  casual: {
    female: ['kaos putih, jeans, sneakers', 'kaos salem, kulot krem, sneakers', 'striped t-shirt, jeans, sneakers'],
    male: ['kaos abu, jeans, sneakers', 'kaos hijau army, chinos krem, sneakers', 'kemeja kotak biru lengan pendek, jeans, sneakers'],
  },
  business: {
    female: ['blazer navy, celana hitam, heels', 'blazer krem, celana cokelat, heels', 'blazer abu, rok hitam, heels'],
    male: ['jas navy, dasi merah maroon, celana navy', 'jas abu, dasi biru tua, celana abu', 'jas biru tua, dasi hijau tua, celana hitam'],
  },
  formal: {
    female: ['blazer hitam, rok panjang hitam, kalung perak, heels', 'blazer maroon, rok panjang hitam, kalung emas, heels'],
    male: ['jas hitam, dasi hitam, celana hitam, pantofel', 'jas hitam, dasi perak, celana hitam, pantofel'],
  },
  modest: {
    female: ['tunik sage, rok panjang krem', 'tunik mocha, kulot krem', 'tunik dusty pink, rok panjang abu'],
    male: ['koko putih, celana hitam', 'koko abu, celana krem', 'koko hijau botol, celana hitam'],
  },
  streetwear: {
    female: ['hoodie ungu, jogger hitam, topi hitam, sneakers', 'hoodie hitam, celana army, topi merah, sneakers'],
    male: ['hoodie hitam, jogger abu, topi hitam, sneakers', 'hoodie mustard, jogger hitam, topi biru, sneakers'],
  },
  sporty: {
    female: ['tank top fuchsia, leggings hitam, sneakers', 'tank top tosca, leggings abu, sneakers'],
    male: ['kaos merah, celana pendek hitam, sneakers', 'kaos biru, celana pendek abu, sneakers'],
  },
  elegant: {
    female: ['gaun maroon, kalung emas, heels', 'gaun hijau botol, kalung emas, heels', 'gaun hitam, kalung perak, heels'],
    male: ['kemeja hitam, rompi abu, celana hitam, pantofel', 'blazer krem, celana cokelat, pantofel'],
  },
  creative: {
    female: ['blus mustard bunga, kulot tosca, topi lebar cokelat', 'kemeja lilac polkadot, rompi mustard, jeans'],
    male: ['kemeja tosca bunga, chinos krem, fedora cokelat', 'kemeja putih garis, rompi terracotta, jeans'],
  },
}

/** Of Java where nothing nearer fits: worn at weddings and in offices all over the country. */
const BATIK: Outfit = {
  female: ['kebaya biru tua, jarik batik cokelat, bun'],
  male: ['kemeja batik cokelat lengan panjang, celana hitam, peci hitam'],
}

// biome-ignore format: one region per line
const REGIONS: Record<string, Outfit> = {
  javanese: { female: ['kebaya hijau tua, jarik batik cokelat, bun', 'kebaya hitam, jarik batik cokelat, bun'], male: ['beskap hitam, jarik batik cokelat, blangkon batik cokelat'] },
  sundanese: { female: ['kebaya putih, kain batik merah, siger, kalung emas'], male: ['beskap putih, jarik batik cokelat, bendo batik cokelat'] },
  betawi: { female: ['kebaya pink, kain batik hijau tua, bun'], male: ['koko putih, selendang kotak hijau, peci merah, celana hitam'] },
  batak: { female: ['kebaya merah, kain songket maroon, ulos merah, bun'], male: ['beskap hitam, ulos merah, celana hitam, deta merah songket'] },
  minangkabau: { female: ['baju kurung merah songket, rok panjang merah, tengkuluk merah, kalung emas', 'baju kurung hitam, rok panjang maroon, tengkuluk songket merah, kalung emas'], male: ['teluk belanga hitam, samping songket merah, celana hitam, saluak songket merah'] },
  malay: { female: ['baju kurung kuning, rok panjang kuning, selendang songket hijau'], male: ['teluk belanga hijau tua, samping songket maroon, songkok hitam, celana hijau tua'] },
  balinese: { female: ['kebaya putih, kain batik merah, selempang kuning, bunga kamboja, bun'], male: ['beskap putih, jarik batik cokelat, saput kuning, udeng putih'] },
  bugis: { female: ['baju bodo fuchsia, sarung kotak hijau, kalung emas, bun', 'baju bodo merah, sarung kotak ungu, kalung emas, bun'], male: ['beskap hijau, sarung kotak merah, songkok recca'] },
  dayak: { female: ['tank top hitam, rompi batik hitam, rok batik hitam, mahkota bulu merah, kalung merah'], male: ['tank top hitam, rompi batik merah, celana hitam, mahkota bulu merah, kalung merah'] },
  papuan: { female: ['blus batik cokelat, rok panjang krem, mahkota bulu cokelat, kalung putih'], male: ['kemeja batik merah, celana hitam, mahkota bulu cokelat, kalung putih'] },
  moluccan: { female: ['kebaya putih, kain kotak merah, selempang merah'], male: ['beskap merah, celana hitam, selempang kotak putih'] },
  acehnese: { female: ['baju kurung merah, samping songket hitam, celana hitam, siger, kalung emas'], male: ['beskap hitam, samping songket merah, celana hitam, meukeutop'] },
  chinese_indonesian: { female: ['cheongsam merah bunga, rok panjang merah, bun'], male: ['changshan merah, celana hitam'] },
  arab_indonesian: { female: ['abaya hitam, hijab hitam'], male: ['koko putih, sarung kotak hijau, peci putih'] },
  indian_indonesian: { female: ['blus kuning lengan pendek, rok panjang ungu, selempang ungu, kalung emas'], male: ['kurta krem, celana putih'] },
}
REGIONS.middle_eastern = REGIONS.arab_indonesian as Outfit
REGIONS.south_asian = REGIONS.indian_indonesian as Outfit
REGIONS.east_asian = REGIONS.chinese_indonesian as Outfit

const ADAT =
  /\b(?:(?:baju|pakaian|busana|kostum) (?:adat|tradisional|daerah|pengantin)|traditional (?:\w+ )?(?:dress|costume|clothes|clothing|attire|outfit|wear))\b/
// biome-ignore format: one region per line
const REGION_WORDS: readonly [RegExp, string][] = [
  [/\b(?:jawa|javanese|jogja|yogyakarta|solo|surakarta)\b/, 'javanese'], [/\b(?:sunda|sundanese|bandung)\b/, 'sundanese'],
  [/\b(?:betawi|jakarta)\b/, 'betawi'], [/\b(?:batak|toba|karo|mandailing)\b/, 'batak'],
  [/\b(?:minang|minangkabau|padang)\b/, 'minangkabau'], [/\b(?:melayu|malay|riau)\b/, 'malay'], [/\b(?:bali|balinese)\b/, 'balinese'],
  [/\b(?:bugis|makassar|makasar)\b/, 'bugis'], [/\b(?:dayak|kalimantan|borneo)\b/, 'dayak'], [/\b(?:papua|papuan)\b/, 'papuan'],
  [/\b(?:maluku|moluccan|ambon)\b/, 'moluccan'], [/\b(?:aceh|acehnese)\b/, 'acehnese'], [/\b(?:tionghoa|chinese)\b/, 'chinese_indonesian'],
]

/** "Baju" and "outfit" name no cut: an outfit may follow them. */
const VAGUE = /\b(?:baju(?! (?:kurung|bodo))|pakaian|outfit|uniform|seragam|busana|kostum|top|atasan)\b/g
const NAMED = /\b(?:beskap|surjan|bodo|kurung|kurta|teluk belanga|cheongsam|changshan|sadariah)\b/

/**
 * Words for an outfit: of the region, when the words ask for traditional dress or the style is `traditional`; of the
 * enumerated style. '' when the words name a top or dress, which then count alone; null when the style is neither
 * enumerated nor asked for.
 */
export function outfitOf(
  words: string,
  { style, ethnicity }: { style?: string | null; ethnicity?: string | null },
  shape: Build,
  choose: Chooser,
): string | null {
  const named = (style ?? '').trim().toLowerCase()
  const regional = ADAT.test(words) || named === 'traditional'
  const region = REGION_WORDS.find(([word]) => word.test(words))?.[1] ?? (ethnicity ?? '').toLowerCase()
  const outfit = regional ? (REGIONS[region] ?? BATIK) : STYLES[named]
  if (!outfit) return null
  if (namesClothes(words)) return ''
  const chosen = choose(shape === 'female' ? outfit.female : outfit.male)
  if (SHOE_NOUN.test(`${words} ${chosen}`)) return chosen
  return `${chosen}, ${shape === 'female' ? 'flats cokelat' : 'loafers hitam'}`
}

function namesClothes(words: string): boolean {
  const clear = words.replace(ADAT, ' ').replace(VAGUE, ' ')
  return TOP_NOUN.test(clear) || DRESS.test(clear) || NAMED.test(clear)
}
