import { z } from '@hono/zod-openapi'
import { DIFFICULTIES, GENDERS } from '../../db/tables/poses'
import { freeText, queryInteger } from '../../http/fields'
import { DEFAULT_PAGE_LIMIT, MAX_PAGE_LIMIT } from '../../http/page'
import { idPattern } from '../../kernel/ids'

export const SORTS = ['curated', 'popular', 'newest', 'name', 'rating', 'relevance'] as const

/** Where the camera stands (data/poses/README.md). */
const VIEWS = [
  ...['front', 'angled-left', 'angled-right', 'profile-left', 'profile-right'],
  ...['back', 'back-angled-left', 'back-angled-right'],
] as const
/** Views that are asked for together; the name of a view that begins others stands for all of them. */
export const VIEW_GROUPS: Readonly<Record<string, readonly string[]>> = {
  angled: ['angled-left', 'angled-right'],
  profile: ['profile-left', 'profile-right'],
  back: ['back', 'back-angled-left', 'back-angled-right'],
}

const MAX_TERMS = 10
/** OFFSET reads what it skips; who goes further uses the cursor. */
const MAX_PAGE = 1_000
/** The plan of a search of 16 words stands in its cursor. */
const MAX_CURSOR_CHARS = 12_000

const slug = (what: string) =>
  z
    .string()
    .max(60)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, `must be ${what}`)

const queryFlag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .openapi({ type: 'boolean' })

const list = (description: string) =>
  z
    .string()
    .max(400)
    .transform((terms) => [...new Set(terms.split(',').flatMap((term) => term.trim().toLowerCase() || []))])
    .pipe(z.array(z.string().max(40)).max(MAX_TERMS))
    .optional()
    .openapi({ type: 'string', description })

/** What narrows the library. What is absent does not; everything given must hold. */
const filters = {
  category: slug('the slug of a category')
    .optional()
    .openapi({ description: 'Slug at any level; finds what is below it too.' }),
  difficulty: z.enum(DIFFICULTIES).optional(),
  gender: z
    .enum(GENDERS)
    .optional()
    .openapi({ description: 'male and female also find what suits everybody; unisex finds only that.' }),
  view: z
    .enum([...VIEWS, 'angled', 'profile'])
    .optional()
    .openapi({ description: 'A view, or all that are angled, profile or back.' }),
  stance: slug('a stance, e.g. standing').optional().openapi({ description: 'One of the values of the facets.' }),
  framing: slug('a framing, e.g. full').optional().openapi({ description: 'full, three-quarter, half or portrait.' }),
  featured: queryFlag.optional().openapi({ description: '`isFeatured` of the card.' }),
  premium: queryFlag.optional().openapi({ description: '`isPremium` of the card.' }),
  people: z.coerce.number().int().min(1).max(2).optional().openapi({ description: '`peopleCount` of the card.' }),
  tags: list(`Up to ${MAX_TERMS}, separated by commas, English or Indonesian.`),
  props: list(`Up to ${MAX_TERMS}, separated by commas, e.g. chair,table.`),
  search: freeText(2, 100).optional().openapi({
    description:
      'Words of names, tags, categories and descriptions, English or Indonesian; typing errors are forgiven.',
  }),
  favorites: queryFlag.optional().openapi({ description: "true: the caller's favourites. Needs a token." }),
  mine: queryFlag.optional().openapi({ description: "true: the caller's own poses. Needs a token." }),
  recent: queryFlag
    .optional()
    .openapi({ description: 'true: what the caller made pictures of, the last one first. Needs a token.' }),
  collection: z
    .string()
    .regex(idPattern('collection'), 'must be a collection id')
    .optional()
    .openapi({ description: "Poses of one of the caller's collections. Needs a token." }),
}

/** Query of the facets. */
export const PoseFacetFilter = z.object(filters)
export type PoseFacetFilter = z.infer<typeof PoseFacetFilter>

/** Query of the library: filters, order and page. */
export const PoseFilter = z
  .object({
    ...filters,
    sort: z
      .enum(SORTS)
      .optional()
      .openapi({ description: 'Default: relevance with a search, the last use with recent, else curated.' }),
    page: queryInteger(1, MAX_PAGE, 1),
    limit: queryInteger(1, MAX_PAGE_LIMIT, DEFAULT_PAGE_LIMIT),
    cursor: z
      .string()
      .max(MAX_CURSOR_CHARS)
      .regex(/^[A-Za-z0-9_.-]+$/, 'must be a cursor of this list')
      .optional()
      .openapi({
        description: '`page.nextCursor` of the page before, with the same filters and sort; not with `page`.',
      }),
  })
  .refine(({ sort, search }) => sort !== 'relevance' || search !== undefined, {
    path: ['sort'],
    message: 'relevance needs a search',
  })
  .refine(({ page, cursor }) => page === 1 || cursor === undefined, {
    path: ['cursor'],
    message: 'give either page or cursor',
  })
export type PoseFilter = z.infer<typeof PoseFilter>

/** Whether the answer depends on who asks. */
export const isPersonal = ({ favorites, mine, recent, collection }: PoseFacetFilter): boolean =>
  favorites === true || mine === true || recent === true || collection !== undefined

/** The filter as text, the same for queries that mean the same; without the page. */
export function filterKey(filter: PoseFacetFilter & { sort?: string | undefined }): string {
  const { page: _, limit: __, cursor: ___, ...said } = filter as PoseFilter
  const entries = Object.entries(said).filter(([, value]) => value !== undefined)
  const normal = entries.map(([name, value]): [string, unknown] => [
    name,
    Array.isArray(value) ? value.toSorted() : name === 'search' ? String(value).toLowerCase() : value,
  ])
  return JSON.stringify(normal.sort(([a], [b]) => (a < b ? -1 : 1)))
}
