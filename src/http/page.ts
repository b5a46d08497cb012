import { z } from '@hono/zod-openapi'
import { queryInteger } from './fields'

export const DEFAULT_PAGE_LIMIT = 24
export const MAX_PAGE_LIMIT = 100

/** Query of a keyset page. `cursor` is what `page.nextCursor` said, untouched. */
export const PageQuery = z.object({
  limit: queryInteger(1, MAX_PAGE_LIMIT, DEFAULT_PAGE_LIMIT),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_:-]{1,80}$/, 'must be a cursor of this list')
    .optional(),
})

/** `{items, page}` of a list. */
export const pageOf = <S extends z.ZodType>(item: S) =>
  z.object({
    items: z.array(item),
    page: z.object({ nextCursor: z.string().nullable(), limit: z.number().int() }),
  })

/** Cuts `limit + 1` rows to a page; the cursor is the key of the last row shown. */
export function toPage<T>(rows: T[], limit: number, keyOf: (row: T) => string) {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, page: { nextCursor: rows.length > limit && last !== undefined ? keyOf(last) : null, limit } }
}
