// Every shape a picture is exported in. What a shop asks for changes: `spec` says where each rule was read, and when.
import type { FormatId, ImageType, Rect } from './types'

export const FORMAT_CATEGORIES = ['social', 'marketplace', 'print', 'web', 'original'] as const
export type FormatCategory = (typeof FORMAT_CATEGORIES)[number]

export const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const satisfies ImageType[]

export const WHITE_BACKGROUNDS = ['required', 'recommended', 'none'] as const

export type ExportFormat = {
  id: FormatId
  name: string
  /** Pixels of the file; null for the original, which keeps its own. */
  widthPx: number | null
  heightPx: number | null
  /** Of the original: what pictures are stored as. */
  type: ImageType
  /** 1..100, where the coder starts; a byte cap may lower it. Null: nothing is lost. */
  quality: number | null
  /** 4:4:4 from quality 95 on: below it nobody sees the difference. Null: not a JPEG. */
  subsampling: '4:2:0' | '4:4:4' | null
  /** Written into the file; null where nobody prints it. */
  dpi: number | null
  /** Largest file that is accepted; null: no cap. MB of a million bytes, so it holds whichever MB the shop means. */
  maxBytes: number | null
  /** Shortest side that the shop accepts. */
  minSidePx?: number
  /** Part of the file that is always seen: faces and goods belong there. Null: all of it. */
  safeZone: Rect | null
  whiteBackground: (typeof WHITE_BACKGROUNDS)[number]
  category: FormatCategory
  /** Where the rules were read. `verifiedOn` is the day somebody last looked. */
  spec: { title: string; verifiedOn: string; note: string }
}

const MB = 1_000_000
const LOOKED_ON = '2026-11-21'

type Rules = Pick<ExportFormat, 'maxBytes' | 'spec'> & Partial<Pick<ExportFormat, 'minSidePx' | 'safeZone'>>
type Size = readonly [widthPx: number, heightPx: number]

const jpeg = (
  id: FormatId,
  name: string,
  category: FormatCategory,
  [widthPx, heightPx]: Size,
  quality: number,
  rules: Rules,
  whiteBackground: ExportFormat['whiteBackground'] = 'none',
): ExportFormat => ({
  ...{ id, name, category, widthPx, heightPx, type: 'image/jpeg', quality },
  ...{ subsampling: quality >= 95 ? '4:4:4' : '4:2:0', dpi: null, safeZone: null, whiteBackground },
  ...rules,
})

/** Printers trim what they print: 3 mm on every side, 35 pixels at 300 dpi. */
const TRIM_PX = 35
const print = (id: FormatId, name: string, [widthPx, heightPx]: Size, title: string): ExportFormat => ({
  ...{ id, name, category: 'print', widthPx, heightPx, type: 'image/png', quality: null, subsampling: null },
  ...{ dpi: 300, maxBytes: null, whiteBackground: 'none' },
  safeZone: { x: TRIM_PX, y: TRIM_PX, width: widthPx - 2 * TRIM_PX, height: heightPx - 2 * TRIM_PX },
  spec: {
    title,
    verifiedOn: LOOKED_ON,
    note: 'Paper size at 300 dots per inch. Pictures are made smaller than this, so the file is enlarged.',
  },
})

const read = (title: string, note: string) => ({ title, verifiedOn: LOOKED_ON, note })
const COPY = 'Read in a stored copy, not on the live page.'
const THIRD_PARTY = 'From guides by others; the platform’s own page was not read.'
const OUR_CAP = 'The byte cap is ours: no published one was found.'

/** Equal for all of 9:16, so that one file serves them all. */
const STORY_MAX_BYTES = 5 * MB
/** 9:16 files are covered by names and buttons above and below this. */
const STORY_ZONE: Rect = { x: 0, y: 250, width: 1080, height: 1420 }
/** Profile grids show the middle in 3:4. */
const gridZone = ([width, height]: Size): Rect => {
  const shown = Math.floor((height * 3) / 4)
  return { x: Math.floor((width - shown) / 2), y: 0, width: shown, height }
}

const STORY: Size = [1080, 1920]
const SQUARE: Size = [1080, 1080]
const PORTRAIT: Size = [1080, 1350]
const instagram = (safeZone: Rect | null): Rules => ({
  ...{ maxBytes: 8 * MB, safeZone },
  spec: read('Media guidelines for Instagram of Ayrshare and Late (8 MB, ratios)', `${THIRD_PARTY} ${COPY}`),
})

const TABLE: readonly ExportFormat[] = [
  jpeg('instagram_story', 'Instagram Story', 'social', STORY, 90, {
    ...{ maxBytes: STORY_MAX_BYTES, safeZone: STORY_ZONE },
    spec: read('Guides to the safe zone of stories (1080x1420); 8 MB are allowed', THIRD_PARTY),
  }),
  jpeg('tiktok', 'TikTok', 'social', STORY, 90, {
    ...{ maxBytes: STORY_MAX_BYTES, safeZone: STORY_ZONE },
    spec: read('Guides to the safe zone of 9:16 posts', `${THIRD_PARTY} ${OUR_CAP}`),
  }),
  jpeg('instagram_feed', 'Instagram Feed', 'social', SQUARE, 85, instagram(gridZone(SQUARE))),
  jpeg('instagram_portrait', 'Instagram Portrait', 'social', PORTRAIT, 85, instagram(gridZone(PORTRAIT))),
  jpeg('instagram_tall', 'Instagram Tall', 'social', [1080, 1440], 85, {
    ...instagram(null),
    spec: read('Guides to the 3:4 grid of Instagram', `${THIRD_PARTY} Older guides allow nothing taller than 4:5.`),
  }),
  jpeg('facebook_post', 'Facebook Post', 'social', [1200, 630], 85, {
    maxBytes: 4 * MB,
    spec: read('Guides to shared images (1200x630, at most 8 MB)', `${THIRD_PARTY} We stay at half of the cap.`),
  }),
  jpeg('twitter_post', 'X (Twitter) Post', 'social', [1200, 675], 85, {
    maxBytes: 5 * MB,
    spec: read('docs.x.com, X API, Media: image 5 MB', `${COPY} The size is from guides by others.`),
  }),
  jpeg('linkedin_post', 'LinkedIn Post', 'social', [1200, 627], 85, {
    maxBytes: 5 * MB,
    spec: read('HubSpot, Image size requirements for social posts (2025-05-19): 5 MB', `${THIRD_PARTY} ${COPY}`),
  }),
  jpeg('whatsapp_status', 'WhatsApp Status', 'social', STORY, 90, {
    ...{ maxBytes: STORY_MAX_BYTES, safeZone: STORY_ZONE },
    spec: read('WhatsApp Cloud API, supported media: image 5 MB', `${COPY} The safe zone is that of other stories.`),
  }),
  jpeg('pinterest_pin', 'Pinterest Pin', 'social', [1000, 1500], 85, {
    maxBytes: 20 * MB,
    spec: read('Ayrshare, Media guidelines for Pinterest: 1000x1500, 20 MB', `${THIRD_PARTY} ${COPY}`),
  }),
  jpeg('youtube_thumbnail', 'YouTube Thumbnail', 'social', [1280, 720], 85, {
    maxBytes: 2 * MB,
    spec: read(
      'YouTube Data API, thumbnails.set: 2 MB, JPEG or PNG',
      `${COPY} A newer copy says 50 MB; 2 MB suits both.`,
    ),
  }),
  jpeg(
    'shopee_product',
    'Shopee Product',
    'marketplace',
    [1000, 1000],
    95,
    {
      maxBytes: 2 * MB,
      spec: read('Shopee product photo, 2 MB', 'What sellers report; no page of Shopee with the figure was found.'),
    },
    'recommended',
  ),
  jpeg(
    'tokopedia_product',
    'Tokopedia Product',
    'marketplace',
    [1200, 1200],
    95,
    {
      ...{ maxBytes: 5 * MB, minSidePx: 300 },
      spec: read(
        'Tokopedia Seller University, Product Media Center (2024-03-14): above 300x300, 5 MB, JPG or PNG',
        COPY,
      ),
    },
    'recommended',
  ),
  jpeg(
    'lazada_product',
    'Lazada Product',
    'marketplace',
    [1000, 1000],
    95,
    {
      ...{ maxBytes: 2 * MB, minSidePx: 500 },
      spec: read(
        'Lazada MY, Image & Content Guideline (2017): 500 to 2000 px, white background',
        `${COPY} Fashion may have another background, as a guide by others says. ${OUR_CAP}`,
      ),
    },
    'recommended',
  ),
  jpeg(
    'tiktok_shop',
    'TikTok Shop Product',
    'marketplace',
    SQUARE,
    95,
    {
      ...{ maxBytes: 5 * MB, minSidePx: 600 },
      spec: read(
        'Tokopedia Seller University (5 MB) and guides to TikTok Shop (600x600, white main picture)',
        `The white background is for the main picture of a listing. ${THIRD_PARTY}`,
      ),
    },
    'required',
  ),
  jpeg('whatsapp_catalog', 'WhatsApp Catalog', 'marketplace', [800, 800], 85, {
    maxBytes: 5 * MB,
    spec: read('WhatsApp Cloud API, supported media: image 5 MB', `${COPY} The size is our choice.`),
  }),
  print('print_a4', 'Print A4', [2480, 3508], 'ISO 216, A4: 210 x 297 mm'),
  print('print_4x6', 'Print 4x6', [1800, 1200], 'Photo print 6 x 4 inches'),
  {
    ...{ id: 'website_hero', name: 'Website Hero', category: 'web', widthPx: 1920, heightPx: 1080 },
    ...{ type: 'image/webp', quality: 80, subsampling: '4:2:0', dpi: null, maxBytes: MB, safeZone: null },
    whiteBackground: 'none',
    spec: read('Full HD, WebP', `Our choice. ${OUR_CAP}`),
  },
  {
    ...{ id: 'original', name: 'Original', category: 'original', widthPx: null, heightPx: null, type: 'image/png' },
    ...{ quality: null, subsampling: null, dpi: null, maxBytes: null, safeZone: null, whiteBackground: 'none' },
    spec: read('The stored file', 'Byte for byte what is stored.'),
  },
]

export const FORMATS = Object.fromEntries(TABLE.map((format) => [format.id, format])) as Record<FormatId, ExportFormat>

/** How many times larger than it is made a picture of this size gets in the file; 1 or less: it is not enlarged. */
export function enlargement({ widthPx, heightPx }: ExportFormat, size: { width: number; height: number }): number {
  if (widthPx === null || heightPx === null) return 1
  return Math.max(widthPx / size.width, heightPx / size.height)
}

/** The picture has fewer pixels than the file: a print will be softer than its dpi promise. */
export const isEnlarged = (format: ExportFormat, size: { width: number; height: number }): boolean =>
  enlargement(format, size) > 1
