import { z } from '@hono/zod-openapi'
import { DIFFICULTIES, GENDERS } from '../db/tables/poses'
import { freeText, queryInteger } from '../http/fields'
import { DEFAULT_PAGE_LIMIT, MAX_PAGE_LIMIT } from '../http/page'

export const SORTS = ['curated', 'popular', 'newest', 'name', 'relevance'] as const

const MAX_TAGS = 10
/** OFFSET reads what it skips; the whole library is a tenth of this. */
const MAX_PAGE = 1_000

const slug = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be the slug of a category')

const queryFlag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .openapi({ type: 'boolean' })

/** Query of the library. What is absent does not filter; everything given must hold. */
export const PoseFilter = z
  .object({
    category: slug.optional().openapi({ description: 'Slug at any level; finds what is below it too.' }),
    difficulty: z.enum(DIFFICULTIES).optional(),
    gender: z
      .enum(GENDERS)
      .optional()
      .openapi({ description: 'male and female also find what suits everybody; unisex finds only that.' }),
    featured: queryFlag.optional(),
    premium: queryFlag.optional(),
    people: z.coerce.number().int().min(1).max(2).optional(),
    tags: z
      .string()
      .max(400)
      .transform((list) => [...new Set(list.split(',').flatMap((tag) => tag.trim().toLowerCase() || []))])
      .pipe(z.array(z.string().max(40)).max(MAX_TAGS))
      .optional()
      .openapi({ type: 'string', description: `Up to ${MAX_TAGS}, separated by commas, English or Indonesian.` }),
    search: freeText(2, 100).optional(),
    sort: z.enum(SORTS).optional().openapi({ description: 'Default: relevance with a search, else curated.' }),
    page: queryInteger(1, MAX_PAGE, 1),
    limit: queryInteger(1, MAX_PAGE_LIMIT, DEFAULT_PAGE_LIMIT),
  })
  .refine(({ sort, search }) => sort !== 'relevance' || search !== undefined, {
    path: ['sort'],
    message: 'relevance needs a search',
  })

export type PoseFilter = z.infer<typeof PoseFilter>
