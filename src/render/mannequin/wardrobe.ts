// What can be worn and how it is called: the tables behind lookOf, English and Indonesian.
import type { Rgb } from './material'
import type { Hairstyle } from './outfit'

// Top, bottom, accent, shoes: sets that a stylist would put together.
export const SETS: readonly [Rgb, Rgb, Rgb, Rgb][] = [
  [
    [234, 226, 212],
    [92, 108, 136],
    [176, 120, 90],
    [236, 233, 226],
  ],
  [
    [122, 142, 128],
    [226, 214, 194],
    [240, 234, 222],
    [206, 186, 160],
  ],
  [
    [206, 140, 122],
    [240, 234, 224],
    [250, 240, 230],
    [196, 150, 122],
  ],
  [
    [58, 84, 120],
    [214, 204, 186],
    [236, 230, 220],
    [130, 88, 60],
  ],
  [
    [242, 240, 236],
    [62, 66, 78],
    [190, 150, 110],
    [70, 56, 48],
  ],
  [
    [176, 98, 84],
    [70, 72, 86],
    [240, 222, 200],
    [228, 224, 216],
  ],
  [
    [214, 178, 108],
    [84, 92, 104],
    [250, 240, 220],
    [240, 236, 228],
  ],
  [
    [108, 136, 166],
    [236, 232, 224],
    [244, 240, 232],
    [168, 132, 100],
  ],
  [
    [150, 128, 152],
    [222, 216, 210],
    [246, 238, 246],
    [214, 200, 196],
  ],
  [
    [72, 98, 92],
    [196, 178, 148],
    [232, 222, 200],
    [92, 70, 54],
  ],
]
// biome-ignore format: a table
export const SCARVES: readonly Rgb[] = [[214, 190, 172], [196, 164, 156], [164, 176, 160], [124, 138, 158], [232, 222, 208], [122, 92, 84], [178, 152, 172], [86, 98, 108]]
// biome-ignore format: a table
export const PRODUCTS: readonly [Rgb, Rgb][] = [[[226, 116, 78], [252, 246, 238]], [[92, 142, 126], [248, 244, 232]], [[226, 172, 84], [255, 250, 240]], [[206, 120, 136], [255, 246, 244]], [[88, 116, 168], [246, 248, 252]]]

// biome-ignore format: one tone per line
export const SKINS: readonly [RegExp, Rgb][] = [
  [/very (?:fair|light)|porcelain|pale|pucat/, [246, 216, 194]],
  [/\b(?:fair|light|cerah|putih|kuning langsat|langsat|caucasian|korean|chinese|japanese|tionghoa|east asian)\b/, [236, 196, 164]],
  [/\b(?:medium|olive|indonesian|asian|southeast asian|jawa|sunda|malay|melayu|latin)\b/, [214, 164, 126]],
  [/\b(?:tan|tanned|sawo matang|brown|c[oke]+lat|indian|south asian|middle eastern)\b/, [182, 128, 92]],
  [/\b(?:deep|dark|gelap|black|african|papua|papuan)\b/, [118, 78, 56]],
]
export const COMMON_SKINS: readonly Rgb[] = [
  [230, 184, 150],
  [218, 168, 130],
  [204, 152, 114],
  [190, 138, 102],
]

// biome-ignore format: one colour per line
export const HAIRS: readonly [RegExp, Rgb][] = [
  [/blonde?|pirang/, [206, 164, 104]],
  [/red|auburn|ginger|merah/, [134, 62, 38]],
  [/light brown|c[oke]+lat muda/, [124, 84, 54]],
  [/brown|brunette|c[oke]+lat/, [78, 50, 36]],
  [/gr[ae]y|silver|white|uban|abu|putih/, [176, 174, 172]],
  [/pink/, [214, 120, 150]], [/blue|biru/, [58, 82, 140]], [/purple|ungu/, [104, 64, 128]],
  [/black|hitam|dark/, [34, 28, 28]],
]
// biome-ignore format: a table
export const EYES: readonly [RegExp, Rgb][] = [[/blue|biru/, [72, 112, 150]], [/green|hijau/, [84, 112, 74]], [/gr[ae]y|abu/, [120, 128, 134]], [/hazel|light brown|amber/, [128, 88, 46]]]

export const HAIRSTYLES: readonly [RegExp, Hairstyle][] = [
  [/\b(?:bald|botak|shaved head|gundul)\b/, 'bald'],
  [/\b(?:buzz ?cut|crew cut|crop|cepak)\b/, 'crop'],
  [/\b(?:pixie)\b/, 'pixie'],
  [/\b(?:bob|sebahu|shoulder.length)\b/, 'bob'],
  [/\b(?:pony ?tail|kuncir|ekor kuda|diikat|tied)\b/, 'ponytail'],
  [/\b(?:bun|sanggul|cepol|updo|gelung|konde)\b/, 'bun'],
  [/\b(?:curly|afro|keriting|ikal|kribo)\b/, 'curly'],
  [/\b(?:long|panjang|wavy|bergelombang)\b/, 'long'],
  [/\b(?:short|pendek)\b/, 'short'],
]

/** The last rows, long and short, are hair only beside the word hair; the others can mean nothing else. */
export const PLAIN_STYLES = HAIRSTYLES.length - 2

export const TOP_NOUN =
  /\b(?:t-?shirt|kaos|kaus|shirt|kemeja|blouse|blus|blazer|jas|suit|jacket|jaket|hoodie|sweater|cardigan|kardigan|tank ?top|singlet|top|atasan|tunic|tunik|kebaya|koko|polo|baju|gamis|abaya|dress|gaun|terusan|daster|outfit|pakaian|uniform|seragam)\b/
export const BOTTOM_NOUN =
  /\b(?:trousers|pants|celana(?: panjang| pendek)?|jeans|shorts|skirt|rok(?: panjang| pendek| mini)?|leggings?|kulot|culottes|sarung|jogger)\b/
export const DRESS = /\b(?:dress|gaun|gamis|abaya|terusan|daster|jumpsuit|kaftan)\b/
export const SCARF = /\b(?:hijab|jilbab|kerudung|headscarf|head scarf|pashmina|khimar|muslimah|berhijab|berjilbab)\b/
export const SHOE_NOUN = /\b(?:sneakers?|shoes?|sepatu(?: kets)?|sandals?|sendal|sandal|heels|loafers?|boots?|flats)\b/
