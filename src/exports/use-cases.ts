import { type ExportFormat, FORMAT_CATEGORIES, FORMATS, type FormatCategory } from './formats'
import { FORMAT_IDS, type FormatId } from './types'

/** Formats that are asked for together. */
export const USE_CASES = {
  social_media: ['instagram_story', 'instagram_feed', 'tiktok', 'facebook_post'],
  ecommerce: ['shopee_product', 'tokopedia_product', 'lazada_product', 'tiktok_shop', 'original'],
  print: ['print_a4', 'print_4x6', 'original'],
  all_social: [
    ...(['instagram_story', 'instagram_feed', 'instagram_portrait', 'instagram_tall', 'tiktok'] as const),
    ...(['facebook_post', 'twitter_post', 'linkedin_post', 'whatsapp_status', 'pinterest_pin'] as const),
    'youtube_thumbnail',
  ],
} as const satisfies Record<string, readonly FormatId[]>
export type UseCase = keyof typeof USE_CASES
export const USE_CASE_IDS = Object.keys(USE_CASES) as [UseCase, ...UseCase[]]

/** Short names that older clients send. */
export const FORMAT_ALIASES: Readonly<Record<string, FormatId>> = {
  ...{ instagram: 'instagram_feed', story: 'instagram_story', facebook: 'facebook_post', twitter: 'twitter_post' },
  ...{ x: 'twitter_post', linkedin: 'linkedin_post', pinterest: 'pinterest_pin', youtube: 'youtube_thumbnail' },
  ...{ whatsapp: 'whatsapp_status', shopee: 'shopee_product', tokopedia: 'tokopedia_product' },
  ...{ lazada: 'lazada_product', a4: 'print_a4', '4x6': 'print_4x6', hero: 'website_hero' },
}

/** All formats, in the order they are shown. */
export const listFormats = (): ExportFormat[] => FORMAT_IDS.map((id) => FORMATS[id])

export const isFormat = (name: string): name is FormatId => (FORMAT_IDS as readonly string[]).includes(name)

/** A format by its id or a short name, in any case; null for a name that nobody knows. */
export function formatOf(name: string): ExportFormat | null {
  const wanted = name.toLowerCase()
  if (isFormat(wanted)) return FORMATS[wanted]
  return Object.hasOwn(FORMAT_ALIASES, wanted) ? FORMATS[FORMAT_ALIASES[wanted]!] : null
}

/** Every category with its formats. */
export const formatsByCategory = (): Record<FormatCategory, FormatId[]> =>
  Object.fromEntries(
    FORMAT_CATEGORIES.map((category) => [category, FORMAT_IDS.filter((id) => FORMATS[id].category === category)]),
  ) as Record<FormatCategory, FormatId[]>

export const recommendedFormats = (useCase: UseCase): readonly FormatId[] => USE_CASES[useCase]

/** The sets that a format is in. */
export const useCasesOf = (id: FormatId): UseCase[] =>
  USE_CASE_IDS.filter((useCase) => (USE_CASES[useCase] as readonly FormatId[]).includes(id))
